using Papaya.Simulator.World;

namespace Papaya.Simulator.Calls;

/// <summary>Which coupons WeChat spends on a payment, and when it gives them back.</summary>
internal static class Coupons
{
    /// <summary>More than these no message could name.</summary>
    private const int Most = 20;

    /// <summary>
    /// What the user's coupons would pay of an order: those that fit it, the largest first, each whole, as many as together leave something to the user.
    /// </summary>
    public static List<CouponPart>? Choose(SimulatorState state, User user, Order order)
    {
        if (user.Coupons is not { Count: > 0 } || (order.Kind == OrderKind.Debit && state.Switches.Is("coupons_and_debits", "kept")))
        {
            return null;
        }

        List<CouponPart>? chosen = null;
        var most = state.Switches.Is("coupons_at_once", "1") ? 1 : Most;
        var left = order.Amount - (state.Switches.Is("coupons_pay_all", "yes") ? 0 : 1);
        foreach (var coupon in user.Coupons.Where(c => Fits(c, order)).OrderByDescending(c => c.Amount).ThenBy(c => c.Id, StringComparer.Ordinal))
        {
            if (coupon.Amount <= left && (chosen is null || chosen.Count < most))
            {
                left -= coupon.Amount;
                (chosen ??= []).Add(new()
                {
                    Id = coupon.Id, Amount = coupon.Amount, Type = coupon.Type, Name = coupon.Name, StockId = coupon.StockId, IsWeChats = coupon.MchId is null,
                });
            }
        }

        return chosen;
    }

    /// <summary>They have paid. The caller puts the order.</summary>
    public static void Spend(SimulatorState state, User user, Order order, List<CouponPart>? chosen)
    {
        order.Coupons = chosen;
        if (chosen is null)
        {
            return;
        }

        foreach (var part in chosen)
        {
            user.Coupons!.Find(c => c.Id == part.Id)!.SpentOn = order.OutTradeNo;
        }

        state.Put(user);
    }

    /// <summary>Coupons of which all has come back can be spent again.</summary>
    public static void GiveBack(SimulatorState state, Order order)
    {
        if (order.Coupons is null || state.Switches.Is("coupon_after_refund", "spent") || state.FindUser(order.Openid) is not { Coupons: { } coupons } user)
        {
            return;
        }

        foreach (var part in order.Coupons)
        {
            var back = order.Refunds?.Where(r => r.State == RefundState.Success).Sum(r => r.Coupons?.Where(c => c.Id == part.Id).Sum(c => c.Amount) ?? 0);
            if (back == part.Amount && coupons.Find(c => c.Id == part.Id && c.SpentOn == order.OutTradeNo) is { } coupon)
            {
                coupon.SpentOn = null;
                state.Put(user);
            }
        }
    }

    private static bool Fits(Coupon coupon, Order order) =>
        coupon.SpentOn is null && order.Amount >= coupon.Minimum
        && (coupon.MchId is null || coupon.MchId == order.MchId || coupon.MchId == order.SubMchId)
        && (coupon.GoodsTag is null || coupon.GoodsTag == order.GoodsTag);
}
