using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>What a merchant holds for V3: the APIv3 key, and its API certificate (apiclient_cert) with the private key.</summary>
internal sealed class MerchantKeys
{
    private RSA? _public;
    private DateTimeOffset? _ends;
    private ApiV3Key? _secret;

    public required string MchId { get; set; }

    /// <summary>32 characters.</summary>
    public required string ApiV3Key
    {
        get;
        set
        {
            field = value;
            _secret = null;
        }
    }

    /// <summary>The APIv3 key before the present one.</summary>
    public string? FormerApiV3Key { get; set; }

    public required string PrivateKeyPem { get; set; }

    public required string CertificatePem { get; set; }

    /// <summary>Upper-case hexadecimal, as WeChat prints it.</summary>
    public required string CertificateSerial { get; set; }

    /// <summary>Serial numbers of certificates that were replaced.</summary>
    public List<string>? FormerSerials { get; set; }

    /// <summary>Whether the latest V3 call asked for replies under the public key; callbacks follow it.</summary>
    public bool AsksForPublicKey { get; set; }

    /// <summary>Whether the latest V3 call kept the machine's time instead of the test clock's; callbacks follow it.</summary>
    public bool KeepsMachineTime { get; set; }

    [JsonIgnore]
    public ApiV3Key Secret => _secret ??= new(ApiV3Key);

    [JsonIgnore]
    public RSA PublicKey => _public ??= Read();

    /// <summary>When the certificate ends.</summary>
    [JsonIgnore]
    public DateTimeOffset EndsAt => _ends ??= ReadEnd();

    private DateTimeOffset ReadEnd()
    {
        using var certificate = X509Certificate2.CreateFromPem(CertificatePem);
        return new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
    }

    private RSA Read()
    {
        using var certificate = X509Certificate2.CreateFromPem(CertificatePem);
        return certificate.GetRSAPublicKey()!;
    }
}

/// <summary>A key with which this WeChat Pay signs V3 replies and callbacks: a platform certificate's, or the public key (PUB_KEY_ID_…).</summary>
internal sealed class PlatformIdentity
{
    private RSA? _key;

    /// <summary>What <c>Wechatpay-Serial</c> says.</summary>
    public required string Id { get; set; }

    public required string PrivateKeyPem { get; set; }

    public required string PublicKeyPem { get; set; }

    /// <summary>Null for the public key, which has no certificate and no end.</summary>
    public string? CertificatePem { get; set; }

    public DateTimeOffset EffectiveAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>From then on it signs; a certificate is handed out before it is used.</summary>
    public DateTimeOffset SignsFrom { get; set; }

    /// <summary>From then on it no longer signs and is no longer handed out.</summary>
    public DateTimeOffset? RetiredAt { get; set; }

    [JsonIgnore]
    public bool IsCertificate => CertificatePem is not null;

    [JsonIgnore]
    public RSA Key
    {
        get
        {
            if (_key is null)
            {
                _key = RSA.Create();
                _key.ImportFromPem(PrivateKeyPem);
            }

            return _key;
        }
    }

    public bool IsShown(DateTimeOffset now) => !(now >= RetiredAt);

    public bool Signs(DateTimeOffset now) => now >= SignsFrom && IsShown(now);
}

/// <summary>
/// The keys of merchants and of the platform. They are made when somebody first needs them (a world without V3 never pays for them), follow from the
/// seed where there is one, and are written into the journal. Used under the world's lock.
/// </summary>
internal sealed class Identities(SimulatorState state)
{
    /// <summary>How long certificates are valid.</summary>
    private const int Years = 5;

    private static readonly TimeSpan OnePart = TimeSpan.FromDays(5);
    private readonly Dictionary<string, MerchantKeys> _merchants = new(StringComparer.Ordinal);
    private readonly List<PlatformIdentity> _platform = [];

    // Follows from the seed; without one it is another in the next run, which nobody can tell.
    private PlatformIdentity? _never;

