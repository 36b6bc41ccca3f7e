using Papaya.Simulator.World;

namespace Papaya.Simulator.V3;

/// <summary>V3's message about the end of a refund.</summary>
internal static class RefundNotices
{
    public static void Send(SimulatorState state, Refund refund, string url, DateTimeOffset now)
    {
        var status = Refunds.Name(refund.State);
        var summary = refund.State switch { RefundState.Success => "退款成功", RefundState.Abnormal => "退款异常", _ => "退款关闭" };
        var delivery = new Delivery
        {
            Id = state.Numbers.Plain(),
            Kind = DeliveryKind.Refund,
            MchId = refund.MchId,
            Url = url,
            Body = [],
            Format = DeliveryFormat.V3,
            OutTradeNo = refund.OutTradeNo,
            OutRefundNo = refund.OutRefundNo,
        };
        Callbacks.Send(
            state, delivery, "REFUND." + status, "refund", summary,
            json =>
            {
                var order = state.FindOrder(refund.MchId, refund.OutTradeNo)!;
                var sub = order.SubMchId;
                json.WriteString(sub is null ? "mchid" : "sp_mchid", refund.MchId);
                json.WriteText("sub_mchid", sub);
                json.WriteString("transaction_id", refund.TransactionId);
                json.WriteString("out_trade_no", refund.OutTradeNo);
                json.WriteString("refund_id", refund.RefundId);
                json.WriteString("out_refund_no", refund.OutRefundNo);
                // The reply calls it status.
                json.WriteString("refund_status", status);
                json.WriteTime("success_time", refund.SucceededAt);
                json.WriteString("user_received_account", refund.Receiver);
                json.WriteStartObject("amount");
                Refunds.WriteAmounts(json, order, refund);
                json.WriteEndObject();
            },
            now);
    }
}
