using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Scenarios;

/// <summary>The merchant of a scenario: fields as a usual caller sends them, signed with its key unless the step spoils something on purpose.</summary>
internal sealed class ScriptedMerchant(ScenarioStage stage)
{
    /// <summary>A key of the right form that is not the APIv2 key: people paste the APIv3 key.</summary>
    private const string ApiV3Key = "apiv3keyapiv3keyapiv3keyapiv3key";

    /// <summary>Names of calls: path and the fields that a caller always sends.</summary>
    public static readonly IReadOnlyDictionary<string, string> Paths = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["order"] = "/pay/contractorder",
        ["apply"] = "/pay/pappayapply",
        ["debitquery"] = "/pay/paporderquery",
        ["orderquery"] = "/pay/orderquery",
        ["querycontract"] = "/papay/querycontract",
        ["deletecontract"] = "/papay/deletecontract",
        ["close"] = "/pay/closeorder",
        ["refund"] = "/secapi/pay/refund",
        ["refundquery"] = "/pay/refundquery",
        ["bill"] = "/pay/downloadbill",
        ["preentrust"] = "/papay/preentrustweb",
        ["h5entrust"] = "/papay/h5entrustweb",
    };

    static ScriptedMerchant() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Sends and reads: <c>outcome</c> is SUCCESS, an error code, FAIL with its text, or <c>cut</c>; the fields are beside it.</summary>
    public async Task<JsonObject> CallAsync(string name, JsonObject with, JsonObject how, CancellationToken ct)
    {
        var fields = Usual(name);
        foreach (var (field, value) in with)
        {
            fields.RemoveAll(f => f.Key == field);
            if (value is not null)
            {
                fields.Add(new(field, value.ToString()));
            }
        }

        var headers = new List<(string, string)> { ("Content-Type", "text/xml") };
        if (name == "refund" && how["certificate"]?.ToString() is var certificate and not "false")
        {
            headers.Add(("X-Client-Cert", certificate ?? Presets.MchId));
        }

        if ((string?)how["referer"] is { } referer)
        {
            headers.Add(("Referer", referer));
        }

        if ((string?)how["connection"] is { } connection)
        {
            headers.Add(("Connection", connection));
        }

        if (name == "h5entrust")
        {
            // A GET whose answer is XML without a sign.
            var sign = V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)), new(Presets.Key), SignType.HmacSha256);
            var target = Paths[name] + "?" + string.Join('&', fields.Append(new("sign", sign)).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
            return await stage.SendAsync(HttpMethod.Get, target, null, headers[1..], ct) is { } address ? Read(address.Status, address.Bytes) : new JsonObject { ["outcome"] = "cut" };
        }

        var isSecure = how["certificate"]?.ToString() == "own";
        return (isSecure ? await stage.SendSecurelyAsync(Paths[name], Write(fields, how), ct) : await stage.SendAsync(HttpMethod.Post, Paths[name], Write(fields, how), headers, ct)) is { } answer
            ? Read(answer.Status, answer.Bytes)
            : new JsonObject { ["outcome"] = "cut" };
    }

    /// <summary>An entrustweb address, as the merchant's page redirects to it.</summary>
    public string EntrustUrl(JsonObject with, JsonObject how)
    {
        var fields = Usual("entrustweb");
        foreach (var (field, value) in with)
        {
            fields.RemoveAll(f => f.Key == field);
            if (value is not null)
            {
                fields.Add(new(field, value.ToString()));
            }
        }

        var encoding = (string?)how["notify_url"] ?? "once";
        var address = fields.Find(f => f.Key == "notify_url").Value ?? "";
        var signed = fields.Select(f => f.Key == "notify_url" && encoding == "before_sign" ? new(f.Key, Uri.EscapeDataString(address)) : f).ToList();
        var sign = V2Signature.Compute(signed.Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)), new(Presets.Key), SignType.Md5);
        return "/papay/entrustweb?" + string.Join('&', fields.Append(new("sign", sign)).Select(f => $"{f.Key}={(f.Key == "notify_url" ? Encoded(f.Value, encoding) : Uri.EscapeDataString(f.Value))}"));
    }

    private static string Encoded(string address, string encoding) => encoding switch
    {
        "twice" => Uri.EscapeDataString(Uri.EscapeDataString(address)),
        "not" => address,
        "lower_case" => System.Text.RegularExpressions.Regex.Replace(Uri.EscapeDataString(address), "%[0-9A-F]{2}", found => found.Value.ToLowerInvariant(),
            System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)),
        _ => Uri.EscapeDataString(address),
    };

    private static byte[] Write(List<KeyValuePair<string, string>> fields, JsonObject how)
    {
        var type = (string?)how["sign"] == "hmac" ? SignType.HmacSha256 : SignType.Md5;
        if (type == SignType.HmacSha256 && !fields.Exists(f => f.Key == "sign_type"))
        {
            fields.Add(new("sign_type", "HMAC-SHA256"));
        }

        var isGbk = (string?)how["sign"] == "gbk";
        var key = new ApiV2Key((string?)how["sign"] switch { "apiv3" => ApiV3Key, "previous" => "11112222333344445555666677778888", _ => Presets.Key });
        var text = string.Concat(fields.Select(f => $"<{f.Key}><![CDATA[{f.Value}]]></{f.Key}>"));
        if ((string?)how["sign"] != "none")
        {
            // Over the bytes that a caller with the wrong encoding hashes.
            var sign = isGbk ? GbkSignature.Compute(fields, Presets.Key) : V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)), key, type);
            text += $"<sign>{sign}</sign>";
        }

        return Encoding.UTF8.GetBytes($"<xml>{text}</xml>");
    }

    /// <summary>An answer's fields, with <c>outcome</c> and <c>genuine</c>.</summary>
    public static JsonObject Read(int status, byte[] bytes)
    {
        var reply = new JsonObject { ["status"] = status };
        if (!V2Message.TryParse(bytes, out var message, out _))
        {
            reply["outcome"] = status == 200 ? "not XML" : $"HTTP {status}";
            reply["text"] = Encoding.UTF8.GetString(bytes);
            return reply;
        }

        foreach (var (name, value) in message!.Fields)
        {
            reply[name] = value;
        }

        reply["outcome"] = message["return_code"] == "FAIL" ? "FAIL " + message["return_msg"]
            : message["err_code"] is { Length: > 0 } code and not "0" ? code
            : message["result_code"] ?? message["return_code"];
        reply["genuine"] = V2Signature.Verify(message, new ApiV2Key(Presets.Key)).IsValid;
        return reply;
    }

    private List<KeyValuePair<string, string>> Usual(string name)
    {
        var common = Of(("appid", Presets.OfficialAccount), ("mch_id", Presets.MchId), ("nonce_str", "scenario"));
        return name switch
        {
            "order" =>
            [
                .. common, .. Of(
                    ("contract_mchid", Presets.MchId), ("contract_appid", Presets.OfficialAccount), ("body", "会员月卡"), ("notify_url", stage.Inbox.Url + "/payment"),
                    ("total_fee", "990"), ("spbill_create_ip", "123.12.12.123"), ("trade_type", "JSAPI"), ("plan_id", "12535"), ("request_serial", "1"),
                    ("contract_display_account", "张三"), ("contract_notify_url", stage.Inbox.Url + "/contract")),
            ],
            "apply" =>
            [
                .. common, .. Of(
                    ("body", "会员续费"), ("total_fee", "2500"), ("spbill_create_ip", "8.8.8.8"), ("notify_url", stage.Inbox.Url + "/debit"), ("trade_type", "PAP")),
            ],
            "querycontract" => Of(("appid", Presets.OfficialAccount), ("mch_id", Presets.MchId), ("version", "1.0")),
            "deletecontract" => Of(("appid", Presets.OfficialAccount), ("mch_id", Presets.MchId), ("version", "1.0"), ("contract_termination_remark", "不再续费")),
            "refund" => [.. common, .. Of(("total_fee", "990"), ("refund_fee", "100"), ("notify_url", stage.Inbox.Url + "/refund"))],
            "bill" => [.. common, .. Of(("bill_type", "ALL"))],
            "entrustweb" or "preentrust" or "h5entrust" =>
            [
                .. Of(
                    ("appid", name == "preentrust" ? Presets.MobileApp : Presets.OfficialAccount), ("mch_id", Presets.MchId), ("plan_id", "12535"), ("request_serial", "1"), ("contract_display_account", "张三"),
                    ("notify_url", stage.Inbox.Url + "/contract"), ("version", "1.0"),
                    ("timestamp", stage.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture))),
                .. name == "h5entrust" ? Of(("clientip", "123.12.12.123")) : [],
            ],
            _ => common,
        };
    }

    private static List<KeyValuePair<string, string>> Of(params (string Name, string Value)[] fields) => [.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))];
}
