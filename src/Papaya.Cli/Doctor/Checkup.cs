using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Papaya.Server;
using Papaya.Server.Merchants;
using Papaya.Server.Storage;
using Papaya.WeChatPay.Wire;

namespace Papaya.Cli.Doctor;

internal enum Health
{
    Ok,
    Warn,
    Fail,
}

/// <summary>One line of the doctor. The cure is a thing to do, empty when all is well.</summary>
internal sealed record Finding(Health Health, string Subject, string Words, string Cure = "");

/// <summary>Looks at a configuration from outside to inside; changes nothing, stops at nothing.</summary>
internal sealed class Checkup(PapayaServerOptions options, TimeProvider machine, HttpClient http)
{
    private static readonly TimeSpan SkewWarning = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SkewFailure = TimeSpan.FromMinutes(5); // WeChat refuses V3 requests that are further off.
    private static readonly TimeSpan CertificateWarning = TimeSpan.FromDays(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<Finding> _findings = [];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken ct)
    {
        LookAtSignatures();
        LookAtApiKeys();
        LookAtRanges();
        LookAtPublicUrl();
        LookAtServerIp();
        for (var i = 0; i < options.Merchants.Count; i++)
        {
            LookAtMerchant(options.Merchants[i], string.Create(CultureInfo.InvariantCulture, $"merchants[{i}]"));
        }

        if (options.Merchants.Count == 0)
        {
            Fail("merchants", "none is configured.", "Add one with number, api_v2_key_file, apps and templates; docs/reference/configuration.md shows how.");
        }

        await LookAtDatabaseAsync(ct);
        foreach (var url in options.Merchants.Select(merchant => merchant.BaseUrl).Distinct(StringComparer.Ordinal))
        {
            await LookAtWeChatAsync(url, ct);
        }

        return _findings;
    }

    /// <summary>WeChat's published example, S-01: if this machine computes another value, nothing it sends is accepted.</summary>
    private void LookAtSignatures()
    {
        var key = new ApiV2Key("192006250b4c09247ec02edce69f6a2d");
        KeyValuePair<string, string?>[] fields =
        [
            new("appid", "wxd930ea5d5a258f4f"), new("body", "test"), new("device_info", "1000"), new("mch_id", "10000100"), new("nonce_str", "ibuaiVcKdpRxkhJA"),
        ];
        var fits = V2Signature.Compute(fields, key, SignType.Md5) == "9A0A8659F005D6984697E2CA0A9CF3B7"
            && V2Signature.Compute(fields, key, SignType.HmacSha256) == "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6";
        if (fits)
        {
            Ok("signing", "WeChat's published example comes out right (MD5 and HMAC-SHA256).");
        }
        else
        {
            Fail("signing", "WeChat's published example comes out wrong.", "This build or its runtime is broken: install Papaya again.");
        }
    }

    private void LookAtApiKeys()
    {
        var keys = options.ApiKeys.Where(key => key.Length > 0).ToList();
        if (keys.Count == 0)
        {
            Fail("api_keys", "none is configured; the REST API would be closed.", "Set PAPAYA_API_KEY or api_keys to a long random text, for example from: openssl rand -hex 32");
        }
        else if (keys.Exists(key => key.Length < 24))
        {
            Warn("api_keys", "one is shorter than 24 characters.", "Replace it by a long random text, for example from: openssl rand -hex 32");
        }
        else
        {
            Ok("api_keys", $"{keys.Count} configured.");
        }
    }

    private void LookAtRanges()
    {
        try
        {
            options.CheckRanges();
            Ok("limits", "every number lies inside the range of its setting.");
        }
        catch (SettingException wrong)
        {
            Fail(wrong.Setting, "lies outside its range.", wrong.Message[(wrong.Setting.Length + 2)..]);
        }
    }

