using Papaya.Simulator.V3;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

/// <summary>A query answered from an old copy of the world. Under the lock: nobody else sees the past.</summary>
internal static class Lag
{
    public static void Run(Call call, CallRule rule, TimeSpan behind)
    {
        var past = new Past(
            call.State, call.Merchant.MchId, call.Now - behind, call.Text("out_trade_no"u8), call.Text("transaction_id"u8), call.Text("out_refund_no"u8),
            call.Text("refund_id"u8), call.Text("contract_id"u8), call.Text("contract_code"u8));
        switch (past.Missing)
        {
            case Order:
                call.Fail("ORDERNOTEXIST", Calls.Texts.NoOrder);
                break;
            case Refund:
                call.Fail("REFUNDNOTEXIST", "退款订单查询失败");
                break;
            case Contract:
                call.Fail("CONTRACT_NOT_EXIST", Calls.Texts.ContractUnknown);
                break;
            default:
                past.During(() => rule.Run(call));
                break;
        }
    }

    /// <summary>The call that was answered.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="stranger">The same question about numbers that nobody has: V3's calls say in their own words that there is nothing.</param>
    /// <param name="behind">How old the copy is.</param>
    public static V3Call Run(V3Call call, V3Call stranger, TimeSpan behind)
    {
        var past = new Past(
            call.State, call.Merchant.MchId, call.Now - behind, call.Text("out_trade_no"), call.Text("transaction_id"), call.Text("out_refund_no"), call.Text("refund_id"),
            call.Text("contract_id"), call.Text("out_contract_code"));
        var asked = past.Missing is null ? call : stranger;
        past.During(() => asked.Rule.Run(asked));
        return asked;
    }

    /// <summary>What a question is about, as it was.</summary>
    private sealed class Past
    {
        private readonly DateTimeOffset _then;
        private readonly Order? _order;
        private readonly Contract? _contract;
        private readonly Refund[] _refunds;

        public Past(
            SimulatorState state, string mchId, DateTimeOffset then, string? orderNumber, string? transaction, string? refundNumber, string? refundId,
            string? contractId, string? contractCode)
        {
            _then = then;
            _order = orderNumber is not null ? state.FindOrder(mchId, orderNumber) : transaction is not null ? state.FindOrderByTransaction(mchId, transaction) : null;
            _contract = state.FindContract(contractId) ?? state.FindContractByCode(mchId, contractCode);
            var refund = refundNumber is not null ? state.FindRefund(mchId, refundNumber) : refundId is not null ? state.FindRefundById(mchId, refundId) : null;
            _refunds = refund is not null ? [refund] : _order is null ? [] : [.. state.Refunds.Where(r => r.MchId == mchId && r.OutTradeNo == _order.OutTradeNo)];
            Missing = _order?.CreatedAt > then ? _order
                : refund?.AcceptedAt > then ? refund
                : _contract?.SignedAt > then ? _contract
                : null;
        }

        /// <summary>What did not exist yet.</summary>
        public object? Missing { get; }

        public void During(Action ask)
        {
            var (order, contract, refunds) = (
                (_order?.State, _order?.TransactionId, _order?.PaidAt), _contract?.TerminatedAt,
                _refunds.Select(r => (r.State, r.SucceededAt, r.AbnormalAt, r.ClosedAt)).ToArray());
            var listed = _order?.Refunds;
            try
            {
                GoBack();
                ask();
            }
            finally
            {
                Return(order, listed, contract, refunds);
            }
        }

        private void Return(
            (TradeState? State, string? TransactionId, DateTimeOffset? PaidAt) order, List<Refund>? listed, DateTimeOffset? contract,
            (RefundState State, DateTimeOffset? SucceededAt, DateTimeOffset? AbnormalAt, DateTimeOffset? ClosedAt)[] refunds)
        {
            if (_order is not null)
            {
                (_order.State, _order.TransactionId, _order.PaidAt, _order.Refunds) = (order.State!.Value, order.TransactionId, order.PaidAt, listed);
            }

            if (_contract is not null)
            {
                _contract.TerminatedAt = contract;
            }

            for (var n = 0; n < refunds.Length; n++)
            {
                (_refunds[n].State, _refunds[n].SucceededAt, _refunds[n].AbnormalAt, _refunds[n].ClosedAt) = refunds[n];
            }
        }

        private void GoBack()
        {
            if (_order?.PaidAt > _then)
            {
                // A debit that took its time was waiting; what was paid at once had not been paid.
                _order.State = _order.Kind == OrderKind.Debit && _order.PaidAt - _order.CreatedAt > TimeSpan.FromMinutes(1) ? TradeState.Accept : TradeState.NotPay;
                (_order.TransactionId, _order.PaidAt) = (null, null);
            }

            if (_order is { State: TradeState.Refund } && _refunds.All(r => r.AcceptedAt > _then))
            {
                _order.State = TradeState.Success;
            }

            if (_order is { Refunds: { } listed })
            {
                _order.Refunds = [.. listed.Where(r => r.AcceptedAt <= _then)];
            }

            if (_contract?.TerminatedAt > _then)
            {
                _contract.TerminatedAt = null;
            }

            foreach (var refund in _refunds.Where(r => r.SucceededAt > _then || r.AbnormalAt > _then || r.ClosedAt > _then))
            {
                refund.State = refund.AbnormalAt <= _then ? RefundState.Abnormal : RefundState.Processing;
                (refund.SucceededAt, refund.ClosedAt) = (null, null);
                refund.AbnormalAt = refund.State == RefundState.Abnormal ? refund.AbnormalAt : null;
            }
        }
    }
}
