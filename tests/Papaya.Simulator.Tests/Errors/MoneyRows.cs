using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>Orders, refunds and bills.</summary>
internal static class MoneyRows
{
    private const string Unknown = "4200000000202601010000000001";

    private static readonly (string, string)[] CodesInText = [("transport_errors", "code")];

    public static IEnumerable<ErrorRow> All =>
    [
        .. Orders, .. Refunds, .. Bills,
        .. Misuse("paporderquery", "/pay/paporderquery", "SIGNERROR"),
        .. Misuse("orderquery", "/pay/orderquery", "SIGNERROR"),
        .. Misuse("closeorder", "/pay/closeorder", "SIGNERROR", "REQUIRE_POST_METHOD", "XML_FORMAT_ERROR"),
        .. Misuse("refund", "/secapi/pay/refund", "SIGNERROR", "REQUIRE_POST_METHOD", "XML_FORMAT_ERROR", "MCHID_NOT_EXIST"),
        .. Misuse("refundquery", "/pay/refundquery", "SIGNERROR", "REQUIRE_POST_METHOD", "XML_FORMAT_ERROR", "MCHID_NOT_EXIST"),
        .. new[] { "paporderquery", "orderquery", "closeorder", "refundquery", "downloadbill" }.Select(e => Internal(e, "SYSTEMERROR", "system_error")),
        Internal("refund", "SYSTEMERROR", "system_error"),
        Internal("downloadfundflow", "SYSTEMERROR", "system_error"),
        Internal("downloadbill", "CompressGZip Error", "refuse"),
        Internal("downloadbill", "UnCompressGZip Error", "refuse"),
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
            return ErrorRows.CodeOf(await w.CloseAsync("P1"));
        }),
        new("closeorder", "ORDERCLOSED", "closed before", async w =>
        {
            await w.ContractOrderAsync(await w.UserAsync(), ("out_trade_no", "P1"));
            await w.AdvanceAsync(TimeSpan.FromMinutes(6));
            await w.CloseAsync("P1");
            return ErrorRows.CodeOf(await w.CloseAsync("P1"));
        }),
        new("closeorder", "ORDERNOTEXIST", "unknown number", async w => ErrorRows.CodeOf(await w.CloseAsync("NONE"))),
        new("closeorder", "ORDERNOTEXIST", "a debit that waits", async w =>
        {
            await WaitingAsync(w, "D1");
            return ErrorRows.CodeOf(await w.CloseAsync("D1"));
        }),
        new("closeorder", "TRADE_STATE_ERROR", "within five minutes", async w =>
        {
            await w.ContractOrderAsync(await w.UserAsync(), ("out_trade_no", "P1"));
            return ErrorRows.CodeOf(await w.CloseAsync("P1"));
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
        Refund("APPID_NOT_EXIST", "unknown appid", w => w.RefundAsync("P1", "R1", 10, changes: ("appid", "wx0000000000000001"))),
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
        new("refundquery", "APPID_NOT_EXIST", "unknown appid", w => QueryAsync(w, "/pay/refundquery", "P1", ("appid", "wx0000000000000001"))),
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
        new("downloadbill", "SIGN ERROR", "signed with another key", async w => ErrorRows.CodeOf(await w.PostAsync("/pay/downloadbill", BillFields(), key: new(new string('0', 32))))),
        new("downloadbill", "No Bill Exist", "a day without trades", w => BillAsync(w)),
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
        new("downloadfundflow", "CERT_ERROR", "no client certificate", w => FlowAsync(w, null)),
    ];

    private static ErrorRow Refund(string code, string cause, Func<World, Task<Reply>> act) => new("refund", code, cause, async w =>
    {
        await PaidAsync(w);
        return ErrorRows.CodeOf(await act(w));
    });

    /// <summary>What every call refuses before it looks at its business.</summary>
    private static IEnumerable<ErrorRow> Misuse(string endpoint, string path, params string[] codes) => codes.Select(code => new ErrorRow(endpoint, code, "misuse", async w => ErrorRows.CodeOf(code switch
    {
        "SIGNERROR" => await w.PostAsync(path, Fields("P1"), key: new(new string('0', 32)), certificate: World.MchId),
        "REQUIRE_POST_METHOD" => await w.SendAsync(path, [], null, method: HttpMethod.Put),
        "XML_FORMAT_ERROR" => await w.SendAsync(path, "<xml><appid>"u8.ToArray(), "text/xml"),
        _ => await w.PostAsync(path, World.With(Fields("P1"), ("mch_id", "9999999999"))),
    }))
    {
        Switches = CodesInText,
    });

    private static ErrorRow Internal(string endpoint, string code, string kind) => new(endpoint, code, "an error inside WeChat", async w =>
    {
        var path = endpoint == "refund" ? "/secapi/pay/refund" : "/pay/" + endpoint;
        await w.DoAsync("/faults", new JsonObject { ["on"] = path, ["kind"] = kind, ["code"] = kind == "refuse" ? code : null });
        return endpoint switch
        {
            "refund" => ErrorRows.CodeOf(await w.RefundAsync("P1", "R1", 10)),
            "refundquery" => await QueryAsync(w, path, null, ("out_refund_no", "R1")),
            "downloadbill" => await BillAsync(w),
            "downloadfundflow" => await FlowAsync(w, World.MchId),
            _ => await QueryAsync(w, path, "P1"),
        };
    })
    {
        IsInternal = true,
    };

    private static List<(string Name, string? Value)> Fields(string? number) => [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", number)];

    private static List<(string Name, string? Value)> BillFields() =>
        [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260114"), ("bill_type", "ALL")];

    private static async Task<string?> QueryAsync(World world, string path, string? number, params (string Name, string? Value)[] changes) =>
        ErrorRows.CodeOf(await world.PostAsync(path, World.With(Fields(number), changes)));

    private static async Task<string?> BillAsync(World world, params (string Name, string? Value)[] changes) =>
        ErrorRows.CodeOf(await world.PostAsync("/pay/downloadbill", World.With(BillFields(), changes)));

    private static async Task<string?> FlowAsync(World world, string? certificate, params (string Name, string? Value)[] changes) =>
        (await world.PostAsync(
            "/pay/downloadfundflow", World.With([.. BillFields().Where(f => f.Name != "bill_type"), ("account_type", "Operation")], changes), SignType.HmacSha256,
            certificate: certificate))["err_code"];

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
