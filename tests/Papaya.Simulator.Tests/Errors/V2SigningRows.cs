using System.Text.Json.Nodes;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.Errors.ErrorRows;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>Signing without payment: two of the ways show the user a page, so their codes stand in a comment of it.</summary>
internal static class V2SigningRows
{
    private static readonly ApiV2Key WrongKey = new("00000000000000000000000000000000");

    public static IEnumerable<ErrorRow> All =>
    [
        new("preentrustweb", "SYSTEMERROR", "an error inside WeChat", async w =>
        {
            await w.FaultAsync("/papay/preentrustweb", "system_error");
            return CodeOf(await ReserveAsync(w));
        }) { IsInternal = true },
        new("preentrustweb", "SIGN_ERROR", "signed with a wrong key", async w => CodeOf(await ReserveAsync(w, WrongKey))) { Switches = [("transport_errors", "code")] },
        new("preentrustweb", "SIGN_ERROR", "signed with a wrong key, told at the second level", async w =>
            CodeOf(await w.SendAsync("/papay/preentrustweb", Spoilt(w), "text/xml"))) { Switches = [("sign_error", "result")] },
        new("preentrustweb", "PARAM_ERROR", "version is not 1.0", async w => CodeOf(await ReserveAsync(w, null, ("version", "2.0")))),
        new("preentrustweb", "PARAM_ERROR", "the template is unknown", async w => CodeOf(await ReserveAsync(w, null, ("plan_id", "1")))),
        new("preentrustweb", "PARAM_ERROR", "a parameter too many", async w => CodeOf(await ReserveAsync(w, null, ("openid", "o"))))
            { Switches = [("transport_errors", "code")] },
        new("preentrustweb", "APPID_MCHID_NOT_MATCH", "the appid is no mobile app", async w => CodeOf(await ReserveAsync(w, null, ("appid", World.AppId)))),
        new("preentrustweb", "NOAUTH", "no permission for delegated debit", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["may_debit"] = false });
            return CodeOf(await ReserveAsync(w));
        }),
        new("entrustweb", "SIGN_ERROR", "signed with a wrong key", w => PageAsync(w, WrongKey)),
        new("entrustweb", "PARAM_ERROR", "a parameter too many", w => PageAsync(w, null, ("sign_type", "MD5"))),
        new("entrustweb", "PARAM_ERROR", "outerid in a wrong form", w => PageAsync(w, null, ("outerid", "nobody"))),
        new("entrustweb", "NOAUTH", "the merchant is penalised", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["penalised"] = true });
            return await PageAsync(w);
        }),
        new("entrustweb", "502", "the address has more than 1024 bytes", w => PageAsync(w, null, ("contract_display_account", new string('张', 110)))),
        new("miniprogram-sign", "SIGN_ERROR", "signed with a wrong key", w => ExtraDataAsync(w, WrongKey)),
        new("miniprogram-sign", "PARAM_ERROR", "a version, which does not belong there", w => ExtraDataAsync(w, null, ("version", "1.0"))),
        new("h5entrustweb", "SIGN_ERROR", "signed with a wrong key", async w => CodeOf(await H5Async(w, WrongKey))),
        new("h5entrustweb", "PARAM_ERROR", "no clientip", async w => CodeOf(await H5Async(w, null, ("clientip", null)))) { Switches = [("transport_errors", "code")] },
        new("h5entrustweb", "REQUIRE_GET_METHOD", "POST", async w => CodeOf(await w.SendAsync("/papay/h5entrustweb", "<xml/>"u8.ToArray(), "text/xml")))
            { Switches = [("transport_errors", "code")] },
        new("h5entrustweb", "NOAUTH", "no permission for H5 signing", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["permissions"] = new JsonArray("papay") });
            return CodeOf(await H5Async(w));
        }) { Switches = [("transport_errors", "code")] },
    ];

    private static Task<Reply> ReserveAsync(World w, ApiV2Key? key = null, params (string Name, string? Value)[] changes) =>
        w.PostAsync("/papay/preentrustweb", World.With(SignOnlyTests.Fields(w, Presets.MobileApp), changes), key: key);

    private static byte[] Spoilt(World w)
    {
        using var writer = new V2Writer();
        SignOnlyTests.Fields(w, Presets.MobileApp).ForEach(f => writer.Add(f.Name, f.Value));
        return writer.Sign(WrongKey, SignType.Md5).ToArray();
    }

    private static Task<Reply> H5Async(World w, ApiV2Key? key = null, params (string Name, string? Value)[] changes)
    {
        var fields = World.With(World.With(SignOnlyTests.Fields(w, World.AppId), ("clientip", "12.1.1.12")), changes).Where(f => f.Value is not null);
        return w.SendAsync(SignOnlyTests.Address("/papay/h5entrustweb", fields, SignType.HmacSha256, key), [], null, method: HttpMethod.Get);
    }

    private static async Task<string?> PageAsync(World w, ApiV2Key? key = null, params (string Name, string? Value)[] changes)
    {
        var page = await w.PageAsync(SignOnlyTests.Address("/papay/entrustweb", World.With(SignOnlyTests.Fields(w, World.AppId), changes), SignType.Md5, key));
        if (page.Contains("502 Bad Gateway", StringComparison.Ordinal))
        {
            return "502";
        }

        Assert.Contains("商家系统错误，请联系商家处理", page);
        return System.Text.RegularExpressions.Regex.Match(page, "([A-Z_]{5,}): ", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Groups[1].Value;
    }

    private static async Task<string?> ExtraDataAsync(World w, ApiV2Key? key, params (string Name, string? Value)[] changes)
    {
        var fields = World.With(World.With(SignOnlyTests.Fields(w, Presets.MiniProgram), ("version", null)), changes).Where(f => f.Value is not null).ToList();
        var data = new JsonObject();
        fields.ForEach(f => data[f.Name] = f.Value);
        data["sign"] = V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), key ?? World.Key, SignType.Md5);
        var done = await SignOnlyTests.EntrustAsync(w, new() { ["extra_data"] = data, ["openid"] = "oSimUser0001", ["action"] = "agree" });
        return ((string)done["reason"]!).Split(':')[0];
    }
}
