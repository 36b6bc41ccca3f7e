using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.Errors.ErrorRows;
using static Papaya.Simulator.Tests.Errors.Misuses;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>Orders, refunds and bills.</summary>
internal static class MoneyRows
{
    private const string Unknown = "4200000000202601010000000001";

    public static IEnumerable<ErrorRow> All =>
    [
        .. Orders, .. Refunds, .. Bills,
        .. from name in (string[])["paporderquery", "orderquery", "closeorder", "refundquery"]
           from row in MisuseRows(name, "/pay/" + name, _ => Fields("P1"), sign: "SIGNERROR")
           select row,
        .. MisuseRows("refund", "/secapi/pay/refund", _ => RefundFields("P1"), sign: "SIGNERROR"),
        .. MisuseRows("downloadbill", "/pay/downloadbill", _ => BillFields(), sign: "SIGN ERROR", missing: "missing parameter"),
        .. MisuseRows("downloadfundflow", "/pay/downloadfundflow", _ => FlowFields(), sign: "SIGNERROR", missing: "PARAM_ERROR", type: SignType.HmacSha256),
        Zipping("CompressGZip Error"),
        Zipping("UnCompressGZip Error"),
    ];

    private static ErrorRow[] Orders =>
    [
        new("paporderquery", "ORDERNOTEXIST", "unknown number", w => QueryAsync(w, "/pay/paporderquery", "NONE")),
        new("paporderquery", "ORDERNOTEXIST", "older than a month", async w =>
        {
            await DebitAsync(w, "D1");
            await w.AdvanceAsync(TimeSpan.FromDays(32));
            return await QueryAsync(w, "/pay/paporderquery", "D1");
        }),
        new("paporderquery", "INVALID_TRANSACTIONID", "unknown transaction", w => QueryAsync(w, "/pay/paporderquery", null, ("transaction_id", Unknown))),
        new("paporderquery", "PARAM_ERROR", "a cashier's order", async w =>
        {
            await PaidAsync(w);
            return await QueryAsync(w, "/pay/paporderquery", "P1");
        }),
        new("paporderquery", "NOAUTH", "not granted to this merchant", async w =>
        {
            await DebitAsync(w, "D1");
            await MerchantAsync(w, ("permissions", new JsonArray("papay", "contract_order")));
            return await QueryAsync(w, "/pay/paporderquery", "D1");
        }),
        new("orderquery", "ORDERNOTEXIST", "unknown number", w => QueryAsync(w, "/pay/orderquery", "NONE")),
        new("orderquery", "ORDERNOTEXIST", "a debit that waits", async w =>
        {
            await WaitingAsync(w, "D1");
            return await QueryAsync(w, "/pay/orderquery", "D1");
        }),
        new("orderquery", "INVALID_TRANSACTIONID", "unknown transaction", w => QueryAsync(w, "/pay/orderquery", null, ("transaction_id", Unknown))),
        new("orderquery", "PARAM_ERROR", "malformed number", w => QueryAsync(w, "/pay/orderquery", "有")),
        new("orderquery", "LACK_PARAMS", "neither number", w => QueryAsync(w, "/pay/orderquery", null)),
        new("orderquery", "PARAM_ERROR", "a parameter too many", w => QueryAsync(w, "/pay/orderquery", "P1", ("offset", "1"))) { IsTextOnly = true },
        new("paporderquery", "LACK_PARAMS", "neither number", w => QueryAsync(w, "/pay/paporderquery", null)),
        new("paporderquery", "PARAM_ERROR", "malformed number", w => QueryAsync(w, "/pay/paporderquery", "有")),
        new("paporderquery", "PARAM_ERROR", "a debit that WeChat has closed", async w =>
        {
            await w.ApplyAsync(await w.SignedAsync(await w.UserAsync(2_500)), "D1");
            await w.AdvanceAsync(TimeSpan.FromMinutes(2));
            return await QueryAsync(w, "/pay/paporderquery", "D1");
        }) { Switches = [("paporderquery_closed", "not_a_debit")] },
        new("closeorder", "LACK_PARAMS", "no number", w => QueryAsync(w, "/pay/closeorder", null)),
        new("closeorder", "PARAM_ERROR", "named by the transaction, which it does not take", w => QueryAsync(w, "/pay/closeorder", "P1", ("transaction_id", Unknown))) { IsTextOnly = true },
        new("closeorder", "TRADE_STATE_ERROR", "within five minutes, told at the first level", async w =>
        {
            await w.ContractOrderAsync(await w.UserAsync(), ("out_trade_no", "P1"));
            return AnswerOf(await w.CloseAsync("P1")) with { Code = "TRADE_STATE_ERROR" };
        }) { Switches = [("close_too_early", "return_fail")] },
        new("orderquery", "FREQUENCY_LIMITED", "an order older than a month, too often", async w =>
        {
            await PaidAsync(w);
            await MerchantAsync(w, ("limits", new JsonObject { ["old_order_qpm"] = 2 }));
            await w.AdvanceAsync(TimeSpan.FromDays(32));
            await QueryAsync(w, "/pay/orderquery", "P1");
            await QueryAsync(w, "/pay/orderquery", "P1");
            return await QueryAsync(w, "/pay/orderquery", "P1");
        }),
        new("closeorder", "ORDERPAID", "paid", async w =>
        {
            await PaidAsync(w);
            return AnswerOf(await w.CloseAsync("P1"));
        }),
        new("closeorder", "ORDERCLOSED", "closed before", async w =>
        {
            await w.ContractOrderAsync(await w.UserAsync(), ("out_trade_no", "P1"));
            await w.AdvanceAsync(TimeSpan.FromMinutes(6));
            await w.CloseAsync("P1");
            return AnswerOf(await w.CloseAsync("P1"));
        }),
        new("closeorder", "ORDERNOTEXIST", "unknown number", async w => AnswerOf(await w.CloseAsync("NONE"))),
        new("closeorder", "ORDERNOTEXIST", "a debit that waits", async w =>
        {
            await WaitingAsync(w, "D1");
            return AnswerOf(await w.CloseAsync("D1"));
        }),
        new("closeorder", "TRADE_STATE_ERROR", "within five minutes", async w =>
        {
            await w.ContractOrderAsync(await w.UserAsync(), ("out_trade_no", "P1"));
            return AnswerOf(await w.CloseAsync("P1"));
        }),
    ];

