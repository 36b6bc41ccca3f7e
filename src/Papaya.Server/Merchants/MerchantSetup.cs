using System.Globalization;
using Papaya.WeChatPay;

namespace Papaya.Server.Merchants;

/// <summary>A setting that keeps the server from starting; says which one and what to do.</summary>
public sealed class SettingException(string setting, string cure) : Exception($"{setting}: {cure}")
{
    public string Setting { get; } = setting;
}

/// <summary>Turns the <c>merchants</c> section into merchants, or says which setting is wrong.</summary>
internal static class MerchantSetup
{
    public static MerchantDirectory Read(IReadOnlyList<MerchantOptions> sections, string publicUrl)
    {
        var home = Url("public_url", publicUrl);
        if (home.Query.Length > 0)
        {
            throw new SettingException("public_url", "WeChat refuses notify URLs with a query; give scheme, host and port only.");
        }

        if (sections.Count == 0)
        {
            throw new SettingException("merchants", "add at least one merchant with number, api_v2_key_file, apps and templates.");
        }

        var numbers = new HashSet<string>(StringComparer.Ordinal);
        var templates = new HashSet<long>();
        var merchants = new List<Merchant>();
        for (var i = 0; i < sections.Count; i++)
        {
            var merchant = Read(sections[i], string.Create(CultureInfo.InvariantCulture, $"merchants[{i}]"));
            if (!numbers.Add(merchant.Number))
            {
                throw new SettingException($"merchants[{i}].number", $"{merchant.Number} is configured twice; put its apps and templates into one entry.");
            }

            if (merchant.Templates.Keys.FirstOrDefault(id => !templates.Add(id)) is var twice and not 0)
            {
                throw new SettingException($"merchants[{i}].templates", $"plan_id {twice} belongs to two merchants; a template belongs to one.");
            }

            merchants.Add(merchant);
        }

        return new MerchantDirectory(merchants, publicUrl);
    }

    private static Merchant Read(MerchantOptions section, string at)
    {
        if (section.Number.Length is < 8 or > 32 || !section.Number.All(char.IsAsciiDigit))
        {
            throw new SettingException($"{at}.number", "give WeChat's merchant number (mch_id), digits only.");
        }

        if (section.SignType is not ("MD5" or "HMAC-SHA256"))
        {
            throw new SettingException($"{at}.sign_type", "give MD5 or HMAC-SHA256.");
        }

        var key = Secret($"{at}.api_v2_key", section.ApiV2Key, section.ApiV2KeyFile)
            ?? throw new SettingException($"{at}.api_v2_key_file", "name a file that holds the merchant's APIv2 key (or set api_v2_key).");
        return new Merchant(
            section.Number,
            Key($"{at}.api_v2_key", key),
            Secret($"{at}.previous_api_v2_key", section.PreviousApiV2Key, section.PreviousApiV2KeyFile) is { } previous
                ? Key($"{at}.previous_api_v2_key", previous)
                : null,
            section.SignType,
            Host($"{at}.base_url", section.BaseUrl),
            Certificate(section, at),
            Apps(section.Apps, at),
            Templates(section.Templates, at));
    }

    private static MerchantCertificate? Certificate(MerchantOptions section, string at)
    {
        if (string.IsNullOrEmpty(section.Certificate.P12File))
        {
            return null;
        }

        // WeChat ships apiclient_cert.p12 with the merchant number as its password.
        var password = Secret($"{at}.certificate.password", null, section.Certificate.PasswordFile) ?? section.Number;
        try
        {
            return MerchantCertificate.FromP12File(section.Certificate.P12File, password);
        }
        catch (MerchantCertificateException e)
        {
            throw new SettingException(
                $"{at}.certificate.p12_file",
                $"cannot open '{section.Certificate.P12File}' ({e.Fault}); check the path, and password_file when the password is not the merchant number.");
        }
    }

