using System.Globalization;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Bills;

/// <summary>
/// The fund-flow bill of a day: every movement of one account with what it left there. A payment and its fee, a refund and the
/// fee that comes back, are a row each; closing balance = opening balance + income − expense.
/// </summary>
internal static class FundFlowBill
{
    private const string Columns = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号";
    private const string Summary = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";

    /// <summary>The file; null when the account did not move that day.</summary>
    public static byte[]? Write(SimulatorState state, Merchant merchant, DateOnly day, FundsAccount account)
    {
        var balance = state.AccountsOf(merchant.MchId).Before(day, account);
        List<string> lines = [Columns];
        long earned = 0, spent = 0;
        int number = 0, incomes = 0, expenses = 0;
        foreach (var flow in state.MovementsOf(merchant.MchId, day).SelectMany(m => Flows(state, m)))
        {
            number++;
            if (flow.Account != account)
            {
                continue;
            }

            balance += flow.Fen;
            (earned, incomes, spent, expenses) = flow.Fen > 0 ? (earned + flow.Fen, incomes + 1, spent, expenses) : (earned, incomes, spent - flow.Fen, expenses + 1);
            lines.Add(Row(state, merchant, day, number, flow, balance));
        }

        lines.Add(Summary);
        lines.Add(BillFile.Row([$"{incomes + expenses}.0", $"{incomes}.0", BillFile.Yuan(earned), $"{expenses}.0", BillFile.Yuan(spent)]));
        return incomes + expenses == 0 ? null : BillFile.Write(lines, state.Switches);
    }

    /// <summary>What a movement does to the accounts, in the order in which it is written down.</summary>
    private static IEnumerable<Flow> Flows(SimulatorState state, Movement movement)
    {
        var basic = FundsAccount.Available;
        var feeAccount = movement.FeeApart ? FundsAccount.Fees : basic;
        var refund = movement.OutRefundNo is { } number ? state.FindRefund(movement.MchId, number) : null;
        var (business, voucher, remark) = refund is null
            ? (movement.TransactionId, movement.OutTradeNo, "")
            : (refund.RefundId, refund.OutRefundNo, refund.Reason ?? "");
        Flow[] flows = movement.Kind switch
        {
            MovementKind.Payment or MovementKind.Debit =>
            [
                new(movement, basic, "交易", "交易", movement.Settled, business, "system", "", voucher),
                new(movement, feeAccount, "交易", "扣除交易手续费", -movement.Fee, business, "system", "", voucher),
            ],
            MovementKind.Refund =>
            [
                new(movement, basic, "退款", "退款", -movement.Settled, business, refund!.IsByHand ? "system" : movement.MchId + "API", remark, voucher),
                new(movement, feeAccount, "退款", "退还交易手续费", movement.Fee, business, "system", "", voucher),
            ],
            MovementKind.RefundClosed =>
            [
                new(movement, basic, "退款", "退款关闭", movement.Settled, business, "system", remark, voucher),
                new(movement, feeAccount, "交易", "扣除交易手续费", -movement.Fee, business, "system", "", voucher),
            ],
            MovementKind.TopUp => [new(movement, Column(movement.Account), "充值/提现", "充值", movement.Amount, "", "system", "", "")],
            MovementKind.Withdrawal => [new(movement, Column(movement.Account), "充值/提现", "提现", -movement.Amount, "", "system", "", "")],
            _ => [],
        };
        return flows.Where(f => f.Fen != 0);
    }

    private static string Row(SimulatorState state, Merchant merchant, DateOnly day, int number, Flow flow, long balance)
    {
        var flowNumber = string.Create(CultureInfo.InvariantCulture, $"{merchant.MchId}{day:yyyyMMdd}{number:D10}");
        return BillFile.Row(
        [
            BeijingTime.Spaced(flow.Movement.At), flow.Business.Length > 0 ? flow.Business : flowNumber, flowNumber, flow.Name, flow.Kind,
            flow.Fen > 0 ? "收入" : "支出", BillFile.Yuan(Math.Abs(flow.Fen)), BillFile.Yuan(balance), flow.Applicant,
            BillFile.Text(flow.Remark, state.Switches), BillFile.Text(flow.Voucher, state.Switches),
        ]);
    }

    /// <summary>The basic account is one: takings count in it before and after their settlement.</summary>
    private static FundsAccount Column(FundsAccount account) => account == FundsAccount.Unsettled ? FundsAccount.Available : account;

    private sealed record Flow(
        Movement Movement, FundsAccount Account, string Name, string Kind, long Fen, string Business, string Applicant, string Remark, string Voucher);
}
