using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>Refunds, bills and certificates of V3, each code with the HTTP status of its row.</summary>
internal static class V3MoneyRows
{
    private const string Refund = "/v3/refund/domestic/refunds", Trade = "/v3/bill/tradebill?bill_date=", Fund = "/v3/bill/fundflowbill?bill_date=";
    private const string Paid = "PAY000001";

    public static IEnumerable<ErrorRow> All => [.. Refunds, .. Bills, .. Unavailable];

    private static IEnumerable<ErrorRow> Refunds =>
    [
        Wished("INVALID_REQUEST", "more than was paid", wish => wish["amount"]!["refund"] = 2_501),
        Refused("INVALID_REQUEST", "more than there is on earth, after a first part", async (world, shop, wish) =>
        {
            await shop.PostAsync(Refund, Wish("REF0", 10));
            await world.AdvanceAsync(TimeSpan.FromHours(1));
            wish["amount"]!["refund"] = long.MaxValue;
        }),
        Wished("INVALID_REQUEST", "another total than the order's", wish => wish["amount"]!["total"] = 2_400),
        Wished("RESOURCE_NOT_EXISTS", "no such order", wish => wish["out_trade_no"] = "PAY000009"),
        Wished("PARAM_ERROR", "no order is named", wish => wish.Remove("out_trade_no")),
        Wished("PARAM_ERROR", "appid, which does not belong there", wish => wish["appid"] = World.AppId),
        Wished("RESOURCE_NOT_EXISTS", "no such transaction", wish => wish["transaction_id"] = "4200000000202601010000000001"),
        Refused("INVALID_REQUEST", "refunded whole", async (world, shop, _) =>
        {
            await shop.PostAsync(Refund, Wish("REF0", 2_500));
            await world.AdvanceAsync(TimeSpan.FromHours(1));
        }),
        Refused("INVALID_REQUEST", "a second refund of the order within a minute", (_, shop, _) => shop.PostAsync(Refund, Wish("REF0", 10))),
        Refused("INVALID_REQUEST", "the fifty-first part", async (world, _, _) =>
        {
            for (var n = 0; n < 50; n++)
            {
                await world.RefundAsync(Paid, "R" + n, 10);
                await world.AdvanceAsync(TimeSpan.FromMinutes(1));
            }
        }),
        Refused("FREQUENCY_LIMITED", "more than six wrong requests in a second", async (_, shop, _) =>
        {
            for (var n = 0; n < 7; n++)
            {
                var wrong = Wish("REF9", 10);
                wrong["out_trade_no"] = "PAY000009";
                await shop.PostAsync(Refund, wrong);
            }
        }),
        Refused("RESOURCE_NOT_EXISTS", "the order was not paid", async (world, _, wish) =>
        {
            await world.ContractOrderAsync(await world.UserAsync(), ("out_trade_no", "PAY000002"));
            wish["out_trade_no"] = "PAY000002";
        }),
        Refused("INVALID_REQUEST", "the number with another amount", async (_, shop, wish) =>
        {
            await shop.PostAsync(Refund, wish);
            wish["amount"]!["refund"] = 999;
        }),
        Refused("INVALID_REQUEST", "two different orders are named", async (world, _, wish) =>
        {
            await world.SignedAsync(changes: ("out_trade_no", "PAY000003"));
            wish["transaction_id"] = (string)(await world.SeeAsync("/orders/PAY000003"))["transaction_id"]!;
        }),
        Refused("NOT_ENOUGH", "the merchant has no money", (world, _, _) =>
            world.DoAsync("/merchants/10000100/funds", new JsonObject { ["set"] = new JsonObject { ["available"] = 0, ["unsettled"] = 5 } })),
        Refused("USER_ACCOUNT_ABNORMAL", "the user's account is closed", async (world, _, _) =>
            await world.UserAsync(account: "closed", openid: (string)(await world.SeeAsync("/orders/" + Paid))["openid"]!)),
        Refused("TRADE_OVERDUE", "more than a year ago", (world, _, _) => world.AdvanceAsync(TimeSpan.FromDays(366))),
        Refused("NO_AUTH", "no permission to refund", (world, _, _) => MerchantAsync(world, "permissions", new JsonArray("papay"))),
        Refused("NO_AUTH", "a sub-merchant of somebody else", (_, _, wish) =>
        {
            wish["sub_mchid"] = "1900000109";
            return Task.CompletedTask;
        }),
        Refused("FREQUENCY_LIMITED", "more refunds in a second than allowed", async (world, shop, _) =>
        {
            await MerchantAsync(world, "limits", new JsonObject { ["refund_qps"] = 1 });
            await shop.PostAsync(Refund, Wish("REF0", 1));
        }),
        Refused("FREQUENCY_LIMITED", "more calls about old orders than allowed", async (world, _, _) =>
        {
            await MerchantAsync(world, "limits", new JsonObject { ["old_order_qpm"] = 1 });
            await world.AdvanceAsync(TimeSpan.FromDays(32));
            await world.OrderQueryAsync(Paid);
        }),
        Asked("v3-refund-query", "RESOURCE_NOT_EXISTS", "no such refund", Refund + "/REF9"),
        Row("v3-refund-abnormal", "RESOURCE_NOT_EXISTS", "no such refund", (_, shop) => V3Requests.Of("v3-refund-abnormal").SendAsync(shop)),
        Row("v3-refund-abnormal", "RESOURCE_NOT_EXISTS", "the two numbers belong to different refunds", async (world, shop) =>
        {
            await AbnormalAsync(world, shop);
            return await V3Requests.Abnormal("50000000002026011500000000001", "REF1").SendAsync(shop);
        }),
        Row("v3-refund-abnormal", "INVALID_REQUEST", "the refund is not abnormal", async (world, shop) =>
        {
            await world.SignedAsync(changes: ("out_trade_no", Paid));
            var refund = await shop.PostAsync(Refund, Wish("REF1", 1_000));
            return await V3Requests.Abnormal((string)refund.Json!["refund_id"]!, "REF1").SendAsync(shop);
        }),
        ToCard("a card without its number", (_, body) => body.Remove("bank_account"), true),
        ToCard("no key is named", (_, _) => { }, false),
        ToCard("a key that is none", (_, _) => { }, true, "PUB_KEY_ID_1"),
        ToCard("a card in the clear", (_, body) => body["bank_account"] = "6222020200001234567", true),
    ];

