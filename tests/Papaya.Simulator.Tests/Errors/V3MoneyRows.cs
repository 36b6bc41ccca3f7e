using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.V3;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>Refunds, bills and certificates of V3, each code with the HTTP status of its row.</summary>
internal static class V3MoneyRows
{
    private const string Refund = "/v3/refund/domestic/refunds", Trade = "/v3/bill/tradebill?bill_date=", Fund = "/v3/bill/fundflowbill?bill_date=";
    private const string Paid = "PAY000001";

    public static IEnumerable<ErrorRow> All => [.. Refunds, .. Bills, .. Unavailable];

    private static IEnumerable<ErrorRow> Refunds =>
    [
        Wished("INVALID_REQUEST", 400, "more than was paid", wish => wish["amount"]!["refund"] = 2_501),
        Wished("INVALID_REQUEST", 400, "another total than the order's", wish => wish["amount"]!["total"] = 2_400),
        Wished("RESOURCE_NOT_EXISTS", 404, "no such order", wish => wish["out_trade_no"] = "PAY000009"),
        Wished("PARAM_ERROR", 400, "no order is named", wish => wish.Remove("out_trade_no")),
        Wished("PARAM_ERROR", 400, "a surplus member", wish => wish["appid"] = World.AppId),
        Refused("RESOURCE_NOT_EXISTS", 404, "the order was not paid", async (world, _, wish) =>
        {
            await world.ContractOrderAsync(await world.UserAsync(), ("out_trade_no", "PAY000002"));
            wish["out_trade_no"] = "PAY000002";
        }),
        Refused("INVALID_REQUEST", 400, "the number with another amount", async (_, shop, wish) =>
        {
            await shop.PostAsync(Refund, wish);
            wish["amount"]!["refund"] = 999;
        }),
        Refused("INVALID_REQUEST", 400, "two different orders are named", async (world, _, wish) =>
        {
            await world.SignedAsync(changes: ("out_trade_no", "PAY000003"));
            wish["transaction_id"] = (string)(await world.SeeAsync("/orders/PAY000003"))["transaction_id"]!;
        }),
        Refused("NOT_ENOUGH", 403, "the merchant has no money", (world, _, _) =>
            world.DoAsync("/merchants/10000100/funds", new JsonObject { ["set"] = new JsonObject { ["available"] = 0, ["unsettled"] = 5 } })),
        Refused("USER_ACCOUNT_ABNORMAL", 403, "the user's account is closed", async (world, _, _) =>
            await world.UserAsync(account: "closed", openid: (string)(await world.SeeAsync("/orders/" + Paid))["openid"]!)),
        Refused("TRADE_OVERDUE", 400, "more than a year ago", (world, _, _) => world.AdvanceAsync(TimeSpan.FromDays(366))),
        Refused("NO_AUTH", 403, "no permission to refund", (world, _, _) => MerchantAsync(world, "permissions", new JsonArray("papay"))),
        Refused("FREQUENCY_LIMITED", 429, "more refunds in a second than allowed", async (world, shop, _) =>
        {
            await MerchantAsync(world, "limits", new JsonObject { ["refund_qps"] = 1 });
            await shop.PostAsync(Refund, Wish("REF0", 1));
        }),
        Refused("FREQUENCY_LIMITED", 429, "more calls about old orders than allowed", async (world, _, _) =>
        {
            await MerchantAsync(world, "limits", new JsonObject { ["old_order_qpm"] = 1 });
            await world.AdvanceAsync(TimeSpan.FromDays(32));
            await world.OrderQueryAsync(Paid);
        }),
        Refused("SYSTEM_ERROR", 500, "an error inside WeChat", (world, _, _) => world.FaultAsync(Refund, "system_error", 1)) with { IsInternal = true },
        Asked("v3-refund-query", "RESOURCE_NOT_EXISTS", 404, "no such refund", Refund + "/REF9"),
    ];

