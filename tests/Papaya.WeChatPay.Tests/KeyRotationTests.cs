using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>After a reset WeChat signs with either key for up to fifteen days.</summary>
public sealed class KeyRotationTests
{
    private static readonly ApiV2Key[] Keys = [new("newest0newest0newest0newest0newe"), new("middle0middle0middle0middle0midd"), new("oldest0oldest0oldest0oldest0olde")];

    private static readonly MerchantCredentials Merchant = new()
    {
        MerchantNumber = Some.Merchant, ApiV2Keys = Keys, ClientCertificate = ClientCertificateMode.LoopbackHeader,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Requests_are_signed_with_the_newest_key_and_answers_are_taken_under_any(int key)
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS", key: Keys[key]));
        await wechat.Client(Merchant).Debits.ApplyAsync(Some.Debit());
        Assert.Equal(0, V2Signature.Verify(V2Message.Parse(wechat.Requests[0].Body), Keys).KeyIndex);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Notifications_are_taken_under_any_and_say_under_which(int key)
    {
        var signed = NotificationReader.Read(Some.Signed($"mch_id={Some.Merchant}|out_trade_no=N1|trade_type=PAP", SignType.HmacSha256, Keys[key]), Merchant);
        Assert.Equal(key, signed.Signature.KeyIndex);
        var inner = Some.Unsigned("out_refund_no=R1|out_trade_no=N1|refund_status=SUCCESS|refund_fee=7", "root");
        var refund = NotificationReader.Read(Some.Unsigned($"return_code=SUCCESS|mch_id={Some.Merchant}|req_info={RefundCipher.Encrypt(inner, Keys[key])}"), Merchant);
        Assert.Equal(7, Assert.IsType<RefundNotification>(refund).RefundFen);
    }

    [Fact]
    public async Task A_key_that_was_dropped_is_no_longer_taken()
    {
        var dropped = new ApiV2Key("dropped0dropped0dropped0dropped0");
        var error = await Assert.ThrowsAsync<PapayException>(() =>
            new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS", key: dropped)).Client(Merchant).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.BadSignature, ErrorKind.Ask), (error.Code, error.Kind));
        Assert.False(NotificationReader.TryRead(Some.Signed($"mch_id={Some.Merchant}|out_trade_no=N1", key: dropped), Merchant, out _, out var refusal));
        Assert.Equal(NotificationFault.SignatureMismatch, refusal.Fault);
    }
}
