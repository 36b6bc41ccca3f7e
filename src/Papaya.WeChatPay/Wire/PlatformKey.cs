using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// A key of WeChat Pay's own, which verifies replies and callbacks and encrypts sensitive fields: either the WeChat Pay public
/// key (微信支付公钥, known by an id that starts with <c>PUB_KEY_ID_</c>) or a platform certificate (平台证书, known by its serial
/// number). Never the merchant's own certificate. See https://pay.weixin.qq.com/doc/v3/merchant/4012153196.
/// </summary>
public sealed class PlatformKey
{
    /// <summary>How ids of public keys begin.</summary>
    public const string PublicKeyPrefix = "PUB_KEY_ID_";

    // One object for all threads: the key is imported once here and never changed, and the platform's RSA is safe to use so.
    private readonly RSA _rsa;

    private PlatformKey(string id, RSA rsa, DateTimeOffset? validFrom, DateTimeOffset? expiresAt)
    {
        if (rsa.KeySize < 2048)
        {
            throw new ArgumentException($"A key of WeChat Pay has at least 2048 bits (given: {rsa.KeySize}).");
        }

        _rsa = rsa;
        Id = id;
        ValidFrom = validFrom;
        ExpiresAt = expiresAt;
    }

    /// <summary>What <c>Wechatpay-Serial</c> says: <c>PUB_KEY_ID_…</c>, or the certificate's serial number in upper-case hex.</summary>
    public string Id { get; }

    /// <summary>True for a platform certificate, false for a public key.</summary>
    public bool IsCertificate => ExpiresAt is not null;

    /// <summary>Beginning of a certificate's validity; public keys have none.</summary>
    public DateTimeOffset? ValidFrom { get; }

    /// <summary>End of a certificate's validity; public keys have none.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Longest text that fits one sensitive field, in bytes of UTF-8: 214 for keys of 2048 bits.</summary>
    public int SensitiveLimit => (_rsa.KeySize / 8) - 42;

    /// <summary>The WeChat Pay public key, as downloaded from the merchant platform (<c>pub_key.pem</c>).</summary>
    /// <param name="id">Its id: <c>PUB_KEY_ID_</c> and digits.</param>
    /// <param name="pem">The text between and with <c>-----BEGIN PUBLIC KEY-----</c> and its end.</param>
    /// <exception cref="ArgumentException">The id or the text is not of that form.</exception>
    public static PlatformKey FromPublicKey(string id, string pem)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(pem);
        if (!id.StartsWith(PublicKeyPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The id of a WeChat Pay public key starts with {PublicKeyPrefix}.", nameof(id));
        }

        return new(id, PublicKey(pem), null, null);
    }

    /// <summary>A platform certificate.</summary>
    /// <exception cref="ArgumentException">The text is no certificate with an RSA key.</exception>
    public static PlatformKey FromCertificate(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return FromCertificate(certificate);
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException("This is no certificate in PEM form.", nameof(pem), e);
        }
    }

    /// <summary>A platform certificate.</summary>
    /// <exception cref="ArgumentException">It has no RSA key.</exception>
    public static PlatformKey FromCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var rsa = certificate.GetRSAPublicKey() ?? throw new ArgumentException("The certificate has no RSA key.", nameof(certificate));
        return new(Serial(certificate.SerialNumber), rsa, new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
    }

    /// <summary>True for the id of this key, whatever the letter case and leading zeros of a serial number.</summary>
    public bool HasId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return IsCertificate ? Serial(id) == Id : id == Id;
    }

    /// <summary>The id only.</summary>
    public override string ToString() => Id;

    /// <summary>For the published vectors, whose public keys stand for certificates.</summary>
    internal static PlatformKey ForSerial(string serial, string pem) => new(Serial(serial), PublicKey(pem), DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    /// <summary>Upper case, without the zero byte that some encodings put in front.</summary>
    internal static string Serial(string hex) => hex.Trim().TrimStart('0').ToUpperInvariant();

    /// <summary>True for a certificate whose end is past by more than clocks may differ.</summary>
    internal bool HasEnded(DateTimeOffset now, TimeSpan tolerance) => ExpiresAt is { } end && now - tolerance > end;

    internal bool Verifies(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        _rsa.VerifyData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    internal byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var encrypted = new byte[_rsa.KeySize / 8];
        _rsa.Encrypt(plain, encrypted, RSAEncryptionPadding.OaepSHA1);
        return encrypted;
    }

    private static RSA PublicKey(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return rsa;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            throw new ArgumentException("This is no RSA public key in PEM form.", nameof(pem), e);
        }
    }
}