    private static ErrorRow[] Refunds =>
    [
        Refund("BIZERR_NEED_RETRY", "a second refund of the order within a minute", async w =>
        {
            await w.RefundAsync("P1", "R0", 10);
            return await w.RefundAsync("P1", "R1", 10);
        }),
        Refund("TRADE_OVERDUE", "more than a year after the payment", async w =>
        {
            await w.AdvanceAsync(TimeSpan.FromDays(365.1));
            return await w.RefundAsync("P1", "R1", 10);
        }),
        Refund("ERROR", "more than was paid", w => w.RefundAsync("P1", "R1", 2_501)),
        Refund("ERROR", "more than there is on earth, after a first part", async w =>
        {
            await w.RefundAsync("P1", "R0", 10);
            await w.AdvanceAsync(TimeSpan.FromHours(1));
            return await w.RefundAsync("P1", "R1", long.MaxValue);
        }),
        Refund("ERROR", "the fifty-first part", async w =>
        {
            for (var n = 0; n < 50; n++)
            {
                await w.RefundAsync("P1", "R" + n, 10);
                await w.AdvanceAsync(TimeSpan.FromMinutes(1));
            }

            return await w.RefundAsync("P1", "R50", 10);
        }),
        Refund("USER_ACCOUNT_ABNORMAL", "the user's account is closed", async w =>
        {
            await w.UserAsync(account: "closed", openid: "oPayer");
            return await w.RefundAsync("P1", "R1", 10);
        }),
        Refund("INVALID_REQ_TOO_MUCH", "more than six wrong requests in a second", async w =>
        {
            for (var n = 0; n < 7; n++)
            {
                await w.RefundAsync("NONE", "R" + n, 10);
            }

            return await w.RefundAsync("P1", "R9", 10);
        }),
        Refund("NOTENOUGH", "the merchant's account is empty", async w =>
        {
            await w.DoAsync("/merchants/10000100/funds", new JsonObject { ["set"] = new JsonObject { ["available"] = 0, ["unsettled"] = 0 } });
            return await w.RefundAsync("P1", "R1", 10);
        }),
        Refund("NOTENOUGH", "an old merchant's takings of the day are settled", async w =>
        {
            await MerchantAsync(w, ("fund_flow", "old"));
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            return await w.RefundAsync("P1", "R1", 10);
        }),
        Refund("INVALID_TRANSACTIONID", "unknown transaction", w => w.RefundAsync("P1", "R1", 10, changes: ("transaction_id", Unknown))),
        Refund("ORDERNOTEXIST", "unknown number", w => w.RefundAsync("NONE", "R1", 10)),
        Refund("ORDERNOTEXIST", "not paid", async w =>
        {
            await w.ContractOrderAsync(await w.UserAsync(), ("out_trade_no", "P2"));
            return await w.RefundAsync("P2", "R1", 10);
        }),
        Refund("REFUND_FEE_MISMATCH", "the number with another amount", async w =>
        {
            await w.RefundAsync("P1", "R1", 10);
            return await w.RefundAsync("P1", "R1", 11);
        }),
        Refund("FREQUENCY_LIMITED", "too many in a second", async w =>
        {
            await MerchantAsync(w, ("limits", new JsonObject { ["refund_qps"] = 1 }));
            await w.RefundAsync("P1", "R1", 10);
            return await w.RefundAsync("P1", "R1", 10);
        }),
        Refund("FREQUENCY_LIMITED", "orders older than a month, too often", async w =>
        {
            await MerchantAsync(w, ("limits", new JsonObject { ["old_order_qpm"] = 1 }));
            await w.AdvanceAsync(TimeSpan.FromDays(32));
            await w.RefundAsync("P1", "R1", 10);
            return await w.RefundAsync("P1", "R2", 10);
        }),
        Refund("CERT_ERROR", "no client certificate", w => w.RefundAsync("P1", "R1", 10, certificate: null)),
        Refund("CERT_ERROR", "another merchant's certificate", w => w.RefundAsync("P1", "R1", 10, certificate: "10000999")),
        Refund("PARAM_ERROR", "malformed number", w => w.RefundAsync("P1", "有", 10)),
        Refund("PARAM_ERROR", "total_fee is not the order's", w => w.RefundAsync("P1", "R1", 10, total: 2_400)),
        Refund("PARAM_ERROR", "a parameter too many", w => w.RefundAsync("P1", "R1", 10, changes: ("offset", "1"))) with { IsTextOnly = true },
        Refund("LACK_PARAMS", "no refund number", w => w.RefundAsync("P1", null!, 10)),
        Refund("LACK_PARAMS", "neither number of the order", w => w.RefundAsync(null!, "R1", 10)),
        Refund("ERROR", "refunded whole", async w =>
        {
            await w.RefundAsync("P1", "R0", 2_500);
            await w.AdvanceAsync(TimeSpan.FromHours(1));
            return await w.RefundAsync("P1", "R1", 10);
        }),
        Refund("ERROR", "a second refund of the order within a minute", async w =>
        {
            await w.RefundAsync("P1", "R0", 10);
            return await w.RefundAsync("P1", "R1", 10);
        }) with { Switches = [("refund_interval", "ERROR")] },
        new("refundquery", "REFUNDNOTEXIST", "unknown number", w => QueryAsync(w, "/pay/refundquery", null, ("out_refund_no", "NONE"))),
        new("refundquery", "REFUNDNOTEXIST", "an order without refunds", async w =>
        {
            await PaidAsync(w);
            return await QueryAsync(w, "/pay/refundquery", "P1");
        }),
        new("refundquery", "INVALID_TRANSACTIONID", "unknown transaction", w => QueryAsync(w, "/pay/refundquery", null, ("transaction_id", Unknown))),
        new("refundquery", "PARAM_ERROR", "none of the four numbers", w => QueryAsync(w, "/pay/refundquery", null)),
        new("refundquery", "PARAM_ERROR", "offset above the total", async w =>
        {
            await PaidAsync(w);
            await w.RefundAsync("P1", "R1", 10);
            return await QueryAsync(w, "/pay/refundquery", "P1", ("offset", "2"));
        }),
        new("refundquery", "PARAM_ERROR", "an order with more than twenty refunds", async w =>
        {
            await PaidAsync(w);
            for (var n = 0; n < 21; n++)
            {
                await w.RefundAsync("P1", "R" + n, 10);
                await w.AdvanceAsync(TimeSpan.FromMinutes(1));
            }

            return await QueryAsync(w, "/pay/refundquery", "P1");
        }) { Switches = [("refundquery_many", "refused_over_20")] },
        new("refundquery", "PARAM_ERROR", "a parameter too many", w => QueryAsync(w, "/pay/refundquery", "P1", ("bill_date", "20260115"))) { IsTextOnly = true },
        new("refundquery", "LACK_PARAMS", "no nonce", w => QueryAsync(w, "/pay/refundquery", "P1", ("nonce_str", null))),
        new("refundquery", "FREQUENCY_LIMITED", "too many in a second", async w =>
        {
            await MerchantAsync(w, ("limits", new JsonObject { ["refund_query_qps"] = 1 }));
            await QueryAsync(w, "/pay/refundquery", "P1");
            return await QueryAsync(w, "/pay/refundquery", "P1");
        }),
    ];

