using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>What is put into a log by accident tells no person's data and nothing that opens a cashier.</summary>
public sealed class PrintingTests
{
    [Fact]
    public void What_holds_secrets_prints_none()
    {
        var message = V2Message.Parse(Some.Signed("mch_id=10000100|openid=oSecret"));
        var right = V2Signature.Explain(message, Some.Key);
        var wrong = V2Signature.Explain(message, new ApiV2Key("00000000000000000000000000000017"));
        foreach (var (printed, secrets) in ((string, string?[])[])
        [
            (new RefundRow { RefundNumber = "R1", RefundFen = 1, Status = RefundStatus.Success, StatusText = "SUCCESS", ReceivedBy = "招商银行信用卡0403" }.ToString(), ["0403"]),
            (new JsApiInvocation("wx1", "1", "aNonce", "prepay_id=aPrepay", "MD5", "aSign").ToString(), ["aNonce", "aPrepay", "aSign"]),
            (new AppInvocation("wx1", "10000100", "aPrepay", "Sign=WXPay", "aNonce", "1", "aSign").ToString(), ["aNonce", "aPrepay", "aSign"]),
            (right.ToString(), ["oSecret", right.Md5, right.HmacSha256]),
            (wrong.ToString(), ["oSecret", wrong.Received, wrong.Md5, wrong.HmacSha256]),
        ])
        {
            Assert.All(secrets, secret => Assert.DoesNotContain(secret!, printed, StringComparison.Ordinal));
        }

        Assert.Equal(("fits by MD5", "does not fit (MD5)"), (right.ToString(), wrong.ToString()));
    }
}
