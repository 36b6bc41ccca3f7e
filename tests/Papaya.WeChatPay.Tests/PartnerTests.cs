using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>Requests of a service provider: the partner's path, the sub-merchant's fields, the same rules.</summary>
public sealed class PartnerTests
{
    private static readonly SubMerchant Sub = new("1900000109", "wxcbda96de0b165489");

    public static TheoryData<string, Func<PapayClient, SubMerchant?, Task>> Calls => new()
    {
        { "/papay/partner/querycontract", (c, s) => c.Contracts.QueryAsync(Some.ContractById() with { SubMerchant = s }) },
        { "/papay/partner/deletecontract", (c, s) => c.Contracts.TerminateAsync(Some.Terminate() with { SubMerchant = s }) },
        { "/pay/partner/pappayapply", (c, s) => c.Debits.ApplyAsync(Some.Debit() with { SubMerchant = s }) },
        { "/pay/partner/paporderquery", (c, s) => c.Debits.QueryAsync(Some.DebitQuery() with { SubMerchant = s }) },
        { "/pay/orderquery", (c, s) => c.Orders.QueryAsync(Some.OrderQuery() with { SubMerchant = s }) },
        { "/pay/closeorder", (c, s) => c.Orders.CloseAsync(Some.Close() with { SubMerchant = s }) },
        { "/secapi/pay/refund", (c, s) => c.Refunds.RequestAsync(Some.Refund() with { SubMerchant = s }) },
        { "/pay/refundquery", (c, s) => c.Refunds.QueryAsync(Some.RefundQuery() with { SubMerchant = s }) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_named_sub_merchant_turns_the_call_into_the_partners(string path, Func<PapayClient, SubMerchant?, Task> call)
    {
        var order = path is "/pay/orderquery" or "/pay/closeorder" ? "SIGN2026010301" : "P2026010301";
        var wechat = new Answering(_ => Some.Signed(
            $"return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|out_trade_no={order}|contract_id=202601039409471222|out_refund_no_0=R2026010301|refund_fee_0=1|refund_status_0=SUCCESS"));
        await call(wechat.Client(), Sub);
        await call(wechat.Client(), Sub with { AppId = null });
        await call(wechat.Client(), null);

        var (full, bare, direct) = (wechat.Requests[0], wechat.Requests[1], wechat.Requests[2]);
        Assert.Equal((path, path, path.Replace("/partner", "", StringComparison.Ordinal)), (full.Path, bare.Path, direct.Path));
        var sent = V2Message.Parse(full.Body);
        Assert.Equal(("1900000109", "wxcbda96de0b165489"), (sent["sub_mch_id"], sent["sub_appid"]));
        Assert.True(V2Signature.Verify(sent, Some.Key).IsValid);
        Assert.False(V2Message.Parse(bare.Body).Contains("sub_appid"u8));
        Assert.False(V2Message.Parse(direct.Body).Contains("sub_mch_id"u8));

        var tables = Endpoints.All.Single(e => e.Path == direct.Path);
        Assert.Null(tables.Partner!.Check(sent));
        Assert.Null(tables.Check(V2Message.Parse(direct.Body)));
        Assert.Equal(("sub_mch_id", FieldRule.Required), (tables.Partner.Check(V2Message.Parse(direct.Body)) is { } missing) ? (missing.Field, missing.Rule) : default);
        Assert.Equal(FieldRule.Unknown, tables.Check(sent)!.Rule);
    }

    [Fact]
    public async Task A_reply_tells_the_sub_merchant_and_one_about_another_is_not_believed()
    {
        const string Fields = "return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|out_trade_no=SIGN2026010301|trade_state=NOTPAY|sub_openid=oSub|sub_mch_id=";
        var reply = await new Answering(_ => Some.Signed(Fields + "1900000109|sub_appid=wxcbda96de0b165489")).Client().Orders.QueryAsync(Some.OrderQuery() with { SubMerchant = Sub });
        Assert.Equal((Sub, "oSub"), (reply.SubMerchant, reply.SubOpenId));
        Assert.Empty(Endpoints.OrderQuery.Partner!.FindUnknown(reply.Raw));

        var error = await Assert.ThrowsAsync<PapayException>(
            () => new Answering(_ => Some.Signed(Fields + "1900000110")).Client().Orders.QueryAsync(Some.OrderQuery() with { SubMerchant = Sub }));
        Assert.Equal((LocalCodes.ForeignReply, ErrorKind.Ask), (error.Code, error.Kind));
    }

    [Fact]
    public void A_notification_tells_the_sub_merchant()
    {
        var body = Some.Signed(
            "return_code=SUCCESS|result_code=SUCCESS|appid=wx2421b1c4370ec43b|mch_id=10000100|sub_mch_id=1900000109|sub_openid=oSub|openid=o|trade_type=PAP|bank_type=CFT|total_fee=1|cash_fee=1|transaction_id=1|out_trade_no=1409811653|time_end=20140903131540|contract_id=1");
        Assert.True(NotificationReader.TryRead(body, Some.Credentials(), out var notification, out var refusal), refusal?.ToString());
        var debit = Assert.IsType<DebitNotification>(notification);
        Assert.Equal((Sub with { AppId = null }, "oSub"), (debit.SubMerchant, debit.SubOpenId));
    }

    [Fact]
    public void A_partner_signs_addresses_too()
    {
        var address = new Answering(_ => []).Client().Contracts.OfficialAccountUrl(new()
        {
            AppId = Some.AppId,
            TemplateId = "106",
            ContractNumber = "122",
            SigningSequence = 123,
            DisplayAccount = "name1",
            NotifyUrl = "http://www.qq.com/test/papay",
            SubMerchant = Sub,
        });
        Assert.StartsWith("http://127.0.0.1:8090/papay/partner/entrustweb?", address, StringComparison.Ordinal);
        Assert.Contains("&sub_appid=wxcbda96de0b165489&sub_mch_id=1900000109&", address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_sub_merchant_is_refused_before_sending()
    {
        var wechat = new Answering(_ => []);
        var error = await Assert.ThrowsAsync<PapayException>(() => wechat.Client().Debits.ApplyAsync(Some.Debit() with { SubMerchant = new("19x") }));
        Assert.Equal(("sub_mch_id", FieldRule.Form), (error.Field!.Field, error.Field.Rule));
        Assert.Empty(wechat.Requests);
    }
}