    private static ErrorRow[] Bills =>
    [
        new("downloadbill", "invalid bill_type", "another kind", w => BillAsync(w, ("bill_type", "EVERYTHING"))),
        new("downloadbill", "data format error", "malformed day", w => BillAsync(w, ("bill_date", "2026-01-14"))),
        new("downloadbill", "missing parameter", "no day", w => BillAsync(w, ("bill_date", null))),
        new("downloadbill", "data format error", "a parameter too many", w => BillAsync(w, ("offset", "1"))),
        new("downloadbill", "No Bill Exist", "a day without trades", w => BillAsync(w)),
        new("downloadbill", "No Bill Exist", "the last day of all calendars", w => BillAsync(w, ("bill_date", "99991231"))),
        new("downloadfundflow", "NO_BILL_EXIST", "the last day of all calendars", w => FlowAsync(w, World.MchId, ("bill_date", "99991231"))),
        new("downloadbill", "No Bill Exist", "more than three months ago", async w =>
        {
            await PaidAsync(w);
            await w.AdvanceAsync(TimeSpan.FromDays(93));
            return await BillAsync(w, ("bill_date", "20260115"));
        }),
        new("downloadbill", "No Bill Exist", "nobody has coupons that were paid in", async w =>
        {
            await PaidAsync(w);
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            return await BillAsync(w, ("bill_date", "20260115"), ("bill_type", "RECHARGE_REFUND"));
        }),
        new("downloadbill", "Bill Creating", "before nine of the next day", async w =>
        {
            await PaidAsync(w);
            await w.AdvanceAsync(TimeSpan.FromHours(20));
            return await BillAsync(w, ("bill_date", "20260115"));
        }),
        new("downloadfundflow", "PARAM_ERROR", "an account that is none", w => FlowAsync(w, World.MchId, ("account_type", "Pocket"))),
        new("downloadfundflow", "PARAM_ERROR", "before the first day of all", w => FlowAsync(w, World.MchId, ("bill_date", "20170531"))),
        new("downloadfundflow", "NO_BILL_EXIST", "the account did not move", w => FlowAsync(w, World.MchId)),
        new("downloadfundflow", "BILL_CREATING", "before nine of the next day", async w =>
        {
            await PaidAsync(w);
            await w.AdvanceAsync(TimeSpan.FromHours(20));
            return await FlowAsync(w, World.MchId, ("bill_date", "20260115"));
        }),
        new("downloadfundflow", "PARAM_ERROR", "a parameter is missing", w => FlowAsync(w, World.MchId, ("account_type", null))),
        new("downloadfundflow", "PARAM_ERROR", "a parameter too many", w => FlowAsync(w, World.MchId, ("bill_type", "ALL"))) { IsTextOnly = true },
        new("downloadfundflow", "SIGNERROR", "signed with MD5", async w => AnswerOf(await w.PostAsync("/pay/downloadfundflow", FlowFields(), certificate: World.MchId))) { IsTextOnly = true },
        new("downloadfundflow", "NOAUTH", "no permission for fund-flow bills", async w =>
        {
            await MerchantAsync(w, ("permissions", new JsonArray("papay")));
            return await FlowAsync(w, World.MchId);
        }),
        new("downloadfundflow", "CERT_ERROR", "no client certificate", w => FlowAsync(w, null)),
    ];

