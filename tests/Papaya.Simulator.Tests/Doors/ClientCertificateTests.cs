using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Papaya.Simulator.Testing;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Sending;

namespace Papaya.Simulator.Tests.Doors;

/// <summary>Refunds need the merchant's own certificate; over https it is a real one.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private const string User = "oSimUser0001";
    private TestSimulator _simulator = null!;
    private TestMerchant _merchant = null!;

    private RefundRequest Refund => new() { AppId = _merchant.AppIds["official_account"], OrderNumber = "A00001", RefundNumber = "R00001", OrderFen = 1_500, RefundFen = 400 };

    public async Task InitializeAsync()
    {
        _simulator = await TestSimulator.StartAsync(new() { Https = true });
        _merchant = await _simulator.WithKeysAsync();
    }

    public async Task DisposeAsync() => await _simulator.DisposeAsync();

    [Theory]
    [InlineData("apiclient_cert.p12")]
    [InlineData("apiclient_cert_3des.p12")]
    public async Task A_refund_with_the_merchants_certificate_is_accepted(string file)
    {
        using var plain = new HttpClient { BaseAddress = _simulator.BaseAddress };
        var p12 = await plain.GetByteArrayAsync($"/_sim/merchants/{_merchant.Number}/{file}");
        var reply = await RefundAsync(MerchantCertificate.FromP12(p12, _merchant.Number));
        Assert.Equal(400, reply.RefundFen);
    }

    [Fact]
    public async Task A_refund_without_a_certificate_is_refused_whatever_a_header_says()
    {
        using var http = await HttpAsync(null);
        http.DefaultRequestHeaders.Add("X-Client-Cert", _merchant.Number);
        await RefusedAsync(http);
    }

    [Fact]
    public async Task Another_merchants_certificate_is_refused()
    {
        var other = await _simulator.WithKeysAsync(await _simulator.MerchantAsync("1900000109", appIds: ["wxaaaaaaaaaaaaaaaa"]));
        using var http = await HttpAsync(other.Certificate);
        await RefusedAsync(http);
    }

    [Fact]
    public async Task A_self_made_certificate_in_the_merchants_name_is_refused()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={_merchant.Number}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var forged = request.CreateSelfSigned(_simulator.Time.GetUtcNow().AddDays(-1), _simulator.Time.GetUtcNow().AddDays(1));
        using var http = await HttpAsync(MerchantCertificate.FromPem(forged.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem()));
        await RefusedAsync(http);
    }

    [Fact]
    public async Task A_certificate_that_has_ended_is_refused()
    {
        await _simulator.AdvanceToAsync(_merchant.Certificate!.ExpiresAt + TimeSpan.FromMinutes(1));
        using var http = await HttpAsync(_merchant.Certificate);
        await RefusedAsync(http);
    }

    private async Task RefusedAsync(HttpClient http)
    {
        var refused = await Assert.ThrowsAsync<PapayException>(() => Client(http).Refunds.RequestAsync(Refund));
        Assert.Equal("CERT_ERROR", refused.Code);
    }

    private async Task<RefundReply> RefundAsync(MerchantCertificate certificate)
    {
        using var http = await HttpAsync(certificate);
        var order = await Client(http).Contracts.PayAndSignAsync(new PayAndSignRequest
        {
            AppId = _merchant.AppIds["official_account"], OrderNumber = "A00001", Body = "会员首月", AmountFen = 1_500, ClientIp = "203.0.113.9",
            TradeType = TradeType.JsApi, OpenId = User, PaymentNotifyUrl = "http://127.0.0.1:9/paid", TemplateId = "12535", ContractNumber = "C00001",
            SigningSequence = 1, DisplayAccount = "张三", ContractNotifyUrl = "http://127.0.0.1:9/signed",
        });
        await _simulator.PayAsync(order.PrepayId, User);
        await _simulator.AdvanceAsync(TimeSpan.FromMinutes(1));
        return await Client(http).Refunds.RequestAsync(Refund);
    }

    private PapayClient Client(HttpClient http) => new(
        http, new() { MerchantNumber = _merchant.Number, ApiV2Keys = [new(_merchant.ApiV2Key)], ClientCertificate = ClientCertificateMode.Handler },
        _simulator.HttpsAddress!, _simulator.Time);

    /// <summary>Trusts the simulator's authority and shows the certificate, if any.</summary>
    private async Task<HttpClient> HttpAsync(MerchantCertificate? certificate)
    {
        var handler = Connections.Handler(certificate, _simulator.HttpsAddress!);
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { X509Certificate2.CreateFromPem(await _simulator.AuthorityPemAsync()) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        return new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
