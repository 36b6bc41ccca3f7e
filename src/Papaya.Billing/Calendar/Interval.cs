namespace Papaya.Billing.Calendar;

public enum IntervalUnit
{
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>How often a plan renews.</summary>
public readonly record struct Interval(IntervalUnit Unit, int Count)
{
    /// <summary>The day that lies <paramref name="steps"/> intervals after the anchor. Always counted from the anchor, so that
    /// 31 January, 28 February, 31 March: a short month clamps its own day and no later one.</summary>
    public DateOnly From(DateOnly anchor, int steps) => Unit switch
    {
        IntervalUnit.Day => anchor.AddDays(checked(Count * steps)),
        IntervalUnit.Week => anchor.AddDays(checked(7 * Count * steps)),
        IntervalUnit.Month => anchor.AddMonths(checked(Count * steps)),
        IntervalUnit.Quarter => anchor.AddMonths(checked(3 * Count * steps)),
        IntervalUnit.Year => anchor.AddMonths(checked(12 * Count * steps)),
    };

    /// <summary>The fewest days that one interval can have.</summary>
    public int LeastDays => Unit switch
    {
        IntervalUnit.Day => Count,
        IntervalUnit.Week => 7 * Count,
        IntervalUnit.Month => 28 * Count,
        IntervalUnit.Quarter => 89 * Count,
        IntervalUnit.Year => 365 * Count,
    };

    public string ToApiUnit() => Unit switch
    {
        IntervalUnit.Day => "day",
        IntervalUnit.Week => "week",
        IntervalUnit.Month => "month",
        IntervalUnit.Quarter => "quarter",
        IntervalUnit.Year => "year",
    };

    public static IntervalUnit? UnitFromApi(string? name) => name switch
    {
        "day" => IntervalUnit.Day,
        "week" => IntervalUnit.Week,
        "month" => IntervalUnit.Month,
        "quarter" => IntervalUnit.Quarter,
        "year" => IntervalUnit.Year,
        _ => null,
    };
}
