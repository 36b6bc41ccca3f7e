using System.Text.Json.Nodes;
using Papaya.Simulator.Control;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages.Room;

/// <summary>The stations of an order, in order of time, for its life line.</summary>
internal static class OrderLife
{
    private const int MostSends = 12;

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

        foreach (var send in sends.Take(MostSends))
        {
            steps.Add((send.At, send.Acknowledged ? "good" : "wait", $"通知第 {send.Send} 次", $"message, send {send.Send}", send.Acknowledged ? "✓ " + send.Path : send.Path));
        }

        foreach (var refund in order.Refunds ?? [])
        {
            steps.Add((refund.AcceptedAt, "none", "受理退款", "refund accepted", Show.Yuan(refund.Amount)));
            if (refund.SucceededAt is { } done)
            {
                steps.Add((done, "good", "退款成功", "refunded", refund.OutRefundNo));
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
