using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

public sealed class InvocationTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1414561699);

    [Theory]
    [InlineData(SignType.Md5, "MD5", "F9F536C7D2EB94E401B419C84D13E046")]
    [InlineData(SignType.HmacSha256, "HMAC-SHA256", "843E033AD45A3B87B8150C4D2A1A01C53130140D983227C193EB0DF3F2839E0B")]
    public void P_01_official_account_and_mini_program(SignType type, string label, string sign) =>
        Assert.Equal(
            new JsApiInvocation("wxd678efh567hg6787", "1414561699", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "prepay_id=wx201410272009395522657a690389285100", label, sign),
            Invocations.JsApi(Some.Credentials(), "wxd678efh567hg6787", "wx201410272009395522657a690389285100", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", At, type));

    [Theory]
    [InlineData(SignType.Md5, "E37526306B7B6A6F36B0E66619A0300E")]
    [InlineData(SignType.HmacSha256, "995252E8DC9608F11C8BFEEA227865971760C9FD39116AA3C62174F84D9755AE")]
    public void P_02_app(SignType type, string sign) =>
        Assert.Equal(
            new AppInvocation("wxd678efh567hg6787", "10000100", "wx201410272009395522657a690389285100", "Sign=WXPay", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "1414561699", sign),
            Invocations.App(Some.Credentials(), "wxd678efh567hg6787", "wx201410272009395522657a690389285100", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", At, type));

    [Fact]
    public void The_client_takes_its_own_clock_nonce_and_sign_type()
    {
        var client = new PapayClient(new HttpClient(), Some.Credentials(SignType.HmacSha256), new Uri("http://127.0.0.1:1"), new At1414561699(), new PapayClientOptions { Nonces = NonceSource.Seeded(1) });
        var invocation = client.Invocations.JsApi("wx1", "p1");
        Assert.Equal(("1414561699", "HMAC-SHA256", NonceSource.Seeded(1).Next()), (invocation.TimeStamp, invocation.SignType, invocation.NonceStr));
        Assert.Equal(
            V2Signature.Compute([new("appId", "wx1"), new("nonceStr", invocation.NonceStr), new("package", "prepay_id=p1"), new("signType", "HMAC-SHA256"), new("timeStamp", "1414561699")], Some.Key, SignType.HmacSha256),
            invocation.PaySign);
        Assert.Equal(32, client.Invocations.App("wx1", "p1", SignType.Md5).Sign.Length);
    }

    [Theory]
    [InlineData("https://wx.tenpay.com/x?prepay_id=1", null, "https://wx.tenpay.com/x?prepay_id=1")]
    [InlineData("https://wx.tenpay.com/x?prepay_id=1", "https://shop.example/done?a=1&b=中", "https://wx.tenpay.com/x?prepay_id=1&redirect_url=https%3A%2F%2Fshop.example%2Fdone%3Fa%3D1%26b%3D%E4%B8%AD")]
    [InlineData("https://wx.tenpay.com/x", "https://a", "https://wx.tenpay.com/x?redirect_url=https%3A%2F%2Fa")]
    public void H5_encodes_the_way_back_once_in_upper_case(string url, string? back, string expected) =>
        Assert.Equal(expected, Invocations.H5(url, back));

    private sealed class At1414561699 : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => At;
    }
}
