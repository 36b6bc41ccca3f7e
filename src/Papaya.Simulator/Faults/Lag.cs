using Papaya.Simulator.Wire;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

/// <summary>A query answered from an old copy of the world. Under the lock: nobody else sees the past.</summary>
internal static class Lag
{
    public static void Run(Call call, CallRule rule, TimeSpan behind)
    {
        var then = call.Now - behind;
        var order = call.State.FindOrder(call.Merchant.MchId, call.Text("out_trade_no"u8));
        var contract = call.State.FindContract(call.Text("contract_id"u8)) ?? call.State.FindContractByCode(call.Merchant.MchId, call.Text("contract_code"u8));
        if (order is not null)
        {
            AskAbout(call, rule, order, then);
        }
        else if (contract is not null)
        {
            AskAbout(call, rule, contract, then);
        }
        else
        {
            rule.Run(call);
        }
    }

    private static void AskAbout(Call call, CallRule rule, Order order, DateTimeOffset then)
    {
        if (order.CreatedAt > then)
        {
            call.Fail("ORDERNOTEXIST", Calls.Texts.NoOrder);
            return;
        }

        var (state, transaction, paidAt) = (order.State, order.TransactionId, order.PaidAt);
        if (paidAt > then)
        {
            // A debit that took its time was waiting; what was paid at once had not been paid.
            order.State = order.Kind == OrderKind.Debit && paidAt - order.CreatedAt > TimeSpan.FromMinutes(1) ? TradeState.Accept : TradeState.NotPay;
            (order.TransactionId, order.PaidAt) = (null, null);
        }

        rule.Run(call);
        (order.State, order.TransactionId, order.PaidAt) = (state, transaction, paidAt);
    }

    private static void AskAbout(Call call, CallRule rule, Contract contract, DateTimeOffset then)
    {
        if (contract.SignedAt > then)
        {
            call.Fail("CONTRACT_NOT_EXIST", Calls.Texts.ContractUnknown);
            return;
        }

        var ended = contract.TerminatedAt;
        contract.TerminatedAt = ended > then ? null : ended;
        rule.Run(call);
        contract.TerminatedAt = ended;
    }
}
