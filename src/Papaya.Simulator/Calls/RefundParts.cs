using Papaya.Simulator.World;

namespace Papaya.Simulator.Calls;

/// <summary>
/// How a refund divides: what the user gets in money, what goes back to his coupons, and the part of WeChat's fee that the merchant gets
/// (rule: docs/reference/wechat-rules.md, section 20).
/// </summary>
/// <param name="Coupons">What comes back of each coupon; null when none was spent.</param>
/// <param name="Settled">What the merchant gives: all but discounts that nobody had paid in.</param>
/// <param name="Fee">WeChat's fee that comes back.</param>
/// <param name="FeeApart">It goes to the account for fees.</param>
internal sealed record RefundParts(List<CouponPart>? Coupons, long Settled, long Fee, bool FeeApart)
{
    /// <summary>What the basic account loses.</summary>
    public long Net => Settled - (FeeApart ? 0 : Fee);

    /// <summary>The parts of a refund that is about to be accepted, after those that were accepted before and not closed.</summary>
    public static RefundParts Of(SimulatorState state, Order order, long amount)
    {
        var before = order.Refunds?.Where(r => r.State != RefundState.Closed).ToArray() ?? [];
        var coupons = order.Coupons is null ? null : CouponsOf(state, order, amount, before);
        var settled = amount - coupons.Free();
        return new(coupons, settled, FeeOf(state, order, amount, settled, before), order.FeeApart && !state.Switches.Is("refund_fee_returned", "none"));
    }

    /// <summary>A whole refund gives the user what he paid; a part of it the same part of that, half a fen up. The rest are the coupons'.</summary>
    private static List<CouponPart> CouponsOf(SimulatorState state, Order order, long amount, Refund[] before)
    {
        var left = order.Coupons!.ConvertAll(c => c.Amount - before.Sum(r => r.Coupons?.Where(b => b.Id == c.Id).Sum(b => b.Amount) ?? 0));
        var couponsLeft = left.Sum();
        var cashLeft = order.CashFee - before.Sum(r => r.CashFee);
        var cash = Math.Clamp(Fees.Part(order.CashFee, order.Amount, amount), Math.Max(0, amount - couponsLeft), Math.Min(cashLeft, amount));
        var shares = state.Switches.Is("coupon_refund_spread", "in_order") ? InOrder(left, amount - cash) : Spread(left, amount - cash);
        return [.. order.Coupons.Select((c, n) => c with { Amount = shares[n] }).Where(c => c.Amount > 0)];
    }

    /// <summary>Each gives the same part of what it has left; odd fen are given by those with the largest remainder, then by the first.</summary>
    private static long[] Spread(List<long> left, long amount)
    {
        var total = left.Sum();
        if (total == 0)
        {
            return [.. left];
        }

        long[] shares = [.. left.Select(part => (long)((Int128)amount * part / total))];
        var odd = (int)(amount - shares.Sum());
        foreach (var n in Enumerable.Range(0, shares.Length).OrderByDescending(n => (long)((Int128)amount * left[n] % total)).Take(odd))
        {
            shares[n]++;
        }

        return shares;
    }

    private static long[] InOrder(List<long> left, long amount)
    {
        var shares = new long[left.Count];
        for (var n = 0; n < shares.Length; n++)
        {
            shares[n] = Math.Min(left[n], amount);
            amount -= shares[n];
        }

        return shares;
    }

    /// <summary>Parts may be closed and taken again: what is given back never exceeds what was taken.</summary>
    private static long FeeOf(SimulatorState state, Order order, long amount, long settled, Refund[] before)
    {
        if (order.Fee == 0 || state.Switches.Is("refund_fee_returned", "none"))
        {
            return 0;
        }

        var left = order.Fee - before.Sum(r => r.Fee);
        var isRest = before.Sum(r => r.Amount) + amount == order.Amount;
        return Math.Max(0, isRest ? left : Math.Min(Fees.Back(order.Fee, order.SettlementFee, before.Sum(r => r.SettlementFee), settled), left));
    }
}