    private void LookAtPublicUrl()
    {
        const string cure = "Set public_url to the https address at which WeChat reaches this server, without path or query.";
        if (!Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
        {
            Fail("public_url", $"'{options.PublicUrl}' is not an http or https address.", cure);
            return;
        }

        if (url.Query.Length > 0)
        {
            Fail("public_url", "it has a query, which WeChat refuses in notify URLs.", cure);
        }
        else if (url.IsLoopback || (IPAddress.TryParse(url.Host, out var address) && IsPrivate(address)))
        {
            Warn("public_url", $"{url.Host} is not reachable from WeChat; fine with the simulator.", cure);
        }
        else if (url.Scheme == Uri.UriSchemeHttp)
        {
            Warn("public_url", "plain http: notifications can be read on the way.", cure);
        }
        else
        {
            Ok("public_url", options.PublicUrl);
        }

        foreach (var merchant in options.Merchants)
        {
            // WeChat's longest notify URL.
            const int longest = 256;
            var notify = $"{options.PublicUrl.TrimEnd('/')}/wechat/{merchant.Number}/contract";
            if (notify.Length > longest)
            {
                Fail("callback URLs", $"{notify.Length} characters; WeChat takes {longest}.", "Use a shorter public_url.");
            }
            else
            {
                Ok("callback URLs", $"{notify} and …/payment, /debit, /refund. The first also belongs into the template's termination setting at WeChat.");
            }
        }
    }

    /// <summary>Debits tell WeChat's risk control where they come from.</summary>
    private void LookAtServerIp()
    {
        var leavesThisMachine = options.Merchants.Exists(merchant => Uri.TryCreate(merchant.BaseUrl, UriKind.Absolute, out var url) && !url.IsLoopback);
        if (leavesThisMachine && IPAddress.TryParse(options.Debits.ServerIp, out var address) && IPAddress.IsLoopback(address))
        {
            Warn("debits.server_ip", $"{address} is what WeChat's risk control would be told about every debit.", "Set it to the public IPv4 address of this machine.");
        }
    }

    private void LookAtMerchant(MerchantOptions merchant, string at)
    {
        try
        {
            // The same rules by which the server starts; the address is judged on its own.
            var read = MerchantSetup.Read([merchant], "https://example.com").All[0];
            Ok(at, $"number {read.Number}, key of 32 letters and digits, {read.Apps.Count} apps, {read.Templates.Count} templates.");
            if (read.Templates.Count == 0)
            {
                Warn($"{at}.templates", "none: nothing can be sold.", "Add the templates that WeChat approved, each with plan_id, kind, mode, fee and amount.");
            }
        }
        catch (SettingException wrong)
        {
            var text = wrong.Message[(wrong.Setting.Length + 2)..];
            Fail(wrong.Setting.Replace("merchants[0]", at, StringComparison.Ordinal), "is missing or wrong.", char.ToUpperInvariant(text[0]) + text[1..]);
        }

        LookAtCertificate(merchant, at);
    }

    private void LookAtCertificate(MerchantOptions merchant, string at)
    {
        var subject = $"{at}.certificate";
        if (string.IsNullOrEmpty(merchant.Certificate.P12File))
        {
            if (Uri.TryCreate(merchant.BaseUrl, UriKind.Absolute, out var url) && url is { IsLoopback: true, Scheme: "http" })
            {
                Ok(subject, "none is needed for the simulator over http on this machine.");
            }
            else
            {
                Warn(subject, "none: refunds will be refused.", "Download the API certificate (apiclient_cert.p12) from the merchant platform and set certificate.p12_file.");
            }

            return;
        }

        try
        {
            var password = merchant.Certificate.PasswordFile is { Length: > 0 } file ? File.ReadAllText(file).Trim() : merchant.Number;
            using var certificate = X509CertificateLoader.LoadPkcs12FromFile(merchant.Certificate.P12File, password);
            var left = certificate.NotAfter.ToUniversalTime() - machine.GetUtcNow().UtcDateTime;
            var ends = certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            const string renew = "Apply for a new API certificate on the merchant platform and replace the file.";
            if (left <= TimeSpan.Zero)
            {
                Fail(subject, $"it expired on {ends}; refunds are refused.", renew);
            }
            else if (left < CertificateWarning)
            {
                Warn(subject, $"it expires on {ends}, in {left.Days} days.", renew);
            }
            else
            {
                Ok(subject, $"valid until {ends}.");
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Fail(subject, $"cannot be opened ({unreadable.GetType().Name}).", "Check p12_file and password_file; unless changed, the password is the merchant number.");
        }
    }

    private async Task LookAtDatabaseAsync(CancellationToken ct)
    {
        var name = string.IsNullOrEmpty(options.Storage.Postgres) ? "SQLite" : "PostgreSQL";
        if (name == "SQLite" && !File.Exists(options.Storage.SqliteFile))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(options.Storage.SqliteFile))!;
            if (Directory.Exists(folder))
            {
                Ok("database", $"{Path.GetFullPath(options.Storage.SqliteFile)} will be made at the first start.");
            }
            else
            {
                Fail("database", $"the folder {folder} does not exist.", "Make it, owned by the user that runs the server, or change storage.sqlite_file.");
            }

            return;
        }

        try
        {
            await using var database = Database.Open(options.Storage);
            await database.CheckDurabilityAsync(ct);
            Ok("database", $"{name} answers and keeps what it acknowledged.");
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            Fail("database", $"{name}: {broken.Message}", "Check storage.sqlite_file or storage.postgres, and that this user may write there.");
        }
    }

    private async Task LookAtWeChatAsync(string url, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, machine);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var answer = await http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, either.Token);
            Ok("reachability", $"{url} answers.");
            if (answer.Headers.Date is { } theirs)
            {
                LookAtClock(machine.GetUtcNow() - theirs, url);
            }
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or UriFormatException or InvalidOperationException || limit.IsCancellationRequested)
        {
            Fail("reachability", $"{url} does not answer.", "Check the network, the proxy and the firewall of this machine, or base_url.");
        }
    }

    private void LookAtClock(TimeSpan skew, string url)
    {
        var seconds = Math.Abs(skew.TotalSeconds);
        var words = string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s {(skew < TimeSpan.Zero ? "behind" : "ahead of")} {url}.");
        const string cure = "Let the machine keep its time by NTP (timedatectl set-ntp true).";
        if (skew.Duration() > SkewFailure)
        {
            Fail("clock", words, cure);
        }
        else if (skew.Duration() > SkewWarning)
        {
            Warn("clock", words, cure);
        }
        else
        {
            Ok("clock", words);
        }
    }

    private static bool IsPrivate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 && (bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168));
    }

    private void Ok(string subject, string words) => _findings.Add(new Finding(Health.Ok, subject, words));

    private void Warn(string subject, string words, string cure) => _findings.Add(new Finding(Health.Warn, subject, words, cure));

    private void Fail(string subject, string words, string cure) => _findings.Add(new Finding(Health.Fail, subject, words, cure));
}
