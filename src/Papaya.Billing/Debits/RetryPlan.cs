using Papaya.Billing.Calendar;

namespace Papaya.Billing.Debits;

/// <summary>How a template's debits are executed (docs/reference/wechat-rules.md §3).</summary>
public enum DebitMode
{
    /// <summary>WeChat tells the customer at apply and debits 24 hours later.</summary>
    Delay24H,

    /// <summary>先享后付: executed at once.</summary>
    PayLater,
}

/// <summary>What follows a failure: another try, or none.</summary>
public abstract record NextTry
{
    private NextTry()
    {
    }

    /// <summary>Apply again, under a new number, at this instant.</summary>
    public sealed record At(DateTimeOffset Instant) : NextTry;

    /// <summary>No automatic try is left.</summary>
    public sealed record GiveUp(string Reason) : NextTry;
}

/// <summary>
/// When a charge is executed again: counted from its first execution, each time under a new number. Row n of the table is the day of
/// the execution that follows n failures; after the last row the plan gives up.
/// </summary>
public sealed record RetryPlan(DebitMode Mode, IReadOnlyList<int> Days, TimeSpan LeastGap)
{
    public static RetryPlan For(DebitMode mode) => mode switch
    {
        DebitMode.Delay24H => new(mode, [0, 2, 4], TimeSpan.FromHours(6)),
        DebitMode.PayLater => new(mode, [0, 1, 2], TimeSpan.FromHours(6)),
    };

    public DebitTiming Timing => Mode == DebitMode.Delay24H ? DebitTiming.DayBefore : DebitTiming.SameDay;

    /// <summary>From apply to execution.</summary>
    public TimeSpan Delay => Mode == DebitMode.Delay24H ? TimeSpan.FromHours(24) : TimeSpan.Zero;

    /// <param name="failures">Executions of this charge that failed so far, at least 1.</param>
    /// <param name="firstExecution">When this charge was first executed.</param>
    /// <param name="lastExecution">When the contract was last executed.</param>
    /// <param name="now">The present.</param>
    public NextTry After(int failures, DateTimeOffset firstExecution, DateTimeOffset lastExecution, DateTimeOffset now)
    {
        if (failures >= Days.Count)
        {
            return new NextTry.GiveUp("every planned try has failed");
        }

        var execution = Later(firstExecution.AddDays(Days[Math.Max(failures, 0)]), lastExecution + LeastGap);
        return new NextTry.At(DebitWindow.NextOpen(Later(execution - Delay, now)));
    }

    /// <summary>After a refusal that executed nothing: the next slot, at least the least gap away.</summary>
    public NextTry AfterRefusal(DateTimeOffset now) => new NextTry.At(DebitWindow.NextOpen(now + LeastGap));

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
