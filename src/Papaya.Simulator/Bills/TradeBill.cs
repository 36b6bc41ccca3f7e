using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Bills;

/// <summary>Which rows a trade bill has.</summary>
internal enum BillKind
{
    All,
    Success,
    Refund,

    /// <summary>Refunds of coupons that were paid in: nobody here has any.</summary>
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
        if (movements.Length == 0)
        {
            return null;
        }

        var isOld = state.Switches.Is("bill_layout", "24");
        var names = isOld ? Columns.Select(name => OldNames.GetValueOrDefault(name, name)) : Columns;
        List<string> lines = [string.Join(',', Lay([.. names], kind, isOld, ["退款申请时间", "退款成功时间"]))];
        var madeAt = BillFile.MadeAt(day, state.Switches);
        long paid = 0, refunded = 0, fees = 0;
        foreach (var movement in movements)
        {
            var refund = movement.Kind == MovementKind.Refund ? state.FindRefund(movement.MchId, movement.OutRefundNo)! : null;
            fees += refund is null ? movement.Fee : -movement.Fee;
            paid += refund is null ? movement.Amount : 0;
            refunded += refund is null ? 0 : movement.Amount;
            var times = refund is null ? ["", ""] : new[] { BeijingTime.Spaced(movement.At), refund.SucceededAt is { } at && at <= madeAt ? BeijingTime.Spaced(at) : "" };
            lines.Add(BillFile.Row(Lay(Cells(state, merchant, movement, refund, madeAt), kind, isOld, times)));
        }

        var (count, income, back, cost) = ($"{movements.Length}.0", BillFile.Yuan(paid), BillFile.Yuan(refunded), BillFile.Fee(fees));
        (string Names, string[] Values) end = (isOld, kind) switch
        {
            (true, _) => (OldSummary, [count, income, back, "0.00", cost]),
            (_, BillKind.Success) => (SuccessSummary, [count, income, cost, income]),
            _ => (Summary, [count, income, back, "0.00", cost, income, back]),
        };
        return BillFile.Write([.. lines, end.Names, BillFile.Row(end.Values)], state.Switches);
    }

    private static bool Has(BillKind kind, Movement movement) => kind switch
    {
        BillKind.All => movement.IsPayment || movement.Kind == MovementKind.Refund,
        BillKind.Success => movement.IsPayment,
        BillKind.Refund => movement.Kind == MovementKind.Refund,
        _ => false,
    };

    private static List<string> Cells(SimulatorState state, Merchant merchant, Movement movement, Refund? refund, DateTimeOffset madeAt)
    {
        var order = state.FindOrder(movement.MchId, movement.OutTradeNo)!;
        var paid = BillFile.Yuan(refund is null ? movement.Amount : 0);
        var back = BillFile.Yuan(refund?.Amount ?? 0);
        var fee = BillFile.Fee(refund is null ? movement.Fee : -movement.Fee);
        return
        [
            BeijingTime.Spaced(movement.At), order.AppId, movement.MchId, order.SubMchId ?? "0", BillFile.Text(order.DeviceInfo, state.Switches), movement.TransactionId,
            movement.OutTradeNo, movement.Openid, order.TradeType, refund is null ? "SUCCESS" : "REFUND", order.BankType ?? "OTHERS", "CNY", paid, "0.00",
            refund?.RefundId ?? "0", refund?.OutRefundNo ?? "0", back, "0.00", refund?.Channel ?? "", refund is null ? "" : State(refund, madeAt),
            BillFile.Text(order.Body, state.Switches), BillFile.Text(order.Attach, state.Switches), fee, BillFile.Rate(order.FeeRate ?? merchant.FeeRate), paid, back, "",
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
