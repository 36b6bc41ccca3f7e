using System.Text.Json.Nodes;
using Papaya.Cli.Http;
using Papaya.Cli.Up;
using Papaya.WeChatPay.Wire;

namespace Papaya.World.Tests;

/// <summary>The visit to the cashier, as a merchant's back end and the user's phone see it.</summary>
public sealed class PayAndSignTests
{
    [Theory]
    [InlineData("native", "NATIVE", Sandbox.OfficialAccount, "code_url")]
    [InlineData("jsapi", "JSAPI", Sandbox.OfficialAccount, "package")]
    [InlineData("mini_program", "JSAPI", Sandbox.MiniProgram, "package")]
    [InlineData("app", "APP", Sandbox.MobileApp, "prepayid")]
    [InlineData("h5", "MWEB", Sandbox.OfficialAccount, "mweb_url")]
    public async Task Each_channel_orders_under_its_own_app_and_answers_with_what_opens_the_cashier(string channel, string tradeType, string appid, string opener)
    {
        await using var world = await World.StartAsync();
        var checkout = await world.CheckoutAsync(await world.PlanAsync(), await world.UserAsync(), channel);
        var sent = await LastOrderAsync(world);
        Assert.Equal(tradeType, sent["trade_type"]);
        Assert.Equal(appid, sent["appid"]);
        Assert.Equal(appid, sent["contract_appid"]);
        Assert.Equal(sent["mch_id"], sent["contract_mchid"]);
        Assert.NotEmpty(checkout.Text("invoke." + opener));
        Assert.Equal("pending", checkout.Text("outcome"));
    }

    [Fact]
    public async Task The_optional_fields_of_an_order_reach_WeChat()
    {
        await using var world = await World.StartAsync();
        var body = World.CheckoutBody(await world.PlanAsync(), await world.UserAsync());
        body["wechat"] = new JsonObject
        {
            ["device_info"] = "013467007045764", ["detail"] = "一个月 & 更多", ["attach"] = "附加数据", ["goods_tag"] = "WXG", ["limit_pay"] = "no_credit",
        };
        await world.Papaya.PostAsync("/v1/checkouts", body, default);
        var sent = await LastOrderAsync(world);
        foreach (var (name, value) in body["wechat"]!.AsObject())
        {
            Assert.Equal(value!.GetValue<string>(), sent[name]);
        }

        Assert.Equal("123.12.12.123", sent["spbill_create_ip"]);
        Assert.Equal("世界用户", sent["contract_display_account"]);
    }

    [Fact]
    public async Task Payment_and_contract_are_reported_to_two_addresses_and_make_a_renewing_subscription()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        var sent = await LastOrderAsync(world);
        Assert.EndsWith($"/wechat/{Sandbox.MerchantNumber}/payment", sent["notify_url"], StringComparison.Ordinal);
        Assert.EndsWith($"/wechat/{Sandbox.MerchantNumber}/contract", sent["contract_notify_url"], StringComparison.Ordinal);
        var checkout = await world.CheckoutAsync(who);
        Assert.Equal("complete", checkout.Text("outcome"));
        Assert.Equal("paid", checkout.Text("payment.status"));
        Assert.Equal("signed", checkout.Text("contract.status"));
        var subscription = await world.SubscriptionAsync(who);
        Assert.Equal("active", subscription.Text("status"));
        Assert.True(subscription.Flag("auto_renew"));
        Assert.Equal(who.WeChatContractId, (await world.ContractAsync(who)).Text("contract_id"));
    }

    [Fact]
    public async Task An_unticked_box_is_a_sale_without_renewal()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync(sign: false);
        Assert.Equal("paid_not_signed", (await world.CheckoutAsync(who)).Text("outcome"));
        var subscription = await world.SubscriptionAsync(who);
        Assert.Equal("active", subscription.Text("status"));
        Assert.False(subscription.Flag("auto_renew"));
        await world.AdvanceAsync(TimeSpan.FromDays(40));
        Assert.Empty(await world.DebitsAsync(who));
    }

    [Fact]
    public async Task Lost_notifications_are_made_up_for_by_asking()
    {
        await using var world = await World.StartAsync();
        await world.FaultAsync("payment", "drop", 50);
        await world.FaultAsync("contract", "drop", 50);
        var who = await world.SubscribeAsync();
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal("complete", (await world.CheckoutAsync(who)).Text("outcome"));
    }

    [Theory]
    [InlineData("timeout_before")]
    [InlineData("timeout_after")]
    [InlineData("system_error")]
    [InlineData("http_500")]
    public async Task An_order_whose_answer_was_lost_is_driven_to_its_end(string fault)
    {
        await using var world = await World.StartAsync();
        await world.FaultAsync("/pay/contractorder", fault, 1);
        var openid = await world.UserAsync();
        var answer = await world.Papaya.SendAsync(HttpMethod.Post, "/v1/checkouts", World.CheckoutBody(await world.PlanAsync(), openid), default, "lost-1");
        await world.AdvanceAsync(TimeSpan.FromMinutes(10));
        var checkout = await world.Papaya.CheckoutAsync(answer.Body.Text("id"), default);
        if (answer.IsSuccess && World.PrepayIdOf(checkout!).Length > 0)
        {
            Assert.True((await world.PayAsync(checkout!, openid)).Paid);
            await world.AdvanceAsync(TimeSpan.FromMinutes(1));
            checkout = await world.Papaya.CheckoutAsync(checkout.Text("id"), default);
            Assert.Equal("complete", checkout.Text("outcome"));
        }

        Assert.True((await world.WeChat.RequestsAsync("/pay/contractorder", default)).Select(request => V2(request)["out_trade_no"]).Distinct().Count() == 1, "A second number was taken.");
    }

    [Fact]
    public async Task A_user_who_has_signed_the_template_is_refused_with_the_existing_contract()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        var again = await world.Papaya.SendAsync(HttpMethod.Post, "/v1/checkouts", World.CheckoutBody(who.Plan, who.OpenId), default, "again-1");
        Assert.Equal(409, again.Status);
        Assert.Equal("already_signed", again.Body.Text("code"));
        Assert.Contains(who.ContractId, again.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cashier_shows_the_strings_of_the_order_and_of_the_template()
    {
        await using var world = await World.StartAsync();
        var checkout = await world.CheckoutAsync(await world.PlanAsync(), await world.UserAsync());
        using var http = world.Sandbox.SimulatorHttp();
        var page = System.Net.WebUtility.HtmlDecode(await http.GetStringAsync($"/cashier/{World.PrepayIdOf(checkout)}"));
        Assert.Contains("月度会员", page, StringComparison.Ordinal);
        Assert.Contains("世界用户", page, StringComparison.Ordinal);
        Assert.Contains("25.00", page, StringComparison.Ordinal);
    }

    private static async Task<V2Message> LastOrderAsync(World world) => V2((await world.WeChat.RequestsAsync("/pay/contractorder", default))[^1]);

    private static V2Message V2(JsonNode request) => V2Message.Parse(System.Text.Encoding.UTF8.GetBytes(request.Text("request")));
}
