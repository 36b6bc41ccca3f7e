using Papaya.Simulator.World;

namespace Papaya.Simulator.Notifications;

/// <summary>Seconds between a send that was not acknowledged and the next one. The first send is immediate.</summary>
internal static class Schedules
{
    // A: 0/10/10/10/30/30/30/300/300/… up to 30 sends (D:4011987586).
    private static readonly int[] Contract = [10, 10, 10, 30, 30, 30, .. Enumerable.Repeat(300, 23)];

    // B: 0/15/15/30/180/1800/1800/1800/1800/3600, 10 sends (D:4011987465).
    private static readonly int[] Debit = [15, 15, 30, 180, 1800, 1800, 1800, 1800, 3600];

    // C and D: 15 repeats, 24 h 4 min in total (D:4011937248).
    private static readonly int[] Payment = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600];

    /// <summary>The wait after so many sends; null when WeChat gives up.</summary>
    public static TimeSpan? WaitAfter(DeliveryKind kind, int sends)
    {
        var waits = kind switch
        {
            DeliveryKind.Contract => Contract,
            DeliveryKind.Debit => Debit,
            DeliveryKind.Payment or DeliveryKind.Refund => Payment,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return sends <= waits.Length ? TimeSpan.FromSeconds(waits[sends - 1]) : null;
    }
}