    private static Dictionary<AppKind, string> Apps(List<AppOptions> sections, string at)
    {
        var apps = new Dictionary<AppKind, string>();
        for (var i = 0; i < sections.Count; i++)
        {
            var app = sections[i];
            AppKind kind = app.Kind switch
            {
                "official_account" => AppKind.OfficialAccount,
                "mobile_app" => AppKind.MobileApp,
                "mini_program" => AppKind.MiniProgram,
                _ => throw new SettingException($"{at}.apps[{i}].kind", "give official_account, mobile_app or mini_program."),
            };
            if (!app.AppId.StartsWith("wx", StringComparison.Ordinal) || app.AppId.Length > 32)
            {
                throw new SettingException($"{at}.apps[{i}].appid", "give the appid as WeChat shows it; it starts with wx.");
            }

            if (!apps.TryAdd(kind, app.AppId))
            {
                throw new SettingException($"{at}.apps[{i}].kind", $"there is a second {app.Kind}; a merchant has one app of each kind here.");
            }
        }

        return apps.Count > 0 ? apps : throw new SettingException($"{at}.apps", "add at least one app with appid and kind.");
    }

    private static Dictionary<long, Template> Templates(List<TemplateOptions> sections, string at)
    {
        var templates = new Dictionary<long, Template>();
        for (var i = 0; i < sections.Count; i++)
        {
            var (t, here) = (sections[i], string.Create(CultureInfo.InvariantCulture, $"{at}.templates[{i}]"));
            if (t.PlanId <= 0)
            {
                throw new SettingException($"{here}.plan_id", "give the number WeChat assigned to the template.");
            }

            if (t.Kind is not ("periodic" or "pay_later"))
            {
                throw new SettingException($"{here}.kind", "give periodic or pay_later.");
            }

            if (t.Mode is not ("delay_24h" or "pre_notice" or "pay_later") || (t.Kind == "pay_later") != (t.Mode == "pay_later"))
            {
                throw new SettingException($"{here}.mode", "give delay_24h or pre_notice for a periodic template, pay_later for a pay_later one.");
            }

            if (t.Fee is not ("fixed" or "capped"))
            {
                throw new SettingException($"{here}.fee", "give fixed or capped.");
            }

            if (t.Amount <= 0)
            {
                throw new SettingException($"{here}.amount", "give the template's fixed amount or cap in fen.");
            }

            if (t.SingleMost is <= 0 || t.DailyMost is <= 0)
            {
                throw new SettingException($"{here}.{(t.SingleMost is <= 0 ? "single_most" : "daily_most")}", "give WeChat's limit in fen, or leave it out.");
            }

            var template = new Template(t.PlanId, t.Name, t.Kind == "pay_later", t.Mode, t.Fee == "fixed", t.Amount);
            template = template with { SingleMost = t.SingleMost ?? template.SingleMost, DailyMost = t.DailyMost ?? template.DailyMost };
            if (!templates.TryAdd(t.PlanId, template))
            {
                throw new SettingException($"{here}.plan_id", $"{t.PlanId} is configured twice.");
            }
        }

        return templates;
    }

    private static string? Secret(string setting, string? inline, string? file)
    {
        if (string.IsNullOrEmpty(file))
        {
            return string.IsNullOrEmpty(inline) ? null : inline;
        }

        if (!string.IsNullOrEmpty(inline))
        {
            throw new SettingException(setting, $"is set twice; keep {setting}_file and remove the plain value.");
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{setting}_file", $"cannot read '{file}' ({e.GetType().Name}); check the path and its permissions.");
        }
    }

    private static string Key(string setting, string key) =>
        key.Length == 32 && key.All(char.IsAsciiLetterOrDigit)
            ? key
            : throw new SettingException(setting, $"an APIv2 key is 32 letters and digits; this one has {key.Length} characters.");

    // What the client would refuse too, by the setting's name.
    private static Uri Host(string setting, string url) =>
        Url(setting, url) is { PathAndQuery: "/", UserInfo: "", Fragment: "" } host && (host.Scheme == Uri.UriSchemeHttps || host.IsLoopback)
            ? host
            : throw new SettingException(setting, "give https, host and port only; plain http is only for a simulator on this machine.");

    private static Uri Url(string setting, string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new SettingException(setting, "give an absolute http or https URL.");
}
