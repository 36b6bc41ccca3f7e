using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum TemplateKind
{
    [JsonStringEnumMemberName("periodic")]
    Periodic,

    [JsonStringEnumMemberName("pay_later")]
    PayLater,
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

    /// <summary>How long a contract is valid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ValidDays { get; set; } = 3650;
}
