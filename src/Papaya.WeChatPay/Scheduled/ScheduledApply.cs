using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Scheduled;

/// <summary>
/// 受理扣款: applies for the booked debit, on its day. Asynchronous: the answer says accepted, no more. After a definite failure the
/// same day may see another try under a new number; after the success the contract ends
/// (<c>https://pay.weixin.qq.com/docs/merchant/apis/entrusted-payment/normal/normal-create-transaction.html</c>).
/// </summary>
public sealed record ScheduledApplyRequest : IPartyRequest
{
    /// <summary><c>appid</c> (a provider's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary><c>out_trade_no</c>: 6–32 letters, digits and <c>_ -</c>. While the outcome is unknown, keep the number.</summary>
    public required string OrderNumber { get; init; }

    /// <summary><c>description</c>, at most 127 characters.</summary>
    public required string Description { get; init; }

    /// <summary><c>transaction_notify_url</c>: https, at most 256 characters, no query.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary><c>contract_id</c>, at most 32 letters and digits.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary><c>amount.total</c> in fen: exactly the booked amount.</summary>
    public required long AmountFen { get; init; }

    /// <summary><c>goods_tag</c>, at most 32 characters.</summary>
    public string? GoodsTag { get; init; }

    /// <summary><c>attach</c>: comes back with the result; we send at most 127 bytes.</summary>
    public string? Attach { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>The debit was accepted; whether it is paid, the callback or <see cref="ScheduledCalls.QueryDebitAsync"/> tells.</summary>
public sealed record ScheduledAccepted
{
    private ScheduledAccepted(string number, long? fen)
    {
        OrderNumber = number;
        AmountFen = fen;
    }

    /// <summary><c>out_trade_no</c>.</summary>
    public string OrderNumber { get; }

    /// <summary><c>amount.total</c> in fen.</summary>
    public long? AmountFen { get; }

    internal static ScheduledAccepted? Read(JsonElement json) =>
        json.Text("out_trade_no") is { } number ? new(number, json.Object("amount")?.Number("total")) : null;
}

/// <summary>商户订单号查询订单 (<c>https://pay.weixin.qq.com/doc/v3/merchant/4012556352</c>).</summary>
public sealed record ScheduledDebitQuery : IPartyRequest
{
    /// <summary><c>out_trade_no</c>.</summary>
    public required string OrderNumber { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}
