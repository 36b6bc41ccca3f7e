namespace Papaya.WeChatPay.Bills;

/// <summary>The columns of a fund-flow bill.</summary>
internal static class FundFlowBill
{
    public const string SummaryStart = "资金流水总笔数";

    public static BillColumns Read(string header)
    {
        var columns = new BillColumns(header, BillTables.FundFlow);
        columns.Need("记账时间", "微信支付业务单号", "资金流水单号", "业务类型", "收支类型", "收支金额(元)", "账户结余(元)");
        return columns;
    }

    public static FundFlowRow Row(BillColumns columns, ReadOnlySpan<byte> line, long number)
    {
        var cells = columns.Cut(line, stackalloc Range[columns.Count + 1], number);
        var direction = cells.Text("收支类型");
        return new FundFlowRow
        {
            At = cells.Time("记账时间") ?? throw cells.Missing("记账时间"),
            WeChatBusinessNumber = cells.Text("微信支付业务单号") ?? "",
            FlowNumber = cells.Text("资金流水单号") ?? throw cells.Missing("资金流水单号"),
            BusinessName = cells.Text("业务名称"),
            BusinessKind = cells.Text("业务类型") ?? "",
            Direction = direction switch
            {
                "收入" => FundDirection.In,
                "支出" => FundDirection.Out,
                _ => FundDirection.Unknown,
            },
            DirectionText = direction,
            AmountFen = cells.Scaled("收支金额(元)", null, 2) ?? throw cells.Missing("收支金额(元)"),
            BalanceFen = cells.Scaled("账户结余(元)", null, 2) ?? throw cells.Missing("账户结余(元)"),
            Applicant = cells.Text("资金变更提交申请人"),
            Remark = cells.Text("备注"),
            VoucherNumber = cells.Text("业务凭证号"),
        };
    }

    public static FundFlowSummary Summary(string header, ReadOnlySpan<byte> line, long number)
    {
        var columns = new BillColumns(header, BillTables.FundFlow);
        var cells = columns.Cut(line, stackalloc Range[columns.Count + 1], number);
        return new FundFlowSummary
        {
            Lines = cells.Scaled("资金流水总笔数", null, 0) ?? throw cells.Missing("资金流水总笔数"),
            LinesIn = cells.Scaled("收入笔数", null, 0) ?? throw cells.Missing("收入笔数"),
            FenIn = cells.Scaled("收入金额", null, 2) ?? throw cells.Missing("收入金额"),
            LinesOut = cells.Scaled("支出笔数", null, 0) ?? throw cells.Missing("支出笔数"),
            FenOut = cells.Scaled("支出金额", null, 2) ?? throw cells.Missing("支出金额"),
        };
    }
}
