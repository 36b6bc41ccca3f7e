using FsCheck;
using FsCheck.Fluent;
using Papaya.Billing.Calendar;
using Interval = Papaya.Billing.Calendar.Interval;

namespace Papaya.Billing.Tests.Calendar;

public sealed class BillingCalendarTests
{
    private static readonly Interval Monthly = new(IntervalUnit.Month, 1);

    [Fact]
    public void A_short_month_clamps_its_own_day_and_no_later_one()
    {
        var calendar = new BillingCalendar(At("2026-01-31T10:00"), Monthly);
        Assert.Equal(
            [At("2026-01-31T10:00"), At("2026-02-28T10:00"), At("2026-03-31T10:00"), At("2026-04-30T10:00"), At("2026-05-31T10:00")],
            Enumerable.Range(0, 5).Select(calendar.StartOf));
    }

    [Fact]
    public void A_leap_day_returns_every_fourth_year()
    {
        var calendar = new BillingCalendar(At("2028-02-29T08:30"), new Interval(IntervalUnit.Year, 1));
        Assert.Equal([At("2028-02-29T08:30"), At("2029-02-28T08:30"), At("2030-02-28T08:30"), At("2031-02-28T08:30"), At("2032-02-29T08:30")],
            Enumerable.Range(0, 5).Select(calendar.StartOf));
    }

    [Theory]
    [InlineData(IntervalUnit.Day, 10, "2026-02-10T12:00")]
    [InlineData(IntervalUnit.Week, 2, "2026-02-14T12:00")]
    [InlineData(IntervalUnit.Month, 1, "2026-02-28T12:00")]
    [InlineData(IntervalUnit.Quarter, 1, "2026-04-30T12:00")]
    [InlineData(IntervalUnit.Year, 2, "2028-01-31T12:00")]
    public void Each_unit_counts_from_the_anchor(IntervalUnit unit, int count, string next) =>
        Assert.Equal(At(next), new BillingCalendar(At("2026-01-31T12:00"), new Interval(unit, count)).StartOf(1));

    [Theory]
    [InlineData("2026-03-10T10:15", "2026-04-09T10:15")] // the same time of day, a day before
    [InlineData("2026-03-10T02:00", "2026-04-09T07:00")] // too early in the day
    [InlineData("2026-03-10T23:50", "2026-04-09T21:30")] // too late
    [InlineData("2026-01-31T21:30", "2026-02-27T21:30")]
    public void In_24_hour_mode_the_debit_is_asked_for_a_day_before_inside_the_hours(string anchor, string due) =>
        Assert.Equal(At(due), new BillingCalendar(At(anchor), Monthly).DatesOf(1, DebitTiming.DayBefore).DueAt);

    [Fact]
    public void A_pay_later_debit_is_asked_for_on_the_day_itself() =>
        Assert.Equal(At("2026-04-10T10:15"), new BillingCalendar(At("2026-03-10T10:15"), Monthly).DatesOf(1, DebitTiming.SameDay).DueAt);

    [Fact]
    public void Intervals_under_six_days_need_no_notice()
    {
        Assert.Null(new BillingCalendar(At("2026-03-10T10:15"), new(IntervalUnit.Day, 5)).DatesOf(1, DebitTiming.DayBefore).NoticeAt);
        Assert.Equal(At("2026-03-11T10:15"),
            new BillingCalendar(At("2026-03-10T10:15"), new(IntervalUnit.Week, 1)).DatesOf(1, DebitTiming.DayBefore).NoticeAt);
    }

    [Fact]
    public void Periods_touch_without_gap_or_overlap() => Check.QuickThrowOnFailure(Prop.ForAll(Calendars, pair =>
    {
        var (calendar, number) = pair;
        var (one, two) = (calendar.PeriodAt(number), calendar.PeriodAt(number + 1));
        return one.End == two.Start && one.Start < one.End;
    }));

    [Fact]
    public void Every_period_starts_at_the_anchors_time_of_day_in_Beijing() => Check.QuickThrowOnFailure(Prop.ForAll(Calendars, pair =>
        Beijing.TimeOf(pair.Calendar.StartOf(pair.Number)) == Beijing.TimeOf(pair.Calendar.Anchor)));

    [Fact]
    public void Months_keep_the_anchors_day_or_the_last_of_a_shorter_month() => Check.QuickThrowOnFailure(Prop.ForAll(Calendars, pair =>
    {
        var (calendar, number) = pair;
        if (calendar.Every.Unit is IntervalUnit.Day or IntervalUnit.Week)
        {
            return true;
        }

        var day = Beijing.DateOf(calendar.StartOf(number));
        return day.Day == Math.Min(Beijing.DateOf(calendar.Anchor).Day, DateTime.DaysInMonth(day.Year, day.Month));
    }));

    [Fact]
    public void A_debit_is_always_due_inside_the_hours_and_five_days_after_the_notice() => Check.QuickThrowOnFailure(Prop.ForAll(Calendars, pair =>
    {
        var dates = pair.Calendar.DatesOf(pair.Number + 1, DebitTiming.DayBefore);
        return DebitWindow.IsOpen(dates.DueAt)
            && Beijing.TimeOf(dates.DueAt) <= DebitWindow.LastPlanned
            && dates.OpensAt < dates.DueAt
            && (dates.NoticeAt is not { } notice || (notice <= dates.DueAt - TimeSpan.FromDays(5) && notice >= dates.OpensAt));
    }));

    [Fact]
    public void No_interval_is_shorter_than_its_least_days() => Check.QuickThrowOnFailure(Prop.ForAll(Calendars, pair =>
    {
        var period = pair.Calendar.PeriodAt(pair.Number);
        return period.End - period.Start >= TimeSpan.FromDays(pair.Calendar.Every.LeastDays);
    }));

    [Fact]
    public void The_next_open_instant_is_open_and_never_earlier() => Check.QuickThrowOnFailure(Prop.ForAll(Calendars, pair =>
    {
        var next = DebitWindow.NextOpen(pair.Calendar.Anchor);
        return DebitWindow.IsOpen(next) && next >= pair.Calendar.Anchor && next - pair.Calendar.Anchor <= TimeSpan.FromHours(9);
    }));

    [Theory]
    [InlineData("06:59:59", false)]
    [InlineData("07:00:00", true)]
    [InlineData("21:59:59", true)]
    [InlineData("22:00:00", false)]
    public void The_debit_window_is_seven_to_twenty_two(string time, bool isOpen) =>
        Assert.Equal(isOpen, DebitWindow.IsOpen(At("2026-03-10T" + time)));

    [Theory]
    [InlineData(0, 30)]
    [InlineData(1, 60)]
    [InlineData(2, 120)]
    [InlineData(3, 300)]
    [InlineData(4, 900)]
    [InlineData(5, 1800)]
    [InlineData(6, 3600)]
    [InlineData(60, 3600)]
    public void Questions_are_asked_less_and_less_often(int asked, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), AskLadder.WaitAfter(asked));

    private static Arbitrary<(BillingCalendar Calendar, int Number)> Calendars => Arb.From(
        from seconds in Gen.Choose(0, 8 * 365 * 86400)
        from unit in Gen.Elements(Enum.GetValues<IntervalUnit>())
        from count in Gen.Choose(1, 12)
        from number in Gen.Choose(0, 60)
        select (new BillingCalendar(At("2024-01-01T00:00").AddSeconds(seconds), new Interval(unit, count)), number));

    private static DateTimeOffset At(string beijing) =>
        new DateTimeOffset(DateTime.Parse(beijing, System.Globalization.CultureInfo.InvariantCulture), Beijing.Offset).ToUniversalTime();
}