    private static ErrorRow Refund(string code, string cause, Func<World, Task<Reply>> act) => new("refund", code, cause, async w =>
    {
        await PaidAsync(w);
        return AnswerOf(await act(w));
    });

    private static ErrorRow Zipping(string code) => new("downloadbill", code, "an error inside WeChat", async w =>
    {
        await w.DoAsync("/faults", new JsonObject { ["on"] = "/pay/downloadbill", ["kind"] = "refuse", ["code"] = code });
        return await BillAsync(w);
    })
    {
        IsInternal = true,
    };

    private static List<(string Name, string? Value)> Fields(string? number) => [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", number)];

    private static List<(string Name, string? Value)> BillFields() =>
        [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260114"), ("bill_type", "ALL")];

    private static List<(string Name, string? Value)> RefundFields(string number) =>
        World.With(Fields(number), ("out_refund_no", "R1"), ("total_fee", "2500"), ("refund_fee", "10"));

    private static List<(string Name, string? Value)> FlowFields() => [.. BillFields().Where(f => f.Name != "bill_type"), ("account_type", "Operation")];

    private static async Task<Answer> QueryAsync(World world, string path, string? number, params (string Name, string? Value)[] changes) =>
        AnswerOf(await world.PostAsync(path, World.With(Fields(number), changes)));

    private static async Task<Answer> BillAsync(World world, params (string Name, string? Value)[] changes) =>
        AnswerOf(await world.PostAsync("/pay/downloadbill", World.With(BillFields(), changes)));

    private static async Task<Answer> FlowAsync(World world, string? certificate, params (string Name, string? Value)[] changes) =>
        AnswerOf(await world.PostAsync("/pay/downloadfundflow", World.With(FlowFields(), changes), SignType.HmacSha256, certificate: certificate));

    private static Task MerchantAsync(World world, (string Name, JsonNode Value) change) =>
        world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, [change.Name] = change.Value });

    private static async Task PaidAsync(World world) => await world.SignedAsync(await world.UserAsync(openid: "oPayer"), changes: ("out_trade_no", "P1"));

    private static async Task DebitAsync(World world, string number)
    {
        await world.ApplyAsync(await world.SignedAsync(), number);
        await world.SettleAsync();
    }

    private static async Task WaitingAsync(World world, string number)
    {
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, number);
    }
}