    public MerchantKeys Of(string mchId)
    {
        if (_merchants.GetValueOrDefault(mchId) is { } known)
        {
            return known;
        }

        var keys = Make(mchId, SecretOf(mchId), "merchant/" + mchId);
        Put(keys);
        return keys;
    }

    /// <summary>The merchant asks for another API certificate: the one before is worth nothing from now on.</summary>
    public MerchantKeys Renew(string mchId)
    {
        var former = Of(mchId);
        List<string> serials = [.. former.FormerSerials ?? [], former.CertificateSerial];
        var keys = Make(mchId, former.ApiV3Key, $"merchant/{mchId}/{serials.Count}");
        (keys.FormerSerials, keys.AsksForPublicKey, keys.KeepsMachineTime, keys.FormerApiV3Key) =
            (serials, former.AsksForPublicKey, former.KeepsMachineTime, former.FormerApiV3Key);
        Put(keys);
        return keys;
    }

    /// <summary>The merchant sets its APIv3 key.</summary>
    public void SetSecret(string mchId, string apiV3Key)
    {
        var keys = Of(mchId);
        keys.FormerApiV3Key = apiV3Key == keys.ApiV3Key ? keys.FormerApiV3Key : keys.ApiV3Key;
        keys.ApiV3Key = apiV3Key;
        Put(keys);
    }

    /// <summary>When the merchant's API certificate ends; null when none was made yet.</summary>
    public DateTimeOffset? CertificateEnds(string mchId) => _merchants.GetValueOrDefault(mchId)?.EndsAt;

    /// <summary>The APIv3 key alone, which costs no making of keys.</summary>
    public string SecretOf(string mchId) =>
        _merchants.GetValueOrDefault(mchId)?.ApiV3Key ?? Convert.ToHexStringLower(Hash("apiv3/" + mchId))[..WeChatPay.Wire.ApiV3Key.Length];

    /// <summary>Replaces what the merchant changed on its platform page.</summary>
    public void Put(MerchantKeys keys)
    {
        _merchants[keys.MchId] = keys;
        state.PutKeys(keys);
    }

    /// <summary>The public key, which is the same for all merchants of this world.</summary>
    public PlatformIdentity PublicKey => Platform.First(p => !p.IsCertificate);

    /// <summary>Every key that has not retired, the public key first, then certificates from old to new.</summary>
    public IReadOnlyList<PlatformIdentity> Shown(DateTimeOffset now) => [.. Platform.Where(p => p.IsShown(now))];

    /// <summary>The certificate that signs now; while two overlap, <paramref name="nonce"/> decides.</summary>
    public PlatformIdentity Certificate(DateTimeOffset now, string nonce)
    {
        var signing = Platform.Where(p => p.IsCertificate && p.Signs(now)).ToArray();
        return signing[nonce.Sum(c => c) % signing.Length];
    }

    /// <summary>A key that no longer signs: the certificate that retired last, or one that nobody was ever given.</summary>
    public PlatformIdentity OutOfUse(DateTimeOffset now) =>
        Platform.LastOrDefault(p => p.IsCertificate && !p.IsShown(now)) ?? (_never ??= MakeCertificate("platform/never", DateTimeOffset.MaxValue));

    /// <summary>
    /// A new certificate appears: for the first half of the overlap it is only handed out, in the second half both sign, then the old one is gone.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="overlap">10 days at the real one.</param>
    public PlatformIdentity Rotate(DateTimeOffset now, TimeSpan? overlap = null)
    {
        var whole = overlap ?? 2 * OnePart;
        foreach (var old in Platform.Where(p => p.IsCertificate && p.RetiredAt is null))
        {
            old.RetiredAt = now + whole;
            state.PutPlatform(old);
        }

        return AddCertificate(now + (whole / 2));
    }

    /// <summary>As the journal remembers them.</summary>
    public void Recall(Change line)
    {
        line.Keys?.ForEach(k => _merchants[k.MchId] = k);
        line.Platform?.ForEach(p =>
        {
            var at = _platform.FindIndex(known => known.Id == p.Id);
            if (at < 0)
            {
                _platform.Add(p);
            }
            else
            {
                _platform[at] = p;
            }
        });
    }

