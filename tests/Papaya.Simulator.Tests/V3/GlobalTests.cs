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
