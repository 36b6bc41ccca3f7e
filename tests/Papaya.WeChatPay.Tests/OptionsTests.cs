namespace Papaya.WeChatPay.Tests;

/// <summary>Settings that would send secrets in the clear, trust anybody or wait for ever are refused by name.</summary>
public sealed class OptionsTests
{
    private static readonly Uri Loopback = new("http://127.0.0.1:8090");

    public static TheoryData<string, PapayClientOptions> Mistakes => new()
    {
        { "SecondUrl: give an absolute", new() { SecondUrl = new("/pay", UriKind.Relative) } },
        { "SecondUrl: use https", new() { SecondUrl = new("http://api2.mch.weixin.qq.com") } },
        { "SecondUrl: give scheme", new() { SecondUrl = new("https://api2.mch.weixin.qq.com/pay") } },
        { "GlobalBaseUrl: use https", new() { GlobalBaseUrl = new("http://apihk.mch.weixin.qq.com") } },
        { "GlobalBaseUrl: give an absolute", new() { GlobalBaseUrl = new("ftp://apihk.mch.weixin.qq.com") } },
        { "Timeout: 00:00:00 is not", new() { Timeout = TimeSpan.Zero } },
        { "Timeout: -00:00:00.0010000 is not", new() { Timeout = Timeout.InfiniteTimeSpan } },
        { "Deadline: -00:00:00.0010000 is not", new() { Deadline = Timeout.InfiniteTimeSpan } },
        { "Deadline: 10675199", new() { Deadline = TimeSpan.MaxValue } },
        { "PreferSecondFor: 00:00:00 is not", new() { PreferSecondFor = TimeSpan.Zero } },
        { "Timeout: 00:00:15 is longer than the Deadline of 00:00:10", new() { Deadline = TimeSpan.FromSeconds(10) } },
        { "ReplyLimit", new() { ReplyLimit = 0 } },
        { "BillLimit", new() { BillLimit = 0 } },
        { "ClientCertificate: the certificate header", new() { SecondUrl = new("https://127.0.0.1:8443") } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_setting_that_cannot_be_meant_is_refused_by_its_name(string words, PapayClientOptions options) =>
        Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => Client(Loopback, options)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://api.mch.weixin.qq.com", "baseUrl: use https")]
    [InlineData("https://api.mch.weixin.qq.com/pay", "baseUrl: give scheme")]
    [InlineData("https://user@api.mch.weixin.qq.com", "baseUrl: give scheme")]
    [InlineData("file:///x", "baseUrl: give an absolute")]
    [InlineData("https://api.mch.weixin.qq.com", "ClientCertificate: the certificate header")]
    public void So_is_an_address(string url, string words) =>
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => Client(new(url), null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Answers_go_unverified_only_on_this_machine()
    {
        var never = new PapayClientOptions { Verification = ReplyVerification.Never };
        Assert.NotNull(Client(Loopback, never));
        var error = Assert.Throws<ArgumentException>(() => Client(PapayClient.DefaultBaseUrl, never, ClientCertificateMode.None));
        Assert.StartsWith("Verification: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_be_meant_is_taken() =>
        Assert.NotNull(Client(Loopback, new() { SecondUrl = new("http://localhost:8091"), GlobalBaseUrl = Loopback, Timeout = TimeSpan.FromSeconds(2), Deadline = TimeSpan.FromSeconds(2) }));

    private static PapayClient Client(Uri baseUrl, PapayClientOptions? options, ClientCertificateMode mode = ClientCertificateMode.LoopbackHeader) =>
        new(new HttpClient(), Some.Credentials(certificate: mode), baseUrl, TimeProvider.System, options);
}
