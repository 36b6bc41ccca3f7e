using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Papaya.WeChatPay.Tests;

public sealed class MerchantCertificateTests
{
    private const string Password = "10000100";
    private static readonly DateTimeOffset Expiry = new(2031, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static readonly (byte[] P12, string CertificatePem, string KeyPem) Made = Make();

    [Fact]
    public void Every_form_gives_the_same_certificate_with_its_key()
    {
        var directory = Directory.CreateTempSubdirectory("papaya-");
        try
        {
            string At(string name) => Path.Combine(directory.FullName, name);
            File.WriteAllBytes(At("apiclient_cert.p12"), Made.P12);
            File.WriteAllText(At("apiclient_cert.pem"), Made.CertificatePem);
            File.WriteAllText(At("apiclient_key.pem"), Made.KeyPem);
            MerchantCertificate[] all =
            [
                MerchantCertificate.FromP12File(At("apiclient_cert.p12"), Password),
                MerchantCertificate.FromP12(Made.P12, Password),
                MerchantCertificate.FromP12Base64(Convert.ToBase64String(Made.P12, Base64FormattingOptions.InsertLineBreaks), Password),
                MerchantCertificate.FromPem(Made.CertificatePem, Made.KeyPem),
                MerchantCertificate.FromPemFiles(At("apiclient_cert.pem"), At("apiclient_key.pem")),
            ];
            foreach (var one in all)
            {
                Assert.Equal("1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C", one.SerialNumber);
                Assert.Equal(Expiry, one.ExpiresAt);
                Assert.True(one.Certificate.HasPrivateKey);
                Assert.Equal("certificate 1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C, valid until 2031-03-04", one.ToString());
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    public static TheoryData<CertificateFault, Func<MerchantCertificate>> Faults => new()
    {
        { CertificateFault.FileMissing, () => MerchantCertificate.FromP12File("/no/such/apiclient_cert.p12", Password) },
        { CertificateFault.FileMissing, () => MerchantCertificate.FromPemFiles("/no/such/apiclient_cert.pem", "/no/such/apiclient_key.pem") },
        { CertificateFault.FileUnreadable, () => MerchantCertificate.FromP12File(Path.GetTempPath(), Password) },
        { CertificateFault.NotBase64, () => MerchantCertificate.FromP12Base64("not base64!", Password) },
        { CertificateFault.NotBase64, () => MerchantCertificate.FromP12Base64("", Password) },
        { CertificateFault.NotPkcs12, () => MerchantCertificate.FromP12("-----BEGIN CERTIFICATE-----"u8, Password) },
        { CertificateFault.NotPkcs12, () => MerchantCertificate.FromP12([], Password) },
        { CertificateFault.WrongPassword, () => MerchantCertificate.FromP12(Made.P12, "10000101") },
        { CertificateFault.WrongPassword, () => MerchantCertificate.FromP12(Made.P12) },
        { CertificateFault.NotPem, () => MerchantCertificate.FromPem(Made.KeyPem, Made.KeyPem) },
        { CertificateFault.NotPem, () => MerchantCertificate.FromPem(Made.CertificatePem, Made.CertificatePem) },
        { CertificateFault.NoPrivateKey, () => MerchantCertificate.FromPem(Made.CertificatePem, Make().KeyPem) },
        { CertificateFault.NoPrivateKey, () => MerchantCertificate.FromP12(WithoutKey(), Password) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_cannot_be_used_says_why_without_the_password(CertificateFault fault, Func<MerchantCertificate> open)
    {
        var error = Assert.Throws<MerchantCertificateException>(open);
        Assert.Equal(fault, error.Fault);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_with_a_certificate_present_it_unless_told_otherwise()
    {
        var certificate = MerchantCertificate.FromP12(Made.P12, Password);
        var merchant = new MerchantCredentials { MerchantNumber = Some.Merchant, ApiV2Keys = [Some.Key], Certificate = certificate };
        Assert.Equal(ClientCertificateMode.Handler, merchant.ClientCertificate);
        Assert.Equal(ClientCertificateMode.None, new MerchantCredentials { MerchantNumber = Some.Merchant, ApiV2Keys = [Some.Key] }.ClientCertificate);
        Assert.Throws<ArgumentException>(() => new MerchantCredentials { MerchantNumber = Some.Merchant, ApiV2Keys = [] });
    }

    private static (byte[] P12, string CertificatePem, string KeyPem) Make()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=10000100, O=Papaya Test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var issued = request.Create(
            new X500DistinguishedName("CN=Papaya Test CA"), X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), Expiry.AddYears(-5), Expiry,
            Convert.FromHexString("1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"));
        using var pair = issued.CopyWithPrivateKey(key);
        return (pair.Export(X509ContentType.Pkcs12, Password), issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static byte[] WithoutKey()
    {
        using var certificate = X509Certificate2.CreateFromPem(Made.CertificatePem);
        return certificate.Export(X509ContentType.Pkcs12, Password);
    }
}
