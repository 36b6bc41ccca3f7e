using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Notifications;

/// <summary>A message from WeChat whose sign (a refund's: whose decryption) and merchant number were checked.</summary>
public abstract record Notification
{
    private protected Notification(string? merchantNumber, string? appId)
    {
        MerchantNumber = merchantNumber ?? "";
        AppId = appId;
    }

    /// <summary><c>mch_id</c>; of V3 <c>mchid</c> (a provider's own: <c>sp_mchid</c>).</summary>
    public string MerchantNumber { get; }

    /// <summary><c>appid</c>; contract notifications of V2 have none.</summary>
    public string? AppId { get; }
}

/// <summary>A V2 notification: XML with a sign.</summary>
public abstract record V2Notification : Notification
{
    private protected V2Notification(V2Message message, SignatureCheck signature)
        : base(message.GetString("mch_id"u8), message.Text("appid"u8))
    {
        Raw = message;
        Signature = signature;
    }

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary><c>sub_openid</c>: the user under the sub-merchant's app; only for service providers.</summary>
    public string? SubOpenId => Raw.Text("sub_openid"u8);

    /// <summary>How it was verified. Refund notifications are not signed but encrypted: there <see cref="SignatureVerdict.Missing"/> stands.</summary>
    public SignatureCheck Signature { get; }

    /// <summary>The whole message, fields included that this client does not know.</summary>
    public V2Message Raw { get; }
}

/// <summary>支付结果通知 (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011937248</c>): the payment of an order that was placed by pay-and-sign.</summary>
public sealed record PaymentNotification : V2Notification
{
    private readonly bool _saysPaid;

    internal PaymentNotification(V2Message message, SignatureCheck signature)
        : base(message, signature)
    {
        // In byte order of the names, see FieldWalk.
        var fields = new FieldWalk(message);
        Attach = fields.Text("attach"u8);
        BankType = fields.Text("bank_type"u8);
        CashFen = fields.Number("cash_fee"u8);
        WeChatContractId = fields.Text("contract_id"u8);
        CouponFen = fields.Number("coupon_fee"u8);
        DeviceInfo = fields.Text("device_info"u8);
        ErrorCode = fields.Text("err_code"u8);
        ErrorDescription = fields.Text("err_code_des"u8);
        FeeType = fields.Text("fee_type"u8);
        OpenId = fields.Text("openid"u8);
        OrderNumber = fields.Text("out_trade_no"u8) ?? "";
        bool isResult = fields.IsSuccess("result_code"u8), isReturned = fields.IsSuccess("return_code"u8);
        SettlementFen = fields.Number("settlement_total_fee"u8);
        EndedAt = fields.Time("time_end"u8);
        AmountFen = fields.Number("total_fee"u8);
        var state = fields.Bytes("trade_state"u8);
        TradeType = fields.Text("trade_type"u8);
        WeChatTransactionId = fields.Text("transaction_id"u8);
        Coupons = message.Coupons();
        _saysPaid = Readings.SaysPaid(isReturned, isResult, state, WeChatTransactionId, EndedAt);
    }

    /// <summary><c>out_trade_no</c>.</summary>
    public string OrderNumber { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>contract_id</c>: only when the user signed in the cashier. Its absence is no proof of the contrary.</summary>
    public string? WeChatContractId { get; }

    /// <summary><c>openid</c>.</summary>
    public string? OpenId { get; }

    /// <summary><c>trade_type</c>: JSAPI, NATIVE, APP or MWEB.</summary>
    public string? TradeType { get; }

    /// <summary><c>bank_type</c>.</summary>
    public string? BankType { get; }

    /// <summary><c>total_fee</c> in fen.</summary>
    public long? AmountFen { get; }

    /// <summary><c>settlement_total_fee</c> in fen.</summary>
    public long? SettlementFen { get; }

    /// <summary><c>cash_fee</c> in fen.</summary>
    public long? CashFen { get; }

    /// <summary><c>coupon_fee</c> in fen.</summary>
    public long? CouponFen { get; }

    /// <summary>The coupons one by one.</summary>
    public IReadOnlyList<Coupon> Coupons { get; }

    /// <summary><c>fee_type</c>.</summary>
    public string? FeeType { get; }

    /// <summary><c>attach</c>.</summary>
    public string? Attach { get; }

    /// <summary><c>device_info</c>.</summary>
    public string? DeviceInfo { get; }

    /// <summary><c>time_end</c>: when it was paid.</summary>
    public DateTimeOffset? EndedAt { get; }

    /// <summary><c>err_code</c>.</summary>
    public string? ErrorCode { get; }

    /// <summary><c>err_code_des</c>.</summary>
    public string? ErrorDescription { get; }

    /// <summary>True when exactly this amount was paid; anything else must be asked about before acting.</summary>
    public bool IsPaid(long expectedFen) => _saysPaid && AmountFen == expectedFen;

    /// <summary>Number only.</summary>
    public override string ToString() => $"payment {OrderNumber}";
}

/// <summary>扣款结果通知 (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987465</c>): a debit succeeded or failed. Failures come in several shapes, some of which say SUCCESS.</summary>
public sealed record DebitNotification : V2Notification
{
    private readonly bool _saysPaid;

