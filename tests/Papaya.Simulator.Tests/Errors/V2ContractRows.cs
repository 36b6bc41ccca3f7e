using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.Errors.ErrorRows;
using static Papaya.Simulator.Tests.Errors.Misuses;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>contractorder, querycontract, deletecontract.</summary>
internal static class V2ContractRows
{
    private const string Order = "/pay/contractorder";
    private const string Query = "/papay/querycontract";
    private const string Delete = "/papay/deletecontract";

    public static IEnumerable<ErrorRow> All => [.. Orders, .. Contracts];

    private static IEnumerable<ErrorRow> Orders =>
    [
        .. MisuseRows("contractorder", Order, w => w.OrderFields("oSimUser0001"), sign: "SIGN_ERROR", xml: "XML FAIL", missing: "PARAMETER FAIL"),
        .. MisuseRows("contractorder", Order, w => w.OrderFields("oSimUser0001"), sign: "SIGNERROR", switches: ("contractorder_codes", "unified")),
        Row("PARAMETER FAIL", "an IPv6 address", w => OrderAsync(w, ("spbill_create_ip", "::1"))),
        Row("PARAMETER FAIL", "contract_appid is another one", w => OrderAsync(w, ("contract_appid", "wxother"))),
        Row("PARAMETER FAIL", "NATIVE without product_id", w => OrderAsync(w, ("trade_type", "NATIVE"))),
        Row("PARAMETER FAIL", "time_expire in five minutes", w => OrderAsync(w, ("time_expire", "20260115100500"))),
        Row("PARAMETER FAIL", "time_expire on the first day of all calendars", w => OrderAsync(w, ("time_expire", "00010101000000"))),
        Row("PARAMETER FAIL", "outerid in a wrong form", w => OrderAsync(w, ("contract_outerid", "nobody"))),
        Row("PARAMETER FAIL", "not the template's price", w => OrderAsync(w, ("plan_id", "12536"), ("total_fee", "2499")), ("contractorder_fee", "template_first_price")),
        Row("PARAM_ERROR", "the openid is nobody's", w => OrderAsync(w, ("openid", "oNobody"))),
        Row("PARAMETER FAIL", "a malformed parameter", w => OrderAsync(w, ("total_fee", "2.5"))),
        Row("PARAMETER FAIL", "an emoji in the display account", w => OrderAsync(w, ("contract_display_account", "张三😀"))),
        Row("PARAMETER FAIL", "a missing parameter", w => OrderAsync(w, ("body", null))),
        Row("PARAMETER FAIL", "a parameter too many", w => OrderAsync(w, ("contract_id", "1"))) with { IsTextOnly = true },
        Row("PARAMETER FAIL", "contract_mchid is another one", w => OrderAsync(w, ("contract_mchid", "20000200"))),
        Row("PARAM_ERROR", "a malformed parameter", w => OrderAsync(w, ("total_fee", "2.5")), ("contractorder_codes", "unified")),
        Row("LACK_PARAMS", "no body", w => OrderAsync(w, ("body", null)), ("contractorder_codes", "unified")),
        Row("RESULT NULL", "the openid is nobody's", w => OrderAsync(w, ("openid", "oNobody")), ("contractorder_unknown_openid", "RESULT_NULL")),
        Row("MERCHANT PERMISSION ERROR", "no permission for delegated debit", w => WithoutPapay(w, w => OrderAsync(w))),
        Row("NOAUTH", "no permission for delegated debit", w => WithoutPapay(w, w => OrderAsync(w)), ("contractorder_codes", "unified")),
        Row("INVALID PLAN_ID", "the template is unknown", w => OrderAsync(w, ("plan_id", "1"))),
        Row("INVALID PLAN_ID", "the template is disabled", async w =>
        {
            await w.DoAsync("/templates/12535/disable", new JsonObject());
            return await OrderAsync(w);
        }),
        Row("MERCHANT AUTHORITY ERROR", "the template takes no new contracts for now", async w =>
        {
            await w.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["signing_blocked"] = true });
            return await OrderAsync(w);
        }),
        Row("MERCHANT AUTHORITY ERROR", "no permission for payments by JSAPI", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["permissions"] = new JsonArray("papay", "contract_order", "native_pay") });
            return await OrderAsync(w);
        }),
        Row("CONTRACT_CODE DUPLICATION", "the code of an active contract", async w =>
        {
            await w.SignedAsync(changes: ("contract_code", "C1"));
            return await OrderAsync(w, ("contract_code", "C1"));
        }),
        Row("contract:CONTRACT_CODE DUPLICATION", "the code of an active contract, the order goes on", async w =>
        {
            await w.SignedAsync(changes: ("contract_code", "C1"));
            return await OrderAsync(w, ("contract_code", "C1"));
        }, ("contract_code_duplication", "contract_part_fails")),
        Row("contract:Fail", "the user has signed the template", async w =>
        {
            await w.SignedAsync("oSimUser0001");
            return await OrderAsync(w);
        }, ("already_signed", "contract_part_fails")),
        Row("contract:SYSTEMERROR", "an error inside WeChat's pre-signing", async w =>
        {
            await w.DoAsync("/faults", new JsonObject { ["on"] = Order, ["kind"] = "refuse", ["code"] = "SYSTEMERROR", ["field"] = "contract" });
            return await OrderAsync(w);
        }) with { IsInternal = true },
        Row("ORDERPAID", "the number is paid", async w =>
        {
            await w.SignedAsync("oSimUser0001", changes: ("out_trade_no", "P1"));
            return await OrderAsync(w, ("out_trade_no", "P1"));
        }),
        Row("ORDERCLOSED", "two hours have passed", async w =>
        {
            await OrderAsync(w, ("out_trade_no", "P1"), ("contract_code", "C1"));
            await w.AdvanceAsync(TimeSpan.FromHours(2));
            return await OrderAsync(w, ("out_trade_no", "P1"), ("contract_code", "C1"));
        }),
        Row("OUT_TRADE_NO_USED", "the same number with another amount", w => ChangedAsync(w)),
        Row("OUT_TRADE_NO_USED", "the number of a debit", async w =>
        {
            await w.ApplyAsync(await w.SignedAsync("oSimUser0001"), "D1");
            return await OrderAsync(w, ("out_trade_no", "D1"));
        }),
        Row("CONTRACT_CODE DUPLICATION", "the code of a contract that has ended", async w =>
        {
            await w.DeleteContractAsync(await w.SignedAsync(changes: ("contract_code", "C1")));
            return await OrderAsync(w, ("contract_code", "C1"));
        }, ("contract_code_reuse", "refused")),
        Row("201", "the same number with another amount", w => ChangedAsync(w), ("contractorder_changed", "201")),
    ];

    private static IEnumerable<ErrorRow> Contracts =>
    [
        .. MisuseRows("querycontract", Query, w => QueryFields("1"), sign: "SIGN_ERROR", xml: "XML FAIL", missing: "PARAMETER FAIL"),
        .. MisuseRows("deletecontract", Delete, w => DeleteFields("1"), sign: "SIGN_ERROR", xml: "XML FAIL", missing: "PARAMETER FAIL"),
        Row("querycontract", "PARAMETER FAIL", "both ways of naming a contract", w => w.PostAsync(Query, World.With(QueryFields("1"), ("plan_id", "12535"), ("contract_code", "C1")))),
        Row("querycontract", "PARAMETER FAIL", "neither way of naming a contract", w => w.PostAsync(Query, World.With(QueryFields(null)))),
        Row("querycontract", "PARAMETER FAIL", "a parameter too many", w => w.PostAsync(Query, World.With(QueryFields("1"), ("openid", "o")))) with { IsTextOnly = true },
        Row("querycontract", "PARAMETER FAIL", "version is not 1.0", w => w.PostAsync(Query, World.With(QueryFields("1"), ("version", "2.0")))),
        Row("querycontract", "RESULT NULL", "an empty contract_id beside the code", w =>
            w.SendAsync(Query, Signed(World.With(QueryFields(null), ("plan_id", "12535"), ("contract_code", "C1")), "<contract_id/>"), "text/xml")),
        Row("querycontract", "RESULT NULL", "a contract that never was", w => w.ContractQueryAsync("1"), ("contract_not_found", "RESULT NULL")),
        Row("querycontract", "CONTRACT_NOT_EXIST", "a contract that never was", w => w.ContractQueryAsync("1")),
        Row("querycontract", "MERCHANT PERMISSION ERROR", "no permission for delegated debit", w => WithoutPapay(w, w => w.ContractQueryAsync("1"))),
        Row("querycontract", "FREQUENCY_LIMITED", "more than the limit in a second", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["limits"] = new JsonObject { ["query_qps"] = 2 } });
            await w.ContractQueryAsync("1");
            await w.ContractQueryAsync("1");
            return await w.ContractQueryAsync("1");
        }),
        Row("deletecontract", "PARAMETER FAIL", "no remark", w => w.PostAsync(Delete, World.With(DeleteFields("1"), ("contract_termination_remark", null)))),
        Row("deletecontract", "PARAMETER FAIL", "named by its code, which this account does not know", w =>
            w.PostAsync(Delete, World.With(DeleteFields(null), ("plan_id", "12535"), ("contract_code", "C1"))), ("deletecontract_by_code", "unrecognised")) with { IsTextOnly = true },
        Row("deletecontract", "MERCHANT PERMISSION ERROR", "no permission for delegated debit", w => WithoutPapay(w, w => w.DeleteContractAsync("1"))),
        Row("deletecontract", "CONTRACT_NOT_EXIST", "a contract that never was", w => w.DeleteContractAsync("1")),
        Row("deletecontract", "CONTRACT_NOT_EXIST", "a contract that has ended", async w =>
        {
            var contract = await w.SignedAsync();
            await w.DeleteContractAsync(contract);
            return await w.DeleteContractAsync(contract);
        }),
    ];

    private static ErrorRow Row(string code, string cause, Func<World, Task<Reply>> act, params (string Name, string Value)[] switches) =>
        Row("contractorder", code, cause, act, switches);

    private static ErrorRow Row(string endpoint, string code, string cause, Func<World, Task<Reply>> act, params (string Name, string Value)[] switches) =>
        new(endpoint, code, cause + string.Concat(switches.Select(s => $" ({s.Name}={s.Value})")), async w => AnswerOf(await act(w))) { Switches = switches };

    private static Task<Reply> OrderAsync(World w, params (string Name, string? Value)[] changes) => w.ContractOrderAsync("oSimUser0001", changes);

    private static async Task<Reply> ChangedAsync(World w)
    {
        await OrderAsync(w, ("out_trade_no", "P1"), ("contract_code", "C1"));
        return await OrderAsync(w, ("out_trade_no", "P1"), ("contract_code", "C1"), ("total_fee", "2600"));
    }

    private static async Task<Reply> WithoutPapay(World w, Func<World, Task<Reply>> act)
    {
        await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["may_debit"] = false });
        return await act(w);
    }

    private static List<(string Name, string? Value)> QueryFields(string? contract) =>
        [("appid", World.AppId), ("mch_id", World.MchId), ("contract_id", contract), ("version", "1.0")];

    private static List<(string Name, string? Value)> DeleteFields(string? contract) => World.With(QueryFields(contract), ("contract_termination_remark", "测试"));

    private static byte[] Signed(IEnumerable<(string Name, string? Value)> fields, string more)
    {
        using var writer = new V2Writer();
        foreach (var (name, value) in fields.Where(f => f.Value is not null))
        {
            writer.Add(name, value);
        }

        var xml = Encoding.UTF8.GetString(writer.Sign(World.Key, SignType.Md5).Span);
        return Encoding.UTF8.GetBytes(xml.Replace("</xml>", more + "</xml>", StringComparison.Ordinal));
    }
}
