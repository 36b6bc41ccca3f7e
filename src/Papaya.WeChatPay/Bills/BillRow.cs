namespace Papaya.WeChatPay.Bills;

/// <summary>
/// One line of a trade bill. Columns that the bill's layout lacks are null. Amounts are exact; fees have five decimals of a
/// yuan and are therefore counted in thousandths of a fen. No column names the contract: put a reference into the order
/// number or into attach.
/// </summary>
public sealed record BillRow
{
    /// <summary>交易时间: when the payment succeeded, or the refund was accepted.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>公众账号ID.</summary>
    public required string AppId { get; init; }

    /// <summary>商户号.</summary>
    public required string MerchantNumber { get; init; }

    /// <summary>特约商户号 or 子商户号; <c>0</c> for direct merchants.</summary>
    public string? SubMerchantNumber { get; init; }

    /// <summary>设备号.</summary>
    public string? DeviceInfo { get; init; }

    /// <summary>微信订单号.</summary>
    public required string WeChatTransactionId { get; init; }

    /// <summary>商户订单号.</summary>
    public required string OrderNumber { get; init; }

    /// <summary>用户标识.</summary>
    public string? OpenId { get; init; }

    /// <summary>交易类型; <c>PAP</c> for debits.</summary>
    public required string TradeType { get; init; }

    /// <summary>交易状态: <c>SUCCESS</c>, <c>REFUND</c> or <c>REVOKED</c>.</summary>
    public required string State { get; init; }

    /// <summary>付款银行.</summary>
    public string? BankType { get; init; }

    /// <summary>货币种类.</summary>
    public string? Currency { get; init; }

    /// <summary>订单金额 (27 columns) or 总金额 (24 columns), in fen; 0 on refund lines.</summary>
    public required long AmountFen { get; init; }

    /// <summary>应结订单金额 in fen; 0 on refund lines.</summary>
    public long? SettlementFen { get; init; }

    /// <summary>代金券金额 or 代金券或立减优惠金额, in fen.</summary>
    public long? CouponFen { get; init; }

    /// <summary>微信退款单号; null on payment lines, where the bill says <c>0</c>.</summary>
    public string? WeChatRefundId { get; init; }

    /// <summary>商户退款单号; null on payment lines, where the bill says <c>0</c>.</summary>
    public string? RefundNumber { get; init; }

    /// <summary>退款金额 in fen.</summary>
    public long? RefundFen { get; init; }

    /// <summary>充值券退款金额 or 代金券或立减优惠退款金额, in fen.</summary>
    public long? RefundCouponFen { get; init; }

    /// <summary>申请退款金额 in fen.</summary>
    public long? RequestedRefundFen { get; init; }

    /// <summary>退款类型.</summary>
    public string? RefundKind { get; init; }

    /// <summary>退款状态 at the time of the bill; never updated later.</summary>
    public string? RefundStatus { get; init; }

    /// <summary>退款申请时间 (refund bills).</summary>
    public DateTimeOffset? RefundRequestedAt { get; init; }

    /// <summary>退款成功时间 (refund bills).</summary>
    public DateTimeOffset? RefundSucceededAt { get; init; }

    /// <summary>商品名称.</summary>
    public string? Body { get; init; }

    /// <summary>商户数据包.</summary>
    public string? Attach { get; init; }

    /// <summary>手续费 in thousandths of a fen; negative when a refund gives it back.</summary>
    public required long FeeMilliFen { get; init; }

    /// <summary>费率 as written, such as <c>0.60%</c>.</summary>
    public string? Rate { get; init; }

    /// <summary>费率备注.</summary>
    public string? RateRemark { get; init; }

    /// <summary>True for a payment line.</summary>
    public bool IsPayment => State == "SUCCESS";

    /// <summary>True for a refund line.</summary>
    public bool IsRefund => State == "REFUND";

    /// <summary>Numbers only.</summary>
    public override string ToString() => $"bill line {OrderNumber} {State} {RefundNumber}";
}

/// <summary>The last line of a bill. Columns that the layout lacks are null.</summary>
public sealed record BillSummary
{
    /// <summary>总交易单数: lines.</summary>
    public required long Lines { get; init; }

    /// <summary>订单总金额 or 总交易额, in fen.</summary>
    public required long AmountFen { get; init; }

    /// <summary>应结订单总金额 in fen.</summary>
    public long? SettlementFen { get; init; }

    /// <summary>退款总金额 or 总退款金额, in fen.</summary>
    public long? RefundFen { get; init; }

    /// <summary>充值券退款总金额 or 总代金券或立减优惠退款金额, in fen.</summary>
    public long? RefundCouponFen { get; init; }

    /// <summary>申请退款总金额 in fen.</summary>
    public long? RequestedRefundFen { get; init; }

    /// <summary>手续费总金额 in thousandths of a fen.</summary>
    public required long FeeMilliFen { get; init; }
}
