using System.Text.Json.Nodes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Global;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Simulator.Tests.V3;

/// <summary>Overseas merchants, and V3 orders that offer a contract.</summary>
public sealed class GlobalTests
{
    [Fact]
    public async Task Sign_debit_query_reverse_terminate()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync();
        var session = await client.Global.PreSignAppAsync(Sign("g1", listener.Url, openid));
        var signed = await world.DoAsync("/entrust", new JsonObject { ["session"] = session.SessionId, ["openid"] = openid, ["action"] = "agree" });
        var contract = (string)signed["contract_id"]!;
        await world.SettleAsync();
        var told = Assert.IsType<GlobalContractNotification>(await listener.ReadAsync(client, 0));
        Assert.Equal((ScheduledContractChange.Signed, contract, "g1"), (told.Change, told.WeChatContractId, told.ContractNumber));

        // 10 dollars of Hong Kong are 9.20 yuan here.
        var debit = await client.Global.DebitAsync(Debit(contract, "global1", listener.Url));
        Assert.True(debit.IsPaid(1000, "HKD"));
        Assert.Equal((920L, 92_000_000L, "AUTH"), (debit.PayerFen, debit.ExchangeRate, debit.TradeType));
        Assert.Equal(100_000 - 920, await world.BalanceAsync(openid));
        var again = await client.Global.QueryDebitAsync(new GlobalDebitQueryByNumber { OrderNumber = "global1" });
        Assert.Equal(debit.WeChatTransactionId, again.WeChatTransactionId);
        Assert.Equal(debit.OrderNumber, (await client.Global.QueryDebitAsync(new GlobalDebitQueryById { WeChatTransactionId = debit.WeChatTransactionId! })).OrderNumber);

