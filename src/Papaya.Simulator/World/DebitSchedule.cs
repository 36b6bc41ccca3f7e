using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>
/// The one debit of a contract for a scheduled debit (预约扣费), in Beijing days: booked on the day before, applied for on the day, and whatever
/// came of it the contract ends (<c>docs/reference/wechat-rules.md</c>).
/// </summary>
internal sealed class DebitSchedule
{
    private static readonly TimeOnly BookingOpens = new(8, 0);
    private static readonly TimeOnly BookingCloses = new(19, 30);

    /// <summary>A contract whose day brought no success ends on the next day at this hour.</summary>
    private static readonly TimeOnly Ends = new(8, 0);

    /// <summary>estimated_deduct_date.</summary>
    public required DateOnly Day { get; set; }

    /// <summary>estimated_deduct_amount in fen: what is booked and debited must be exactly this.</summary>
    public required long Amount { get; set; }

    public required string Description { get; set; }

    public DateTimeOffset? BookedAt { get; set; }

    public DateTimeOffset? DebitedAt { get; set; }

    /// <summary>When the contract ends without a debit.</summary>
    [JsonIgnore]
    public DateTimeOffset EndsAt => new DateTimeOffset(Day.AddDays(1).ToDateTime(Ends), BeijingTime.Offset).ToUniversalTime();

    /// <summary>schedule_state.</summary>
    public string StateAt(DateTimeOffset now) =>
        DebitedAt is not null ? "PAID" : BeijingTime.Day(now) > Day ? "EXPIRED" : BookedAt is not null ? "SCHEDULED" : "NO_SCHEDULED";

    /// <summary>Whether it may be booked now: on the day before, from 8:00 to 19:30.</summary>
    public bool MayBook(DateTimeOffset now)
    {
        var beijing = now.ToOffset(BeijingTime.Offset);
        var time = TimeOnly.FromTimeSpan(beijing.TimeOfDay);
        return BeijingTime.Day(now) == Day.AddDays(-1) && time >= BookingOpens && time < BookingCloses;
    }
}
