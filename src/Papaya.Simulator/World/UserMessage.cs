using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

/// <summary>What WeChat tells a user about.</summary>
internal enum UserMessageKind
{
    /// <summary>A contract was signed.</summary>
    [JsonStringEnumMemberName("signed")]
    Signed,

    /// <summary>A contract ended.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended,

    /// <summary>A debit is coming: in 24 hours, or within the days of a merchant's notice.</summary>
    [JsonStringEnumMemberName("notice")]
    Notice,

    /// <summary>A debit failed and the merchant asks for money on the account.</summary>
    [JsonStringEnumMemberName("reminder")]
    Reminder,

    /// <summary>Money was taken.</summary>
    [JsonStringEnumMemberName("receipt")]
    Receipt,

    /// <summary>Money came back.</summary>
    [JsonStringEnumMemberName("refund")]
    Refund,
}

/// <summary>A message of WeChat to a user. Pages put it into words; failed debits are told to nobody.</summary>
internal sealed class UserMessage
{
    /// <summary>Older ones are forgotten.</summary>
    public const int MostKept = 50;

    public required string Openid { get; set; }

    public UserMessageKind Kind { get; set; }

    public DateTimeOffset At { get; set; }

    public required string MchId { get; set; }

    public long PlanId { get; set; }

    public string? OutTradeNo { get; set; }

    /// <summary>Fen; 0 where no money is concerned.</summary>
    public long Amount { get; set; }

    /// <summary>When the announced debit runs at the earliest.</summary>
    public DateTimeOffset? From { get; set; }
}
