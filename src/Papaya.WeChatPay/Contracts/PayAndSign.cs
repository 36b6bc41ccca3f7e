using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>
/// 支付中签约 (<c>/pay/contractorder</c>): an order whose cashier also offers the contract.
/// Lengths are what this client sends; see <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987320</c>.
/// </summary>
public sealed record PayAndSignRequest
{
    /// <summary><c>appid</c> of the app that opens the cashier; bound to the merchant number. Also sent as <c>contract_appid</c>.</summary>
    public required string AppId { get; init; }

    /// <summary><c>out_trade_no</c>: the merchant's number of this order, 6–32 letters, digits, <c>_ -</c>; unique for ever. Not usable for a later debit.</summary>
    public required string OrderNumber { get; init; }

    /// <summary><c>body</c>: title of the cashier, 1–127 bytes of UTF-8.</summary>
    public required string Body { get; init; }

    /// <summary><c>total_fee</c>: the first payment in fen, at least 1.</summary>
    public required long AmountFen { get; init; }

    /// <summary><c>spbill_create_ip</c>: the user's IPv4 address; IPv6 is not taken.</summary>
    public required string ClientIp { get; init; }

    /// <summary><c>trade_type</c>: JSAPI (official account and mini program), NATIVE, APP or MWEB.</summary>
    public required TradeType TradeType { get; init; }

    /// <summary><c>notify_url</c>: where the payment result goes; http or https, at most 256 characters, no query.</summary>
    public required string PaymentNotifyUrl { get; init; }

    /// <summary><c>contract_notify_url</c>: where the signing result goes; same rules.</summary>
    public required string ContractNotifyUrl { get; init; }

    /// <summary><c>plan_id</c>: number of WeChat's template; digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>contract_code</c>: the merchant's contract number, 1–32 letters and digits; always a fresh one.</summary>
    public required string ContractNumber { get; init; }

    /// <summary><c>request_serial</c>: orders requests; 1 to 999999999999, unique, never a key for queries.</summary>
    public required long SigningSequence { get; init; }

    /// <summary><c>contract_display_account</c>: the account name that the user sees, 1–64 characters without emoji; never a WeChat nickname.</summary>
    public required string DisplayAccount { get; init; }

    /// <summary><c>openid</c> under <see cref="AppId"/>, at most 128; required for JSAPI.</summary>
    public string? OpenId { get; init; }

    /// <summary><c>product_id</c>, at most 32; required for NATIVE.</summary>
    public string? ProductId { get; init; }

    /// <summary><c>device_info</c>, at most 32; <c>WEB</c> for computers and official accounts.</summary>
    public string? DeviceInfo { get; init; }

    /// <summary><c>detail</c>: description of the goods, at most 8192 characters.</summary>
    public string? Detail { get; init; }

    /// <summary><c>attach</c>: comes back in queries and notifications, at most 127 bytes.</summary>
    public string? Attach { get; init; }

    /// <summary><c>fee_type</c>: only <c>CNY</c>; usually left out.</summary>
    public string? FeeType { get; init; }

    /// <summary><c>time_start</c>, sent as Beijing time.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary><c>time_expire</c>, sent as Beijing time; more than 5 minutes after the start. Without it the order lives 2 hours.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary><c>goods_tag</c>: coupon tag, at most 32.</summary>
    public string? GoodsTag { get; init; }

    /// <summary><c>limit_pay</c>: <c>no_credit</c> keeps credit cards out.</summary>
    public string? LimitPay { get; init; }

    /// <summary><c>contract_outerid</c>: multi-account signing, by arrangement with WeChat only, at most 32.</summary>
    public string? OuterId { get; init; }

    /// <summary>Algorithm for this order; null takes the merchant's. The invocation must be signed with the same one.</summary>
    public SignType? SignType { get; init; }

    /// <summary>Number and amount only.</summary>
    public override string ToString() => $"pay-and-sign {OrderNumber}, {AmountFen} fen";
}

/// <summary>What WeChat says about the contract part of an order.</summary>
public enum PreSigning
{
    /// <summary>Nothing (old replies).</summary>
    Unknown,

    /// <summary>The cashier will offer the contract.</summary>
    Accepted,

    /// <summary>The cashier will be an ordinary one: payment is possible, signing is not.</summary>
    Refused,
}

/// <summary>The reply to <see cref="PayAndSignRequest"/>: an order that can be paid. The contract part has a result of its own.</summary>
public sealed record PayAndSignReply
{
    internal PayAndSignReply(V2Message message)
    {
        Raw = message;
        PrepayId = message.GetString("prepay_id"u8) ?? "";
        CodeUrl = message.Text("code_url"u8);
        H5Url = message.Text("mweb_url"u8);
        OrderNumber = message.Text("out_trade_no"u8);
        ContractNumber = message.Text("contract_code"u8);
        TemplateId = message.Text("plan_id"u8);
        SigningSequence = message.GetInt64("request_serial"u8);
        DisplayAccount = message.Text("contract_display_account"u8);
        PreSigning = !message.Contains("contract_result_code"u8) ? PreSigning.Unknown
            : message.IsSuccess("contract_result_code"u8) ? PreSigning.Accepted
            : PreSigning.Refused;
        ContractErrorCode = message.Text("contract_err_code"u8);
        ContractErrorDescription = message.Text("contract_err_code_des"u8);
    }

    /// <summary><c>prepay_id</c>: opens the cashier; valid 2 hours; only with V2 invocation signatures.</summary>
    public string PrepayId { get; }

    /// <summary><c>code_url</c> (NATIVE): to be shown as a QR code; valid 2 hours.</summary>
    public string? CodeUrl { get; }

    /// <summary><c>mweb_url</c> (MWEB): to be opened by the browser; valid 5 minutes.</summary>
    public string? H5Url { get; }

    /// <summary>Result of the contract part. <see cref="PreSigning.Accepted"/> is no proof that the user may sign.</summary>
    public PreSigning PreSigning { get; }

    /// <summary><c>contract_err_code</c> when the contract part was refused.</summary>
    public string? ContractErrorCode { get; }

    /// <summary><c>contract_err_code_des</c>, such as 已签约.</summary>
    public string? ContractErrorDescription { get; }

    /// <summary><c>out_trade_no</c>, repeated.</summary>
    public string? OrderNumber { get; }

    /// <summary><c>contract_code</c>, repeated.</summary>
    public string? ContractNumber { get; }

    /// <summary><c>plan_id</c>, repeated.</summary>
    public string? TemplateId { get; }

    /// <summary><c>request_serial</c>, repeated.</summary>
    public long? SigningSequence { get; }

    /// <summary><c>contract_display_account</c>, repeated.</summary>
    public string? DisplayAccount { get; }

    /// <summary>The whole reply, fields included that this client does not know.</summary>
    public V2Message Raw { get; }

    /// <summary>Number and results only.</summary>
    public override string ToString() => $"order {OrderNumber}, contract part {PreSigning}";
}
