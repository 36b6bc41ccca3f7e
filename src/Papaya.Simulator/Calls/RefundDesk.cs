using Papaya.Simulator.Notifications;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Calls;

/// <summary>What a merchant asks for, whichever interface it uses.</summary>
internal sealed record RefundWish(Order Order, string OutRefundNo, long Total, long Amount)
{
    public required string AppId { get; init; }

    public string? Reason { get; init; }

    public string? NotifyUrl { get; init; }

    /// <summary>One of V2's two purses; null leaves it to WeChat.</summary>
    public string? Account { get; init; }

    public bool IsByHand { get; init; }

    public bool IsV3 { get; init; }

    /// <summary>Without an address of its own nobody is told, even where the merchant has set one.</summary>
    public bool IsUntold { get; init; }
}

/// <summary>Why a refund is not accepted; each interface has its own word for it.</summary>
internal enum RefundObstacle
{
    WrongTotal,
    Overdue,
    UserGone,
    FullyRefunded,
    MoreThanLeft,
    TooManyParts,
    TooSoon,
    NotEnough,
}

/// <summary>Refunds from acceptance to their end: the merchant's money is taken at once, the user's arrives later, or not at all.</summary>
internal static class RefundDesk
{
    public const int MostParts = 50;

    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary>The least time between two refunds of one order.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long an accepted refund waits for the merchant's money.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromDays(1);

    public static RefundObstacle? WhyNot(SimulatorState state, Merchant merchant, RefundWish wish, DateTimeOffset now)
    {
        var order = wish.Order;
        var paidAt = order.PaidAt!.Value;
        var last = state.Switches.Is("refund_year", "calendar_year") ? paidAt.AddYears(1) : paidAt + Year;
        var isSoon = order.Refunds is { Count: > 0 } earlier && now - earlier.Max(r => r.AcceptedAt) < Interval && !state.Switches.Is("refund_interval", "none");
        return wish.Total != order.Amount ? RefundObstacle.WrongTotal
            : now > last ? RefundObstacle.Overdue
            : state.FindUser(order.Openid) is null or { Account: AccountState.Closed } ? RefundObstacle.UserGone
            : order.Refunded == order.Amount ? RefundObstacle.FullyRefunded
            : wish.Amount > order.Amount - order.Refunded ? RefundObstacle.MoreThanLeft
            : order.Refunds?.Count(r => r.State != RefundState.Closed) >= MostParts ? RefundObstacle.TooManyParts
            : isSoon ? RefundObstacle.TooSoon
            : !state.Switches.Is("refund_funds_short", "NOTENOUGH") || IsCovered(state, merchant, wish.Account, RefundParts.Of(state, order, wish.Amount).Net, now) ? null
            : RefundObstacle.NotEnough;
    }

    /// <summary>Takes it on. Nothing was in its way.</summary>
    public static Refund Accept(SimulatorState state, Merchant merchant, RefundWish wish, DateTimeOffset now)
    {
        var order = wish.Order;
        var parts = RefundParts.Of(state, order, wish.Amount);
        var refund = new Refund
        {
            MchId = merchant.MchId,
            AppId = wish.AppId,
            OutRefundNo = wish.OutRefundNo,
            RefundId = state.Numbers.RefundId(now),
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId!,
            TotalFee = wish.Total,
            Amount = wish.Amount,
            Coupons = parts.Coupons,
            Reason = wish.Reason,
            NotifyUrl = wish.NotifyUrl ?? (wish.IsUntold ? null : merchant.RefundNotifyUrl),
            Account = wish.Account ?? Refund.Unsettled,
            IsByHand = wish.IsByHand,
            IsV3 = wish.IsV3,
            Receiver = RefundRoute.Receiver(order),
            Fee = parts.Fee,
            FeeApart = parts.FeeApart,
            AcceptedAt = now,
            IsUnpaid = !IsCovered(state, merchant, wish.Account, parts.Net, now),
        };
        order.State = TradeState.Refund;
        order.Refunded += wish.Amount;
        if (!refund.IsUnpaid)
        {
            Take(state, merchant, order, refund, now);
        }

        state.Schedule(refund, refund.IsUnpaid ? now + BetweenTries : now + RefundRoute.Takes(state, order, refund));
        state.Put(order);
        state.Put(refund);
        DebitLimits.GiveBack(state, order, now);
        return refund;
    }

    /// <summary>A debit of the global family is taken back whole and on the spot: a refund in fen, with a number that only WeChat uses.</summary>
    public static void Reverse(SimulatorState state, Order order, DateTimeOffset now)
    {
        var merchant = state.FindMerchant(order.MchId)!;
        Fees.Settle(state, merchant, now);
        var (paid, number) = (order.PayerAmount!.Value, state.Numbers.RefundId(now));
        var isFeeBack = !state.Switches.Is("refund_fee_returned", "none");
        var refund = new Refund
        {
            MchId = order.MchId,
            AppId = order.AppId,
            OutRefundNo = number,
            RefundId = number,
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId!,
            TotalFee = paid,
            Amount = paid,
            IsV3 = true,
            Receiver = RefundRoute.Receiver(order),
            Fee = isFeeBack ? order.Fee : 0,
            FeeApart = isFeeBack && order.FeeApart,
            AcceptedAt = now,
        };
        order.State = TradeState.Refund;
        order.Refunded = order.Amount;
        Take(state, merchant, order, refund, now);
        End(state, refund, RefundState.Success, now);
        state.Put(order);
    }