    /// <summary>An abnormal refund that shall go to a card of the user.</summary>
    private static ErrorRow ToCard(string cause, Action<Shop, JsonObject> change, bool namesKey, string? keyId = null) => Row("v3-refund-abnormal", "PARAM_ERROR", cause, async (world, shop) =>
    {
        var request = await AbnormalAsync(world, shop);
        var key = shop.PublicKey;
        JsonObject body = new()
        {
            ["out_refund_no"] = "REF1", ["type"] = "USER_BANK_CARD", ["bank_type"] = "ICBC_DEBIT",
            ["bank_account"] = V3Cipher.Encrypt(key, "6222020200001234567"), ["real_name"] = V3Cipher.Encrypt(key, "张三"),
        };
        change(shop, body);
        return await shop.SendAsync(HttpMethod.Post, request.Target, body.ToJsonString(), platformSerial: namesKey ? keyId ?? key.Id : null);
    });

    private static async Task<V3Request> AbnormalAsync(World world, Shop shop)
    {
        await world.SignedAsync(changes: ("out_trade_no", Paid));
        var refund = await shop.PostAsync(Refund, Wish("REF1", 1_000));
        await world.DoAsync("/refunds/REF1", new JsonObject { ["outcome"] = "abnormal" });
        return V3Requests.Abnormal((string)refund.Json!["refund_id"]!, "REF1");
    }

