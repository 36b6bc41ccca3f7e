using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

internal enum NoticeState
{
    /// <summary>Sent; its days come or run.</summary>
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>A debit succeeded: the period is over at once.</summary>
    [JsonStringEnumMemberName("used")]
    Used,
}

/// <summary>
/// A pre-debit notice (预扣费通知) and the period it opens, in Beijing days: the day of the notice and the next one are the wait, then come
/// <see cref="Days"/> days on which the debit may be applied for (<c>docs/reference/wechat-rules.md</c>). A contract has at most one; a new one replaces it.
/// </summary>
internal sealed class Notice
{
    /// <summary>Days of waiting, the day of the notice included.</summary>
    public const int WaitingDays = 2;

    public required string ContractId { get; set; }

    public required string MchId { get; set; }

    public required string AppId { get; set; }

    public DateTimeOffset SentAt { get; set; }

    /// <summary>estimated_amount in fen: a debit may not be more.</summary>
    public required long Amount { get; set; }

    /// <summary>deduct_duration.count as it was sent; null when it was left to WeChat.</summary>
    public int? Count { get; set; }

    /// <summary>Days on which the debit may run, at least 1.</summary>
    public required int Days { get; set; }

    public NoticeState State { get; set; }

    public int Successes { get; set; }

    /// <summary>The latest debit that failed inside the period; a reminder needs one.</summary>
    public DateTimeOffset? FailedAt { get; set; }

    /// <summary>The latest reminder.</summary>
    public DateTimeOffset? RemindedAt { get; set; }

    [JsonIgnore]
    public DateOnly FirstDay => BeijingTime.Day(SentAt).AddDays(WaitingDays);

    [JsonIgnore]
    public DateOnly LastDay => FirstDay.AddDays(Days - 1);

    /// <summary>Neither used nor over: no other notice may be sent.</summary>
    public bool IsActive(DateTimeOffset now) => State == NoticeState.Active && BeijingTime.Day(now) <= LastDay;

    /// <summary>Whether today is one of the days.</summary>
    public bool IsOpen(DateTimeOffset now) => IsActive(now) && BeijingTime.Day(now) >= FirstDay;
}
