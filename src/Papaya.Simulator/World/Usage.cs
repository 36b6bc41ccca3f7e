using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>
/// What one user's debits under one template have taken lately; WeChat's limits count so, and signing again does not start them anew.
/// </summary>
internal sealed class Usage
{
    public required string MchId { get; set; }

    public required long PlanId { get; set; }

    public required string Openid { get; set; }

    /// <summary>The account signed for; empty where a user signs a template once.</summary>
    public string OuterId { get; set; } = "";

    /// <summary>The Beijing day (yyyymmdd) that the day's counters belong to.</summary>
    public int Day { get; set; }

    public int Applies { get; set; }

    public int Executions { get; set; }

    public int Successes { get; set; }

    public long Debited { get; set; }

    /// <summary>The month (yyyymm) that the month's sum belongs to.</summary>
    public int Month { get; set; }

    public long MonthDebited { get; set; }

    /// <summary>The first day (yyyymmdd) of the cycle that its counter belongs to.</summary>
    public int Cycle { get; set; }

    public int CycleSuccesses { get; set; }

    /// <summary>Begins the counters of a new day, month or cycle.</summary>
    public void Turn(DateTimeOffset now, DateOnly cycle)
    {
        var today = BeijingTime.Day(now);
        if (Day != Number(today))
        {
            (Day, Applies, Executions, Successes, Debited) = (Number(today), 0, 0, 0, 0);
        }

        if (Month != Number(today) / 100)
        {
            (Month, MonthDebited) = (Number(today) / 100, 0);
        }

        if (Cycle != Number(cycle))
        {
            (Cycle, CycleSuccesses) = (Number(cycle), 0);
        }
    }

    /// <summary>Counts a success.</summary>
    public void Add(long amount)
    {
        Successes++;
        CycleSuccesses++;
        Debited += amount;
        MonthDebited += amount;
    }

    private static int Number(DateOnly day) => (day.Year * 10_000) + (day.Month * 100) + day.Day;
}
