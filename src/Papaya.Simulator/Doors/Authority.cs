using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Papaya.Simulator.Doors;

/// <summary>
/// The simulator's own certificate authority, for clients that speak only https. Whoever trusts it gives nothing away: its certificate is limited to
/// this machine's names and WeChat's API hosts. It lives in the machine's time, because that is the time in which clients check certificates.
/// </summary>
internal sealed class Authority : IDisposable
{
    public const string CertificateFile = "ca.pem";
    public const string KeyFile = "ca_key.pem";

    /// <summary>What the server certificate is made out to, besides the loopback addresses.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["localhost", "api.mch.weixin.qq.com", "api2.mch.weixin.qq.com", "apihk.mch.weixin.qq.com", "apius.mch.weixin.qq.com"];

    // A name stands for itself and for what is below it.
    private static readonly string[] PermittedNames = ["localhost", "mch.weixin.qq.com"];
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(400);

    // Apple's systems refuse server certificates that are valid for more than 825 days.
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(365);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    private readonly X509Certificate2 _authority;
    private readonly TimeProvider _machine;
    private readonly Lazy<X509Certificate2> _server;
    private readonly Lazy<X509Certificate2> _misnamed;
    private readonly Lazy<X509Certificate2> _expired;
    private readonly Lazy<X509Certificate2> _untrusted;

    private Authority(X509Certificate2 authority, TimeProvider machine)
    {
        (_authority, _machine) = (authority, machine);
        _server = new(() => MakeServerCertificate(_authority, Names, machine.GetUtcNow() + ServerLife));
        _misnamed = new(() => MakeServerCertificate(_authority, ["elsewhere.localhost"], machine.GetUtcNow() + ServerLife, hasAddresses: false));
        _expired = new(() => MakeServerCertificate(_authority, Names, machine.GetUtcNow() - TimeSpan.FromHours(1)));
        _untrusted = new(() =>
        {
            using var other = MakeAuthority(machine.GetUtcNow());
            return MakeServerCertificate(other, Names, machine.GetUtcNow() + ServerLife);
        });
    }

    /// <summary>What a client has to trust.</summary>
    public string CertificatePem => _authority.ExportCertificatePem() + "\n";

    public string KeyPem
    {
        get
        {
            using var key = _authority.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }

    /// <summary>Made at the first handshake, newly in every run.</summary>
    public X509Certificate2 ServerCertificate => _server.Value;

    /// <summary>One that a careful caller refuses: made out to another <c>name</c>, by another <c>authority</c>, or <c>expired</c>.</summary>
    public X509Certificate2 WrongCertificate(string how) => how switch
    {
        "name" => _misnamed.Value,
        "authority" => _untrusted.Value,
        "expired" => _expired.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(how)),
    };

    /// <summary>The authority that the folder holds; a new one, written there, if it holds none or one that ends soon. In memory only without a folder.</summary>
    public static Authority Open(KeyFolder? folder, TimeProvider machine)
    {
        if (folder?.Read(CertificateFile) is { } certificate && folder.Read(KeyFile) is { } key)
        {
            var kept = new Authority(Load(certificate, key, folder), machine);
            if (kept._authority.NotAfter.ToUniversalTime() - RenewBefore > machine.GetUtcNow().UtcDateTime)
            {
                return kept;
            }

            kept.Dispose();
        }

        var made = new Authority(MakeAuthority(machine.GetUtcNow()), machine);
        folder?.WritePrivate(KeyFile, made.KeyPem);
        folder?.Write(CertificateFile, made.CertificatePem);
        return made;
    }

    public void Dispose()
    {
        foreach (var certificate in (Lazy<X509Certificate2>[])[_server, _misnamed, _expired, _untrusted])
        {
            if (certificate.IsValueCreated)
            {
                certificate.Value.Dispose();
            }
        }

        _authority.Dispose();
    }

    private static X509Certificate2 Load(string certificate, string key, KeyFolder folder)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{folder.PathOf(CertificateFile)} and {folder.PathOf(KeyFile)} are not a certificate and its key. Delete both: the next start makes new ones.", wrong);
        }
    }

    private static X509Certificate2 MakeAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Papaya simulator CA, O=Papaya (not WeChat Pay)", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(new X509Extension("2.5.29.30", NameConstraints(), critical: true));
        return request.CreateSelfSigned(now - ClockSkew, now + AuthorityLife);
    }

    private X509Certificate2 MakeServerCertificate(X509Certificate2 authority, IEnumerable<string> dnsNames, DateTimeOffset end, bool hasAddresses = true)
    {
        var now = _machine.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Papaya simulator", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames)
        {
            names.AddDnsName(name);
        }

        if (hasAddresses)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        // Nobody keeps a list of serial numbers: the key's own digest is unique enough, and positive with its first bit off.
        var serial = SHA256.HashData(request.PublicKey.EncodedKeyValue.RawData)[..16];
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        using var certificate = request.Create(authority, now - ClockSkew, end, serial);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>RFC 5280, 4.2.1.10: the names and addresses that certificates of this authority may be made out to.</summary>
    private static byte[] NameConstraints()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (var name in PermittedNames)
            {
                using (writer.PushSequence())
                {
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
                }
            }

            foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
            {
                var bytes = address.GetAddressBytes();
                using (writer.PushSequence())
                {
                    // The address and a mask of ones.
                    writer.WriteOctetString([.. bytes, .. bytes.Select(static _ => (byte)0xFF)], new Asn1Tag(TagClass.ContextSpecific, 7));
                }
            }
        }

        return writer.Encode();
    }
}
