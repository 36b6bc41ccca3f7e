using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Errors;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Replies;

/// <summary>The same for V3: members of replies, envelopes and what is inside of them.</summary>
public sealed class V3ReplyTests
{
    private static readonly DateOnly Day = new(2026, 1, 17);

    [Theory]
    [InlineData("jsapi", "v3 redirect")]
    [InlineData("h5", "v3 redirect")]
    [InlineData("app", "v3 app")]
    [InlineData("mini-program", "v3 mini-program")]
    public async Task A_signing_session(string channel, string table)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        Fits(table, await V3Requests.PreSign(channel, "row1").SendAsync(shop));
        Fits("v3 multi-device", await V3Requests.Of("v3-presign-multi-device").SendAsync(shop));
        Fits("v3 multi-device", await V3Requests.Of("v3-presign-multi-device").With(("sign_scene", "SIGN_SCENE_QRCODE")).SendAsync(shop));
    }

    [Fact]
    public async Task The_life_of_a_scheduled_debit()
    {
        await using var world = await World.StartAsync(sendsAtOnce: 1);
        await using var listener = await Listener.StartAsync(world.Clock);
        using var shop = await Shop.OpenAsync(world);
        var opened = await V3Requests.PreSign("app", "row1").With(("contract_notify_url", listener.Url), ("out_user_code", "u1")).SendAsync(shop);
        var signed = await world.DoAsync("/entrust", new JsonObject { ["session"] = (string)opened.Json!["pre_entrustweb_id"]!, ["openid"] = "oSimUser0001", ["action"] = "agree" });
        var contract = (string)signed["contract_id"]!;
        await world.SettleAsync();
        Fits("v3 contract", Inside(shop, listener, 0, "ENTRUST.SIGN"));
        await QueryAsync();
        await BeijingAsync(world, Day.AddDays(-1), 9);
        Fits("v3 booking", await V3Requests.Book(contract).SendAsync(shop));
        await QueryAsync();
        await BeijingAsync(world, Day, 9);
        Fits("v3 apply", await V3Requests.Apply(contract, new('d', 32)).With(("attach", new string('a', 128)), ("transaction_notify_url", listener.Url)).SendAsync(shop));
        await world.SettleAsync();
        Fits("v3 transaction", Inside(shop, listener, 1, "TRANSACTION.SUCCESS"));
        Fits("v3 contract", Inside(shop, listener, 2, "ENTRUST.TERMINATE"));
        await QueryAsync();
        Fits("v3 transaction", await shop.GetAsync($"/v3/pay/transactions/out-trade-no/{new string('d', 32)}?mchid={World.MchId}"));

        async Task QueryAsync()
        {
            Fits("v3 contract", await shop.GetAsync("/v3/papay/sign/contracts/plan-id/12535/out-contract-code/row1"));
            Fits("v3 booking", await shop.GetAsync("/v3/papay/pay/schedules/contract-id/" + contract));
        }
    }

    [Fact]
    public async Task A_scheduled_debit_that_fails_and_expires()
    {
        await using var world = await World.StartAsync(sendsAtOnce: 1);
        await using var listener = await Listener.StartAsync(world.Clock);
        using var shop = await Shop.OpenAsync(world);
        var opened = await V3Requests.PreSign("app", "row1").SendAsync(shop);
        var openid = await world.UserAsync(0);
        var signed = await world.DoAsync("/entrust", new JsonObject { ["session"] = (string)opened.Json!["pre_entrustweb_id"]!, ["openid"] = openid, ["action"] = "agree" });
        var contract = (string)signed["contract_id"]!;
        await BeijingAsync(world, Day.AddDays(-1), 9);
        await V3Requests.Book(contract).SendAsync(shop);
        await BeijingAsync(world, Day, 9);
        await V3Requests.Apply(contract, "apply1").With(("transaction_notify_url", listener.Url)).SendAsync(shop);
        await world.SettleAsync();
        Fits("v3 transaction", Inside(shop, listener, 0, "TRANSACTION.FAIL"));
        await BeijingAsync(world, Day.AddDays(1), 9);
        Fits("v3 booking", await shop.GetAsync("/v3/papay/pay/schedules/contract-id/" + contract));
        var ended = await shop.GetAsync("/v3/papay/sign/contracts/plan-id/12535/out-contract-code/row1");
        Fits("v3 contract", ended);
        Assert.Equal("EXPIRED", (string?)ended.Json!["deduct_schedule"]!["schedule_state"]);
    }

    [Fact]
    public async Task Orders_refunds_and_bills()
    {
        await using var world = await World.StartAsync(sendsAtOnce: 1);
        await using var listener = await Listener.StartAsync(world.Clock);
        using var shop = await Shop.OpenAsync(world);
        var order = await V3Requests.Order("jsapi", "order1").With(("notify_url", listener.Url), ("contract_info.contract_notify_url", listener.Url)).SendAsync(shop);
        Fits("v3 order", order);
        Fits("v3 order", await V3Requests.Order("app", "order2").With(("contract_info.contract_code", "row2")).SendAsync(shop));
        Fits("v3 transaction", await shop.GetAsync($"/v3/pay/transactions/out-trade-no/order1?mchid={World.MchId}"));
        await world.DoAsync("/cashier/" + order.Json!["prepay_id"], new JsonObject { ["openid"] = "oSimUser0001", ["action"] = "pay" });
        await world.SettleAsync();
        Fits("v3 transaction", Inside(shop, listener, 0, "TRANSACTION.SUCCESS"));

        var wish = new JsonObject
        {
            ["out_trade_no"] = "order1", ["out_refund_no"] = new string('r', 64), ["notify_url"] = listener.Url,
            ["amount"] = new JsonObject { ["refund"] = 1_000, ["total"] = 2_500, ["currency"] = "CNY" },
        };
        Fits("v3 refund", await shop.PostAsync("/v3/refund/domestic/refunds", wish));
        await world.AdvanceAsync(TimeSpan.FromMinutes(30));
        Fits("v3 refund notification inside", Inside(shop, listener, listener.Got.Count - 1, "REFUND.SUCCESS"));
        var done = await shop.GetAsync("/v3/refund/domestic/refunds/" + new string('r', 64));
        Fits("v3 refund", done);
        Assert.NotNull(done.Json!["success_time"]);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Fits("v3 bill", await shop.GetAsync("/v3/bill/tradebill?bill_date=2026-01-15"));
        Fits("v3 bill", await shop.GetAsync("/v3/bill/fundflowbill?bill_date=2026-01-15"));
    }

    [Theory]
    [InlineData("miniprogram", "global session")]
    [InlineData("app", "global session")]
    [InlineData("jsapi", "global sign")]
    [InlineData("h5", "global sign")]
    [InlineData("web", "global code")]
    public async Task A_global_session(string channel, string table)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        Fits(table, await V3Requests.GlobalPreSign(channel, "row1").SendAsync(shop));
    }

    [Fact]
    public async Task The_life_of_a_global_contract()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var opened = await V3Requests.GlobalPreSign("app", "row1").SendAsync(shop);
        var signed = await world.DoAsync("/entrust", new JsonObject { ["session"] = (string)opened.Json!["session_id"]!, ["openid"] = "oSimUser0001", ["action"] = "agree" });
        var contract = (string)signed["contract_id"]!;
        Fits("global contract", await shop.GetAsync($"/v3/global/papay/contracts/{contract}?appid={World.AppId}"));
        Fits("global transaction", await V3Requests.GlobalDebit(contract, "global1").With(("attach", new string('a', 127))).SendAsync(shop));
        Fits("global transaction", await shop.GetAsync("/v3/global/papay/transactions/out-trade-no/global1"));
        Assert.Equal(204, (await V3Requests.Reverse("global1").SendAsync(shop)).Status);
        Fits("global transaction", await shop.GetAsync("/v3/global/papay/transactions/out-trade-no/global1"));
        Assert.Equal(204, (await V3Requests.GlobalTerminate(contract).SendAsync(shop)).Status);
        Fits("global contract", await shop.GetAsync($"/v3/global/papay/contracts/out-contract-code/row1?plan_id=12535&appid={World.AppId}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task However_a_contract_ends(int mode)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var page = await V3Requests.PreSign("app", "row1").SendAsync(shop);
        await EndAsync((string)page.Json!["pre_entrustweb_id"]!);
        Fits("v3 contract", await shop.GetAsync("/v3/papay/sign/contracts/plan-id/12535/out-contract-code/row1"));
        page = await V3Requests.GlobalPreSign("app", "row2").SendAsync(shop);
        await EndAsync((string)page.Json!["session_id"]!);
        Fits("global contract", await shop.GetAsync($"/v3/global/papay/contracts/out-contract-code/row2?plan_id=12535&appid={World.AppId}"));

        async Task EndAsync(string session)
        {
            var signed = await world.DoAsync("/entrust", new JsonObject { ["session"] = session, ["openid"] = "oSimUser0001", ["action"] = "agree" });
            await world.DoAsync($"/contracts/{signed["contract_id"]}/terminate", new JsonObject { ["mode"] = mode });
        }
    }

    private static JsonNode Inside(Shop shop, Listener listener, int index, string type)
    {
        var envelope = JsonNode.Parse(listener.Got[index].Body)!;
        Assert.Empty(ReplyTables.Problems("v3 notification", envelope));
        Assert.Equal(type, (string?)envelope["event_type"]);
        var resource = envelope["resource"]!;
        Assert.True(V3Cipher.TryOpen(new(shop.ApiV3Key), (string)resource["nonce"]!, (string)resource["associated_data"]!, (string)resource["ciphertext"]!, out var plain));
        return JsonNode.Parse(plain)!;
    }

    private static Task BeijingAsync(World world, DateOnly day, int hour) =>
        world.AdvanceAsync(new DateTimeOffset(day.ToDateTime(new(hour, 0)), TimeSpan.FromHours(8)) - world.Now);

    private static void Fits(string table, V3Reply reply)
    {
        Assert.True(reply.Status == 200, reply.Text);
        Fits(table, reply.Json!);
    }

    private static void Fits(string table, JsonNode json) => Assert.Empty(ReplyTables.Problems(table, json));
}
