using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Scenarios;

/// <summary>The merchant's V3 calls, signed with the test key that the control API shows.</summary>
internal static class V3Merchant
{
    /// <summary>A step's <c>call</c> is a method and a target; the answer's members and <c>status</c> come back, an error's <c>code</c> as its outcome.</summary>
    public static async Task<JsonObject> CallAsync(ScenarioStage stage, JsonObject members, CancellationToken ct)
    {
        var merchant = (await stage.SeeAsync("/merchants/" + Presets.MchId, ct)).AsObject();
        var parts = ((string)members["call"]!).Split(' ', 2);
        var body = members["body"]?.ToJsonString() ?? "";
        var timestamp = stage.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        const string Nonce = "scenario";
        using var rsa = RSA.Create();
        rsa.ImportFromPem((string)merchant["private_key_pem"]!);
        var signature = Convert.ToBase64String(rsa.SignData(
            Encoding.UTF8.GetBytes($"{parts[0]}\n{parts[1]}\n{timestamp}\n{Nonce}\n{body}\n"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        (string, string)[] headers =
        [
            ("Authorization",
                $"WECHATPAY2-SHA256-RSA2048 mchid=\"{Presets.MchId}\",nonce_str=\"{Nonce}\",timestamp=\"{timestamp}\",serial_no=\"{merchant["certificate_serial"]}\",signature=\"{signature}\""),
            ("Accept", "application/json"), ("User-Agent", "papaya-scenario"), ("Content-Type", "application/json"),
        ];
        if (await stage.SendAsync(new(parts[0]), parts[1], body.Length == 0 ? null : Encoding.UTF8.GetBytes(body), headers, ct) is not { } answer)
        {
            return new() { ["outcome"] = "cut" };
        }

        var reply = answer.Bytes.Length == 0 ? [] : JsonNode.Parse(answer.Bytes)!.AsObject();
        reply["status"] = answer.Status;
        reply["outcome"] = answer.Status is >= 200 and < 300 ? "SUCCESS" : reply["code"]?.DeepClone();
        return reply;
    }
}
