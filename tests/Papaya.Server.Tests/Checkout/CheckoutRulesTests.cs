using System.Text;
using Papaya.Server.Checkout;
using Papaya.Testing;

namespace Papaya.Server.Tests.Checkout;

public sealed class CheckoutRulesTests : IAsyncLifetime
{
    private RunningServer? _server;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.SendAsync(
            "/v1/plans",
            """{"code":"vip","name":"月度会员","template_id":12535,"mode":"delay_24h","amount":2500,"fee":"capped","interval":{"unit":"month","count":1}}""");
    }

    public async Task DisposeAsync() => await _server!.DisposeAsync(); // Started above.

    [Theory]
    [InlineData("plan", """{"channel":"jsapi"}""")]
    [InlineData("plan", """{"plan":"gone","channel":"native","customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""")]
    [InlineData("channel", """{"plan":"vip","channel":"auto"}""")]
    [InlineData("customer", """{"plan":"vip","channel":"jsapi"}""")]
    [InlineData("customer.external_id", """{"plan":"vip","channel":"native","customer":{"display_name":"甲","ip":"1.2.3.4"}}""")]
    [InlineData("customer.display_name", """{"plan":"vip","channel":"native","customer":{"external_id":"u","display_name":"甲😀","ip":"1.2.3.4"}}""")]
    [InlineData("customer.openid", """{"plan":"vip","channel":"jsapi","customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""")]
    [InlineData("customer.openid", """{"plan":"vip","channel":"mini_program","customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""")]
    [InlineData("customer.ip", """{"plan":"vip","channel":"native","customer":{"external_id":"u","display_name":"甲","ip":"::1"}}""")]
    [InlineData("customer.ip", """{"plan":"vip","channel":"native","customer":{"external_id":"u","display_name":"甲","ip":"1.2.3"}}""")]
    [InlineData("return_url", """{"plan":"vip","channel":"h5","return_url":"thanks","customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""")]
    [InlineData("wechat.limit_pay", """{"plan":"vip","channel":"h5","wechat":{"limit_pay":"no_debit"},"customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""")]
    [InlineData("wechat.time_expire", """{"plan":"vip","channel":"h5","wechat":{"time_expire":"soon"},"customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""")]
    [InlineData("wechat.attach", """{"plan":"vip","channel":"h5","wechat":{"attach":"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五"},"customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""")]
    public async Task A_wrong_value_is_named_with_its_rule(string field, string body)
    {
        var reply = await _server!.SendAsync("/v1/checkouts", body);
        Assert.Equal((422, "invalid_value", field), ((int)reply.Status, reply.Code, reply.Field));
        Assert.NotEmpty((string)reply.Json["title"]!);
        Assert.NotEmpty((string)reply.Json["detail"]!);
    }

    [Fact]
    public async Task While_WeChat_cannot_be_reached_the_answer_says_so_and_keeps_the_number()
    {
        var reply = await _server!.SendAsync("/v1/checkouts", """{"plan":"vip","channel":"native","customer":{"external_id":"u","display_name":"甲","ip":"1.2.3.4"}}""");
        Assert.Equal((201, "unknown"), ((int)reply.Status, (string?)reply.Json["payment"]!["status"]));
        var read = await _server.SendAsync($"/v1/checkouts/{reply.Json["id"]}");
        Assert.Equal((string?)reply.Json["payment"]!["out_trade_no"], (string?)read.Json["payment"]!["out_trade_no"]);
    }

    [Theory]
    [InlineData("/v1/checkouts/chk_no")]
    [InlineData("/v1/contracts/ctr_no")]
    [InlineData("/v1/subscriptions/sub_no")]
    public async Task What_is_not_there_is_404(string path) => Assert.Equal((404, "not_found"), Of(await _server!.SendAsync(path)));

    [Theory]
    [InlineData("/v1/contracts/ctr_no/terminate", """{"reason":"用户申请"}""", 404, "not_found")]
    [InlineData("/v1/contracts/ctr_no/terminate", "{}", 422, "invalid_value")]
    [InlineData("/v1/contracts/ctr_no/suspend", """{"reason":"😀"}""", 422, "invalid_value")]
    [InlineData("/v1/subscriptions/sub_no/cancel", """{"when":"later"}""", 422, "invalid_value")]
    [InlineData("/v1/subscriptions/sub_no/cancel", "{}", 404, "not_found")]
    public async Task Acts_are_checked_before_they_are_done(string path, string body, int status, string code) =>
        Assert.Equal((status, code), Of(await _server!.SendAsync(path, body)));

    [Theory]
    [InlineData("/v1/contracts?status=gone")]
    [InlineData("/v1/subscriptions?status=gone")]
    public async Task A_status_that_does_not_exist_is_named(string path)
    {
        var reply = await _server!.SendAsync(path);
        Assert.Equal((422, "status"), ((int)reply.Status, reply.Field));
    }

    [Theory]
    [InlineData("月度会员", "月度会员")]
    [InlineData("会员😀卡", "会员")]
    [InlineData("😀", "订阅")]
    public void The_cashiers_title_holds_what_WeChat_takes(string name, string title) => Assert.Equal(title, CheckoutRules.Title(name));

    [Fact]
    public void A_long_title_is_cut_between_characters() => Assert.Equal(126, Encoding.UTF8.GetByteCount(CheckoutRules.Title(new string('会', 60))));

    private static (int Status, string? Code) Of(Reply reply) => ((int)reply.Status, reply.Code);
}