    private static IEnumerable<ErrorRow> Bills =>
    [
        .. from bill in new[] { ("v3-tradebill", Trade), ("v3-fundflowbill", Fund) }
           from row in new[]
           {
               Asked(bill.Item1, "STATEMENT_CREATING", "before nine on the next day", bill.Item2 + "2026-01-15", TimeSpan.FromHours(20)),
               Asked(bill.Item1, "NO_STATEMENT_EXIST", "the last day of all calendars", bill.Item2 + "9999-12-31"),
               Asked(bill.Item1, "NO_STATEMENT_EXIST", "the day is not over", bill.Item2 + "2026-01-15"),
               Asked(bill.Item1, "PARAM_ERROR", "a day that is none", bill.Item2 + "2026-13-15"),
           }
           select row,
        Asked("v3-tradebill", "INVALID_REQUEST", "longer ago than bills are kept", Trade + "2025-01-14"),
        Asked("v3-tradebill", "NO_STATEMENT_EXIST", "a day without trades", Trade + "2026-01-14"),
        Asked("v3-fundflowbill", "NO_STATEMENT_EXIST", "the account did not move", Fund + "2026-01-14&account_type=OPERATION"),
        Row("v3-fundflowbill", "FREQUENCY_LIMITED", "the fourth in a second", async (_, shop) =>
        {
            await shop.GetAsync(Fund + "2026-01-14");
            await shop.GetAsync(Fund + "2026-01-14");
            await shop.GetAsync(Fund + "2026-01-14");
            return await shop.GetAsync(Fund + "2026-01-14");
        }),
        Asked("v3-billdownload", "INVALID_REQUEST", "an address that WeChat did not give", V3Requests.Of("v3-billdownload").Target),
        Row("v3-billdownload", "INVALID_REQUEST", "after more than five minutes", async (world, shop) =>
        {
            var address = await AddressAsync(world, shop);
            await world.AdvanceAsync(TimeSpan.FromSeconds(301));
            return await shop.GetAsync(address);
        }),
        Row("v3-billdownload", "NO_AUTH", "another merchant's bill", async (world, shop) =>
        {
            var address = await AddressAsync(world, shop);
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "10000200", ["name"] = "other" });
            using var other = await Shop.OpenAsync(world, "10000200");
            return await other.GetAsync(address);
        }),
        Asked("v3-certificates", "RESOURCE_NOT_EXISTS", "the merchant has the public key only", "/v3/certificates") with { Switches = [("v3_certificates", "none")] },
    ];

    /// <summary>Where yesterday's bill is.</summary>
    private static async Task<string> AddressAsync(World world, Shop shop)
    {
        await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        return new Uri((string)(await shop.GetAsync(Trade + "2026-01-15")).Json!["download_url"]!).PathAndQuery;
    }

    /// <summary>Rows of the common table of HTTP statuses that no call's own table has.</summary>
    private static IEnumerable<ErrorRow> Unavailable =>
    [
        Asked("v3-common", "ORDER_NOT_EXIST", "no such order", V3Requests.Of("v3-order-by-out-trade-no").Target) with { Switches = [("v3_order_not_found", "ORDER_NOT_EXIST")] },
        Asked("v3-common", "RESOURCE_NOT_EXISTS", "a path that does not exist", "/v3/papay/contracts"),
        Row("v3-common", "APPID_MCHID_NOT_MATCH", "an appid that is not the merchant's", (_, shop) =>
            V3Requests.Of("v3-apply").With(("appid", "wx0000000000000000")).SendAsync(shop)) with { Switches = [("v3_foreign_appid", "APPID_MCHID_NOT_MATCH")] },
        Row("v3-common", "NO_AUTH", "an appid that is not the merchant's", (_, shop) => V3Requests.Of("v3-apply").With(("appid", "wx0000000000000000")).SendAsync(shop)),
        Row("v3-common", "PARAM_ERROR", "a mchid that did not sign", (_, shop) => V3Requests.Of("v3-deduct-notify").With(("mchid", "1900000109")).SendAsync(shop)),
        Row("v3-common", "PARAM_ERROR", "a number in quotes", (_, shop) => V3Requests.Of("v3-apply").With(("amount.total", "2500")).SendAsync(shop)),
        Row("v3-common", "PARAM_ERROR", "a text that is too long", (_, shop) => V3Requests.Of("v3-apply").With(("description", new string('长', 128))).SendAsync(shop)),
        Row("v3-common", "PARAM_ERROR", "null", (_, shop) =>
            shop.PostAsync(V3Requests.Terminate("none1").Target, JsonNode.Parse("{\"contract_termination_remark\":null}"))),
        Row("v3-common", "INVALID_REQUEST", "no User-Agent header", (_, shop) => shop.SendAsync(HttpMethod.Get, "/v3/certificates", agent: null)),
        Row("v3-common", "SIGN_ERROR", "no Authorization", (_, shop) => shop.SendAsync(HttpMethod.Get, "/v3/certificates", authorization: "")),
        Row("v3-common", "SIGN_ERROR", "another scheme", (_, shop) => shop.SendAsync(HttpMethod.Get, "/v3/certificates", authorization: "Bearer x")),
        Row("v3-common", "SIGN_ERROR", "a timestamp of six minutes ago", (_, shop) => shop.SendAsync(HttpMethod.Get, "/v3/certificates", skew: TimeSpan.FromMinutes(-6))),
        Row("v3-common", "SIGN_ERROR", "a serial number that is not the certificate's", (_, shop) => shop.SendAsync(HttpMethod.Get, "/v3/certificates", serial: "7777777777777777")),
        Row("v3-common", "SIGN_ERROR", "a merchant that is none", (_, shop) => shop.SendAsync(HttpMethod.Get, "/v3/certificates", mchId: "1900000109")),
        Row("v3-common", "FREQUENCY_LIMITED_EXCEED", "more calls in a second than allowed", async (world, shop) =>
        {
            await MerchantAsync(world, "limits", new JsonObject { ["v3_qps"] = 1 });
            await V3Requests.Of("v3-query-contract").SendAsync(shop);
            return await V3Requests.Of("v3-query-contract").SendAsync(shop);
        }) with { Switches = [("v3_rate_code", "FREQUENCY_LIMITED_EXCEED")] },
        Row("v3-common", "SERVICE_UNAVAILABLE", "WeChat cannot serve", async (world, shop) =>
        {
            await world.DoAsync("/faults", new JsonObject
            {
                ["on"] = V3Requests.TemplateOf("v3-query-contract"), ["kind"] = "refuse", ["code"] = "SERVICE_UNAVAILABLE", ["text"] = "服务不可用", ["status"] = 502,
            });
            return await V3Requests.Of("v3-query-contract").SendAsync(shop);
        }) with { IsInternal = true },
    ];

    private static ErrorRow Wished(string code, string cause, Action<JsonObject> change) => Refused(code, cause, (_, _, wish) =>
    {
        change(wish);
        return Task.CompletedTask;
    });

    /// <summary>A refund of a paid order, after something that stands in its way.</summary>
    private static ErrorRow Refused(string code, string cause, Func<World, Shop, JsonObject, Task> obstacle) => Row("v3-refund", code, cause, async (world, shop) =>
    {
        await world.SignedAsync(changes: ("out_trade_no", Paid));
        var wish = Wish("REF1", 1_000);
        await obstacle(world, shop, wish);
        return await shop.PostAsync(Refund, wish);
    });

    private static ErrorRow Asked(string endpoint, string code, string cause, string target, TimeSpan? later = null) => Row(endpoint, code, cause, async (world, shop) =>
    {
        if (later is { } time)
        {
            await world.SignedAsync();
            await world.AdvanceAsync(time);
        }

        return await shop.GetAsync(target);
    });

    private static ErrorRow Row(string endpoint, string code, string cause, Func<World, Shop, Task<V3Reply>> act) => new(endpoint, code, cause, async world =>
    {
        using var shop = await Shop.OpenAsync(world);
        return ErrorRows.AnswerOf(await act(world, shop));
    });

    private static Task MerchantAsync(World world, string member, JsonNode value) => world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, [member] = value });

    private static JsonObject Wish(string refund, long amount) => new()
    {
        ["out_trade_no"] = Paid, ["out_refund_no"] = refund, ["reason"] = "缺货",
        ["amount"] = new JsonObject { ["refund"] = amount, ["total"] = 2_500, ["currency"] = "CNY" },
    };
}
