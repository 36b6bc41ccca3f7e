using Papaya.Simulator.World;

namespace Papaya.Simulator.Calls;

/// <summary>How often a merchant may ask for refunds and about old orders; V2 and V3 calls count together.</summary>
internal static class RefundLimits
{
    /// <summary>How long too many wrong requests keep a merchant out.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Too many wrong requests within a second keep the merchant out for a minute.</summary>
    public static bool IsKeptOut(SimulatorState state, Merchant merchant, DateTimeOffset now) => state.Throttle.IsBlocked(merchant.MchId, "refund_bad", now);

    public static bool AllowsRefund(SimulatorState state, Merchant merchant, DateTimeOffset now) => Allows(state, merchant, "refund", merchant.Limits.RefundQps, now);

    public static bool AllowsQuery(SimulatorState state, Merchant merchant, DateTimeOffset now) => Allows(state, merchant, "refund_query", merchant.Limits.RefundQueryQps, now);

    /// <summary>Questions and refunds about an order that is older than a month have a limit of their own.</summary>
    public static bool AllowsOld(SimulatorState state, Merchant merchant, Order order, DateTimeOffset now)
    {
        var months = state.Switches.Is("old_order_after", "2_months") ? 2 : 1;
        return now <= (order.PaidAt ?? order.CreatedAt).AddMonths(months) || Allows(state, merchant, "old_orders", merchant.Limits.OldOrderQpm, now, Minute);
    }

    /// <summary>A refund request was wrong.</summary>
    public static void Count(SimulatorState state, Merchant merchant, DateTimeOffset now)
    {
        if (!Allows(state, merchant, "refund_bad", merchant.Limits.RefundBadQps, now))
        {
            state.Throttle.Block(merchant.MchId, "refund_bad", now + Pause);
        }
    }

    private static bool Allows(SimulatorState state, Merchant merchant, string what, int most, DateTimeOffset now, TimeSpan? within = null) =>
        !state.Options.FrequencyLimit || state.Throttle.Allows(merchant.MchId, what, most, now, within);
}
