using System.Globalization;
using System.Security.Cryptography;
using Papaya.WeChatPay.Sending;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Hosting;

/// <summary>
/// Reads <see cref="WeChatPayOptions"/>: what it makes of them, and everything that is wrong with them, each with its key and cure. Read
/// once for each merchant (<see cref="Setups"/>): to check at the start, to make the handler and to make the client.
/// </summary>
internal sealed class Setup : IDisposable
{
    private readonly WeChatPayOptions _options;
    private readonly DateTimeOffset _now;
    private readonly List<string> _problems = [];
    private MerchantCertificate? _certificate;

    private Setup(WeChatPayOptions options, DateTimeOffset now)
    {
        _options = options;
        _now = now;
    }

    public IReadOnlyList<string> Problems => _problems;

    public MerchantCredentials? Merchant { get; private set; }

    public Uri BaseUrl { get; private set; } = PapayClient.DefaultBaseUrl;

    public Uri? SecondUrl { get; private set; }

    public Uri GlobalBaseUrl { get; private set; } = new PapayClientOptions().GlobalBaseUrl;

    public static Setup Read(WeChatPayOptions options, DateTimeOffset now)
    {
        var setup = new Setup(options, now);
        setup.ReadAddresses();
        setup.CheckPatience();
        setup.ReadMerchant();
        return setup;
    }

    /// <summary>Closes the certificate; its client makes no more calls.</summary>
    public void Dispose() => _certificate?.Certificate.Dispose();

    private void Wrong(string key, string cure) => _problems.Add($"{key}: {cure}");

    private void ReadMerchant()
    {
        var number = _options.MerchantNumber;
        if (number.Length is < 8 or > 10 || !number.All(char.IsAsciiDigit))
        {
            Wrong(nameof(WeChatPayOptions.MerchantNumber), "give the merchant number (mch_id), 8 to 10 digits.");
        }

        var type = _options.SignType switch
        {
            "MD5" => SignType.Md5,
            "HMAC-SHA256" => SignType.HmacSha256,
            _ => (SignType?)null,
        };
        if (type is null)
        {
            Wrong(nameof(WeChatPayOptions.SignType), "give MD5 or HMAC-SHA256.");
        }

        var keys = ReadV2Keys();
        var certificate = ReadCertificate();
        var v3 = ReadV3();
        if (_problems.Count == 0)
        {
            Merchant = new()
            {
                MerchantNumber = number,
                ApiV2Keys = keys,
                SignType = type!.Value,
                Certificate = certificate,
                V3 = v3,
                // The simulator on this machine takes a header instead of a certificate, because plain http has none.
                ClientCertificate = certificate is not null && BaseUrl.Scheme == "https" ? ClientCertificateMode.Handler
                    : BaseUrl is { IsLoopback: true, Scheme: "http" } ? ClientCertificateMode.LoopbackHeader
                    : ClientCertificateMode.None,
            };
        }
    }

    private List<ApiV2Key> ReadV2Keys()
    {
        var keys = new List<ApiV2Key>();
        foreach (var (key, text) in Texts(nameof(WeChatPayOptions.ApiV2Keys), _options.ApiV2Keys, nameof(WeChatPayOptions.ApiV2KeyFiles), _options.ApiV2KeyFiles))
        {
            // An APIv3 key has the same shape, so the wrong one of the two shows only in a first answer (SIGNERROR).
            if (text.Length == 32 && text.All(char.IsAsciiLetterOrDigit))
            {
                keys.Add(new(text));
            }
            else
            {
                Wrong(key, $"an APIv2 key is 32 letters and digits; this one has {text.Length} characters{(text.All(char.IsAsciiLetterOrDigit) ? "" : ", some of them neither")}. Copy it again from the merchant platform (账户中心 → API安全).");
            }
        }

        if (_options.ApiV2Keys.Count == 0 && _options.ApiV2KeyFiles.Count == 0)
        {
            Wrong(nameof(WeChatPayOptions.ApiV2Keys), "give the merchant's APIv2 key, or a file that holds it in ApiV2KeyFiles.");
        }

        return keys;
    }

