namespace Papaya.Simulator.Lint;

internal static class RefundRules
{
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("refund-number-changed", LintSeverity.Error,
            new("退款重试更换了退款单号，可能重复退款", "A retried refund changed its number: this may refund twice"),
            new("未得到明确结果前用原退款单号重试", "Repeat the same out_refund_no until it is decided"), "checklist 23")
        {
            OnCall = c =>
            {
                if (BeforeIt(c)?.FindLast(r => (r.IsUnknown || r.ErrCode == "NOTENOUGH") && r.Amount == Amount(c)) is { } open)
                {
                    c.Judge(open.OutRefundNo == c.Record.OutRefundNo, $"{c.Record.OutRefundNo} follows {open.OutRefundNo}, which was not decided.", open.Record);
                }
            },
        },
        new("refund-over-total", LintSeverity.Error,
            new("退款累计超过订单金额", "Refunds exceed the payment"), new("先核对已退金额", "Add up what was refunded before"), "checklist 23")
        {
            OnCall = c =>
            {
                if (BeforeIt(c) is { } before && c.Request?.GetInt64("total_fee"u8) is { } total && Amount(c) is { } amount)
                {
                    var taken = before.Where(r => r.ErrCode is null && !r.IsUnknown && r.OutRefundNo != c.Record.OutRefundNo).Sum(r => r.Amount);
                    c.Judge(taken + amount <= total, $"{taken} fen refunded before, {amount} asked, {total} paid.");
                }
            },
        },
        new("refund-too-soon", LintSeverity.Warning,
            new("两次退款间隔不足一分钟", "Two refunds of an order under a minute apart"), new("同一订单多次退款间隔一分钟以上", "Leave a minute between refunds of an order"), "docs/reference/wechat-rules.md §9")
        {
            OnCall = c =>
            {
                if (BeforeIt(c)?.FindLast(r => r.ErrCode is null && r.OutRefundNo != c.Record.OutRefundNo) is { } last)
                {
                    c.Judge(c.Record.At - last.At >= Apart, $"{last.OutRefundNo} was asked less than a minute before.", last.Record);
                }
            },
        },
        new("refund-without-certificate", LintSeverity.Error,
            new("退款未带证书", "A refund without a certificate"), new("退款接口使用商户 API 证书", "Show the merchant's API certificate"), "checklist 24")
        {
            OnCall = c =>
            {
                if (c.Record.Path == LintCase.Refund)
                {
                    c.Judge(c.Record.ErrCode != "CERT_ERROR", "CERT_ERROR.");
                }
            },
        },
    ];

    private static long? Amount(LintCase c) => c.Request?.GetInt64("refund_fee"u8);

    /// <summary>Earlier refunds of the order; null when this is no refund.</summary>
    private static List<RefundFacts>? BeforeIt(LintCase c) =>
        c.Record.Path == LintCase.Refund && c.RefundedOrder is { } order ? c.Facts.Refunds.Find((c.MchId, order)) ?? [] : null;
}
