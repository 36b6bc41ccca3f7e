using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Debits;

/// <summary>
/// 查询代扣订单 (<c>/pay/paporderquery</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4013894074</c>): only orders made by pappayapply and at most one month old. After a failed order was
/// closed it may answer "no such order" or 订单不是委托代扣场景; then ask orderquery.
/// </summary>
public sealed record DebitQuery
{
    /// <summary><c>appid</c>, at most 32 letters and digits.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>out_trade_no</c>: 1–32 letters, digits, <c>_ - | * @</c>; one of the two.</summary>
    public string? OrderNumber { get; init; }

    /// <summary><c>transaction_id</c>: at most 32 letters and digits; wins when both are given.</summary>
    public string? WeChatTransactionId { get; init; }
}
