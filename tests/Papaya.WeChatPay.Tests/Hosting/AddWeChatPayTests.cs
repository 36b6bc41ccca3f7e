using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Papaya.WeChatPay.Hosting;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Telemetry;
using Papaya.WeChatPay.Tests.Telemetry;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Hosting;

public sealed class AddWeChatPayTests
{
    [Fact]
    public void One_merchant_is_injected_as_the_client()
    {
        using var provider = Services(services => services.AddWeChatPay(Plain));
        var client = provider.GetRequiredService<PapayClient>();
        Assert.Equal(Some.Merchant, client.Merchant.MerchantNumber);
        Assert.Same(client, provider.GetRequiredService<WeChatPayClients>().Default);
        Assert.Same(client, provider.GetRequiredService<WeChatPayClients>().Get(""));
    }

    [Fact]
    public void Several_merchants_go_by_name()
    {
        using var provider = Services(services => services
            .AddWeChatPay("main", Plain)
            .AddWeChatPay("kids", o => { Plain(o); o.MerchantNumber = "10000101"; }));
        var clients = provider.GetRequiredService<WeChatPayClients>();
        Assert.Equal(["main", "kids"], clients.Names);
        Assert.Equal("10000101", clients.Get("kids").Merchant.MerchantNumber);
        Assert.Same(clients.Get("main"), provider.GetRequiredKeyedService<PapayClient>("main"));
        Assert.Contains("main, kids", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<PapayClient>).Message, StringComparison.Ordinal);
        Assert.Contains("'main', 'kids'", Assert.Throws<ArgumentException>(() => clients.Get("other")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_holds_one_merchant_or_several()
    {
        var one = Configuration(
            ("WeChatPay:MerchantNumber", Some.Merchant), ("WeChatPay:ApiV2Keys:0", Some.K), ("WeChatPay:ApiV2Keys:1", new string('o', 32)),
            ("WeChatPay:SignType", "HMAC-SHA256"), ("WeChatPay:Timeout", "00:00:07"), ("WeChatPay:Limits:Enabled", "false"));
        using (var provider = Services(services => services.AddWeChatPay(one.GetSection("WeChatPay"))))
        {
            var merchant = provider.GetRequiredService<PapayClient>().Merchant;
            Assert.Equal((2, SignType.HmacSha256), (merchant.ApiV2Keys.Count, merchant.SignType));
            Assert.Equal(TimeSpan.FromSeconds(7), provider.GetRequiredService<IOptions<WeChatPayOptions>>().Value.Timeout);
        }

        var several = Configuration(
            ("WeChatPay:Merchants:main:MerchantNumber", Some.Merchant), ("WeChatPay:Merchants:main:ApiV2Keys:0", Some.K),
            ("WeChatPay:Merchants:kids:MerchantNumber", "10000101"), ("WeChatPay:Merchants:kids:ApiV2Keys:0", Some.K));
        using (var provider = Services(services => services.AddWeChatPay(several.GetSection("WeChatPay"))))
        {
            Assert.Equal("10000101", provider.GetRequiredKeyedService<PapayClient>("kids").Merchant.MerchantNumber);
        }
    }

    [Fact]
    public void An_empty_section_and_an_unknown_key_are_errors()
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddWeChatPay(Configuration().GetSection("WeChatPay")));
        Assert.Contains("'WeChatPay'", error.Message, StringComparison.Ordinal);
        var slip = Configuration(("WeChatPay:MerchantNumber", Some.Merchant), ("WeChatPay:ApiV2Key", Some.K));
        using var provider = Services(services => services.AddWeChatPay(slip.GetSection("WeChatPay")));
        var unknown = Assert.ThrowsAny<Exception>(provider.GetRequiredService<PapayClient>);
        Assert.Contains("ApiV2Key", unknown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Some.K, unknown.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<WeChatPayOptions>> Mistakes => new()
    {
        { "MerchantNumber: give", o => o.MerchantNumber = "" },
        { "MerchantNumber: give", o => o.MerchantNumber = "wx2421b1c4370ec43b" },
        { "ApiV2Keys: give", o => o.ApiV2Keys.Clear() },
        { "ApiV2Keys:0: an APIv2 key is 32 letters and digits; this one has 31 characters. ", o => o.ApiV2Keys[0] = Some.K[1..] },
        { "ApiV2Keys:1: an APIv2 key is 32 letters and digits; this one has 32 characters, some of them neither.", o => o.ApiV2Keys.Add(Some.K[1..] + " ") },
        { "ApiV2KeyFiles: is given beside ApiV2Keys", o => o.ApiV2KeyFiles.Add("key") },
        { "ApiV2KeyFiles:0: cannot read '/no/such/key'", o => { o.ApiV2Keys.Clear(); o.ApiV2KeyFiles.Add("/no/such/key"); } },
        { "SignType: give MD5 or HMAC-SHA256", o => o.SignType = "SHA1" },
        { "BaseUrl: give an absolute", o => o.BaseUrl = "api.mch.weixin.qq.com" },
        { "BaseUrl: use https", o => o.BaseUrl = "http://api.mch.weixin.qq.com" },
        { "BaseUrl: give scheme, host", o => o.BaseUrl = "https://api.mch.weixin.qq.com/pay" },
        { "SecondUrl: use https", o => o.SecondUrl = "http://api2.mch.weixin.qq.com" },
        { "GlobalBaseUrl: give an absolute", o => o.GlobalBaseUrl = "apihk.mch.weixin.qq.com" },
        { "NotifyUrl: WeChat refuses notify URLs with a query", o => o.NotifyUrl = "https://pay.example/notify?m=1" },
        { "NotifyUrl: WeChat cannot reach", o => o.NotifyUrl = "http://localhost/notify" },
        { "NotifyUrl: give an absolute", o => o.NotifyUrl = "/notify" },
        { "Timeout: 00:00:00 is outside 00:00:01 to 00:02:00", o => o.Timeout = TimeSpan.Zero },
        { "Deadline: 00:00:05 is outside 00:00:15", o => o.Deadline = TimeSpan.FromSeconds(5) },
        { "MostConnections: 0 is outside 1 to", o => o.MostConnections = 0 },
        { "Limits:DebitsPerSecond: 0 is outside 1", o => o.Limits.DebitsPerSecond = 0 },
        { "Certificate:P12File: FileMissing", o => o.Certificate.P12File = "/no/such/apiclient_cert.p12" },
        { "Certificate:P12Base64: NotBase64", o => o.Certificate.P12Base64 = "/no/such/apiclient_cert.p12 " },
        { "Certificate:P12Base64: the certificate is given twice, also in Certificate:P12File", o => (o.Certificate.P12File, o.Certificate.P12Base64) = ("a", "b") },
        { "Certificate:PemFile: a PEM certificate needs its key", o => o.Certificate.KeyPemFile = "/no/such/apiclient_key.pem" },
        { "Certificate:P12Base64: the certificate ended on 2020-01-02", o => (o.Certificate.P12Base64, o.Certificate.Password) = (TestCertificates.P12Base64(new(2020, 1, 2, 0, 0, 0, TimeSpan.Zero)), "secret-p12") },
        { "Certificate:P12Base64: WrongPassword", o => (o.Certificate.P12Base64, o.Certificate.Password) = (TestCertificates.P12Base64(new(2040, 1, 2, 0, 0, 0, TimeSpan.Zero)), "other-p12") },
        { "V3:ApiV3Keys: give", o => o.V3.PublicKeyId = "PUB_KEY_ID_1" },
        { "V3:ApiV3Keys:0: an APIv3 key is 32", o => o.V3.ApiV3Keys.Add("short-v3") },
        { "V3:PublicKeyId: WeChat Pay's public key needs both", o => { o.V3.ApiV3Keys.Add(new string('v', 32)); o.V3.PublicKeyId = "PUB_KEY_ID_1"; } },
        { "V3:CertificateFiles:0: cannot read", o => { o.V3.ApiV3Keys.Add(new string('v', 32)); o.V3.CertificateFiles.Add("/no/such/platform.pem"); } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void What_cannot_work_is_found_at_the_start_with_its_key_and_cure(string words, Action<WeChatPayOptions> mistake)
    {
        using var provider = Services(services => services.AddWeChatPay("shop", o => { Real(o); mistake(o); }));
        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Contains("WeChatPay 'shop' " + words, error.Message, StringComparison.Ordinal);
        Assert.All((string[])[Some.K, Some.K[1..], "short-v3", "secret-p12", "other-p12"], secret => Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal));
        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<PapayClient>("shop"));
    }

    [Fact]
    public void What_works_passes_the_check_at_the_start()
    {
        using var provider = Services(services => services.AddWeChatPay(o =>
        {
            Real(o);
            o.NotifyUrl = "https://pay.example/wechat/notify";
            (o.Certificate.P12Base64, o.Certificate.Password) = (TestCertificates.P12Base64(new(2040, 1, 2, 0, 0, 0, TimeSpan.Zero)), "secret-p12");
            o.V3.ApiV3Keys.Add(new string('v', 32));
        }));
        provider.GetRequiredService<IStartupValidator>().Validate();
        var client = provider.GetRequiredService<PapayClient>();
        Assert.Equal((ClientCertificateMode.Handler, 2040), (client.Merchant.ClientCertificate, client.Merchant.Certificate!.ExpiresAt.Year));
        Assert.NotNull(client.Merchant.V3);
    }

    [Fact]
    public async Task A_merchants_files_are_read_once_and_its_certificate_is_closed_with_the_program()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(TestCertificates.P12Base64(new(2040, 1, 2, 0, 0, 0, TimeSpan.Zero))));
        var provider = Services(services => services.AddWeChatPay("shop", o =>
        {
            Real(o);
            (o.Certificate.P12File, o.Certificate.Password) = (file, "secret-p12");
        }));
        provider.GetRequiredService<IStartupValidator>().Validate();
        File.Delete(file); // Whoever reads it again fails.
        var certificate = provider.GetRequiredKeyedService<PapayClient>("shop").Merchant.Certificate!.Certificate;
        Assert.NotEqual(IntPtr.Zero, certificate.Handle);
        await provider.DisposeAsync();
        Assert.Equal(IntPtr.Zero, certificate.Handle);
    }

