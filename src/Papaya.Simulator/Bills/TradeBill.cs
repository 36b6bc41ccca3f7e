using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Bills;

/// <summary>Which rows a trade bill has.</summary>
internal enum BillKind
{
    All,
    Success,
    Refund,

    /// <summary>Refunds of which a part goes back to coupons that were paid in.</summary>
    RechargeRefund,
}

/// <summary>
/// The trade bill of a day in WeChat's exact text: payments that succeeded and refunds that were accepted on it. 27 columns in
/// real files, 24 as the papay page prints them. A refund's state is the one of the moment at which the bill is made.
/// </summary>
internal static class TradeBill
{
    private static readonly string[] Columns =
    [
        "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识", "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额",
        "代金券金额", "微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额", "费率备注",
    ];

    private static readonly Dictionary<string, string> OldNames = new(StringComparer.Ordinal)
    {
        ["特约商户号"] = "子商户号",
        ["应结订单金额"] = "总金额",
        ["代金券金额"] = "代金券或立减优惠金额",
        ["充值券退款金额"] = "代金券或立减优惠退款金额",
    };

    private const string None = "0.00";
    private const int OldWidth = 24;
    private const int FirstRefundColumn = 14;
    private const int RefundColumns = 6;
    private const int RequestedRefundColumn = 25;

    private const string Summary = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";
    private const string SuccessSummary = "总交易单数,应结订单总金额,手续费总金额,订单总金额";
    private const string OldSummary = "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额";

    /// <summary>The file; null when the day has no row of this kind.</summary>
    public static byte[]? Write(SimulatorState state, Merchant merchant, DateOnly day, BillKind kind)
    {
        var movements = state.MovementsOf(merchant.MchId, day).Where(m => Has(kind, m)).ToArray();
        return movements.Length == 0 ? null : Write(state, merchant, day, kind, movements);
    }

    private static byte[] Write(SimulatorState state, Merchant merchant, DateOnly day, BillKind kind, Movement[] movements)
    {
        var isOld = state.Switches.Is("bill_layout", "24");
        var names = isOld ? Columns.Select(name => OldNames.GetValueOrDefault(name, name)) : Columns;
        List<string> lines = [string.Join(',', Lay([.. names], kind, isOld, ["退款申请时间", "退款成功时间"]))];
        var madeAt = BillFile.MadeAt(day, state.Switches);
        foreach (var movement in movements)
        {
            var refund = movement.Kind == MovementKind.Refund ? state.FindRefund(movement.MchId, movement.OutRefundNo)! : null;
            var times = refund is null ? ["", ""] : new[] { BeijingTime.Spaced(movement.At), refund.SucceededAt is { } at && at <= madeAt ? BeijingTime.Spaced(at) : "" };
            lines.Add(BillFile.Row(Lay(Cells(state, merchant, movement, refund, madeAt, isOld), kind, isOld, times)));
        }

        lines.AddRange(Last(movements, kind, isOld));
        return BillFile.Write(lines, state.Switches);
    }

    /// <summary>The sums, with their names.</summary>
    private static string[] Last(Movement[] movements, BillKind kind, bool isOld)
    {
        var (refunds, payments) = (movements.Where(m => m.Kind == MovementKind.Refund).ToArray(), movements.Where(m => m.Kind != MovementKind.Refund).ToArray());
        var (count, cost) = ($"{movements.Length}.0", BillFile.Fee(payments.Sum(m => m.Fee) - refunds.Sum(m => m.Fee)));
        var (paid, payable) = (BillFile.Yuan(payments.Sum(m => m.Amount)), BillFile.Yuan(payments.Sum(m => m.Settled)));
        var (asked, back) = (BillFile.Yuan(refunds.Sum(m => m.Amount)), BillFile.Yuan(refunds.Sum(m => m.Settled)));
        return (isOld, kind) switch
        {
            (true, _) => [OldSummary, BillFile.Row([count, paid, asked, BillFile.Yuan(refunds.Sum(m => m.CouponAmount)), cost])],
            (_, BillKind.Success) => [SuccessSummary, BillFile.Row([count, payable, cost, paid])],
            _ => [Summary, BillFile.Row([count, payable, back, BillFile.Yuan(refunds.Sum(m => m.CouponAmount - m.FreeAmount)), cost, paid, asked])],
        };
    }

    private static bool Has(BillKind kind, Movement movement) => kind switch
    {
        BillKind.All => movement.IsPayment || movement.Kind == MovementKind.Refund,
        BillKind.Success => movement.IsPayment,
        BillKind.Refund => movement.Kind == MovementKind.Refund,
        BillKind.RechargeRefund => movement.Kind == MovementKind.Refund && movement.CouponAmount > movement.FreeAmount,
        _ => false,
    };

    /// <summary>27 columns settle without discounts that nobody paid in, and give back of coupons only what was; 24 know neither distinction.</summary>
    private static List<string> Cells(SimulatorState state, Merchant merchant, Movement movement, Refund? refund, DateTimeOffset madeAt, bool isOld)
    {
        var order = state.FindOrder(movement.MchId, movement.OutTradeNo)!;
        var (amount, settled, coupons) = (BillFile.Yuan(movement.Amount), BillFile.Yuan(isOld ? movement.Amount : movement.Settled), BillFile.Yuan(movement.CouponAmount));
        var (paid, payable, spent) = refund is null ? (amount, settled, coupons) : (None, None, None);
        var (asked, back) = refund is null ? (None, None) : (amount, settled);
        var couponsBack = refund is null ? None : isOld ? coupons : BillFile.Yuan(movement.CouponAmount - movement.FreeAmount);
        var fee = BillFile.Fee(refund is null ? movement.Fee : -movement.Fee);
        return
        [
            BeijingTime.Spaced(movement.At), order.AppId, movement.MchId, order.SubMchId ?? "0", BillFile.Text(order.DeviceInfo, state.Switches), movement.TransactionId,
            movement.OutTradeNo, movement.Openid, order.TradeType, refund is null ? "SUCCESS" : "REFUND", order.BankType ?? "OTHERS", "CNY", payable, spent,
            refund?.RefundId ?? "0", refund?.OutRefundNo ?? "0", back, couponsBack, refund?.Channel ?? "", refund is null ? "" : State(refund, madeAt),
            BillFile.Text(order.Body, state.Switches), BillFile.Text(order.Attach, state.Switches), fee, BillFile.Rate(order.FeeRate ?? merchant.FeeRate), paid, asked, "",
        ];
    }

    /// <summary>The bill has words of its own for the states of refunds.</summary>
    private static string State(Refund refund, DateTimeOffset madeAt) =>
        refund.SucceededAt <= madeAt ? "SUCCESS" : refund.ClosedAt <= madeAt ? "FAIL" : refund.AbnormalAt <= madeAt ? "CHANGE" : "PROCESSING";

    /// <summary>SUCCESS leaves out the columns about refunds; the REFUND kinds have two more.</summary>
    private static List<string> Lay(List<string> cells, BillKind kind, bool isOld, string[] refundTimes)
    {
        if (kind == BillKind.Success)
        {
            cells.RemoveAt(RequestedRefundColumn);
            cells.RemoveRange(FirstRefundColumn, RefundColumns);
        }

        if (isOld)
        {
            var width = OldWidth - (kind == BillKind.Success ? RefundColumns : 0);
            cells.RemoveRange(width, cells.Count - width);
        }

        if (kind is BillKind.Refund or BillKind.RechargeRefund)
        {
            cells.InsertRange(FirstRefundColumn, refundTimes);
        }

        return cells;
    }
}
