using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>Order numbers of debits: what may be repeated, what may follow.</summary>
internal static class NumberRules
{
    /// <summary>So many queries of one number within <see cref="QuickRound"/> are enough.</summary>
    public const int Hammering = 10;

    private static readonly TimeSpan QuickRound = TimeSpan.FromMinutes(10);

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("number-changed-while-undecided", LintSeverity.Error,
            new("结果未知时更换了商户订单号，可能重复扣款", "The number changed while the outcome was unknown: this may debit twice"),
            new("先用原单号查单，得到明确结果后再决定；需要重试时使用原单号", "Ask about the first number, and repeat the same number until it is decided"),
            "checklist 10, 16; docs/reference/wechat-rules.md §7")
        {
            OnCall = c =>
            {
                if (c.Others is not { Count: > 0 } others || IsPayPerUse(c))
                {
                    return;
                }

                var open = others.FindLast(o => o.Known == Knowledge.Undecided);
                c.Judge(open is null, $"{c.Record.OutTradeNo} follows {open?.Number}, whose outcome was not known.", open?.LastRecord ?? 0);
            },
        },
        new("no-query-after-systemerror", LintSeverity.Error,
            new("SYSTEMERROR 或无应答后未查单", "No query after SYSTEMERROR or a missing answer"),
            new("调用 paporderquery 或 orderquery 查询该单号，再决定是否用原单号重试", "Ask paporderquery or orderquery about this number before repeating it"),
            "checklist 16; error table of pappayapply, D:4011987377")
        {
            OnCall = c =>
            {
                if (c.Number is not { IsUnanswered: true } facts)
                {
                    return;
                }

                if (c.IsQuery)
                {
                    c.Pass();
                }
                else if (c.Record.Path == LintCase.Apply)
                {
                    c.Fault($"{facts.Number} was repeated, not asked about.", facts.LastRecord);
                }
            },
            OnTime = r => r.Overdue(r.Facts.Unanswered),
        },
        new("spent-number-reused", LintSeverity.Error,
            new("已失败的订单号再次使用", "A spent number was used again"),
            new("失败已确定的扣款换新单号", "Use a new number once the failure is certain"), "checklist 10, 17")
        {
            OnCall = c =>
            {
                if (c.Record.Path != LintCase.Apply)
                {
                    return;
                }

                if (c.Number is { Known: Knowledge.Failed } spent)
                {
                    c.Fault($"{spent.Number} had failed.", spent.LastRecord);
                }
                else if (c.Others?.Exists(o => o.Known == Knowledge.Failed) == true)
                {
                    c.Pass();
                }
            },
        },
        new("number-under-another-merchant", LintSeverity.Error,
            new("同一订单号用于另一商户号，会再次扣款", "The same number under another merchant: it debits again"),
            new("不同商户号使用不同的单号前缀", "Give each merchant number its own prefix"), "docs/reference/wechat-rules.md §7")
        {
            OnCall = c =>
            {
                if (c.Record is not { Path: LintCase.Apply, OutTradeNo: { } number } || c.Facts.Appliers is (null, _) || (!c.Facts.Appliers.HasMore && c.Facts.Appliers.First == c.MchId))
                {
                    return;
                }

                var isTaken = c.Facts.Owners.TryFind(number, out var owner) && owner.MchId != c.MchId;
                c.Judge(!isTaken, $"Merchant {owner.MchId} used this number too.", isTaken ? owner.Record : 0);
            },
        },
        new("no-close-before-new-number", LintSeverity.Error,
            new("回调 SYSTEMERROR 后未关单即换号", "A new number before the old one was closed, after a message with SYSTEMERROR"),
            new("先查单，再关单，然后换号", "Query, close, then take a new number"), "checklist 15")
        {
            OnCall = c =>
            {
                if (c.Others?.FindLast(o => o.FailureCode == "SYSTEMERROR") is { } failed)
                {
                    c.Judge(failed is { AskedAfterFailure: true, ClosedByCaller: true }, $"{failed.Number} was told as SYSTEMERROR and not asked about and closed.", failed.LastRecord);
                }
            },
        },
        new("debit-outside-hours", LintSeverity.Warning,
            new("在 7:00–22:00 之外发起扣款或通知", "A debit or a notice outside 07:00–22:00"),
            new("在北京时间 7:00 至 22:00 之间发起扣款和通知", "Debit and announce between 07:00 and 22:00 Beijing time"), "checklist 9")
        {
            OnCall = c =>
            {
                if (c.Record.Path is LintCase.Apply or LintCase.Notice)
                {
                    c.Judge(c.Record.At.ToOffset(BeijingTime.Offset).Hour is >= 7 and < 22, $"Sent at {c.Record.At.ToOffset(BeijingTime.Offset):HH:mm:ss} Beijing time.");
                }
            },
        },
        new("retry-after-rulelimit", LintSeverity.Warning,
            new("超限后当日重复扣款", "Tried again on the day of RULELIMIT"), new("超限后次日再试", "Try again on another day"), "error table of pappayapply, D:4011987377")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Apply, ContractId: { } contract } && c.Facts.RuleLimits.TryFind((c.MchId, contract), out var limited))
                {
                    c.Judge(BeijingTime.Day(limited.At) != BeijingTime.Day(c.Record.At), "RULELIMIT was answered on the same day.", limited.Record);
                }
            },
        },
        new("no-back-off", LintSeverity.Warning,
            new("被限频后未退避", "No back-off after FREQUENCY_LIMITED"), new("被限频后至少等待一秒并逐次加长", "Wait a second at least, and longer each time"), "docs/reference/wechat-rules.md §5")
        {
            OnCall = c =>
            {
                if (c.Facts.Limited.TryFind((c.MchId, c.Record.Path), out var limited))
                {
                    c.Judge(c.Record.At - limited.At >= TimeSpan.FromSeconds(1), "Within a second after FREQUENCY_LIMITED.", limited.Record);
                }
            },
        },
        new("query-hammering", LintSeverity.Info,
            new("查单过于频繁", "Asked too often"), new("按 30 秒、1、2、5、15、30 分钟逐次加长间隔", "Ask after 30 s, then 1, 2, 5, 15, 30 minutes"), "docs/reference/wechat-rules.md §7")
        {
            OnCall = c =>
            {
                if (c.IsQuery && c.Record.OutTradeNo is { } number && c.Facts.Queries.Find((c.MchId, number)) is { } times)
                {
                    c.Judge(times.Count < Hammering || c.Record.At - times.Peek() >= QuickRound, "More than ten queries of one number in ten minutes.");
                }
            },
        },
        new("wrong-query-call", LintSeverity.Info,
            new("查询接口与订单不匹配", "The other query fits this order"),
            new("委托扣款用 paporderquery，支付中签约的订单用 orderquery", "paporderquery for debits, orderquery for cashier orders"), "docs/reference/wechat-rules.md §7")
        {
            OnCall = c =>
            {
                if (c.IsQuery && c.World.Order(c.MchId, c.Record.OutTradeNo, static o => (OrderKind?)o.Kind) is { } kind)
                {
                    c.Judge(kind == OrderKind.Debit || c.Record.Path == LintCase.OrderQuery, "paporderquery was asked about a cashier order.");
                }
            },
        },
    ];

    /// <summary>Of a pay-later contract several uses may be under way; another amount or text is another use.</summary>
    public static bool IsPayPerUse(LintCase c) =>
        c.World.TemplateOf(c.Record.ContractId, static t => (TemplateKind?)t.Kind) is not (null or TemplateKind.Periodic)
        && c.Others!.TrueForAll(o => o.Known != Knowledge.Undecided || o.Body != c.Text("body") || o.Amount != c.Request?.GetInt64("total_fee"u8));
}