    /// <summary>A refund's moment: its money arrives, or what is in the way of it shows.</summary>
    public static void Proceed(SimulatorState state, Refund refund, DateTimeOffset now)
    {
        var order = state.FindOrder(refund.MchId, refund.OutTradeNo)!;
        var merchant = state.FindMerchant(refund.MchId)!;
        if (refund.IsUnpaid)
        {
            if (IsCovered(state, merchant, refund.Account, NetOf(refund), now))
            {
                Take(state, merchant, order, refund, now);
                state.Schedule(refund, now + RefundRoute.Takes(state, order, refund));
                state.Put(refund);
            }
            else if (now - refund.AcceptedAt >= Patience)
            {
                End(state, refund, RefundState.Closed, now);
            }
            else
            {
                state.Schedule(refund, now + BetweenTries);
                state.Put(refund);
            }

            return;
        }

        switch (refund.Channel == RefundRoute.Elsewhere ? RefundWay.Original : RefundRoute.Find(state, order))
        {
            case RefundWay.Later:
                state.Schedule(refund, now + BetweenTries);
                state.Put(refund);
                break;
            case RefundWay.Nowhere:
                End(state, refund, RefundState.Abnormal, now);
                break;
            case RefundWay.Wallet:
                (refund.Channel, refund.Receiver) = ("BALANCE", RefundRoute.ToWallet);
                End(state, refund, RefundState.Success, now);
                break;
            default:
                End(state, refund, RefundState.Success, now);
                break;
        }
    }

    /// <summary>An end, by itself or by somebody's hand; tells the merchant.</summary>
    public static void End(SimulatorState state, Refund refund, RefundState end, DateTimeOffset now)
    {
        var order = state.FindOrder(refund.MchId, refund.OutTradeNo)!;
        refund.State = end;
        state.Schedule(refund, null);
        switch (end)
        {
            case RefundState.Success:
                refund.SucceededAt = now;
                RefundRoute.Arrive(state, order, refund);
                Coupons.GiveBack(state, order);
                break;
            case RefundState.Abnormal:
                refund.AbnormalAt = now;
                break;
            default:
                refund.ClosedAt = now;
                GiveBack(state, order, refund, now);
                break;
        }

        state.Put(refund);
        if (refund.NotifyUrl is { } url)
        {
            Messages.Refunded(state, refund, url, now);
        }
    }

    /// <summary>An abnormal refund goes on its way again, to another account.</summary>
    public static void SendElsewhere(SimulatorState state, Refund refund, string receiver, DateTimeOffset now)
    {
        (refund.State, refund.Channel, refund.Receiver) = (RefundState.Processing, RefundRoute.Elsewhere, receiver);
        state.Schedule(refund, now + BetweenTries);
        state.Put(refund);
    }

    private static void Take(SimulatorState state, Merchant merchant, Order order, Refund refund, DateTimeOffset now)
    {
        var accounts = state.AccountsOf(merchant.MchId);
        var isOld = merchant.FundFlow == FundFlow.Old;
        refund.IsUnpaid = false;
        state.Put(Row(order, refund, MovementKind.Refund, now, isOld && refund.Account == Refund.Recharged ? 0 : Math.Min(NetOf(refund), accounts.Unsettled)));
    }

    /// <summary>The merchant has its money again, WeChat its fee, and the order its remainder.</summary>
    private static void GiveBack(SimulatorState state, Order order, Refund refund, DateTimeOffset now)
    {
        Fees.Settle(state, state.FindMerchant(refund.MchId)!, now);
        if (!refund.IsUnpaid)
        {
            state.Put(Row(order, refund, MovementKind.RefundClosed, now, 0));
        }

        order.Refunded -= refund.Amount;
        if (order.Refunded == 0 && state.Switches.Is("order_after_closed_refund", "SUCCESS"))
        {
            order.State = TradeState.Success;
        }

        state.Put(order);
    }

    private static Movement Row(Order order, Refund refund, MovementKind kind, DateTimeOffset now, long fromUnsettled) => new()
    {
        MchId = refund.MchId,
        Kind = kind,
        OutTradeNo = order.OutTradeNo,
        TransactionId = order.TransactionId!,
        ContractId = order.ContractId,
        Openid = order.Openid!,
        Amount = refund.Amount,
        CouponAmount = refund.Coupons.Total(),
        FreeAmount = refund.Coupons.Free(),
        At = now,
        OutRefundNo = refund.OutRefundNo,
        Fee = refund.Fee,
        FeeApart = refund.FeeApart,
        FromUnsettled = fromUnsettled,
    };

    /// <summary>What the refund takes from the basic account.</summary>
    private static long NetOf(Refund refund) => refund.SettlementFee - (refund.FeeApart ? 0 : refund.Fee);

    private static bool IsCovered(SimulatorState state, Merchant merchant, string? account, long net, DateTimeOffset now)
    {
        Fees.Settle(state, merchant, now);
        var accounts = state.AccountsOf(merchant.MchId);
        return net <= (merchant.FundFlow == FundFlow.New ? accounts.Unsettled + accounts.Available
            : account == Refund.Recharged ? accounts.Available
            : accounts.Unsettled);
    }
}
