namespace Papaya.Billing.Debits;

/// <summary>
/// Permits to send, as a pure value. Refill plus burst is the limit: over any sliding second no more than the limit is granted.
/// Permits are counted in micro-permits, so nothing is lost to rounding.
/// </summary>
public readonly record struct PermitBucket
{
    private const long Micro = 1_000_000;
    private static readonly TimeSpan SlowTime = TimeSpan.FromMinutes(1);

    private PermitBucket(int perSecond, int burst, long level, DateTimeOffset at, DateTimeOffset slowUntil) =>
        (PerSecond, Burst, Level, At, SlowUntil) = (perSecond, burst, level, at, slowUntil);

    /// <summary>Permits over any sliding second; 0 switches the limit off.</summary>
    public int PerSecond { get; }

    public int Burst { get; }

    public bool IsOff => PerSecond == 0;

    private long Level { get; }

    private DateTimeOffset At { get; }

    private DateTimeOffset SlowUntil { get; }

    // Over less than a second a full bucket gives out fewer than burst + refill permits, so one more than the rest is still safe.
    private int Refill => PerSecond - Burst + 1;

    /// <param name="perSecond">WeChat's limit for pappayapply is 150 (docs/reference/wechat-rules.md §5).</param>
    public static PermitBucket Full(int perSecond, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perSecond);
        var burst = Math.Max(1, perSecond / 10);
        return new(perSecond, burst, burst * Micro, now, DateTimeOffset.MinValue);
    }

    /// <summary>Takes as many of the wanted permits as there are.</summary>
    public PermitBucket Take(DateTimeOffset now, int wanted, out int granted)
    {
        if (IsOff)
        {
            granted = wanted;
            return this;
        }

        var level = LevelAt(now);
        granted = (int)Math.Clamp(wanted, 0, level / Micro);
        return new(PerSecond, Burst, level - (granted * Micro), now > At ? now : At, SlowUntil);
    }

    /// <summary>Puts back permits that were not used.</summary>
    public PermitBucket Return(int unused) => IsOff ? this : new(PerSecond, Burst, Math.Min(Burst * Micro, Level + (unused * Micro)), At, SlowUntil);

    /// <summary>When this many permits (at most a burst) will be there.</summary>
    public DateTimeOffset NextAt(DateTimeOffset now, int wanted)
    {
        if (IsOff)
        {
            return now;
        }

        var missing = (Math.Clamp(wanted, 1, Burst) * Micro) - LevelAt(now);
        if (missing <= 0)
        {
            return now;
        }

        // Rounded up to the microsecond, and counted at the slow pace while that lasts: late is safe, early would find nothing.
        var pace = Math.Max(1, now < SlowUntil ? Refill / 2 : Refill);
        return now.AddMicroseconds((missing + pace - 1) / pace);
    }

    /// <summary>WeChat said FREQUENCY_LIMITED: nothing more is in the bucket, and for a minute it fills at half the pace.</summary>
    public PermitBucket Slowed(DateTimeOffset now) => IsOff ? this : new(PerSecond, Burst, 0, now > At ? now : At, now + SlowTime);

    private long LevelAt(DateTimeOffset now)
    {
        if (now <= At)
        {
            return Level;
        }

        var slow = Micros((now < SlowUntil ? now : SlowUntil) - At);
        var all = Micros(now - At);
        slow = Math.Clamp(slow, 0, all);
        var gained = ((all - slow) * Refill) + (slow * Math.Max(1, Refill / 2));
        return Math.Min(Burst * Micro, Level + gained);
    }

    // A day fills every bucket; capping the span keeps the product small.
    private static long Micros(TimeSpan span) => Math.Min(span.Ticks / TimeSpan.TicksPerMicrosecond, 86_400_000_000);
}