    private static IEnumerable<ErrorRow> Bills =>
    [
        .. from bill in new[] { ("v3-tradebill", Trade), ("v3-fundflowbill", Fund) }
           from row in new[]
           {
               Asked(bill.Item1, "STATEMENT_CREATING", 400, "before nine on the next day", bill.Item2 + "2026-01-15", TimeSpan.FromHours(20)),
               Asked(bill.Item1, "NO_STATEMENT_EXIST", 400, "the day is not over", bill.Item2 + "2026-01-15"),
               Asked(bill.Item1, "PARAM_ERROR", 400, "a day that is none", bill.Item2 + "2026-13-15"),
           }
           select row,
        Asked("v3-tradebill", "INVALID_REQUEST", 400, "longer ago than bills are kept", Trade + "2025-01-14"),
        Asked("v3-certificates", "RESOURCE_NOT_EXISTS", 404, "the merchant has the public key only", "/v3/certificates") with { Switches = [("v3_certificates", "none")] },
    ];

    /// <summary>Rows of the common table of HTTP statuses that no call's own table has.</summary>
    private static IEnumerable<ErrorRow> Unavailable =>
    [
        Asked("v3-common", "ORDER_NOT_EXIST", 404, "no such order", V3Requests.Of("v3-order-by-out-trade-no").Target) with { Switches = [("v3_order_not_found", "ORDER_NOT_EXIST")] },
        Row("v3-common", "FREQUENCY_LIMITED_EXCEED", 429, "more calls in a second than allowed", async (world, shop) =>
        {
            await MerchantAsync(world, "limits", new JsonObject { ["v3_qps"] = 1 });
            await V3Requests.Of("v3-query-contract").SendAsync(shop);
            return await V3Requests.Of("v3-query-contract").SendAsync(shop);
        }) with { Switches = [("v3_rate_code", "FREQUENCY_LIMITED_EXCEED")] },
        Row("v3-common", "SERVICE_UNAVAILABLE", 502, "WeChat cannot serve", async (world, shop) =>
        {
            await world.DoAsync("/faults", new JsonObject
            {
                ["on"] = V3Requests.TemplateOf("v3-query-contract"), ["kind"] = "refuse", ["code"] = "SERVICE_UNAVAILABLE", ["text"] = "服务不可用", ["status"] = 502,
            });
            return await V3Requests.Of("v3-query-contract").SendAsync(shop);
        }) with { IsInternal = true },
    ];

    private static ErrorRow Wished(string code, int status, string cause, Action<JsonObject> change) => Refused(code, status, cause, (_, _, wish) =>
    {
        change(wish);
        return Task.CompletedTask;
    });

    /// <summary>A refund of a paid order, after something that stands in its way.</summary>
    private static ErrorRow Refused(string code, int status, string cause, Func<World, Shop, JsonObject, Task> obstacle) => Row("v3-refund", code, status, cause, async (world, shop) =>
    {
        await world.SignedAsync(changes: ("out_trade_no", Paid));
        var wish = Wish("REF1", 1_000);
        await obstacle(world, shop, wish);
        return await shop.PostAsync(Refund, wish);
    });

    private static ErrorRow Asked(string endpoint, string code, int status, string cause, string target, TimeSpan? later = null) => Row(endpoint, code, status, cause, async (world, shop) =>
    {
        if (later is { } time)
        {
            await world.SignedAsync();
            await world.AdvanceAsync(time);
        }

        return await shop.GetAsync(target);
    });

    private static ErrorRow Row(string endpoint, string code, int status, string cause, Func<World, Shop, Task<V3Reply>> act) => new(endpoint, code, cause, async world =>
    {
        using var shop = await Shop.OpenAsync(world);
        var reply = await act(world, shop);
        Assert.Equal(status, reply.Status);
        return reply.Outcome;
    });

    private static Task MerchantAsync(World world, string member, JsonNode value) => world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, [member] = value });

    private static JsonObject Wish(string refund, long amount) => new()
    {
        ["out_trade_no"] = Paid, ["out_refund_no"] = refund, ["reason"] = "缺货",
        ["amount"] = new JsonObject { ["refund"] = amount, ["total"] = 2_500, ["currency"] = "CNY" },
    };
}