    private MerchantCertificate? ReadCertificate()
    {
        var source = _options.Certificate;
        const string at = nameof(WeChatPayOptions.Certificate);
        (string Key, bool IsGiven, Func<MerchantCertificate> Open)[] forms =
        [
            ($"{at}:{nameof(source.P12File)}", source.P12File.Length > 0, () => MerchantCertificate.FromP12File(source.P12File, Password())),
            ($"{at}:{nameof(source.P12Base64)}", source.P12Base64.Length > 0, () => MerchantCertificate.FromP12Base64(source.P12Base64, Password())),
            ($"{at}:{nameof(source.PemFile)}", source.PemFile.Length > 0 || source.KeyPemFile.Length > 0, () => MerchantCertificate.FromPemFiles(source.PemFile, source.KeyPemFile)),
            ($"{at}:{nameof(source.Pem)}", source.Pem.Length > 0 || source.KeyPem.Length > 0, () => MerchantCertificate.FromPem(source.Pem, source.KeyPem)),
        ];
        var given = forms.Where(form => form.IsGiven).ToArray();
        if (given.Length == 0)
        {
            return null;
        }

        if (given.Length > 1)
        {
            Wrong(given[1].Key, $"the certificate is given twice, also in {given[0].Key}; keep one.");
            return null;
        }

        try
        {
            var certificate = _certificate = given[0].Open();
            if (certificate.ExpiresAt <= _now)
            {
                Wrong(given[0].Key, string.Create(CultureInfo.InvariantCulture, $"the certificate ended on {certificate.ExpiresAt:yyyy-MM-dd}; make a new one on the merchant platform (账户中心 → API安全)."));
            }

            return certificate;
        }
        catch (Exception e) when (e is MerchantCertificateException or ArgumentException)
        {
            Wrong(given[0].Key, e is MerchantCertificateException ? e.Message : "a PEM certificate needs its key: give both.");
            return null;
        }
    }

    private string Password() => _options.Certificate.Password.Length > 0 ? _options.Certificate.Password : _options.MerchantNumber;

    private V3Credentials? ReadV3()
    {
        var source = _options.V3;
        const string at = nameof(WeChatPayOptions.V3);
        if (source.ApiV3Keys.Count == 0)
        {
            if (source.PublicKeyId.Length > 0 || source.PublicKeyFile.Length > 0 || source.CertificateFiles.Count > 0)
            {
                Wrong($"{at}:{nameof(source.ApiV3Keys)}", "give the merchant's APIv3 key, or leave V3 out altogether.");
            }

            return null;
        }

        var keys = new List<ApiV3Key>();
        for (var i = 0; i < source.ApiV3Keys.Count; i++)
        {
            try
            {
                keys.Add(new(source.ApiV3Keys[i]));
            }
            catch (ArgumentException)
            {
                Wrong($"{at}:{nameof(source.ApiV3Keys)}:{i}", $"an APIv3 key is 32 letters and digits; this one has {source.ApiV3Keys[i].Length} characters.");
            }
        }

        var platform = ReadPlatformKeys();
        return keys.Count == source.ApiV3Keys.Count ? new() { ApiV3Keys = keys, PlatformKeys = new(platform) } : null;
    }

    private List<PlatformKey> ReadPlatformKeys()
    {
        var source = _options.V3;
        const string at = nameof(WeChatPayOptions.V3);
        var keys = new List<PlatformKey>();
        if (source.PublicKeyId.Length > 0 != source.PublicKeyFile.Length > 0)
        {
            Wrong($"{at}:{nameof(source.PublicKeyId)}", "WeChat Pay's public key needs both PublicKeyId and PublicKeyFile.");
        }
        else if (source.PublicKeyId.Length > 0)
        {
            ReadPem($"{at}:{nameof(source.PublicKeyFile)}", source.PublicKeyFile, pem => PlatformKey.FromPublicKey(source.PublicKeyId, pem));
        }

        for (var i = 0; i < source.CertificateFiles.Count; i++)
        {
            ReadPem($"{at}:{nameof(source.CertificateFiles)}:{i}", source.CertificateFiles[i], PlatformKey.FromCertificate);
        }

        return keys;

        void ReadPem(string key, string file, Func<string, PlatformKey> make)
        {
            try
            {
                if (ReadFile(key, file) is { } pem)
                {
                    keys.Add(make(pem));
                }
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException)
            {
                Wrong(key, $"'{file}' is not what it should be: {e.Message}");
            }
        }
    }

