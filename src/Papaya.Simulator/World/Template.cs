using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum TemplateKind
{
    [JsonStringEnumMemberName("periodic")]
    Periodic,

    /// <summary>先享后付.</summary>
    [JsonStringEnumMemberName("pay_later")]
    PayLater,

    /// <summary>授权扣款.</summary>
    [JsonStringEnumMemberName("authorised")]
    Authorised,

    /// <summary>免密支付.</summary>
    [JsonStringEnumMemberName("password_free")]
    PasswordFree,

    /// <summary>V3 预约扣费: a product of its own.</summary>
    [JsonStringEnumMemberName("scheduled")]
    Scheduled,

    /// <summary>The global family.</summary>
    [JsonStringEnumMemberName("global")]
    Global,
}

internal enum FeeRule
{
    /// <summary>为: exactly the price.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,

    /// <summary>不高于: at most the price.</summary>
    [JsonStringEnumMemberName("capped")]
    Capped,
}

internal enum NoticeMode
{
    /// <summary>WeChat tells the user and debits 24 hours later.</summary>
    [JsonStringEnumMemberName("delay_24h")]
    Delay24h,

    /// <summary>The merchant sends a notice first and debits inside its window.</summary>
    [JsonStringEnumMemberName("pre_notice")]
    PreNotice,
}

/// <summary>A reviewed template (模板) of a merchant.</summary>
internal sealed class Template
{
    public required string MchId { get; set; }

    public required long PlanId { get; set; }

    public required string Name { get; set; }

    public TemplateKind Kind { get; set; }

    public string Cycle { get; set; } = "month";

    public FeeRule Fee { get; set; }

    public required long Amount { get; set; }

    public long? FirstAmount { get; set; }

    public NoticeMode Mode { get; set; }

    public string? TerminateNotifyUrl { get; set; }

    /// <summary>Disabled for ever: existing contracts go on, nobody signs any more.</summary>
    public bool Disabled { get; set; }

    /// <summary>WeChat has blocked new signing for now.</summary>
    public bool SigningBlocked { get; set; }

    /// <summary>Most that one debit may take. WeChat starts with 500 yuan and negotiates; here never less than the template's price.</summary>
    public long SingleLimit { get; set; }

    /// <summary>Most that a day's debits of one contract may take together; WeChat starts with 2,500 yuan.</summary>
    public long DailyLimit { get; set; }

    /// <summary>Most that a month's debits of one user may take together; merchants report 75,000 yuan.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long MonthlyLimit { get; set; } = 7_500_000;

    /// <summary>Most successful debits in a cycle; null leaves it to the switch <c>successes_per_cycle</c>.</summary>
    public int? SuccessesPerCycle { get; set; }

    /// <summary>A test template: debits of some fen only.</summary>
    public bool IsTest { get; set; }

    /// <summary>ISO 4217; templates of the global family have others than CNY.</summary>
    public string? Currency { get; set; }

    /// <summary>Debited at once, without a notice: the user gets something first.</summary>
    [JsonIgnore]
    public bool IsImmediate => Kind is TemplateKind.PayLater or TemplateKind.Authorised or TemplateKind.PasswordFree;

    /// <summary>How long a contract is valid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ValidDays { get; set; } = 3650;
}