    /// <summary>Before another world is read; nothing is written down.</summary>
    public void Forget()
    {
        _merchants.Clear();
        _platform.Clear();
    }

    /// <summary>All keys; null when none was ever needed.</summary>
    public Change? Snapshot() => _merchants.Count + _platform.Count == 0
        ? null
        : new() { Keys = [.. _merchants.Values.OrderBy(k => k.MchId, StringComparer.Ordinal)], Platform = [.. _platform] };

    private List<PlatformIdentity> Platform
    {
        get
        {
            if (_platform.Count == 0)
            {
                using var rsa = SeededRsa.Make(state.Options.Seed, "platform/public");
                Add(new()
                {
                    Id = "PUB_KEY_ID_01" + string.Concat(Hash("platform/public").Take(26).Select(b => (char)('0' + (b % 10)))),
                    PrivateKeyPem = rsa.ExportPkcs8PrivateKeyPem(),
                    PublicKeyPem = rsa.ExportSubjectPublicKeyInfoPem(),
                    EffectiveAt = Start,
                    SignsFrom = DateTimeOffset.UnixEpoch,
                });
                AddCertificate(DateTimeOffset.UnixEpoch);
            }

            return _platform;
        }
    }

    /// <summary>Valid for the test clock and for the machine's, which foreign SDKs look at.</summary>
    private DateTimeOffset Start => new((state.Now < state.MachineNow ? state.Now : state.MachineNow).UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);

    private MerchantKeys Make(string mchId, string secret, string name)
    {
        using var rsa = SeededRsa.Make(state.Options.Seed, name);
        using var certificate = Certify(rsa, $"CN={mchId}, O=Papaya Simulator, C=CN", name);
        return new()
        {
            MchId = mchId,
            ApiV3Key = secret,
            PrivateKeyPem = rsa.ExportPkcs8PrivateKeyPem(),
            CertificatePem = certificate.ExportCertificatePem(),
            CertificateSerial = certificate.SerialNumber,
        };
    }

    private PlatformIdentity AddCertificate(DateTimeOffset signsFrom)
    {
        var identity = MakeCertificate($"platform/certificate/{_platform.Count}", signsFrom);
        Add(identity);
        return identity;
    }

    private PlatformIdentity MakeCertificate(string name, DateTimeOffset signsFrom)
    {
        using var rsa = SeededRsa.Make(state.Options.Seed, name);
        using var certificate = Certify(rsa, "CN=Papaya Simulator platform, O=Papaya Simulator, C=CN", name);
        return new()
        {
            Id = certificate.SerialNumber,
            PrivateKeyPem = rsa.ExportPkcs8PrivateKeyPem(),
            PublicKeyPem = rsa.ExportSubjectPublicKeyInfoPem(),
            CertificatePem = certificate.ExportCertificatePem(),
            EffectiveAt = Start,
            ExpiresAt = new(certificate.NotAfter.ToUniversalTime()),
            SignsFrom = signsFrom,
        };
    }

    private void Add(PlatformIdentity identity)
    {
        _platform.Add(identity);
        state.PutPlatform(identity);
    }

    private X509Certificate2 Certify(RSA rsa, string subject, string name)
    {
        var request = new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        // Twenty bytes that begin with neither a zero nor a sign: forty hexadecimal digits, as WeChat's are.
        var serial = Hash("serial/" + name)[..20];
        serial[0] = (byte)(0x40 | (serial[0] & 0x3F));
        var end = state.Now > state.MachineNow ? state.Now : state.MachineNow;
        return request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1), Start,
            new(end.UtcDateTime.Date.AddYears(Years), TimeSpan.Zero), serial);
    }

    private byte[] Hash(string name) => SHA256.HashData(Encoding.UTF8.GetBytes($"{state.Numbers.Offset}/{name}"));
}
