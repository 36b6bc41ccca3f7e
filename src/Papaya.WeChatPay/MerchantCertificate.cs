using System.Globalization;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Papaya.WeChatPay;

/// <summary>What is wrong with a certificate.</summary>
public enum CertificateFault
{
    /// <summary>There is no such file.</summary>
    FileMissing,

    /// <summary>The file exists and cannot be read.</summary>
    FileUnreadable,

    /// <summary>The text is not base64.</summary>
    NotBase64,

    /// <summary>The bytes are not a PKCS#12 file.</summary>
    NotPkcs12,

    /// <summary>The bytes are a PKCS#12 file that this password does not open.</summary>
    WrongPassword,

    /// <summary>The text holds no PEM certificate or no PEM private key.</summary>
    NotPem,

    /// <summary>There is no RSA private key, or it does not belong to the certificate.</summary>
    NoPrivateKey,
}

/// <summary>A certificate that cannot be used: which fault, and the cure. Never holds the password or the key.</summary>
public sealed class MerchantCertificateException : Exception
{
    internal MerchantCertificateException(CertificateFault fault, string cure, Exception? inner = null)
        : base($"{fault}: {cure}", inner) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public CertificateFault Fault { get; }
}

/// <summary>
/// The merchant's API certificate with its RSA private key, as the merchant platform hands it out in <c>apiclient_cert.p12</c>,
/// <c>apiclient_cert.pem</c> and <c>apiclient_key.pem</c> (<c>docs/reference/wechat-rules.md</c>). Valid for five
/// years. To be kept for the life of the process; never prints the key.
/// </summary>
public sealed class MerchantCertificate
{
    private MerchantCertificate(X509Certificate2 certificate)
    {
        Certificate = certificate;
        SerialNumber = certificate.SerialNumber;
        ExpiresAt = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>Certificate and private key, for the handler of an HttpClient.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Serial number in upper-case hexadecimal digits, as <c>serial_no</c> of V3 wants it.</summary>
    public string SerialNumber { get; }

    /// <summary>End of validity. WeChat refuses the certificate afterwards; a new one is made on the merchant platform.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Opens a PKCS#12 file such as <c>apiclient_cert.p12</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">Its password; WeChat sets the merchant number.</param>
    /// <exception cref="MerchantCertificateException">Missing, unreadable, not PKCS#12, or another password.</exception>
    public static MerchantCertificate FromP12File(string path, string? password = null) => FromP12(ReadFile(path), password);

    /// <summary>Opens the bytes of a PKCS#12 file.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="password">Its password; WeChat sets the merchant number.</param>
    /// <exception cref="MerchantCertificateException">Not PKCS#12, or another password.</exception>
    public static MerchantCertificate FromP12(ReadOnlySpan<byte> bytes, string? password = null)
    {
        if (!LooksLikePkcs12(bytes))
        {
            throw new MerchantCertificateException(CertificateFault.NotPkcs12, "the bytes are not a PKCS#12 file; give apiclient_cert.p12 as downloaded.");
        }

        try
        {
            return WithKey(Load(bytes, password));
        }
        catch (CryptographicException e)
        {
            throw new MerchantCertificateException(
                CertificateFault.WrongPassword, "the password does not open the PKCS#12 file (or it is damaged); WeChat sets the merchant number as password.", e);
        }
    }

    /// <summary>Opens a PKCS#12 file kept as base64, for instance in a secret store. Line breaks are allowed.</summary>
    /// <param name="text">The base64 text.</param>
    /// <param name="password">The file's password; WeChat sets the merchant number.</param>
    /// <exception cref="MerchantCertificateException">Not base64, not PKCS#12, or another password.</exception>
    public static MerchantCertificate FromP12Base64(string text, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length > 0
            ? FromP12(bytes.AsSpan(0, length), password)
            : throw new MerchantCertificateException(CertificateFault.NotBase64, $"the text ({text.Length} characters) is not base64; encode apiclient_cert.p12 with base64.");
    }

    /// <summary>Takes a PEM pair.</summary>
    /// <param name="certificatePem">Text of <c>apiclient_cert.pem</c>.</param>
    /// <param name="keyPem">Text of <c>apiclient_key.pem</c>, not encrypted.</param>
    /// <exception cref="MerchantCertificateException">Not PEM, or the key belongs to another certificate.</exception>
    public static MerchantCertificate FromPem(string certificatePem, string keyPem)
    {
        ArgumentNullException.ThrowIfNull(certificatePem);
        ArgumentNullException.ThrowIfNull(keyPem);
        if (!certificatePem.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            throw new MerchantCertificateException(CertificateFault.NotPem, "there is no BEGIN CERTIFICATE; give the text of apiclient_cert.pem.");
        }

        if (!keyPem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new MerchantCertificateException(CertificateFault.NotPem, "there is no BEGIN PRIVATE KEY; give the text of apiclient_key.pem.");
        }

        try
        {
            return WithKey(Keep(X509Certificate2.CreateFromPem(certificatePem, keyPem)));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new MerchantCertificateException(
                CertificateFault.NoPrivateKey, "the private key cannot be read or belongs to another certificate; give apiclient_cert.pem and apiclient_key.pem of one download.", e);
        }
    }

    /// <summary>Opens a PEM pair.</summary>
    /// <param name="certificatePath">Path of <c>apiclient_cert.pem</c>.</param>
    /// <param name="keyPath">Path of <c>apiclient_key.pem</c>, not encrypted.</param>
    /// <exception cref="MerchantCertificateException">Missing, unreadable, not PEM, or not a pair.</exception>
    public static MerchantCertificate FromPemFiles(string certificatePath, string keyPath) =>
        FromPem(Encoding.UTF8.GetString(ReadFile(certificatePath)), Encoding.UTF8.GetString(ReadFile(keyPath)));

    /// <summary>Serial number and end of validity.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"certificate {SerialNumber}, valid until {ExpiresAt:yyyy-MM-dd}");

    private static byte[] ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MerchantCertificateException(CertificateFault.FileMissing, $"there is no file '{path}'; check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MerchantCertificateException(CertificateFault.FileUnreadable, $"cannot read '{path}' ({e.GetType().Name}); check its permissions.", e);
        }
    }

    // PFX is a SEQUENCE that begins with version 3 (RFC 7292); this tells a wrong file from a wrong password.
    private static bool LooksLikePkcs12(ReadOnlySpan<byte> bytes)
    {
        try
        {
            AsnDecoder.ReadSequence(bytes, AsnEncodingRules.BER, out var offset, out var length, out _);
            return AsnDecoder.TryReadInt32(bytes.Slice(offset, length), AsnEncodingRules.BER, out var version, out _) && version == 3;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    // Windows presents only keys of a key store to a server, and macOS has no ephemeral key set; elsewhere the key never touches a disk.
    private static X509Certificate2 Load(ReadOnlySpan<byte> bytes, string? password)
    {
        var flags = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
#if NET9_0_OR_GREATER
        return X509CertificateLoader.LoadPkcs12(bytes, password, flags);
#else
        return new X509Certificate2(bytes, password, flags);
#endif
    }

    private static X509Certificate2 Keep(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            return Load(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }

    private static MerchantCertificate WithKey(X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPrivateKey();
        return key is not null
            ? new(certificate)
            : throw new MerchantCertificateException(CertificateFault.NoPrivateKey, "there is no RSA private key with the certificate; give apiclient_cert.p12 as downloaded.");
    }
}