    internal DebitNotification(V2Message message, SignatureCheck signature)
        : base(message, signature)
    {
        // In byte order of the names, see FieldWalk.
        var fields = new FieldWalk(message);
        Attach = fields.Text("attach"u8);
        BankType = fields.Text("bank_type"u8);
        CashFen = fields.Number("cash_fee"u8);
        WeChatContractId = fields.Text("contract_id"u8);
        CouponFen = fields.Number("coupon_fee"u8);
        DeviceInfo = fields.Text("device_info"u8);
        ErrorCode = fields.Text("err_code"u8) is { } code && code != "0" ? code : null;
        ErrorDescription = fields.Text("err_code_des"u8);
        FeeType = fields.Text("fee_type"u8);
        OpenId = fields.Text("openid"u8);
        OrderNumber = fields.Text("out_trade_no"u8) ?? "";
        var result = fields.Bytes("result_code"u8);
        bool isResult = result.SequenceEqual("SUCCESS"u8), isReturned = fields.IsSuccess("return_code"u8);
        EndedAt = fields.Time("time_end"u8);
        AmountFen = fields.Number("total_fee"u8);
        var state = fields.Bytes("trade_state"u8);
        State = WireNames.ParseTradeState(state);
        StateText = state.IsEmpty ? null : V2Message.Text(state);
        StateDescription = fields.Text("trade_state_desc"u8);
        WeChatTransactionId = fields.Text("transaction_id"u8);
        Coupons = message.Coupons();
        SaysFailed = result.SequenceEqual("FAIL"u8) || State is TradeState.PayFail or TradeState.PayError or TradeState.Closed;
        _saysPaid = Readings.SaysPaid(isReturned, isResult, state, WeChatTransactionId, EndedAt);
    }

    /// <summary><c>out_trade_no</c>.</summary>
    public string OrderNumber { get; }

    /// <summary><c>contract_id</c>.</summary>
    public string? WeChatContractId { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>openid</c>.</summary>
    public string? OpenId { get; }

    /// <summary><c>trade_state</c>; <see cref="TradeState.Unknown"/> when absent, as in the published sample of a success.</summary>
    public TradeState State { get; }

    /// <summary><c>trade_state</c> as sent.</summary>
    public string? StateText { get; }

    /// <summary><c>trade_state_desc</c>.</summary>
    public string? StateDescription { get; }

    /// <summary><c>bank_type</c>.</summary>
    public string? BankType { get; }

    /// <summary><c>total_fee</c> in fen.</summary>
    public long? AmountFen { get; }

    /// <summary><c>cash_fee</c> in fen.</summary>
    public long? CashFen { get; }

    /// <summary><c>coupon_fee</c> in fen.</summary>
    public long? CouponFen { get; }

    /// <summary>The coupons one by one.</summary>
    public IReadOnlyList<Coupon> Coupons { get; }

    /// <summary><c>fee_type</c>.</summary>
    public string? FeeType { get; }

    /// <summary><c>attach</c>.</summary>
    public string? Attach { get; }

    /// <summary><c>device_info</c>.</summary>
    public string? DeviceInfo { get; }

    /// <summary><c>time_end</c>: when it was paid.</summary>
    public DateTimeOffset? EndedAt { get; }

    /// <summary><c>err_code</c>; null for <c>0</c>, which some failures carry.</summary>
    public string? ErrorCode { get; }

    /// <summary><c>err_code_des</c>.</summary>
    public string? ErrorDescription { get; }

    /// <summary>True when the message itself speaks of failure (result_code FAIL, or a failed trade_state). A query confirms it.</summary>
    public bool SaysFailed { get; }

    /// <summary>What the error code means; null when there is none, or an unknown one (ask).</summary>
    public ErrorMeaning? Meaning => ErrorCode is null ? null : ErrorCodes.Find(ErrorCodes.DebitNotification, ErrorCode);

    /// <summary>True when exactly this amount was debited; anything else must be asked about before acting.</summary>
    public bool IsPaid(long expectedFen) => _saysPaid && AmountFen == expectedFen;

    /// <summary>Number and code only.</summary>
    public override string ToString() => $"debit {OrderNumber} {StateText} {ErrorCode}";
}

/// <summary><c>change_type</c>.</summary>
public enum ContractChange
{
    /// <summary>ADD: signed.</summary>
    Signed,

