using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.Errors.ErrorRows;
using static Papaya.Simulator.Tests.Errors.Misuses;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>Signing without payment: two of the ways show the user a page, so their codes stand in a comment of it.</summary>
internal static class V2SigningRows
{
    private static readonly ApiV2Key WrongKey = new("00000000000000000000000000000000");

    public static IEnumerable<ErrorRow> All => [.. Reservations, .. Pages, .. ExtraData, .. H5];

    private static IEnumerable<ErrorRow> Reservations =>
    [
        .. MisuseRows("preentrustweb", "/papay/preentrustweb", w => SignOnlyTests.Fields(w, World.AppId), sign: "SIGN_ERROR"),
        new("preentrustweb", "LACK_PARAMS", "no template", async w => AnswerOf(await ReserveAsync(w, ("plan_id", null)))),
        new("preentrustweb", "PARAM_ERROR", "version is not 1.0", async w => AnswerOf(await ReserveAsync(w, ("version", "2.0")))),
        new("preentrustweb", "PARAM_ERROR", "a template number of twenty digits", async w => AnswerOf(await ReserveAsync(w, ("plan_id", new string('9', 20))))),
        new("preentrustweb", "PARAM_ERROR", "request_serial beyond int64", async w => AnswerOf(await ReserveAsync(w, ("request_serial", "9999999999999999999")))),
        new("preentrustweb", "PARAM_ERROR", "the template is unknown", async w => AnswerOf(await ReserveAsync(w, ("plan_id", "1")))),
        new("preentrustweb", "PARAM_ERROR", "outerid in a wrong form", async w => AnswerOf(await ReserveAsync(w, ("outerid", "nobody")))),
        new("preentrustweb", "PARAM_ERROR", "a parameter too many", async w => AnswerOf(await ReserveAsync(w, ("openid", "o")))) { IsTextOnly = true },
        new("preentrustweb", "APPID_MCHID_NOT_MATCH", "the appid is no mobile app", async w => AnswerOf(await ReserveAsync(w, ("appid", World.AppId)))),
        new("preentrustweb", "NOAUTH", "no permission for delegated debit", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["may_debit"] = false });
            return AnswerOf(await ReserveAsync(w));
        }),
        new("preentrustweb", "NOAUTH", "the template takes no new contracts for now", async w =>
        {
            await w.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["signing_blocked"] = true });
            return AnswerOf(await ReserveAsync(w));
        }),
    ];

    private static IEnumerable<ErrorRow> Pages =>
    [
        new("entrustweb", "SIGN_ERROR", "signed with a wrong key", w => PageAsync(w, WrongKey)),
        new("entrustweb", "SIGN_ERROR", "notify_url was encoded before it was signed", w =>
            PageAsync(w, Address(w, null, ("notify_url", "http%3A%2F%2F127.0.0.1%3A9%2Fc")).Replace("%25", "%", StringComparison.Ordinal))),
        new("entrustweb", "PARAM_ERROR", "a parameter too many", w => PageAsync(w, null, ("sign_type", "MD5"))),
        new("entrustweb", "PARAM_ERROR", "a parameter is missing", w => PageAsync(w, null, ("version", null))),
        new("entrustweb", "PARAM_ERROR", "request_serial is no whole number", w => PageAsync(w, null, ("request_serial", "12a"))),
        new("entrustweb", "PARAM_ERROR", "timestamp is too short", w => PageAsync(w, null, ("timestamp", "14144888"))),
        new("entrustweb", "PARAM_ERROR", "outerid in a wrong form", w => PageAsync(w, null, ("outerid", "nobody"))),
        new("entrustweb", "PARAM_ERROR", "the template is unknown", w => PageAsync(w, null, ("plan_id", "1"))),
        new("entrustweb", "MCHID_NOT_EXIST", "a merchant that is none", w => PageAsync(w, null, ("mch_id", "1"))),
        new("entrustweb", "APPID_MCHID_NOT_MATCH", "an appid that is not the merchant's", w => PageAsync(w, null, ("appid", "wx0000000000000000"))),
        new("entrustweb", "NOAUTH", "the merchant is penalised", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["penalised"] = true });
            return await PageAsync(w, Address(w, null));
        }),
        new("entrustweb", "NOAUTH", "no permission for delegated debit", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["may_debit"] = false });
            return await PageAsync(w, Address(w, null));
        }),
        new("entrustweb", "SYSTEMERROR", "an error inside WeChat", async w =>
        {
            await w.FaultAsync("/papay/entrustweb", "system_error");
            return await PageAsync(w, Address(w, null));
        }) { IsInternal = true },
        new("entrustweb", "502", "the address has more than 1024 bytes", w => PageAsync(w, null, ("contract_display_account", new string('张', 110)))),
    ];

    private static IEnumerable<ErrorRow> ExtraData =>
    [
        new("miniprogram-sign", "SIGN_ERROR", "signed with a wrong key", w => ExtraDataAsync(w, WrongKey)),
        new("miniprogram-sign", "PARAM_ERROR", "a version, which does not belong there", w => ExtraDataAsync(w, null, ("version", "1.0"))),
        new("miniprogram-sign", "PARAM_ERROR", "a nonce, which does not belong there", w => ExtraDataAsync(w, null, ("nonce_str", "n"))),
        new("miniprogram-sign", "PARAM_ERROR", "a parameter is missing", w => ExtraDataAsync(w, null, ("timestamp", null))),
        new("miniprogram-sign", "APPID_MCHID_NOT_MATCH", "an appid that is not the merchant's", w => ExtraDataAsync(w, null, ("appid", "wx0000000000000000"))),
    ];

    private static IEnumerable<ErrorRow> H5 =>
    [
        new("h5entrustweb", "SIGN_ERROR", "signed with a wrong key", async w => AnswerOf(await H5Async(w, WrongKey))),
        new("h5entrustweb", "PARAM_ERROR", "no clientip", async w => AnswerOf(await H5Async(w, null, ("clientip", null)))) { IsTextOnly = true },
        new("h5entrustweb", "PARAM_ERROR", "return_web, which belongs to official accounts", async w => AnswerOf(await H5Async(w, null, ("return_web", "1")))) { IsTextOnly = true },
        new("h5entrustweb", "PARAM_ERROR", "the template is unknown", async w => AnswerOf(await H5Async(w, null, ("plan_id", "1")))) { IsTextOnly = true },
        new("h5entrustweb", "MCHID_NOT_EXIST", "a merchant that is none", async w => AnswerOf(await H5Async(w, null, ("mch_id", "1")))) { IsTextOnly = true },
        new("h5entrustweb", "APPID_MCHID_NOT_MATCH", "an appid that is not the merchant's", async w => AnswerOf(await H5Async(w, null, ("appid", "wx0000000000000000"))))
            { IsTextOnly = true },
        new("h5entrustweb", "REQUIRE_GET_METHOD", "POST", async w => AnswerOf(await w.SendAsync("/papay/h5entrustweb", "<xml/>"u8.ToArray(), "text/xml"))) { IsTextOnly = true },
        new("h5entrustweb", "NOAUTH", "no permission for H5 signing", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["permissions"] = new JsonArray("papay") });
            return AnswerOf(await H5Async(w));
        }) { IsTextOnly = true },
        new("h5entrustweb", "SYSTEMERROR", "an error inside WeChat", async w =>
        {
            await w.FaultAsync("/papay/h5entrustweb", "system_error");
            return AnswerOf(await H5Async(w));
        }) { IsInternal = true, IsTextOnly = true },
    ];

    private static Task<Reply> ReserveAsync(World w, params (string Name, string? Value)[] changes) =>
        w.PostAsync("/papay/preentrustweb", World.With(SignOnlyTests.Fields(w, Presets.MobileApp), changes));

    private static Task<Reply> H5Async(World w, ApiV2Key? key = null, params (string Name, string? Value)[] changes)
    {
        var fields = World.With(World.With(SignOnlyTests.Fields(w, World.AppId), ("clientip", "12.1.1.12")), changes).Where(f => f.Value is not null);
        return w.SendAsync(SignOnlyTests.Address("/papay/h5entrustweb", fields, SignType.HmacSha256, key), [], null, method: HttpMethod.Get);
    }

    private static string Address(World w, ApiV2Key? key, params (string Name, string? Value)[] changes) =>
        SignOnlyTests.Address("/papay/entrustweb", World.With(SignOnlyTests.Fields(w, World.AppId), changes).Where(f => f.Value is not null), SignType.Md5, key);

    private static Task<Answer> PageAsync(World w, ApiV2Key? key, params (string Name, string? Value)[] changes) => PageAsync(w, Address(w, key, changes));

    private static async Task<Answer> PageAsync(World w, string address)
    {
        var page = await w.PageAsync(address);
        if (page.Contains("502 Bad Gateway", StringComparison.Ordinal))
        {
            return new("502", "page", "502 Bad Gateway");
        }

        Assert.Contains("商家系统错误，请联系商家处理", page);
        var match = Regex.Match(page, "([A-Z_]{5,}): ([^<]*)", RegexOptions.NonBacktracking);
        return new(match.Groups[1].Value, "page", match.Groups[2].Value.Replace("-->", "", StringComparison.Ordinal).Trim());
    }

    private static async Task<Answer> ExtraDataAsync(World w, ApiV2Key? key, params (string Name, string? Value)[] changes)
    {
        var fields = World.With(World.With(SignOnlyTests.Fields(w, Presets.MiniProgram), ("version", null)), changes).Where(f => f.Value is not null).ToList();
        await w.NoteAsync();
        var data = new JsonObject();
        fields.ForEach(f => data[f.Name] = f.Value);
        data["sign"] = V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), key ?? World.Key, SignType.Md5);
        var done = await SignOnlyTests.EntrustAsync(w, new() { ["extra_data"] = data, ["openid"] = "oSimUser0001", ["action"] = "agree" });
        return ((string)done["reason"]!).Split(": ", 2) is [var code, var text] ? new(code, "page", text) : new(null, "page", (string?)done["reason"]);
    }
}
