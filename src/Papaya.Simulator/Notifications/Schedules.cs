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

    // Global V3: 15/15/30/180/1800/1800/1800/1800/3600.
    private static readonly int[] Global = Debit;

    /// <summary>The wait after so many sends; null when WeChat gives up.</summary>
    public static TimeSpan? WaitAfter(Delivery delivery, int sends)
    {
        var waits = WaitsOf(delivery);
        return sends <= waits.Length ? TimeSpan.FromSeconds(waits[sends - 1]) : null;
    }

    /// <summary>How often a message is sent at most.</summary>
    public static int SendsOf(Delivery delivery) => WaitsOf(delivery).Length + 1;

    private static int[] WaitsOf(Delivery delivery) => delivery switch
    {
        { IsOnce: true } => [],
        { Format: DeliveryFormat.V3Global } => Global,
        { Format: DeliveryFormat.V3 } => Payment,
        { Kind: DeliveryKind.Contract } => Contract,
        { Kind: DeliveryKind.Debit } => Debit,
        _ => Payment,
    };
}
