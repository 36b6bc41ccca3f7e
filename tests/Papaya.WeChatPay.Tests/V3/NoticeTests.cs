using Papaya.WeChatPay.Notices;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>Pre-debit notices: what goes out, what comes back, and what is believed.</summary>
public sealed class NoticeTests
{
    private static NoticeRequest Notice => new() { WeChatContractId = "123124412412423431", AppId = "wxd678efh567hg6787", EstimatedFen = 1, DeductDays = 1 };

    [Fact]
    public async Task A_notice_is_the_published_request_byte_for_byte()
    {
        var platform = new Platform(Reply.Nothing);

        Assert.Equal(NoticeOutcome.Sent, await platform.Client().Notices.SendAsync(Notice));

        var request = Assert.Single(platform.Requests);
        Assert.Equal("POST https://api.mch.weixin.qq.com/v3/papay/contracts/123124412412423431/notify", $"{request.Method} {request.Uri}");
        Assert.Equal(
            """{"mchid":"1230000109","appid":"wxd678efh567hg6787","deduct_duration":{"count":1,"unit":"DAY"},"estimated_amount":{"amount":1,"currency":"CNY"}}""",
            request.Body);
        Assert.True(Platform.IsSigned(request));
        Assert.Equal("application/json", request.Headers["Accept"]);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.StartsWith("Papaya", request.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Equal(Platform.KeyId, request.Headers["Wechatpay-Serial"]);
    }

    [Fact]
    public async Task Without_days_the_duration_is_left_out_and_WeChat_takes_its_own()
    {
        var platform = new Platform(Reply.Nothing);

        await platform.Client().Notices.SendAsync(Notice with { DeductDays = null });

        Assert.Equal("""{"mchid":"1230000109","appid":"wxd678efh567hg6787","estimated_amount":{"amount":1,"currency":"CNY"}}""", platform.Requests[0].Body);
    }

    [Fact]
    public async Task A_service_provider_sends_the_partner_variant()
    {
        var platform = new Platform(Reply.Nothing);
        var sub = new SubMerchant("1900000109", "wxd678efh567hg6999");

        await platform.Client().Notices.SendAsync(Notice with { SubMerchant = sub, DeductDays = 3 });
        await platform.Client().Notices.RemindAsync(new() { WeChatContractId = "1231", AppId = "wx1", SubMerchant = new("1900000109") });

        Assert.Equal("/v3/partner-papay/contracts/123124412412423431/notify", platform.Requests[0].Uri.PathAndQuery);
        Assert.Equal(
            """{"sp_mchid":"1230000109","sp_appid":"wxd678efh567hg6787","sub_mchid":"1900000109","sub_appid":"wxd678efh567hg6999","deduct_duration":{"count":3,"unit":"DAY"},"estimated_amount":{"amount":1,"currency":"CNY"}}""",
            platform.Requests[0].Body);
        Assert.Equal("/v3/partner-papay/contracts/1231/fail-notify", platform.Requests[1].Uri.PathAndQuery);
        Assert.Equal("""{"sp_mchid":"1230000109","sp_appid":"wx1","sub_mchid":"1900000109"}""", platform.Requests[1].Body);
    }

    [Fact]
    public async Task A_reminder_has_two_members()
    {
        var platform = new Platform(Reply.Nothing);

        Assert.Equal(NoticeOutcome.Sent, await platform.Client().Notices.RemindAsync(new() { WeChatContractId = "1231", AppId = "wx1" }));

        Assert.Equal("/v3/papay/contracts/1231/fail-notify", platform.Requests[0].Uri.PathAndQuery);
        Assert.Equal("""{"mchid":"1230000109","appid":"wx1"}""", platform.Requests[0].Body);
    }

    [Theory]
    [InlineData(0, 1L, "deduct_duration.count")]
    [InlineData(4, 1L, "deduct_duration.count")]
    [InlineData(7, 1L, "deduct_duration.count")]
    [InlineData(1, 0L, "estimated_amount.amount")]
    [InlineData(1, -5L, "estimated_amount.amount")]
    public async Task A_broken_rule_is_named_and_nothing_is_sent(int days, long fen, string field)
    {
        var platform = new Platform(Reply.Nothing);

        var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client().Notices.SendAsync(Notice with { DeductDays = days, EstimatedFen = fen }));

        Assert.Equal((LocalCodes.InvalidField, field, true), (e.Code, e.Field!.Field, e.NotSent));
        Assert.Empty(platform.Requests);
    }

    [Theory]
    [InlineData("../../../v3/pay")]
    [InlineData("1?x=1")]
    [InlineData("")]
    public async Task A_contract_number_cannot_lead_to_another_path(string contract)
    {
        var platform = new Platform(Reply.Nothing);

        var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client().Notices.SendAsync(Notice with { WeChatContractId = contract }));

        Assert.Equal("contract_id", e.Field!.Field);
        Assert.Empty(platform.Requests);
    }

    [Fact]
    public async Task The_same_notice_once_more_counts_as_done() => Assert.Equal(
        NoticeOutcome.AlreadySent,
        await new Platform(new Reply(400, """{"code":"RESOURCE_ALREADY_EXISTS","message":"通知已存在"}""")).Client().Notices.SendAsync(Notice));
}
