using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>What an app is for; a checkout opens in the app of its kind.</summary>
internal enum AppKind
{
    [JsonStringEnumMemberName("official_account")]
    OfficialAccount,

    [JsonStringEnumMemberName("mobile_app")]
    MobileApp,

    [JsonStringEnumMemberName("mini_program")]
    MiniProgram,
}

/// <summary>A product that WeChat grants to a merchant.</summary>
internal enum Permission
{
    /// <summary>Delegated debit as such.</summary>
    [JsonStringEnumMemberName("papay")]
    Papay,

    /// <summary>contractorder.</summary>
    [JsonStringEnumMemberName("contract_order")]
    ContractOrder,

    [JsonStringEnumMemberName("h5_sign")]
    H5Sign,

    /// <summary>One user may sign a template for several accounts.</summary>
    [JsonStringEnumMemberName("multi_account")]
    MultiAccount,

    [JsonStringEnumMemberName("pre_notice")]
    PreNotice,

    [JsonStringEnumMemberName("paporderquery")]
    PapOrderQuery,

    /// <summary>Ordinary payment by JSAPI.</summary>
    [JsonStringEnumMemberName("jsapi_pay")]
    JsApiPay,

    [JsonStringEnumMemberName("native_pay")]
    NativePay,

    [JsonStringEnumMemberName("app_pay")]
    AppPay,

    [JsonStringEnumMemberName("h5_pay")]
    H5Pay,

    [JsonStringEnumMemberName("fund_flow")]
    FundFlow,

    [JsonStringEnumMemberName("refund_api")]
    RefundApi,

    [JsonStringEnumMemberName("scheduled")]
    Scheduled,

    [JsonStringEnumMemberName("global")]
    Global,

    [JsonStringEnumMemberName("v3_with_contract")]
    V3WithContract,
}

/// <summary>A merchant for whom a service provider calls.</summary>
internal sealed class SubMerchant
{
    public required string SubMchId { get; set; }

    public string? SubAppId { get; set; }
}

/// <summary>Calls in a second (or the time named) of one merchant.</summary>
internal sealed class MerchantLimits
{
    /// <summary>pappayapply in a second.</summary>
    public int ApplyQps { get; set; } = 150;

    /// <summary>querycontract in a second.</summary>
    public int QueryQps { get; set; } = 300;

    /// <summary>refund in a second.</summary>
    public int RefundQps { get; set; } = 150;

    /// <summary>Wrong refund requests in a second.</summary>
    public int RefundBadQps { get; set; } = 6;

    /// <summary>refundquery in a second.</summary>
    public int RefundQueryQps { get; set; } = 300;

    /// <summary>Questions and refunds in a minute about orders that are older than a month.</summary>
    public int OldOrderQpm { get; set; } = 5_000;

    /// <summary>V3 notices in a second.</summary>
    public int V3NoticeQps { get; set; } = 150;

    /// <summary>Other V3 calls in a second.</summary>
    public int V3Qps { get; set; } = 300;

    /// <summary>The lowest of them.</summary>
    [JsonIgnore]
    public int Least => new[] { ApplyQps, QueryQps, RefundQps, RefundBadQps, RefundQueryQps, OldOrderQpm, V3NoticeQps, V3Qps }.Min();
}

internal sealed class App
{
    public required string AppId { get; set; }

    public AppKind Kind { get; set; }
}

/// <summary>Which of the two generations of accounts a merchant has.</summary>
internal enum FundFlow
{
    /// <summary>One basic account pays for refunds; <c>refund_account</c> is ignored.</summary>
    [JsonStringEnumMemberName("new")]
    New,

    /// <summary>A refund comes from takings before their settlement, or from the available balance, as it asks.</summary>
    [JsonStringEnumMemberName("old")]
    Old,
}

/// <summary>A merchant number with its key and the apps bound to it.</summary>
internal sealed class Merchant
{
    // Changed when somebody resets the key, and read by calls that do not hold the lock: each is replaced as a whole.
    private MadeKey? _secret;
    private MadeKey? _previous;

    /// <summary>After a reset WeChat accepts the old key for so long.</summary>
    public static readonly TimeSpan OldKeyLife = TimeSpan.FromDays(15);

    public required string MchId { get; set; }

    public string Name { get; set; } = "";

    public required string Key { get; set; }

    /// <summary>The key before the last reset; WeChat accepts both for 15 days.</summary>
    public string? PreviousKey { get; set; }

    /// <summary>When the key was last reset.</summary>
    public DateTimeOffset? KeyResetAt { get; set; }

    public List<App> Apps { get; set; } = [];

    /// <summary>Products that WeChat has granted; null: all of them.</summary>
    public List<Permission>? Permissions { get; set; }

    /// <summary>Sub-merchants of a service provider.</summary>
    public List<SubMerchant>? SubMerchants { get; set; }

    /// <summary>WeChat punishes the merchant: nobody can sign.</summary>
    public bool Penalised { get; set; }

    /// <summary>Root domains from which H5 signing may start; null: any.</summary>
    public List<string>? SigningDomains { get; set; }

    /// <summary>Calls that WeChat takes before it answers FREQUENCY_LIMITED.</summary>
    public MerchantLimits Limits { get; set; } = new();

    /// <summary>Where refund results go when a refund names no address of its own.</summary>
    public string? RefundNotifyUrl { get; set; }

    /// <summary>WeChat's fee in hundredths of a percent: 60 is 0.60 %.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int FeeRate { get; set; } = 60;

    /// <summary>Fees are taken from an account of their own while it holds enough.</summary>
    public bool FeesApart { get; set; }

    /// <summary>How many days after a day its takings are settled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int SettlesAfterDays { get; set; } = 1;

    /// <summary>What is settled leaves for the merchant's bank at once, instead of becoming available.</summary>
    public bool SettlesToBank { get; set; }

    /// <summary>Which takings pay for a refund; see <see cref="World.FundFlow"/>.</summary>
    public FundFlow FundFlow { get; set; }

    [JsonIgnore]
    public ApiV2Key Secret => Made(ref _secret, Key);

    /// <summary>The keys that a signature may come from.</summary>
    public IReadOnlyList<ApiV2Key> SecretsAt(DateTimeOffset now) =>
        PreviousKey is not { } previous || now - KeyResetAt >= OldKeyLife ? [Secret] : [Secret, Made(ref _previous, previous)];

    private static ApiV2Key Made(ref MadeKey? known, string text)
    {
        if (known is { } made && made.Text == text)
        {
            return made.Key;
        }

        var key = new ApiV2Key(text);
        known = new(text, key);
        return key;
    }

    public bool May(Permission permission) => Permissions?.Contains(permission) ?? true;

    private sealed record MadeKey(string Text, ApiV2Key Key);
}
