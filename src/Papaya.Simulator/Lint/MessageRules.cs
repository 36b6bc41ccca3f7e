using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>How notifications are received.</summary>
internal static class MessageRules
{
    private const double Late = 1_000;
    private const double TooLate = 5_000;
    private static readonly TimeSpan DoubleClick = TimeSpan.FromSeconds(10);

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("answered-late", LintSeverity.Error,
            new("通知应答超时", "A notification was answered late"), new("先落库再立即应答，业务处理放到之后", "Store the message, answer at once, work afterwards"), "notification pages D:4011987465: 5 seconds")
        {
            OnSend = c =>
            {
                var took = c.Record.DurationMs;
                if (c.Record.Verdict == CallVerdict.NoAnswer ? took >= TooLate : c.Record.Status > 0 && took > Late)
                {
                    c.Fault(took >= TooLate ? LintSeverity.Error : LintSeverity.Warning, $"It took {took:0} ms; WeChat waits 5,000.");
                }
                else if (c.Record.Status > 0)
                {
                    c.Pass();
                }
            },
        },
        new("ack-wrong-bytes", LintSeverity.Error,
            new("应答报文不符合规定", "The acknowledgement has the wrong bytes"),
            new("原样返回规定的 XML，前后没有空行、BOM 或其他内容", "Answer the documented XML, with no blank line, BOM or anything else round it"), "notification pages D:4011987465")
        {
            OnSend = c =>
            {
                if (c.Record is not { IsV3: false, Status: >= 200 and < 300, Response: { } answer, Fault: not (FaultKind.BadSignature or FaultKind.WrongMerchant) }
                    || (!c.Record.Acknowledged && V2Message.TryParse(answer, out var refusal, out _) && refusal!["return_code"] == "FAIL"))
                {
                    return;
                }

                if (!c.Record.Acknowledged)
                {
                    c.Fault("WeChat takes this for no acknowledgement.");
                }
                else if (!answer.AsSpan().SequenceEqual(Acknowledgement.Success.Span) && !IsExact(answer))
                {
                    c.Fault(LintSeverity.Warning, "Taken for an acknowledgement, but not as the page has it.");
                }
                else
                {
                    c.Pass();
                }
            },
        },
        new("never-acknowledged", LintSeverity.Error,
            new("通知始终未被确认", "Never acknowledged"), new("检查回调地址是否可达、验签是否通过", "Check that the address can be reached and the sign verifies"), "notification pages D:4011987465")
        {
            OnSend = c =>
            {
                if (c.Record.Acknowledged && c.Record.Fault is null)
                {
                    c.Pass();
                }
                else if (c.Record is { Verdict: not CallVerdict.NotSent, Fault: null } send && send.Send == send.Of && send.Of > 1)
                {
                    c.Fault($"All {send.Of} sends went unacknowledged.");
                }
            },
        },
        new("no-query-when-silent", LintSeverity.Error,
            new("通知未到且未主动查单", "No notification came, and nobody asked"), new("到时未收到通知就主动查单", "Ask about the order when its notification does not come in time"), "checklist 16")
        {
            OnCall = c =>
            {
                if (c is { AsksAboutOrder: true, Record: { Status: 200, ErrCode: null }, IsForged: false, HasAnswer: true } && c.Facts.Silent.Keep(c.MchId, c.Record.OutTradeNo))
                {
                    c.Pass();
                }
            },
            OnTime = r => r.Overdue(r.Facts.Silent),
        },
        new("probe-acknowledged", LintSeverity.Error,
            new("探测流量被确认", "A probe was acknowledged"),
            new("签名以 WECHATPAY/SIGNTEST/ 开头的通知按验签失败处理", "Refuse a sign that begins with WECHATPAY/SIGNTEST/ like any wrong one"), "checklist 4")
        {
            OnSend = c =>
            {
                if (c.Record is { Fault: FaultKind.Probe, Status: > 0 })
                {
                    c.Judge(!c.Record.Acknowledged, "The message had one of WeChat's fake signs.");
                }
            },
        },
        new("forged-accepted", LintSeverity.Error,
            new("未验签即应答成功", "A forged message was acknowledged"), new("对原始报文验签，商户号不符或签名不符时应答失败", "Verify the raw message; refuse a bad sign and a foreign merchant number"), "checklist 2")
        {
            OnSend = c =>
            {
                if (c.Record is { Fault: FaultKind.BadSignature or FaultKind.WrongMerchant, Status: > 0 })
                {
                    c.Judge(!c.Record.Acknowledged, $"The message had a fault on purpose: {(c.Record.Fault == FaultKind.BadSignature ? "a wrong sign" : "another merchant's number")}.");
                }
            },
        },
        new("wrong-amount-accepted", LintSeverity.Warning,
            new("未校验回调金额", "The amount was not checked"), new("金额与订单不符时查单核实", "Ask about the order when the amount is not its amount"), "checklist 14")
        {
            OnSend = c =>
            {
                if (c.Record is { Fault: FaultKind.WrongAmount, Status: > 0, Acknowledged: false })
                {
                    c.Pass();
                }
            },
            OnCall = c =>
            {
                if (c.AsksAboutOrder && c.Facts.WrongAmounts.Keep(c.MchId, c.Record.OutTradeNo))
                {
                    c.Pass();
                }
            },
            OnTime = r => r.Overdue(r.Facts.WrongAmounts),
        },
        new("missing-idempotency", LintSeverity.Error,
            new("重复消息触发了重复操作", "One cause, two effects"), new("按订单号、协议号去重，同一操作只做一次", "De-duplicate by order and contract: do each thing once"), "checklist 3, 13")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Order, Openid: { } openid, OutTradeNo: { } number } && c.Text("plan_id") is { } plan
                    && c.Facts.Orders.TryFind((c.MchId, openid, plan), out var before))
                {
                    c.Judge(before.Number == number || c.Record.At - before.At >= DoubleClick, $"Two orders of one user and plan within ten seconds: {before.Number} and {number}.", before.Record);
                }
                else if (c.Record.Path == LintCase.Refund && c.RefundedOrder is { } order && c.Facts.Of(c.MchId).DuplicatedAt is { } twice
                    && c.Facts.Refunds.Find((c.MchId, order))?.Find(r => r.At >= twice) is { } first && first.OutRefundNo != c.Record.OutRefundNo
                    && first.Amount == c.Request?.GetInt64("refund_fee"u8))
                {
                    c.Fault($"After a message came twice, {order} was refunded twice: {first.OutRefundNo} and {c.Record.OutRefundNo}.", first.Record);
                }
            },
            OnSend = c =>
            {
                // It came again and was taken again: what follows from it twice is heard as a call.
                if (c.Record.Acknowledged && c.Facts.Acknowledged.Find(c.Record.Delivery) > 0)
                {
                    c.Pass();
                }
            },
        },
    ];

    /// <summary>A document of the two documented elements with nothing before and behind it.</summary>
    private static bool IsExact(byte[] answer) =>
        answer is [(byte)'<', .., (byte)'>'] && V2Message.TryParse(answer, out var message, out _)
        && message!.Fields.All(f => f.Key is "return_code" or "return_msg");
}