        await client.Global.ReverseAsync(new() { OrderNumber = "global1" });
        Assert.Equal(100_000, await world.BalanceAsync(openid));
        await client.Global.TerminateAsync(new() { WeChatContractId = contract, AppId = World.AppId, Note = "测试" });
        var seen = await client.Global.QueryContractAsync(new GlobalContractQueryByNumber { ContractNumber = "g1", TemplateId = "12535", AppId = World.AppId });
        Assert.Equal("TERMINATED", seen.StateText);
    }

    [Theory]
    [InlineData("proportional")]
    [InlineData("none")]
    public async Task What_is_reversed_is_a_refund_of_every_bill(string feeReturned)
    {
        await using var world = await World.StartAsync(switches: ("refund_fee_returned", feeReturned));
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync();
        var contract = await SignedAsync(world, client, openid);
        Assert.Equal(920L, (await client.Global.DebitAsync(Debit(contract, "global1"))).PayerFen);
        await client.Global.ReverseAsync(new() { OrderNumber = "global1" });

        var entries = await world.LedgerAsync();
        var back = feeReturned == "none" ? 0 : 6;
        Assert.Equal([("debit", 920L, 6L), ("refund", 920L, (long)back)], entries.Select(e => ((string)e!["kind"]!, (long)e["amount"]!, (long)e["fee"]!)));
        Assert.Equal(100_000, await world.BalanceAsync(openid));
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var trades = (await world.BillAsync("20260115")).Text.Trim().Split("\r\n");
        Assert.Equal(["SUCCESS", "REFUND"], trades[1..^2].Select(row => row.Split(",`")[9]));
        Assert.StartsWith($"`2.0,`9.20,`9.20,`0.00,`{(back == 0 ? "0.06" : "0.00")}000,", trades[^1], StringComparison.Ordinal);
        Assert.Equal(4, (await world.BillAsync("20260115", "SUCCESS")).Text.Trim().Split("\r\n").Length);
        var flow = await world.PostAsync(
            "/pay/downloadfundflow", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260115"), ("account_type", "Basic")],
            Papaya.WeChatPay.Wire.SignType.HmacSha256, certificate: World.MchId);
        Assert.Equal(
            back == 0 ? ["9.20", "0.06", "9.20"] : ["9.20", "0.06", "9.20", "0.06"],
            flow.Text.Trim().Split("\r\n")[1..^2].Select(row => row.Split(",`")[6]));
    }

    [Fact]
    public async Task A_merchant_whose_user_has_lost_the_card_still_gives_the_money_back()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync(balance: 0);
        var contract = await SignedAsync(world, client, openid);
        JsonArray Cards(params JsonNode[] cards) => new(cards);
        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["cards"] = Cards(new JsonObject { ["bank"] = "CMB_DEBIT", ["balance"] = 5_000 }) });
        await client.Global.DebitAsync(Debit(contract, "global1"));
        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["cards"] = Cards() });
        await client.Global.ReverseAsync(new() { OrderNumber = "global1" });
        Assert.Equal(920, await world.BalanceAsync(openid));
    }

    [Fact]
    public async Task Calls_of_the_mainland_do_not_know_its_orders()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var contract = await SignedAsync(world, client, await world.UserAsync());
        var debit = await client.Global.DebitAsync(Debit(contract, "global1"));
        await world.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("global1")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("global1", "/pay/paporderquery")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.CloseAsync("global1")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.RefundAsync("global1", "R1", 1000, 1000)).Outcome);
        Assert.Equal("INVALID_TRANSACTIONID", (await world.RefundAsync("global1", "R1", 1000, 1000, changes: ("transaction_id", debit.WeChatTransactionId))).Outcome);
        var v3 = await shop.PostAsync("/v3/refund/domestic/refunds", new JsonObject
        {
            ["out_trade_no"] = "global1", ["out_refund_no"] = "R1", ["amount"] = new JsonObject { ["refund"] = 1000, ["total"] = 1000, ["currency"] = "CNY" },
        });
        Assert.Equal("RESOURCE_NOT_EXISTS", v3.Outcome);
        var byHand = await world.ControlAsync(HttpMethod.Post, "/refunds", new JsonObject { ["out_trade_no"] = "global1", ["out_refund_no"] = "R1", ["amount"] = 1000 });
        Assert.Equal(404, byHand.Status);
        Assert.Single(await world.LedgerAsync());

        // Nor the refund that a reversal makes.
        await client.Global.ReverseAsync(new() { OrderNumber = "global1" });
        var number = (string)(await world.SeeAsync("/orders/global1"))["refunds"]![0]!["out_refund_no"]!;
        var asked = await world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", number)]);
        Assert.Equal("REFUNDNOTEXIST", asked.Outcome);
        Assert.Equal("RESOURCE_NOT_EXISTS", (await shop.GetAsync("/v3/refund/domestic/refunds/" + number)).Outcome);
    }

    [Fact]
    public async Task A_number_that_took_nothing_may_be_used_again()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync(balance: 0);
        var contract = await SignedAsync(world, client, openid);
        var refused = await Assert.ThrowsAsync<PapayException>(() => client.Global.DebitAsync(Debit(contract, "global1")));
        Assert.Equal("NOTENOUGH", refused.Code);
        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = 5_000 });
        Assert.True((await client.Global.DebitAsync(Debit(contract, "global1"))).IsPaid(1000, "HKD"));
        Assert.Equal("INVALID_REQUEST", (await Assert.ThrowsAsync<PapayException>(() => client.Global.DebitAsync(Debit(contract, "global1")))).Code);
    }

    [Fact]
    public async Task Every_channel_opens_a_page_or_a_session()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        Assert.NotEmpty((await client.Global.PreSignMiniProgramAsync(Sign("g1"))).SessionId);
        Assert.StartsWith("http", (await client.Global.PreSignJsApiAsync(Sign("g2"))).Url);
        Assert.StartsWith("http", (await client.Global.PreSignH5Async(Sign("g3") with { ClientIp = "10.0.0.1" })).Url);
        Assert.StartsWith("http", (await client.Global.PreSignWebAsync(Sign("g4"))).Url);
    }

    [Fact]
    public async Task An_order_that_offers_a_contract()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync();
        V3PayAndSignRequest request = new()
        {
            AppId = World.AppId, OrderNumber = "order001", Description = "会员", AmountFen = 2500, NotifyUrl = listener.Url, OpenId = openid,
            Contract = new() { TemplateId = "12535", ContractNumber = "vc1", SigningSequence = 1, DisplayAccount = "张三", NotifyUrl = listener.Url },
        };
        var order = await client.Contracts.V3.PayAndSignJsApiAsync(request);
        Assert.Equal(order.PrepayId, (await client.Contracts.V3.PayAndSignJsApiAsync(request)).PrepayId);
        var done = await world.DoAsync("/cashier/" + order.PrepayId, new JsonObject { ["openid"] = openid, ["action"] = "pay", ["sign"] = true });
        Assert.True((bool)done["signed"]!);
        await world.SettleAsync();
        var told = new[] { await listener.ReadAsync(client, 0), await listener.ReadAsync(client, 1) };
        Assert.True(told.OfType<TransactionNotification>().Single().IsPaid(2500));
        Assert.Equal("vc1", told.OfType<ScheduledContractNotification>().Single().Contract.ContractNumber);
        Assert.True((await client.Scheduled.QueryDebitAsync(new() { OrderNumber = "order001" })).IsPaid(2500));
    }

    internal static GlobalDebitRequest Debit(string contract, string number, string url = "http://127.0.0.1:9/v3") => new()
    {
        AppId = World.AppId, OrderNumber = number, Description = "member", NotifyUrl = url, CategoryCode = "5734", WeChatContractId = contract,
        AmountFen = 1000, Currency = "HKD",
    };

    private static GlobalSignRequest Sign(string code, string url = "http://127.0.0.1:9/v3", string? openid = null) => new()
    {
        AppId = World.AppId, TemplateId = "12535", ContractNumber = code, DisplayName = "Zhang", NotifyUrl = url, OpenId = openid,
    };

    private static async Task<string> SignedAsync(World world, PapayClient client, string openid)
    {
        var session = await client.Global.PreSignAppAsync(Sign("g1", openid: openid));
        return (string)(await world.DoAsync("/entrust", new JsonObject { ["session"] = session.SessionId, ["openid"] = openid, ["action"] = "agree" }))["contract_id"]!;
    }
}
