using System.Text.Json;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Scheduled;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Notifications;

/// <summary>A V3 callback: verified over its bytes, its resource decrypted. The same <see cref="Id"/> may come many times.</summary>
public abstract record V3Notification : Notification
{
    private protected V3Notification(V3Envelope envelope)
        : base(envelope.Resource.Text("mchid") ?? envelope.Resource.Text("sp_mchid"), envelope.Resource.Text("appid") ?? envelope.Resource.Text("sp_appid"))
    {
        Id = envelope.Id;
        CreatedAt = envelope.CreatedAt;
        EventType = envelope.EventType;
        Summary = envelope.Summary;
        SignedBy = envelope.SignedBy;
        SubMerchant = envelope.Resource.Text("sub_mchid") is { } sub ? new(sub, envelope.Resource.Text("sub_appid")) : null;
        PlainText = envelope.PlainText;
    }

    /// <summary><c>id</c>: WeChat's number of the message, to recognise repetitions.</summary>
    public string Id { get; }

    /// <summary><c>create_time</c>.</summary>
    public DateTimeOffset? CreatedAt { get; }

    /// <summary><c>event_type</c>, such as <c>TRANSACTION.SUCCESS</c>.</summary>
    public string EventType { get; }

    /// <summary><c>summary</c>: a few words for people.</summary>
    public string? Summary { get; }

    /// <summary><c>Wechatpay-Serial</c>: the key that signed.</summary>
    public string SignedBy { get; }

    /// <summary><c>sub_mchid</c> and <c>sub_appid</c>; null for a direct merchant.</summary>
    public SubMerchant? SubMerchant { get; }

    /// <summary>The decrypted JSON, UTF-8, members included that this client does not know. Holds personal data: not for logs.</summary>
    public ReadOnlyMemory<byte> PlainText { get; }

    /// <summary>Event and number only.</summary>
    public override string ToString() => $"{EventType} {Id}";
}

/// <summary>What happened to a contract.</summary>
public enum ScheduledContractChange
{
    /// <summary><c>ENTRUST.SIGN</c>.</summary>
    Signed,

    /// <summary><c>ENTRUST.TERMINATE</c>.</summary>
    Terminated,

    /// <summary><c>ENTRUST.TERMINATE_INQUIRY</c>: the user is about to terminate (HarmonyOS only).</summary>
    TerminateInquiry,
}

/// <summary>签约、解约结果通知 of V3 (<c>https://pay.weixin.qq.com/docs/merchant/apis/insurance-entrusted-payment/contract-alter-notify.html</c>).</summary>
public sealed record ScheduledContractNotification : V3Notification
{
    internal ScheduledContractNotification(V3Envelope envelope, ScheduledContractChange change, ScheduledContract contract)
        : base(envelope)
    {
        Change = change;
        Contract = contract;
    }

    /// <summary>What happened.</summary>
    public ScheduledContractChange Change { get; }

    /// <summary>The contract as it is now.</summary>
    public ScheduledContract Contract { get; }

    /// <summary>Event and contract only.</summary>
    public override string ToString() => $"{EventType} {Contract}";
}

/// <summary>
/// 签约、解约结果通知 of overseas contracts (<c>https://pay.weixin.qq.com/wiki/doc/api_external/ch/apis/chapter5_1_1.shtml</c>): who, when and why, but no state.
/// </summary>
public sealed record GlobalContractNotification : V3Notification
{
    internal GlobalContractNotification(V3Envelope envelope, ScheduledContractChange change, string contractId, string number, DateTimeOffset at)
        : base(envelope)
    {
        Change = change;
        WeChatContractId = contractId;
        ContractNumber = number;
        At = at;
        TemplateId = envelope.Resource.Digits("plan_id");
        OpenId = envelope.Resource.Text("openid") ?? envelope.Resource.Text("sp_openid");
        TerminationMode = envelope.Resource.Text("contract_termination_mode");
    }

    /// <summary>What happened, by the event.</summary>
    public ScheduledContractChange Change { get; }

    /// <summary><c>contract_id</c>.</summary>
    public string WeChatContractId { get; }

    /// <summary><c>out_contract_code</c>.</summary>
    public string ContractNumber { get; }

    /// <summary><c>plan_id</c>.</summary>
    public string? TemplateId { get; }

    /// <summary><c>openid</c>.</summary>
    public string? OpenId { get; }

    /// <summary><c>operate_time</c>.</summary>
    public DateTimeOffset At { get; }

    /// <summary><c>contract_termination_mode</c>, such as <c>USER</c>; an open set.</summary>
    public string? TerminationMode { get; }

    /// <summary>Event and numbers only.</summary>
    public override string ToString() => $"{EventType} contract {ContractNumber} ({WeChatContractId})";
}

