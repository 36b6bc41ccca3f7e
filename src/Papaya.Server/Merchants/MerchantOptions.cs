using Microsoft.Extensions.Configuration;

namespace Papaya.Server.Merchants;

public enum AppKind
{
    OfficialAccount,
    MobileApp,
    MiniProgram,
}

/// <summary>One entry of section <c>merchants</c>.</summary>
public sealed class MerchantOptions
{
    /// <summary>WeChat's merchant number, <c>mch_id</c>.</summary>
    [ConfigurationKeyName("number")]
    public string Number { get; set; } = "";

    /// <summary>The APIv2 key. Better: <see cref="ApiV2KeyFile"/>.</summary>
    [ConfigurationKeyName("api_v2_key")]
    public string? ApiV2Key { get; set; }

    [ConfigurationKeyName("api_v2_key_file")]
    public string? ApiV2KeyFile { get; set; }

    /// <summary>While a key is being changed: the old one, still accepted in what WeChat sends.</summary>
    [ConfigurationKeyName("previous_api_v2_key")]
    public string? PreviousApiV2Key { get; set; }

    [ConfigurationKeyName("previous_api_v2_key_file")]
    public string? PreviousApiV2KeyFile { get; set; }

    /// <summary><c>MD5</c> or <c>HMAC-SHA256</c>: how our requests are signed.</summary>
    [ConfigurationKeyName("sign_type")]
    public string SignType { get; set; } = "MD5";

    [ConfigurationKeyName("base_url")]
    public string BaseUrl { get; set; } = "https://api.mch.weixin.qq.com";

    [ConfigurationKeyName("certificate")]
    public CertificateOptions Certificate { get; set; } = new();

    [ConfigurationKeyName("apps")]
    public List<AppOptions> Apps { get; set; } = [];

    [ConfigurationKeyName("templates")]
    public List<TemplateOptions> Templates { get; set; } = [];
}

/// <summary>The merchant's API certificate; refunds need it.</summary>
public sealed class CertificateOptions
{
    [ConfigurationKeyName("p12_file")]
    public string? P12File { get; set; }

    /// <summary>Unset, it is the merchant number, as WeChat ships it.</summary>
    [ConfigurationKeyName("password_file")]
    public string? PasswordFile { get; set; }
}

public sealed class AppOptions
{
    [ConfigurationKeyName("appid")]
    public string AppId { get; set; } = "";

    /// <summary><c>official_account</c> (native, jsapi, h5), <c>mobile_app</c> or <c>mini_program</c>.</summary>
    [ConfigurationKeyName("kind")]
    public string Kind { get; set; } = "";
}

/// <summary>A debit template as WeChat approved it.</summary>
public sealed class TemplateOptions
{
    [ConfigurationKeyName("plan_id")]
    public long PlanId { get; set; }

    [ConfigurationKeyName("name")]
    public string Name { get; set; } = "";

    /// <summary><c>periodic</c> or <c>pay_later</c>.</summary>
    [ConfigurationKeyName("kind")]
    public string Kind { get; set; } = "periodic";

    /// <summary><c>delay_24h</c>, <c>pre_notice</c> or, for pay-later templates, <c>pay_later</c>.</summary>
    [ConfigurationKeyName("mode")]
    public string Mode { get; set; } = "delay_24h";

    /// <summary><c>fixed</c> or <c>capped</c>.</summary>
    [ConfigurationKeyName("fee")]
    public string Fee { get; set; } = "capped";

    /// <summary>The fixed amount or the cap, in fen.</summary>
    [ConfigurationKeyName("amount")]
    public long Amount { get; set; }

    /// <summary>WeChat's limit for one debit, in fen. Unset: 500 yuan, or the amount where WeChat approved more.</summary>
    [ConfigurationKeyName("single_most")]
    public long? SingleMost { get; set; }

    /// <summary>WeChat's limit for a contract's debits of a day, in fen. Unset: 2,500 yuan, or the amount where WeChat approved more.</summary>
    [ConfigurationKeyName("daily_most")]
    public long? DailyMost { get; set; }
}