    [Fact]
    public async Task Calls_go_through_the_factory_with_a_handler_of_the_merchants_own()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS"));
        using var provider = Services(services =>
        {
            services.AddWeChatPay(Plain);
            services.AddHttpClient("Papaya.WeChatPay:").ConfigurePrimaryHttpMessageHandler(() => wechat);
        });
        await provider.GetRequiredService<PapayClient>().Debits.ApplyAsync(Some.Debit());
        Assert.Equal("/pay/pappayapply", wechat.Requests.Single().Path);
    }

    [Fact]
    public async Task A_handler_that_retries_every_client_of_the_program_never_sees_ours()
    {
        var sent = 0;
        var wechat = new Failing { Error = () => sent++ == 0 ? new IOException("reset after sending") : new HttpRequestException(HttpRequestError.ConnectionError) };
        using var provider = Services(services =>
        {
            services.ConfigureHttpClientDefaults(all => all.AddHttpMessageHandler(() => new Retrying()));
            services.AddWeChatPay(Plain);
            services.AddHttpClient("Papaya.WeChatPay:").ConfigurePrimaryHttpMessageHandler(() => wechat);
        });
        var error = await Assert.ThrowsAsync<PapayException>(() => provider.GetRequiredService<PapayClient>().Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((1, LocalCodes.NoAnswer, false), (sent, error.Code, error.NotSent));
    }

    [Fact]
    public async Task Whatever_a_handler_throws_the_outcome_is_unknown()
    {
        using var http = new HttpClient(new Failing { Error = () => new InvalidOperationException("the circuit is open") });
        var client = new PapayClient(http, Some.Credentials(), new Uri("http://127.0.0.1:8090"), TimeProvider.System);
        var error = await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask), (error.Code, error.Kind));
    }

    [Fact]
    public void The_handler_presents_the_certificate_and_follows_nobody()
    {
        var certificate = MerchantCertificate.FromP12Base64(TestCertificates.P12Base64(new(2040, 1, 2, 0, 0, 0, TimeSpan.Zero)), "secret-p12");
        using var handler = Papaya.WeChatPay.Sending.Connections.Handler(certificate, PapayClient.DefaultBaseUrl);
        Assert.Equal((false, false, true, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)),
            (handler.AllowAutoRedirect, handler.UseCookies, handler.UseProxy, handler.PooledConnectionLifetime, handler.ConnectTimeout / 2));
        Assert.Equal(certificate.Certificate, Assert.Single(handler.SslOptions.ClientCertificates!));
        Assert.Null(handler.SslOptions.RemoteCertificateValidationCallback); // WeChat's certificate is checked by the system's rules.
        Assert.Equal(DecompressionMethods.None, handler.AutomaticDecompression);
    }

    [Fact]
    public async Task Merchants_of_one_number_share_a_limiter_and_it_can_be_switched_off()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS"));
        using var provider = Services(services =>
        {
            foreach (var name in (string[])["a", "b", "free"])
            {
                services.AddWeChatPay(name, o =>
                {
                    Plain(o);
                    o.Limits = new() { DebitsPerSecond = 1, LongestWait = TimeSpan.Zero, Enabled = name != "free" };
                });
                services.AddHttpClient("Papaya.WeChatPay:" + name).ConfigurePrimaryHttpMessageHandler(() => wechat);
            }
        });
        var clients = provider.GetRequiredService<WeChatPayClients>();
        await clients.Get("a").Debits.ApplyAsync(Some.Debit());
        Assert.Equal(LocalCodes.TooFast, (await Assert.ThrowsAsync<PapayException>(() => clients.Get("b").Debits.ApplyAsync(Some.Debit()))).Code);
        await clients.Get("free").Debits.ApplyAsync(Some.Debit());
        await clients.Get("free").Debits.ApplyAsync(Some.Debit());
    }

    [Fact]
    public async Task Notifications_are_read_by_name_and_the_verdict_is_logged_without_the_message()
    {
        using var heard = new Listening("10000177");
        using var provider = Services(services =>
        {
            services.AddWeChatPay("shop", o => { Plain(o); o.MerchantNumber = "10000177"; });
            services.AddLogging(log => log.AddProvider(new ToListening(heard)).SetMinimumLevel(LogLevel.Trace));
        });
        var notifications = provider.GetRequiredService<WeChatPayNotifications>();
        var fine = Some.Signed("mch_id=10000177|out_trade_no=N1|trade_type=PAP|openid=oSecret");
        Assert.IsType<DebitNotification>((await notifications.ReadAsync("shop", fine, _ => null)).Notification);
        Assert.Equal(NotificationFault.SignatureMissing, (await notifications.ReadAsync(Some.Unsigned("mch_id=10000177|openid=oSecret"), _ => null)).Refusal!.Fault);
        Assert.Equal([WeChatPayEvents.NotificationAccepted, WeChatPayEvents.NotificationRefused], heard.Records.Select(r => r.Id));
        Assert.Equal(["A debit notification for merchant 10000177 was accepted", "A notification for merchant 10000177 was not accepted: signature_missing"], heard.Records.Select(r => r.Text));
        await Assert.ThrowsAsync<ArgumentException>(() => notifications.ReadAsync("other", fine, _ => null));
    }

    private sealed class Failing : HttpMessageHandler
    {
        public required Func<Exception> Error { get; init; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(Error());
    }

    private sealed class Retrying : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (IOException)
            {
                return await base.SendAsync(request, cancellationToken);
            }
        }
    }

    private sealed class ToListening(Listening heard) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => heard;

        public void Dispose()
        {
        }
    }

    private static ServiceProvider Services(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();

    private static void Plain(WeChatPayOptions options)
    {
        Real(options);
        options.BaseUrl = "http://127.0.0.1:8090";
    }

    private static void Real(WeChatPayOptions options)
    {
        options.MerchantNumber = Some.Merchant;
        options.ApiV2Keys.Add(Some.K);
    }
}
