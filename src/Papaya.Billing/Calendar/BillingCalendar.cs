namespace Papaya.Billing.Calendar;

/// <summary>One paid stretch of service: from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
public readonly record struct Period(int Number, DateTimeOffset Start, DateTimeOffset End);

/// <summary>When a debit's money is meant to move.</summary>
public enum DebitTiming
{
    /// <summary>24-hour mode: WeChat debits a day after it is asked, so it is asked a day before the period starts.</summary>
    DayBefore,

    /// <summary>Pay-later templates are debited at once, on the day itself.</summary>
    SameDay,
}

/// <summary>The dates of one renewal.</summary>
/// <param name="OpensAt">The charge appears.</param>
/// <param name="NoticeAt">The user is told; null when consent at signing waives it (intervals under six days).</param>
/// <param name="DueAt">The debit is asked for.</param>
public readonly record struct RenewalDates(DateTimeOffset OpensAt, DateTimeOffset? NoticeAt, DateTimeOffset DueAt);

/// <summary>
/// The periods of a subscription. They are anchored at the Beijing date and time of day of the first payment and are all counted from
/// that anchor, so that no clamping and no late payment ever moves a later one.
/// </summary>
public sealed record BillingCalendar(DateTimeOffset Anchor, Interval Every)
{
    /// <summary>A charge opens this long before its period.</summary>
    public static readonly TimeSpan OpensBefore = TimeSpan.FromDays(7);

    /// <summary>Told six days before the period starts.</summary>
    public static readonly TimeSpan NoticeBefore = TimeSpan.FromDays(6);

    /// <summary>Five whole days lie between the notice and the debit (《网络交易监督管理办法》 art. 18).</summary>
    public static readonly TimeSpan NoticeLead = TimeSpan.FromDays(5);

    /// <summary>The least that the law leaves between telling and debiting.</summary>
    public static readonly TimeSpan BetweenNoticeAndDebit = TimeSpan.FromDays(5);

    /// <summary>Period <paramref name="number"/>, the first being 0.</summary>
    public Period PeriodAt(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return new(number, StartOf(number), StartOf(number + 1));
    }

    public DateTimeOffset StartOf(int number) => Beijing.At(Every.From(Beijing.DateOf(Anchor), number), Beijing.TimeOf(Anchor));

    /// <summary>The dates of the debit that pays for period <paramref name="number"/>.</summary>
    public RenewalDates DatesOf(int number, DebitTiming timing)
    {
        var start = StartOf(number);
        var day = Beijing.DateOf(start);
        var due = DebitWindow.Clamp(Beijing.At(timing == DebitTiming.DayBefore ? day.AddDays(-1) : day, Beijing.TimeOf(Anchor)));
        // Late in the evening the debit is asked for before the anchor's hour; then the notice goes out earlier too, and the debit need not wait for it.
        var notice = due - BetweenNoticeAndDebit < start - NoticeBefore ? due - BetweenNoticeAndDebit : start - NoticeBefore;
        return new(start - OpensBefore, Every.LeastDays < NoticeBefore.Days ? null : notice, due);
    }
}

/// <summary>Debits and notices are allowed from 7:00 to 22:00 Beijing time only.</summary>
public static class DebitWindow
{
    public static readonly TimeOnly Opens = new(7, 0);

    public static readonly TimeOnly Closes = new(22, 0);

    /// <summary>What is planned is planned no later than this, which leaves half an hour for a busy evening.</summary>
    public static readonly TimeOnly LastPlanned = new(21, 30);

    public static bool IsOpen(DateTimeOffset instant) => Beijing.TimeOf(instant) is var time && time >= Opens && time < Closes;

    /// <summary>The same Beijing day, moved into the planned hours.</summary>
    public static DateTimeOffset Clamp(DateTimeOffset instant)
    {
        var time = Beijing.TimeOf(instant);
        return time < Opens ? Beijing.At(Beijing.DateOf(instant), Opens)
            : time > LastPlanned ? Beijing.At(Beijing.DateOf(instant), LastPlanned)
            : instant.ToUniversalTime();
    }

    /// <summary>The first allowed instant that is not before <paramref name="instant"/>.</summary>
    public static DateTimeOffset NextOpen(DateTimeOffset instant)
    {
        var time = Beijing.TimeOf(instant);
        return time < Opens ? Beijing.At(Beijing.DateOf(instant), Opens)
            : time >= Closes ? Beijing.At(Beijing.DateOf(instant).AddDays(1), Opens)
            : instant.ToUniversalTime();
    }
}

/// <summary>How long to wait between two questions about the same thing.</summary>
public static class AskLadder
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
    ];

    /// <summary>After this long without an answer a person has to look.</summary>
    public static readonly TimeSpan GivesUpAfter = TimeSpan.FromHours(72);

    /// <summary>The wait before the next question, when <paramref name="asked"/> have been asked already.</summary>
    public static TimeSpan WaitAfter(int asked) => Steps[Math.Clamp(asked, 0, Steps.Length - 1)];
}
