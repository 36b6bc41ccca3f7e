using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notices;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>V3: a notice checked, written as JSON, signed and made a request; a callback verified, opened, read and typed. Beside the bare cryptography of the same bytes.</summary>
internal static class V3Measures
{
    private const string Paid = """
        {"mchid":"1230000109","appid":"wxd678efh567hg6787","out_trade_no":"P1","transaction_id":"4200000602202601031234567890","trade_type":"PAP","trade_state":"SUCCESS","trade_state_desc":"支付成功","bank_type":"CMC","attach":"a","success_time":"2026-01-03T08:59:58+08:00","payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},"amount":{"total":2500,"payer_total":2500,"currency":"CNY","payer_currency":"CNY"},"promotion_detail":[]}
        """;

    private static readonly DateTimeOffset Now = new(2026, 1, 3, 9, 0, 0, TimeSpan.FromHours(8));
    private static readonly ApiV3Key Key = new("0123456789ABCDEF0123456789ABCDEF");

    public static IEnumerable<Measured> All()
    {
        var rsa = RSA.Create(2048);
        var credentials = Credentials(rsa);
        var clock = new Standing();
        return Signing(rsa, credentials, clock).Concat(Reading(rsa, credentials, clock));
    }

    private static IEnumerable<Measured> Signing(RSA rsa, MerchantCredentials credentials, TimeProvider clock)
    {
        var endpoint = V3NoticeEndpoints.Notice;
        var request = new NoticeRequest { WeChatContractId = "123124412412423431", AppId = "wxd678efh567hg6787", EstimatedFen = 2500, DeductDays = 1 };
        var call = new Call(credentials.MerchantNumber, Call.Unknown.Nonces, SignType.Md5);
        var host = new Uri("https://api.mch.weixin.qq.com");
        var signer = new V3Signer(credentials, clock, new NonceSource());
        var (target, body) = endpoint.Write(request, call);
        var text = V3Signature.RequestText("POST", target, Now.ToUnixTimeSeconds(), "eBYqCOxa0QudMnPvVilkTzOg3gHh5Z3u", body);
        var signature = new byte[256];
        yield return new("V3 sign notice", Measured.Bare, () => rsa.SignData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        yield return new("V3 sign notice", "Papaya", () =>
        {
            var (target, body) = endpoint.Write(request, call);
            using var message = signer.Make(endpoint, new Uri(host, target), body);
            return body.Length;
        });
    }

    private static IEnumerable<Measured> Reading(RSA rsa, MerchantCredentials credentials, TimeProvider clock)
    {
        var sealedText = V3Cipher.Seal(Key, "fdasflkja484", "transaction", Encoding.UTF8.GetBytes(Paid));
        var body = Encoding.UTF8.GetBytes($$$"""
            {"id":"EV-2018022511223320873","create_time":"2026-01-03T09:00:00+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM","ciphertext":"{{{sealedText}}}","associated_data":"transaction","nonce":"fdasflkja484"}}
            """);
        var timestamp = Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var text = V3Signature.ReplyText(timestamp, "nonce", body);
        var signature = rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var headers = new NotificationHeaders(timestamp, "nonce", Convert.ToBase64String(signature), "PUB_KEY_ID_01");
        var ciphertext = Convert.FromBase64String(sealedText);
        var plain = new byte[ciphertext.Length - 16];
        yield return new("V3 read callback", Measured.Bare, () =>
        {
            using var gcm = new AesGcm(Key.Bytes, 16);
            gcm.Decrypt("fdasflkja484"u8, ciphertext.AsSpan(0, plain.Length), ciphertext.AsSpan(plain.Length), plain, "transaction"u8);
            return rsa.VerifyData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? plain[0] : 0;
        });
        yield return new("V3 read callback", "Papaya", () =>
            ((TransactionNotification)NotificationReader.Read(body, headers, credentials, clock)).IsPaid(2500) ? 1 : 0);
    }

    private static MerchantCredentials Credentials(RSA rsa)
    {
        using var certificate = new CertificateRequest("CN=1230000109", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddYears(-1), Now.AddYears(4));
        return new()
        {
            MerchantNumber = "1230000109",
            ApiV2Keys = [Messages.Key],
            Certificate = MerchantCertificate.FromPem(certificate.ExportCertificatePem(), rsa.ExportPkcs8PrivateKeyPem()),
            V3 = new() { ApiV3Keys = [Key], PlatformKeys = new(PlatformKey.FromPublicKey("PUB_KEY_ID_01", rsa.ExportSubjectPublicKeyInfoPem())) },
        };
    }

    private sealed class Standing : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