    private void ReadAddresses()
    {
        if (Url(nameof(WeChatPayOptions.BaseUrl), _options.BaseUrl) is { } first)
        {
            BaseUrl = first;
        }

        if (_options.SecondUrl.Length > 0)
        {
            SecondUrl = Url(nameof(WeChatPayOptions.SecondUrl), _options.SecondUrl);
        }

        if (_options.GlobalBaseUrl.Length > 0 && Url(nameof(WeChatPayOptions.GlobalBaseUrl), _options.GlobalBaseUrl) is { } global)
        {
            GlobalBaseUrl = global;
        }

        if (_options.NotifyUrl.Length > 0)
        {
            CheckNotifyUrl(_options.NotifyUrl);
        }
    }

    private Uri? Url(string key, string text)
    {
        _ = Uri.TryCreate(text, UriKind.Absolute, out var url);
        if (HostAddress.Problem(url) is not { } problem)
        {
            return url;
        }

        Wrong(key, problem);
        return null;
    }

    private void CheckNotifyUrl(string text)
    {
        const string key = nameof(WeChatPayOptions.NotifyUrl);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            Wrong(key, "give an absolute address such as https://pay.example.com/wechat/notify.");
        }
        else if (url.Query.Length > 0 || text.Contains('?', StringComparison.Ordinal))
        {
            Wrong(key, "WeChat refuses notify URLs with a query; put what you need into the path.");
        }
        else if (url.IsLoopback && !BaseUrl.IsLoopback)
        {
            Wrong(key, "WeChat cannot reach this machine's loopback; give an address that is reachable from the internet.");
        }
    }

    private void CheckPatience()
    {
        Range(nameof(WeChatPayOptions.Timeout), _options.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        Range(nameof(WeChatPayOptions.Deadline), _options.Deadline, _options.Timeout, TimeSpan.FromMinutes(10));
        Range(nameof(WeChatPayOptions.ConnectTimeout), _options.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Range(nameof(WeChatPayOptions.ConnectionLifetime), _options.ConnectionLifetime, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1));
        Range(nameof(WeChatPayOptions.MostConnections), _options.MostConnections, 1, 10_000);
        var limits = _options.Limits;
        const string at = nameof(WeChatPayOptions.Limits);
        Range($"{at}:{nameof(limits.DebitsPerSecond)}", limits.DebitsPerSecond, 1, 1_000_000);
        Range($"{at}:{nameof(limits.ContractQueriesPerSecond)}", limits.ContractQueriesPerSecond, 1, 1_000_000);
        Range($"{at}:{nameof(limits.RefundsPerSecond)}", limits.RefundsPerSecond, 1, 1_000_000);
        Range($"{at}:{nameof(limits.RefusedRefundsPerSecond)}", limits.RefusedRefundsPerSecond, 1, 1_000_000);
        Range($"{at}:{nameof(limits.LongestWait)}", limits.LongestWait, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private void Range<T>(string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            Wrong(key, $"{value} is outside {least} to {most}.");
        }
    }

    private IEnumerable<(string Key, string Text)> Texts(string key, IList<string> texts, string fileKey, IList<string> files)
    {
        if (texts.Count > 0 && files.Count > 0)
        {
            Wrong(fileKey, $"is given beside {key}; keep one of them.");
            yield break;
        }

        for (var i = 0; i < texts.Count; i++)
        {
            yield return ($"{key}:{i}", texts[i]);
        }

        for (var i = 0; i < files.Count; i++)
        {
            if (ReadFile($"{fileKey}:{i}", files[i]) is { } text)
            {
                yield return ($"{fileKey}:{i}", text);
            }
        }
    }

    private string? ReadFile(string key, string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Wrong(key, $"cannot read '{file}' ({e.GetType().Name}); check the path and its permissions.");
            return null;
        }
    }
}