    /// <summary>DELETE: terminated.</summary>
    Terminated,
}

/// <summary>签约、解约结果通知 (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987586</c>): a contract was signed or ended. Signing that fails or is given up is never notified.</summary>
public sealed record ContractNotification : V2Notification
{
    internal ContractNotification(V2Message message, SignatureCheck signature, ContractChange change, DateTimeOffset at)
        : base(message, signature)
    {
        Change = change;
        At = at;
        WeChatContractId = message.GetString("contract_id"u8) ?? "";
        ContractNumber = message.GetString("contract_code"u8) ?? "";
        TemplateId = message.GetString("plan_id"u8) ?? "";
        OpenId = message.GetString("openid"u8) ?? "";
        SigningSequence = message.GetInt64("request_serial"u8);
        ExpiresAt = message.Time("contract_expired_time"u8);
        TerminationMode = (int?)message.GetInt64("contract_termination_mode"u8);
    }

    /// <summary><c>change_type</c>.</summary>
    public ContractChange Change { get; }

    /// <summary><c>operate_time</c>: orders messages, to the second.</summary>
    public DateTimeOffset At { get; }

    /// <summary><c>contract_id</c>.</summary>
    public string WeChatContractId { get; }

    /// <summary><c>contract_code</c>.</summary>
    public string ContractNumber { get; }

    /// <summary><c>plan_id</c>.</summary>
    public string TemplateId { get; }

    /// <summary><c>openid</c> under the app of signing: store this one.</summary>
    public string OpenId { get; }

    /// <summary><c>request_serial</c>; documented as required, absent in the published sample.</summary>
    public long? SigningSequence { get; }

    /// <summary><c>contract_expired_time</c> (signed).</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary><c>contract_termination_mode</c> (terminated): 1 expired, 2 user, 3 merchant's call, 4 merchant platform, 5 account closed, 7 customer service.</summary>
    public int? TerminationMode { get; }

    /// <summary>Numbers only.</summary>
    public override string ToString() => $"contract {ContractNumber} ({WeChatContractId}): {Change}";
}

/// <summary>
/// 退款结果通知: a refund arrived, failed or stuck. Not signed but encrypted, by a cipher without integrity (AES-ECB): believe it only when
/// <see cref="OrderNumber"/>, <see cref="RefundNumber"/> and <see cref="RefundFen"/> are those of your own record, and when it matters
/// ask with <see cref="RefundCalls.QueryAsync(RefundQuery, CancellationToken)"/> (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011940955</c>).
/// </summary>
public sealed record RefundNotification : V2Notification
{
    internal RefundNotification(V2Message envelope, V2Message inner)
        : base(envelope, new(SignatureVerdict.Missing, SignType.Md5, -1))
    {
        Inner = inner;
        RefundNumber = inner.GetString("out_refund_no"u8) ?? "";
        WeChatRefundId = inner.Text("refund_id"u8);
        OrderNumber = inner.GetString("out_trade_no"u8) ?? "";
        WeChatTransactionId = inner.Text("transaction_id"u8);
        OrderFen = inner.GetInt64("total_fee"u8);
        SettlementFen = inner.GetInt64("settlement_total_fee"u8);
        RefundFen = inner.GetInt64("refund_fee"u8);
        SettlementRefundFen = inner.GetInt64("settlement_refund_fee"u8);
        StatusText = inner.Text("refund_status"u8);
        Status = RefundRow.ParseStatus(StatusText);
        SucceededAt = inner.Time("success_time"u8);
        ReceivedBy = inner.Text("refund_recv_accout"u8);
        Account = inner.Text("refund_account"u8);
        RequestSource = inner.Text("refund_request_source"u8);
    }

    /// <summary><c>out_refund_no</c>.</summary>
    public string RefundNumber { get; }

    /// <summary><c>refund_id</c>.</summary>
    public string? WeChatRefundId { get; }

    /// <summary><c>out_trade_no</c>.</summary>
    public string OrderNumber { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>total_fee</c>: the order's amount in fen.</summary>
    public long? OrderFen { get; }

    /// <summary><c>settlement_total_fee</c> in fen.</summary>
    public long? SettlementFen { get; }

    /// <summary><c>refund_fee</c> in fen.</summary>
    public long? RefundFen { get; }

    /// <summary><c>settlement_refund_fee</c> in fen.</summary>
    public long? SettlementRefundFen { get; }

    /// <summary><c>refund_status</c>: SUCCESS, CHANGE or REFUNDCLOSE.</summary>
    public RefundStatus Status { get; }

    /// <summary><c>refund_status</c> as sent.</summary>
    public string? StatusText { get; }

    /// <summary><c>success_time</c>.</summary>
    public DateTimeOffset? SucceededAt { get; }

    /// <summary><c>refund_recv_accout</c> (WeChat's spelling), such as 支付用户零钱.</summary>
    public string? ReceivedBy { get; }

    /// <summary><c>refund_account</c>.</summary>
    public string? Account { get; }

    /// <summary><c>refund_request_source</c>: <c>API</c> or <c>VENDOR_PLATFORM</c>.</summary>
    public string? RequestSource { get; }

    /// <summary>The decrypted document.</summary>
    public V2Message Inner { get; }

    /// <summary>Number and status only.</summary>
    public override string ToString() => $"refund {RefundNumber} {StatusText}";
}
