using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Papaya.WeChatPay.Tests;

/// <summary>Certificates of a made-up authority.</summary>
internal static class TestCertificates
{
    /// <summary>A PKCS#12 file with the password <c>secret-p12</c>.</summary>
    public static string P12Base64(DateTimeOffset expiry)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=10000100, O=Papaya Test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(expiry.AddYears(-5), expiry);
        return Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, "secret-p12"));
    }
}
