namespace Papaya.WeChatPay.Bills;

/// <summary>The columns of a trade bill: 27 in real files, 24 as the page prints them, fewer or more in the SUCCESS and REFUND kinds.</summary>
internal static class TradeBill
{
    public const string SummaryStart = "总交易单数";

    public static BillColumns Read(string header)
    {
        var columns = new BillColumns(header, BillTables.Trade);
        columns.Need("交易时间", "公众账号ID", "商户号", "微信订单号", "商户订单号", "交易类型", "交易状态", "手续费");
        return columns.Has("订单金额") || columns.Has("总金额")
            ? columns
            : throw PapayException.BadBill("The header has neither '订单金额' nor '总金额'.");
    }

    public static BillRow Row(BillColumns columns, ReadOnlySpan<byte> line, long number)
    {
        var cells = columns.Cut(line, stackalloc Range[columns.Count + 1], number);
        return new BillRow
        {
            At = cells.Time("交易时间") ?? throw cells.Missing("交易时间"),
            AppId = cells.Text("公众账号ID") ?? "",
            MerchantNumber = cells.Text("商户号") ?? "",
            SubMerchantNumber = cells.Text("特约商户号", "子商户号"),
            DeviceInfo = cells.Text("设备号"),
            WeChatTransactionId = cells.Text("微信订单号") ?? throw cells.Missing("微信订单号"),
            OrderNumber = cells.Text("商户订单号") ?? throw cells.Missing("商户订单号"),
            OpenId = cells.Text("用户标识"),
            TradeType = cells.Text("交易类型") ?? "",
            State = cells.Text("交易状态") ?? throw cells.Missing("交易状态"),
            BankType = cells.Text("付款银行"),
            Currency = cells.Text("货币种类"),
            AmountFen = cells.Scaled("订单金额", "总金额", 2) ?? throw cells.Missing("订单金额"),
            SettlementFen = cells.Scaled("应结订单金额", null, 2),
            CouponFen = cells.Scaled("代金券金额", "代金券或立减优惠金额", 2),
            WeChatRefundId = cells.Reference("微信退款单号"),
            RefundNumber = cells.Reference("商户退款单号"),
            RefundFen = cells.Scaled("退款金额", null, 2),
            RefundCouponFen = cells.Scaled("充值券退款金额", "代金券或立减优惠退款金额", 2),
            RequestedRefundFen = cells.Scaled("申请退款金额", null, 2),
            RefundKind = cells.Text("退款类型"),
            RefundStatus = cells.Text("退款状态"),
            RefundRequestedAt = cells.Time("退款申请时间"),
            RefundSucceededAt = cells.Time("退款成功时间"),
            Body = cells.Text("商品名称"),
            Attach = cells.Text("商户数据包"),
            FeeMilliFen = cells.Scaled("手续费", null, 5) ?? throw cells.Missing("手续费"),
            Rate = cells.Text("费率"),
            RateRemark = cells.Text("费率备注"),
        };
    }

    public static BillSummary Summary(string header, ReadOnlySpan<byte> line, long number)
    {
        var columns = new BillColumns(header, BillTables.Trade);
        var cells = columns.Cut(line, stackalloc Range[columns.Count + 1], number);
        return new BillSummary
        {
            Lines = cells.Scaled("总交易单数", null, 0) ?? throw cells.Missing("总交易单数"),
            AmountFen = cells.Scaled("订单总金额", "总交易额", 2) ?? throw cells.Missing("订单总金额"),
            SettlementFen = cells.Scaled("应结订单总金额", null, 2),
            RefundFen = cells.Scaled("退款总金额", "总退款金额", 2),
            RefundCouponFen = cells.Scaled("充值券退款总金额", "总代金券或立减优惠退款金额", 2),
            RequestedRefundFen = cells.Scaled("申请退款总金额", null, 2),
            FeeMilliFen = cells.Scaled("手续费总金额", null, 5) ?? throw cells.Missing("手续费总金额"),
        };
    }
}
