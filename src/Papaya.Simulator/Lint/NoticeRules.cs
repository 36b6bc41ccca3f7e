using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>Notices before debits, and how often a cycle is debited.</summary>
internal static class NoticeRules
{
    private static readonly TimeSpan FirstHours = TimeSpan.FromHours(12);

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("notice-in-first-hours", LintSeverity.Warning,
            new("首签 12 小时内无需预扣费通知", "A notice in the first 12 hours of a contract"),
            new("签约后 12 小时内可直接扣首期；发了通知反而要等待", "Debit the first period within 12 hours without a notice; with one the wait begins"), "checklist 19")
        {
            OnCall = c =>
            {
                if (IsNotice(c) && c.World.Contract(c.Record.ContractId, static k => (DateTimeOffset?)k.SignedAt) is { } signedAt)
                {
                    c.Judge(c.Record.At - signedAt >= FirstHours, "The contract was signed less than 12 hours before.");
                }
            },
        },
        new("debit-outside-notice", LintSeverity.Warning,
            new("扣款不在通知的可扣费期内", "A debit too early or too late for its notice"),
            new("通知当日和次日为等待期，其后 N 天内扣款；过期须重新通知", "The day of the notice and the next are the wait; debit in the N days after them, or send a new notice"), "docs/reference/wechat-rules.md §3")
        {
            OnCall = c =>
            {
                if (c.Record.Path != LintCase.Apply)
                {
                    return;
                }

                if (c.Reply?["err_code_des"] is { } why && (why == Texts.NoticeFirst || why == Texts.NoticeWaits || why == Texts.NoticeOver))
                {
                    c.Fault($"{why}: refused.");
                }
                else if (c.Record is { ErrCode: null, ContractId: { } contract } && c.Facts.Notices.Has((c.MchId, contract)))
                {
                    c.Pass();
                }
            },
        },
        new("amount-differs-from-notice", LintSeverity.Warning,
            new("扣款金额与通知的金额不一致", "The debit is not the amount that was announced"),
            new("通知用户将要扣的金额；金额变化时重新通知", "Announce what will be taken, and announce again when it changes"), "docs/reference/wechat-rules.md §3")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Apply, ContractId: { } contract } && c.Request?.GetInt64("total_fee"u8) is { } amount
                    && c.Facts.Notices.TryFind((c.MchId, contract), out var notice) && (c.Record.ErrCode is null || amount > notice.Amount))
                {
                    c.Judge(amount == notice.Amount, $"{notice.Amount} fen announced, {amount} asked for.", notice.Record);
                }
            },
        },
        new("second-success-in-cycle", LintSeverity.Warning,
            new("同一周期成功扣款两次", "Two debits of one contract in one cycle"),
            new("按周期去重：一个周期只扣一次", "Tie each debit to its period, and debit a period once"), "docs/reference/wechat-rules.md §4")
        {
            OnSend = c =>
            {
                if (c.Record is not { Kind: DeliveryKind.Debit, Fault: null, OutTradeNo: { } number, ContractId: { } contract }
                    || c.World.Order(c.MchId, number, static o => o.IsPaid ? o.PaidAt : null) is not { } paidAt)
                {
                    return;
                }

                if (c.Facts.Successes.TryFind((c.MchId, contract), out var before))
                {
                    if (before.Number == number)
                    {
                        return;
                    }

                    if (c.World.CycleOf(contract, paidAt) is { } cycle)
                    {
                        c.Judge(BeijingTime.Day(before.PaidAt) < cycle, $"{before.Number} was paid in the same cycle.");
                    }
                }

                c.Facts.Successes.Put((c.MchId, contract), (paidAt, number));
            },
        },
    ];

    /// <summary>A notice that WeChat took.</summary>
    public static bool IsNotice(LintCase c) => c is { Record: { Path: LintCase.Notice, Status: 200 or 204, ContractId: not null }, IsReplaced: false };
}
