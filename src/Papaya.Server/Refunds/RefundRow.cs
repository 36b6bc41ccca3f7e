using Papaya.Billing.Refunds;

namespace Papaya.Server.Refunds;

/// <summary>A row of <c>refund</c>.</summary>
internal sealed class RefundRow
{
    public string Id { get; set; } = "";

    public string Merchant { get; set; } = "";

    public string AppId { get; set; } = "";

    /// <summary>Ours, <c>out_refund_no</c>: the only one this refund ever has.</summary>
    public string RefundNumber { get; set; } = "";

    public string? ChargeId { get; set; }

    public string? CheckoutId { get; set; }

    /// <summary>The payment's <c>out_trade_no</c>.</summary>
    public string OrderNumber { get; set; } = "";

    public string TransactionId { get; set; } = "";

    public long OrderAmount { get; set; }

    public long Amount { get; set; }

    public string Reason { get; set; } = "";

    public string State { get; set; } = "";

    public string? Code { get; set; }

    public string? WechatRefundId { get; set; }

    /// <summary>Where the money went, in WeChat's words.</summary>
    public string? ReceivedBy { get; set; }

    public long? SentAt { get; set; }

    public long Asked { get; set; }

    public long? SettledAt { get; set; }

    public long? NextAt { get; set; }

    public long CreatedAt { get; set; }

    public long Version { get; set; }

    public RefundState Status
    {
        get => Refund.Parse(State);
        set => State = Refund.Name(value);
    }
}
