using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class Standing(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>What a test's WeChat answers: status, JSON, and how it is signed.</summary>
internal sealed record Reply(int Status, string Json)
{
    public string? Serial { get; init; }

    public Func<NotificationHeaders, NotificationHeaders>? Spoil { get; init; }

    public static Reply Ok(string json) => new(200, json);

    public static Reply Nothing { get; } = new(204, "");
}

/// <summary>A small WeChat Pay for tests: verifies nothing that a test does not ask for, and signs every reply with its own keys.</summary>
internal sealed class Platform : HttpMessageHandler
{
    public const string MerchantNumber = "1230000109";
    public const string KeyId = "PUB_KEY_ID_0112300001092026010100000001";
    public static readonly ApiV3Key ApiV3Key = new("0123456789ABCDEF0123456789ABCDEF");
    public static readonly DateTimeOffset Start = new(2026, 1, 3, 9, 0, 0, TimeSpan.FromHours(8));

    private static readonly RSA Key = RSA.Create(2048);
    private static readonly RSA MerchantKey = RSA.Create(2048);
    private static readonly MerchantCertificate Merchant = MakeMerchant();
    private static readonly ConcurrentDictionary<byte, RSA> Keys = new(); // Making one takes longer than most tests.
    private readonly Func<HttpRequestMessage, string, Reply> _answer;

    public Platform(Func<HttpRequestMessage, string, Reply> answer) => _answer = answer;

    public Platform(Reply reply)
        : this((_, _) => reply)
    {
    }

    public Standing Clock { get; } = new(Start);

    public List<(string Method, Uri Uri, string Body, Dictionary<string, string> Headers)> Requests { get; } = [];

    /// <summary>Keys that sign replies by their id or serial number.</summary>
    public Dictionary<string, RSA> Signers { get; } = new() { [KeyId] = Key };

    public static PlatformKey PublicKey { get; } = PlatformKey.FromPublicKey(KeyId, Key.ExportSubjectPublicKeyInfoPem());

    public static V3Credentials V3(params PlatformKey[] keys) => new() { ApiV3Keys = [ApiV3Key], PlatformKeys = new(keys) };

    public static MerchantCredentials Credentials(V3Credentials? v3 = null, string merchant = MerchantNumber) => new()
    {
        MerchantNumber = merchant,
        ApiV2Keys = [Some.Key],
        Certificate = Merchant,
        V3 = v3 ?? V3(PublicKey),
    };

    public PapayClient Client(MerchantCredentials? credentials = null, PapayClientOptions? options = null) =>
        new(new HttpClient(this, false), credentials ?? Credentials(), new Uri("https://api.mch.weixin.qq.com"), Clock, options);

    /// <summary>The signature headers of a reply or callback.</summary>
    public NotificationHeaders Sign(string body, string? serial = null)
    {
        var timestamp = Clock.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var signature = V3Signature.Sign(Signers[serial ?? KeyId], V3Signature.ReplyText(timestamp, "nonce", Encoding.UTF8.GetBytes(body)));
        return new(timestamp, "nonce", signature, serial ?? KeyId);
    }

    /// <summary>A new platform certificate, which from now on signs what names its serial number.</summary>
    public X509Certificate2 Certify(byte serial, DateTimeOffset? until = null)
    {
        var rsa = Keys.GetOrAdd(serial, static _ => RSA.Create(2048));
        var certificate = Certificate("CN=Tenpay.com sign", rsa, [0x51, 0x57, serial], until ?? Start.AddYears(5));
        Signers.Add(certificate.SerialNumber, rsa);
        return certificate;
    }

    /// <summary>The JSON of GET /v3/certificates.</summary>
    public static string Certificates(params X509Certificate2[] certificates) =>
        $$"""{"data":[{{string.Join(',', certificates.Select(Entry))}}]}""";

    /// <summary>The body of a callback.</summary>
    public static string Callback(string type, string original, string plain, string? associatedData = null) => $$$"""
        {"id":"EV-2018022511223320873","create_time":"2026-01-03T09:00:00+08:00","resource_type":"encrypt-resource","event_type":"{{{type}}}","summary":"通知","resource":{"original_type":"{{{original}}}","algorithm":"AEAD_AES_256_GCM","ciphertext":"{{{V3Cipher.Seal(ApiV3Key, "fdasflkja484", associatedData ?? original, Encoding.UTF8.GetBytes(plain))}}}","associated_data":"{{{associatedData ?? original}}}","nonce":"fdasflkja484"}}
        """;

    /// <summary>True when the request's Authorization header fits what was sent.</summary>
    public static bool IsSigned((string Method, Uri Uri, string Body, Dictionary<string, string> Headers) request)
    {
        var header = request.Headers["Authorization"];
        Assert.StartsWith("WECHATPAY2-SHA256-RSA2048 ", header, StringComparison.Ordinal);
        var values = header[26..].Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1].Trim('"'));
        Assert.Equal(MerchantNumber, values["mchid"]);
        Assert.Equal(Merchant.SerialNumber, values["serial_no"]);
        var text = V3Signature.RequestText(
            request.Method, request.Uri.PathAndQuery, long.Parse(values["timestamp"], System.Globalization.CultureInfo.InvariantCulture),
            values["nonce_str"], Encoding.UTF8.GetBytes(request.Body));
        return MerchantKey.VerifyData(text, Convert.FromBase64String(values["signature"]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var headers = request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).ToDictionary(h => h.Key, h => string.Join(' ', h.Value));
        lock (Requests)
        {
            Requests.Add((request.Method.Method, request.RequestUri!, body, headers));
        }

        var reply = _answer(request, body);
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(reply.Json)) };
        var stamp = Sign(reply.Json, reply.Serial);
        stamp = reply.Spoil?.Invoke(stamp) ?? stamp;
        foreach (var (name, value) in ((string, string?)[])
            [
                ("Wechatpay-Timestamp", stamp.Timestamp), ("Wechatpay-Nonce", stamp.Nonce), ("Wechatpay-Signature", stamp.Signature),
                ("Wechatpay-Serial", stamp.Serial), ("Request-ID", "08F78BB5AF0610"),
            ])
        {
            if (value is not null)
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    private static string Entry(X509Certificate2 certificate) => $$$"""
        {"serial_no":"{{{certificate.SerialNumber}}}","effective_time":"2026-01-01T00:00:00+08:00","expire_time":"2031-01-01T00:00:00+08:00","encrypt_certificate":{"algorithm":"AEAD_AES_256_GCM","nonce":"eabb3e044577","associated_data":"certificate","ciphertext":"{{{V3Cipher.Seal(ApiV3Key, "eabb3e044577", "certificate", Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()))}}}"}}
        """;

    private static X509Certificate2 Certificate(string name, RSA key, byte[] serial, DateTimeOffset until) =>
        new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Create(
            new X500DistinguishedName("CN=Tenpay.com Root CA"), X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), Start.AddYears(-1), until, serial);

    private static MerchantCertificate MakeMerchant()
    {
        using var certificate = Certificate("CN=" + MerchantNumber, MerchantKey, [0x5F, 0x12, 0x34], Start.AddYears(5));
        return MerchantCertificate.FromPem(certificate.ExportCertificatePem(), MerchantKey.ExportPkcs8PrivateKeyPem());
    }
}
