using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Debits;

/// <summary>申请扣款 (<c>/pay/pappayapply</c>): asks WeChat to debit a contract. See <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987377</c>.</summary>
public sealed record DebitRequest
{
    /// <summary><c>appid</c>: any app bound to the merchant number, not necessarily the one of signing.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>out_trade_no</c>: 6–32 letters, digits, <c>_ -</c>. One number of one merchant is debited at most once.</summary>
    public required string OrderNumber { get; init; }

    /// <summary><c>contract_id</c>: WeChat's number of the contract, 1–32 letters and digits.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary><c>total_fee</c> in fen, at least 1, within the template's price or cap.</summary>
    public required long AmountFen { get; init; }

    /// <summary><c>body</c>: what the user reads on the receipt, 1–127 bytes of UTF-8.</summary>
    public required string Body { get; init; }

    /// <summary><c>spbill_create_ip</c>: IPv4 address of the calling machine.</summary>
    public required string ServerIp { get; init; }

    /// <summary><c>notify_url</c>: where the result goes; http or https, at most 256 characters, no query.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary><c>detail</c>, at most 8192 characters.</summary>
    public string? Detail { get; init; }

    /// <summary><c>attach</c>: comes back in queries, notifications and bills, at most 127 bytes.</summary>
    public string? Attach { get; init; }

    /// <summary><c>fee_type</c>: only <c>CNY</c>; usually left out.</summary>
    public string? FeeType { get; init; }

    /// <summary><c>goods_tag</c>: coupon tag, at most 32.</summary>
    public string? GoodsTag { get; init; }

    /// <summary><c>receipt</c>: <c>Y</c> shows the entry for an electronic invoice.</summary>
    public string? Receipt { get; init; }

    /// <summary>Optional hints for WeChat's risk control.</summary>
    public RiskHints? Hints { get; init; }

    /// <summary>Algorithm; null takes the merchant's.</summary>
    public SignType? SignType { get; init; }

    /// <summary>Number and amount only.</summary>
    public override string ToString() => $"debit {OrderNumber}, {AmountFen} fen";
}

/// <summary>Legacy hints of pappayapply (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987377</c>). All optional; personal data, so nothing here is ever printed.</summary>
public sealed record RiskHints
{
    /// <summary><c>clientip</c>: the user's address, IPv4 or IPv6; we send at most 64 ASCII characters.</summary>
    public string? ClientIp { get; init; }

    /// <summary><c>deviceid</c>: the user's device; we send at most 128 characters.</summary>
    public string? DeviceId { get; init; }

    /// <summary><c>mobile</c>: the user's telephone number; we send at most 32 ASCII characters.</summary>
    public string? Mobile { get; init; }

    /// <summary><c>email</c>: the user's address; we send at most 128 ASCII characters.</summary>
    public string? Email { get; init; }

    /// <summary><c>qq</c>: the user's QQ number; we send at most 32 digits.</summary>
    public string? Qq { get; init; }

    /// <summary><c>openid</c>: the user under <see cref="DebitRequest.AppId"/>, at most 128 ASCII characters.</summary>
    public string? OpenId { get; init; }

    /// <summary><c>creid</c>: identity card number; we send at most 32 ASCII characters.</summary>
    public string? IdentityNumber { get; init; }

    /// <summary><c>outerid</c>: the signed account, for multi-account signing; we send at most 32 characters.</summary>
    public string? OuterId { get; init; }

    /// <summary><c>timestamp</c>: when the user acted; sent in whole seconds since 1970 UTC, 10 digits.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Nothing.</summary>
    public override string ToString() => "hints";
}

/// <summary>WeChat took the request. That is acceptance and not money: the result comes by notification or by asking.</summary>
public sealed record DebitAcceptance
{
    internal DebitAcceptance(V2Message message) => Raw = message;

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }
}
