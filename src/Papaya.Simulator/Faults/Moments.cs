using Papaya.Simulator.Calls;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

/// <summary>The moments at which WeChat acts by itself, and what can go wrong there.</summary>
internal static class Moments
{
    /// <summary>A debit's moment has come.</summary>
    public static void Execute(SimulatorState state, Order order, DateTimeOffset now)
    {
        if (Debits.OnlyBegins(state, order, now))
        {
            return;
        }

        var fault = state.Faults.Hit(new("execution", order.MchId, [.. new[] { order.OutTradeNo, order.ContractId }.OfType<string>()], order.IsHeldBack), now);
        order.IsHeldBack = false;
        switch (fault?.Kind)
        {
            case FaultKind.Late:
                order.IsHeldBack = true;
                state.Schedule(order, now + fault.Delay);
                state.Put(order);
                break;
            case FaultKind.Lost:
                Lose(state, order);
                break;
            case FaultKind.Fail:
                order.ForcedFailure = (fault.Rule.Code!, fault.Rule.Text ?? fault.Rule.Code!);
                Debits.Execute(state, order, now);
                order.ForcedFailure = null;
                if (fault.Rule.Code == "SYSTEMERROR")
                {
                    // WeChat itself does not know: nothing closes the order but the merchant.
                    order.State = TradeState.NotPay;
                    state.Schedule(order, null);
                    state.Put(order);
                }

                break;
            case FaultKind.Twice:
                Debits.Execute(state, order, now);
                if (order.IsPaid)
                {
                    TakeAgain(state, order, now);
                }

                break;
            default:
                Debits.Execute(state, order, now);
                break;
        }
    }

    /// <summary>A refund is about to reach its account.</summary>
    public static void Complete(SimulatorState state, Refund refund, DateTimeOffset now)
    {
        var fault = state.Faults.Hit(new("refund_execution", refund.MchId, [refund.OutRefundNo, refund.OutTradeNo], refund.IsHeldBack), now);
        refund.IsHeldBack = fault is { Kind: FaultKind.Late };
        switch (fault?.Kind)
        {
            case FaultKind.Late:
                state.Schedule(refund, now + fault.Delay);
                state.Put(refund);
                break;
            case FaultKind.Abnormal:
                RefundDesk.End(state, refund, RefundState.Abnormal, now);
                break;
            case FaultKind.Closed:
                RefundDesk.End(state, refund, RefundState.Closed, now);
                break;
            default:
                RefundDesk.Proceed(state, refund, now);
                break;
        }
    }

    private static void Lose(SimulatorState state, Order order)
    {
        order.IsLost = true;
        order.State = TradeState.Closed;
        state.Schedule(order, null);
        state.Put(order);
        if (state.FindContract(order.ContractId) is { } contract && contract.WaitingOrder == order.OutTradeNo)
        {
            contract.WaitingOrder = null;
            state.Put(contract);
        }
    }

    /// <summary>The same order, another transaction: the same money is taken once more, in the same way, and the merchant is told.</summary>
    private static void TakeAgain(SimulatorState state, Order order, DateTimeOffset now)
    {
        var user = state.FindUser(order.Openid)!;
        if (!Funds.Give(state, user, order.BankType!, -order.CashFee))
        {
            Funds.Give(state, user, Funds.Wallet, -order.CashFee);
        }

        var first = order.TransactionId;
        order.TransactionId = state.Numbers.TransactionId(now);
        state.Put(Debits.MovementOf(order, now));
        Messages.Debited(state, order, now);
        order.TransactionId = first;
        state.Put(order);
    }
}
