using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.V3;

/// <summary>Debits of overseas merchants: the answer is the result.</summary>
internal static class GlobalDebits
{
    private static readonly Permission[] Needs = [Permission.Global];

    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("global-debit", Debit, Needs),
        .. V3Rule.Both("global-query-by-id", call => Query(call, call.State.FindOrderByTransaction(call.Merchant.MchId, call.Text("transaction_id")!)), Needs),
        .. V3Rule.Both("global-query-by-out-trade-no", call => Query(call, call.State.FindOrder(call.Merchant.MchId, call.Text("out_trade_no"))), Needs),
        .. V3Rule.Both("global-reverse", Reverse, Needs),
    ];

    private static void Debit(V3Call call)
    {
        var state = call.State;
        var known = state.FindOrder(call.Merchant.MchId, call.Text("out_trade_no"));
        if (known is not null and not { State: TradeState.NotPay, Currency: not null })
        {
            call.Refuse(400, "INVALID_REQUEST", "The out_trade_no was used before");
            return;
        }

        if (GlobalContracts.ById(call) is not { IsActive: true } contract)
        {
            V3Refusals.ContractNotExist(call);
            return;
        }

        var currency = call.Text("amount.currency")!;
        if (ExchangeRates.Of(currency) is null)
        {
            call.Refuse(400, "INVALID_REQUEST", "Currency code is not supported", new("/amount/currency", "Currency code is invalid", "body") { Value = currency });
            return;
        }

        var order = Read(call, contract, currency);
        var user = state.FindUser(contract.Openid);
        if (user is null or { Risk: RiskState.Refuse } || order.PayerAmount > state.FindTemplate(contract.MchId, contract.PlanId)!.SingleLimit)
        {
            V3Refusals.RuleLimit(call);
            return;
        }

        var failed = Funds.WhyNot(user);
        var taken = failed ?? Funds.Take(state, user, order.PayerAmount!.Value);
        if (!taken.IsTaken)
        {
            Fail(call, order, taken);
            return;
        }

        Pay(state, order, taken.BankType!, call.Now);
        call.Succeed(json => Transactions.Write(json, state, order, "SUCCESS"));
    }

    /// <summary>The number may be used again: nothing was taken. What a bank did is not known to anybody.</summary>
    private static void Fail(V3Call call, Order order, Taken taken)
    {
        (order.ErrCode, order.ErrText) = (taken.Code, taken.Text);
        order.State = TradeState.NotPay;
        call.State.Put(order);
        var status = taken.Code == "BANKERROR" ? 502 : 403;
        call.Refuse(status, taken.Code is "NOTENOUGH" or "BANKERROR" ? taken.Code : "RULELIMIT", taken.Text!);
    }

    private static void Pay(SimulatorState state, Order order, string bankType, DateTimeOffset now)
    {
        order.State = TradeState.Success;
        order.TransactionId = state.Numbers.TransactionId(now);
        order.PaidAt = now;
        order.BankType = bankType;
        (order.ErrCode, order.ErrText) = (null, null);
        state.Put(order);
        state.Put(new Movement
        {
            MchId = order.MchId,
            Kind = MovementKind.Debit,
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId,
            ContractId = order.ContractId,
            Openid = order.Openid!,
            Amount = order.PayerAmount!.Value,
            At = now,
        });
        Callbacks.Debited(state, order, now);
    }

    private static Order Read(V3Call call, Contract contract, string currency)
    {
        var order = Transactions.Debit(call, contract, "AUTH", "notify_url");
        (order.Currency, order.PayerAmount) = (currency, ExchangeRates.Convert(order.Amount, currency));
        return order;
    }

    /// <summary>A debit can be taken back for so long.</summary>
    private static TimeSpan Reversible(V3Call call) => TimeSpan.FromDays(call.State.Switches.Is("global_reverse_within", "1_day") ? 1 : 365);

    private static void Query(V3Call call, Order? order)
    {
        if (order is not { Currency: not null } || order.SubMchId != call.SubMchId)
        {
            V3Refusals.NotFound(call, "The order does not exist");
            return;
        }

        call.Succeed(json => Transactions.Write(json, call.State, order, Transactions.StateOf(order)));
    }

    /// <summary>An unpaid number is closed, a paid one given back whole.</summary>
    private static void Reverse(V3Call call)
    {
        var state = call.State;
        if (state.FindOrder(call.Merchant.MchId, call.Text("out_trade_no")) is not { Currency: not null } order || order.SubMchId != call.SubMchId)
        {
            V3Refusals.NotFound(call, "The order does not exist");
            return;
        }

        if (order.State == TradeState.Refund || call.Now - order.CreatedAt > Reversible(call))
        {
            call.Refuse(400, "INVALID_REQUEST", "The order cannot be reversed any more");
            return;
        }

        if (order.State == TradeState.Success)
        {
            RefundDesk.Reverse(state, order, call.Now);
        }
        else
        {
            order.State = TradeState.Closed;
        }

        state.Put(order);
        call.Succeed();
    }
}
