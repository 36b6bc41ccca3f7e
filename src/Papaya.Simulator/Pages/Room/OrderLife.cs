using System.Text.Json.Nodes;
using Papaya.Simulator.Control;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages.Room;

/// <summary>The stations of an order, in order of time, for its life line.</summary>
internal static class OrderLife
{
    public static JsonArray Of(Order order, CallRecord[] sends)
    {
        var steps = new List<(DateTimeOffset At, string Tone, string Chinese, string English, string Detail)>
        {
            (order.CreatedAt, "none", order.Kind == OrderKind.Debit ? "受理扣款" : "下单", order.Kind == OrderKind.Debit ? "accepted" : "ordered", Show.Yuan(order.Amount)),
        };
        if (order.PaidAt is { } paid)
        {
            steps.Add((paid, "good", order.Kind == OrderKind.Debit ? "扣款成功" : "支付成功", order.Kind == OrderKind.Debit ? "debited" : "paid", order.TransactionId ?? ""));
        }
        else if (order.State is TradeState.PayFail or TradeState.Closed)
        {
            steps.Add((sends.FirstOrDefault()?.At ?? order.CreatedAt, "bad", "未成功，已关闭", "failed or closed", $"{order.ErrCode} {order.ErrText}".Trim()));
        }

        for (var at = 0; at < sends.Length;)
        {
            var send = sends[at];
            // Sends that nobody acknowledged are one station: there may be thirty in a row.
            var alike = send.Acknowledged ? 1 : sends.Skip(at).TakeWhile(s => !s.Acknowledged).Count();
            var last = sends[at + alike - 1];
            steps.Add(alike == 1
                ? (send.At, send.Acknowledged ? "good" : "wait", $"通知第 {send.Send} 次{(send.Acknowledged ? "，已确认" : "，未确认")}", $"message, send {send.Send}, {(send.Acknowledged ? "acknowledged" : "not acknowledged")}", send.Path)
                : (send.At, "wait", $"通知 {alike} 次，均未确认", $"message, {alike} sends, none acknowledged", $"… {Show.Time(last.At)} · {send.Path}"));
            at += alike;
        }

        foreach (var refund in order.Refunds ?? [])
        {
            steps.Add((refund.AcceptedAt, "none", "受理退款", "refund accepted", Show.Yuan(refund.Amount)));
            if (refund.SucceededAt is { } done)
            {
                steps.Add((done, "good", "退款成功", "refunded", refund.OutRefundNo));
            }

            if (refund.AbnormalAt is { } abnormal)
            {
                steps.Add((abnormal, "bad", "退款异常", "refund abnormal", refund.OutRefundNo));
            }

            if (refund.ClosedAt is { } closed)
            {
                steps.Add((closed, "none", "退款关闭", "refund closed", refund.OutRefundNo));
            }
        }

        if (order.DueAt is { } due && order.State is TradeState.Accept or TradeState.NotPay)
        {
            steps.Add((due, "wait", order.Kind == OrderKind.Debit ? "将要扣款" : "将要失效", order.Kind == OrderKind.Debit ? "will be debited" : "will expire", ""));
        }

        return
        [
            .. steps.OrderBy(s => s.At).Select(s => new JsonObject { ["at"] = Rfc3339.Text(s.At), ["tone"] = s.Tone, ["zh"] = s.Chinese, ["en"] = s.English, ["detail"] = s.Detail }),
        ];
    }
}
