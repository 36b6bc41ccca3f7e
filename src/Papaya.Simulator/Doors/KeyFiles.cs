using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Doors;

/// <summary>
/// What a merchant downloads from WeChat's merchant platform, under the names it has there, beside the authority that the https door needs.
/// </summary>
internal sealed class KeyFiles(SimulatorOptions options, SimulatorState state, Authority authority)
{
    public const string P12 = "apiclient_cert.p12";
    public const string P12For3Des = "apiclient_cert_3des.p12";

    /// <summary>Writes all of them for one merchant; each with what it is.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Write(string mchId)
    {
        var folder = new KeyFolder(options.KeysFolder ?? throw new InvalidOperationException("There is no folder for keys."));
        MerchantKeys keys;
        PlatformIdentity publicKey;
        IReadOnlyList<PlatformIdentity> platform;
        using (var op = state.Begin())
        {
            (keys, publicKey, platform) = (state.Identities.Of(mchId), state.Identities.PublicKey, state.Identities.Shown(op.Now));
        }

        folder.Write(Authority.CertificateFile, authority.CertificatePem);
        folder.WritePrivate(P12, Pkcs12(keys, Form.Usual));
        folder.WritePrivate(P12For3Des, Pkcs12(keys, Form.TripleDes));
        folder.Write("apiclient_cert.pem", keys.CertificatePem + "\n");
        folder.WritePrivate("apiclient_key.pem", keys.PrivateKeyPem + "\n");
        folder.WritePrivate("apiv3_key.txt", keys.ApiV3Key);
        folder.Write("pub_key.pem", publicKey.PublicKeyPem + "\n");
        List<(string, string)> files =
        [
            (Authority.CertificateFile, "the authority of the https door"),
            (P12, $"the merchant's certificate with its key, password {mchId}"),
            (P12For3Des, "the same for software that reads only the older form"),
            ("apiclient_cert.pem", $"the certificate alone, serial {keys.CertificateSerial}"),
            ("apiclient_key.pem", "its private key"),
            ("apiv3_key.txt", "the APIv3 key"),
            ("pub_key.pem", $"WeChat Pay's public key {publicKey.Id}"),
        ];
        foreach (var certificate in platform.Where(p => p.IsCertificate))
        {
            var name = $"wechatpay_{certificate.Id}.pem";
            folder.Write(name, certificate.CertificatePem + "\n");
            files.Add((name, "WeChat Pay's platform certificate"));
        }

        return files;
    }

    /// <summary>The form that today's OpenSSL reads, or the one that Windows and Java of ten years ago read; neither uses RC2, which new software refuses.</summary>
    public enum Form
    {
        Usual,
        TripleDes,
    }

    /// <summary>The certificate with its key; the password is the merchant number, as WeChat sets it.</summary>
    public static byte[] Pkcs12(MerchantKeys keys, Form form)
    {
        using var certificate = X509Certificate2.CreateFromPem(keys.CertificatePem, keys.PrivateKeyPem);
        var protection = form == Form.Usual ? Pkcs12ExportPbeParameters.Pbes2Aes256Sha256 : Pkcs12ExportPbeParameters.Pkcs12TripleDesSha1;
        return certificate.ExportPkcs12(protection, keys.MchId);
    }
}