/// <summary>扣款结果通知 of V3 (<c>https://pay.weixin.qq.com/docs/merchant/apis/insurance-entrusted-payment/deduct-result-notify.html</c>): <c>TRANSACTION.SUCCESS</c> or <c>TRANSACTION.FAIL</c>.</summary>
public sealed record TransactionNotification : V3Notification
{
    internal TransactionNotification(V3Envelope envelope, V3Transaction transaction)
        : base(envelope) => Transaction = transaction;

    /// <summary>The order as it is now, with the coupons that were used.</summary>
    public V3Transaction Transaction { get; }

    /// <summary>True for <c>TRANSACTION.FAIL</c> and for states that say so. False is no proof of success: that is <see cref="IsPaid"/>.</summary>
    public bool SaysFailed => EventType == "TRANSACTION.FAIL" || Transaction.State is TradeState.PayFail or TradeState.PayError or TradeState.Closed;

    /// <summary>True when the event says success and exactly this amount was paid; anything else must be asked about before acting.</summary>
    /// <param name="expectedFen">The amount in the smallest unit of the currency.</param>
    /// <param name="currency">The currency; an absent one counts as CNY.</param>
    public bool IsPaid(long expectedFen, string currency = "CNY") => EventType == "TRANSACTION.SUCCESS" && Transaction.IsPaid(expectedFen, currency);

    /// <summary>Event and order only.</summary>
    public override string ToString() => $"{EventType} {Transaction}";
}

/// <summary>退款结果通知 of V3 (<c>https://pay.weixin.qq.com/doc/v3/merchant/4013070388</c>): <c>REFUND.SUCCESS</c>, <c>REFUND.ABNORMAL</c> or <c>REFUND.CLOSED</c>.</summary>
public sealed record V3RefundNotification : V3Notification
{
    internal V3RefundNotification(V3Envelope envelope, string refundNumber, string orderNumber)
        : base(envelope)
    {
        var json = envelope.Resource;
        RefundNumber = refundNumber;
        OrderNumber = orderNumber;
        WeChatRefundId = json.Text("refund_id");
        WeChatTransactionId = json.Text("transaction_id");
        StatusText = json.Text("refund_status");
        Status = StatusText switch
        {
            "PROCESSING" => RefundStatus.Processing,
            "SUCCESS" => RefundStatus.Success,
            "CLOSED" => RefundStatus.Closed,
            "ABNORMAL" => RefundStatus.Abnormal,
            _ => RefundStatus.Unknown,
        };
        SucceededAt = json.Time("success_time");
        ReceivedBy = json.Text("user_received_account");
        var amount = json.Object("amount");
        OrderFen = amount?.Number("total");
        RefundFen = amount?.Number("refund");
        PayerFen = amount?.Number("payer_total");
        PayerRefundFen = amount?.Number("payer_refund");
    }

    /// <summary><c>out_refund_no</c>.</summary>
    public string RefundNumber { get; }

    /// <summary><c>out_trade_no</c>.</summary>
    public string OrderNumber { get; }

    /// <summary><c>refund_id</c>.</summary>
    public string? WeChatRefundId { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>refund_status</c>.</summary>
    public RefundStatus Status { get; }

    /// <summary><c>refund_status</c> as received.</summary>
    public string? StatusText { get; }

    /// <summary><c>success_time</c>.</summary>
    public DateTimeOffset? SucceededAt { get; }

    /// <summary><c>user_received_account</c>, such as 支付用户零钱.</summary>
    public string? ReceivedBy { get; }

    /// <summary><c>amount.total</c>: the order's amount in fen.</summary>
    public long? OrderFen { get; }

    /// <summary><c>amount.refund</c> in fen.</summary>
    public long? RefundFen { get; }

    /// <summary><c>amount.payer_total</c>: what the user had paid, in fen.</summary>
    public long? PayerFen { get; }

    /// <summary><c>amount.payer_refund</c>: what the user gets back, in fen.</summary>
    public long? PayerRefundFen { get; }

    /// <summary>Event, number and status only.</summary>
    public override string ToString() => $"{EventType} refund {RefundNumber} {StatusText}";
}

/// <summary>An event that this client has no type for: verified and decrypted all the same (<see cref="V3Notification.PlainText"/>).</summary>
public sealed record UnknownV3Notification : V3Notification
{
    internal UnknownV3Notification(V3Envelope envelope)
        : base(envelope) => OriginalType = envelope.OriginalType;

    /// <summary><c>resource.original_type</c>.</summary>
    public string? OriginalType { get; }

    /// <summary>Event and number only.</summary>
    public override string ToString() => $"{EventType} {Id}";
}

/// <summary>The outer message and its opened resource.</summary>
internal sealed record V3Envelope(
    string Id, DateTimeOffset? CreatedAt, string EventType, string? Summary, string? OriginalType, string SignedBy, ReadOnlyMemory<byte> PlainText, JsonElement Resource);
