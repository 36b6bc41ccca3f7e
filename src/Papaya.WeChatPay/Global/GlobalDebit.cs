using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Global;

/// <summary>
/// 支付扣款 overseas (<c>https://pay.weixin.qq.com/wiki/doc/api_external/ch/apis/chapter5_1_6.shtml</c>): synchronous, the answer is the
/// outcome unless its state is NOTPAY or USERPAYING. Then, and when no answer comes, the outcome is unknown: query the number, never
/// take a new one.
/// </summary>
public sealed record GlobalDebitRequest : IPartyRequest
{
    /// <summary><c>appid</c> (an institution's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary><c>out_trade_no</c>: 6–32 letters, digits and <c>_ -</c>.</summary>
    public required string OrderNumber { get; init; }

    /// <summary><c>contract_id</c>, at most 64 letters and digits.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary><c>amount.total</c> in the smallest unit of <see cref="Currency"/>, at least 1.</summary>
    public required long AmountFen { get; init; }

    /// <summary><c>amount.currency</c>, such as <c>HKD</c>.</summary>
    public required string Currency { get; init; }

    /// <summary><c>description</c>, at most 128 characters.</summary>
    public required string Description { get; init; }

    /// <summary><c>merchant_category_code</c>, at most 16 characters, such as <c>1011</c>.</summary>
    public required string CategoryCode { get; init; }

    /// <summary><c>notify_url</c>: https, at most 256 characters, no query.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary><c>attach</c>: comes back with the result, at most 127 bytes.</summary>
    public string? Attach { get; init; }

    /// <summary><c>goods_tag</c>, at most 32 characters.</summary>
    public string? GoodsTag { get; init; }

    /// <summary><c>scene_info.device_id</c>, at most 16 characters.</summary>
    public string? DeviceId { get; init; }

    /// <summary><c>scene_info.device_ip</c>.</summary>
    public string? DeviceIp { get; init; }

    /// <summary>The sub-merchant when an institution calls.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary>Number and amount only.</summary>
    public override string ToString() => $"debit {OrderNumber}, {AmountFen} {Currency}";
}

/// <summary>Asks for an overseas order (<c>https://pay.weixin.qq.com/doc/global/v3/zh/4013026988</c>).</summary>
public abstract record GlobalDebitQuery : IPartyRequest
{
    private protected GlobalDebitQuery()
    {
    }

    /// <summary>The sub-merchant when an institution calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>By WeChat's number.</summary>
public sealed record GlobalDebitQueryById : GlobalDebitQuery
{
    /// <summary><c>transaction_id</c>, at most 32 letters and digits.</summary>
    public required string WeChatTransactionId { get; init; }
}

/// <summary>By the merchant's number.</summary>
public sealed record GlobalDebitQueryByNumber : GlobalDebitQuery
{
    /// <summary><c>out_trade_no</c>.</summary>
    public required string OrderNumber { get; init; }
}

/// <summary>撤销订单 overseas (<c>https://pay.weixin.qq.com/wiki/doc/api_external/ch/apis/chapter5_1_10.shtml</c>).</summary>
public sealed record GlobalReverseRequest : IPartyRequest
{
    /// <summary><c>out_trade_no</c>.</summary>
    public required string OrderNumber { get; init; }

    /// <summary>The sub-merchant when an institution calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}
