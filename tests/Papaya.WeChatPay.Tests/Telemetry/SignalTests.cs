using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Telemetry;
using Papaya.WeChatPay.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Telemetry;

// Some measurements belong to no merchant number: those of other tests would be counted too.
[Collection("alone")]
public sealed class SignalTests
{
    private const string MerchantNumber = "10000188";

    [Fact]
    public async Task A_call_is_a_client_span_a_duration_and_a_record()
    {
        using var heard = new Listening(MerchantNumber);
        await Client(heard, "return_code=SUCCESS|result_code=SUCCESS").Debits.ApplyAsync(Some.Debit());
        var span = Assert.Single(heard.Spans);
        Assert.Equal(("pappayapply", ActivityKind.Client, ActivityStatusCode.Unset), (span.DisplayName, span.Kind, span.Status));
        Assert.Equal(("127.0.0.1", 8090, "/pay/pappayapply", MerchantNumber),
            (span.GetTagItem("server.address"), span.GetTagItem("server.port"), span.GetTagItem("wechatpay.endpoint"), span.GetTagItem("wechatpay.merchant")));
        Assert.Null(span.GetTagItem("error.type"));
        var duration = Assert.Single(heard.Metrics, m => m.Name == "wechatpay.client.call.duration");
        Assert.True(duration.Value >= 0);
        Assert.Equal(["server.address", "server.port", "wechatpay.endpoint", "wechatpay.merchant"], duration.Tags.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((LogLevel.Debug, WeChatPayEvents.CallSucceeded), (heard.Records[0].Level, heard.Records[0].Id));
    }

    [Theory]
    [InlineData("CONTRACT_NOT_EXIST", "CONTRACT_NOT_EXIST", "refused", LogLevel.Information, 4102)]
    [InlineData("FREQUENCY_LIMITED", "FREQUENCY_LIMITED", "throttled", LogLevel.Warning, 4103)]
    [InlineData("SYSTEMERROR", "SYSTEMERROR", "ask", LogLevel.Warning, 4104)]
    [InlineData("NEVER_HEARD_OF", "unknown_code", "ask", LogLevel.Warning, 4104)]
    public async Task A_failure_says_its_kind_and_what_to_do(string code, string errorType, string kind, LogLevel level, int id)
    {
        using var heard = new Listening(MerchantNumber);
        await Assert.ThrowsAsync<PapayException>(() => Client(heard, $"return_code=SUCCESS|result_code=FAIL|err_code={code}").Debits.ApplyAsync(Some.Debit()));
        var span = Assert.Single(heard.Spans);
        Assert.Equal((ActivityStatusCode.Error, errorType, kind), (span.Status, span.GetTagItem("error.type"), span.GetTagItem("wechatpay.error_kind")));
        var tags = Assert.Single(heard.Metrics, m => m.Name == "wechatpay.client.call.duration").Tags;
        Assert.Equal((errorType, kind), (tags["error.type"], tags["wechatpay.error_kind"]));
        var record = Assert.Single(heard.Records, r => r.Id.Id == id);
        Assert.Equal(level, record.Level);
        Assert.Contains(code, record.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_given_up_by_its_caller_is_said_to_be_canceled()
    {
        using var heard = new Listening(MerchantNumber);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(heard, "return_code=SUCCESS").Orders.QueryAsync(Some.OrderQuery(), given.Token));
        Assert.Equal("canceled", Assert.Single(heard.Spans).GetTagItem("error.type"));
    }

    [Fact]
    public async Task Fail_over_is_counted_and_said()
    {
        using var heard = new Listening(MerchantNumber);
        var wechat = new Answering(n => n == 1 ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Some.Signed("return_code=SUCCESS|result_code=SUCCESS"));
        var client = new PapayClient(new HttpClient(wechat), Merchant(ClientCertificateMode.None), PapayClient.DefaultBaseUrl, TimeProvider.System, new() { Logger = heard });
        await client.Debits.ApplyAsync(Some.Debit());
        var counted = Assert.Single(heard.Metrics, m => m.Name == "wechatpay.client.failovers");
        Assert.Equal(("api2.mch.weixin.qq.com", LocalCodes.NotSent), (counted.Tags["server.address"], counted.Tags["error.type"]));
        Assert.Equal(("api2.mch.weixin.qq.com", 2), (heard.Spans[0].GetTagItem("server.address"), heard.Spans[0].GetTagItem("wechatpay.tries")));
        Assert.Contains(heard.Records, r => r.Id == WeChatPayEvents.FailedOver);
        Assert.Contains(heard.Records, r => r.Id == WeChatPayEvents.TryRepeated);
    }

    [Fact]
    public async Task Waits_and_slowings_of_the_limiter_are_measured()
    {
        using var heard = new Listening(MerchantNumber);
        var clock = new ManualClock();
        var wechat = new Answering(n => Some.Signed("return_code=SUCCESS|" + (n == 1 ? "result_code=SUCCESS" : "result_code=FAIL|err_code=FREQUENCY_LIMITED")));
        var client = wechat.Client(Merchant(), new() { Logger = heard, Timers = clock, Limiter = new(new() { DebitsPerSecond = 2 }, clock) });
        await client.Debits.ApplyAsync(Some.Debit());
        var second = client.Debits.ApplyAsync(Some.Debit());
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<PapayException>(() => second);
        var wait = Assert.Single(heard.Metrics, m => m.Name == "wechatpay.client.limiter.wait.duration");
        Assert.Equal((1.0, "Debit"), (wait.Value, wait.Tags["wechatpay.limiter.lane"]));
        Assert.Single(heard.Metrics, m => m.Name == "wechatpay.client.limiter.slowings");
        Assert.Contains(heard.Records, r => r.Id == WeChatPayEvents.WaitedForPermit);
        Assert.Contains(heard.Records, r => r.Id == WeChatPayEvents.SlowedDown);
    }

    [Fact]
    public void Notifications_are_counted_by_kind_and_verdict()
    {
        using var heard = new Listening(MerchantNumber);
        var merchant = Merchant();
        NotificationReader.TryRead(Some.Signed($"mch_id={MerchantNumber}|out_trade_no=N1|trade_type=PAP"), merchant, out _, out _);
        NotificationReader.TryRead(Some.Signed($"mch_id={MerchantNumber}|out_trade_no=N1|trade_type=PAP", key: new("another0another0another0another0")), merchant, out _, out _);
        var verdicts = heard.Metrics.Where(m => m.Name == "wechatpay.notifications").Select(m => (m.Tags["wechatpay.notification.kind"], m.Tags["wechatpay.notification.verdict"])).ToArray();
        Assert.Contains(("debit", "accepted"), verdicts);
        Assert.Contains(("unknown", "signature_mismatch"), verdicts);
    }

    [Fact]
    public void A_probe_is_counted_apart()
    {
        using var heard = new Listening(MerchantNumber);
        var platform = new Platform(Reply.Nothing);
        var body = Platform.Callback("TRANSACTION.SUCCESS", "transaction", "{}");
        var headers = platform.Sign(body) with { Signature = "WECHATPAY/SIGNTEST/c2lnbg==" };
        Assert.False(NotificationReader.TryRead(Some.Utf8(body), headers, Platform.Credentials(), platform.Clock, out _, out var refusal));
        Assert.Equal(NotificationFault.Probe, refusal.Fault);
        Assert.Contains(heard.Metrics, m => m.Name == "wechatpay.notification.probes");
        Assert.DoesNotContain(heard.Metrics, m => m.Name == "wechatpay.notifications" && Equals(m.Tags["wechatpay.notification.verdict"], "probe"));
    }

    [Fact]
    public async Task A_certificate_is_warned_about_once_a_day_from_thirty_days_before_and_measured()
    {
        const string number = "10000187"; // The gauge shows every living client, also those of other tests.
        using var heard = new Listening(number);
        var clock = new ManualClock();
        var told = new List<CertificateExpiry>();
        var certificate = MerchantCertificate.FromP12Base64(TestCertificates.P12Base64(clock.GetUtcNow().AddDays(31)), "secret-p12");
        var merchant = new MerchantCredentials { MerchantNumber = number, ApiV2Keys = [Some.Key], Certificate = certificate, ClientCertificate = ClientCertificateMode.None };
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|out_trade_no=SIGN2026010301"));
        var client = new PapayClient(new HttpClient(wechat), merchant, new Uri("http://127.0.0.1:8090"), clock, new() { Logger = heard, CertificateExpiring = told.Add });
        await CallsOfDaysAsync(1);
        Assert.Empty(told); // Thirty days and an hour or so are left.
        await CallsOfDaysAsync(3);
        Assert.Equal(3, told.Count);
        Assert.Equal(3, heard.Records.Count(r => r.Id == WeChatPayEvents.CertificateExpiring));
        Assert.Equal((number, CertificateHolder.Merchant, certificate.SerialNumber, certificate.ExpiresAt), (told[0].MerchantNumber, told[0].Holder, told[0].SerialNumber, told[0].ExpiresAt));
        Assert.InRange(told[0].Left, TimeSpan.FromDays(29), TimeSpan.FromDays(30));

        clock.Advance(TimeSpan.FromDays(28));
        await CallsOfDaysAsync(1);
        Assert.Equal(LogLevel.Error, Assert.Single(heard.Records, r => r.Id == WeChatPayEvents.CertificateExpired).Level);
        heard.ReadGauges();
        Assert.InRange(Assert.Single(heard.Metrics, m => m.Name == "wechatpay.certificate.days_left").Value, -2, 0);

        async Task CallsOfDaysAsync(int days)
        {
            for (var hour = 0; hour < 24 * days; hour++)
            {
                await client.Orders.QueryAsync(Some.OrderQuery());
                clock.Advance(TimeSpan.FromHours(1));
            }
        }
    }

    [Fact]
    public async Task A_warning_that_throws_stops_no_call()
    {
        using var heard = new Listening(MerchantNumber);
        var clock = new ManualClock();
        var merchant = new MerchantCredentials
        {
            MerchantNumber = MerchantNumber, ApiV2Keys = [Some.Key], ClientCertificate = ClientCertificateMode.None,
            Certificate = MerchantCertificate.FromP12Base64(TestCertificates.P12Base64(clock.GetUtcNow().AddDays(1)), "secret-p12"),
        };
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS"));
        var client = new PapayClient(new HttpClient(wechat), merchant, new Uri("http://127.0.0.1:8090"), clock,
            new() { Logger = heard, CertificateExpiring = _ => throw new InvalidOperationException("mine") });
        await client.Debits.ApplyAsync(Some.Debit());
        Assert.Single(heard.Records, r => r.Id == WeChatPayEvents.CertificateCallbackFailed);
    }

    [Fact]
    public void Every_documented_event_has_its_own_number() =>
        Assert.Equal(
            Enumerable.Range(4101, 16),
            typeof(WeChatPayEvents).GetFields().Select(f => ((EventId)f.GetValue(null)!).Id).Order());

    private static MerchantCredentials Merchant(ClientCertificateMode certificate = ClientCertificateMode.LoopbackHeader) =>
        new() { MerchantNumber = MerchantNumber, ApiV2Keys = [Some.Key], ClientCertificate = certificate };

    private static PapayClient Client(Listening heard, string reply) =>
        new Answering(_ => Some.Signed(reply)).Client(Merchant(), new() { Logger = heard });
}
