namespace Papaya.Billing.Calendar;

/// <summary>Business dates are Beijing dates: UTC+8, no daylight saving.</summary>
public static class Beijing
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(Offset).DateTime);

    public static TimeOnly TimeOf(DateTimeOffset instant) => TimeOnly.FromDateTime(instant.ToOffset(Offset).DateTime);

    public static DateTimeOffset At(DateOnly date, TimeOnly time) => new DateTimeOffset(date.ToDateTime(time), Offset).ToUniversalTime();

    /// <summary>yyyymmdd, as stored.</summary>
    public static long DayNumber(DateOnly date) => (date.Year * 10_000L) + (date.Month * 100L) + date.Day;
}
