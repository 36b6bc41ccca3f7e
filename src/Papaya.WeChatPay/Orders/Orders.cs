using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Orders;

/// <summary>查询订单 (<c>/pay/orderquery</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987538</c>): payments of pay-and-sign and debits alike.</summary>
public sealed record OrderQuery
{
    /// <summary><c>appid</c>, at most 32 letters and digits.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>out_trade_no</c>: 1–32 letters, digits, <c>_ - | * @</c>; one of the two.</summary>
    public string? OrderNumber { get; init; }

    /// <summary><c>transaction_id</c>: at most 32 letters and digits; wins when both are given.</summary>
    public string? WeChatTransactionId { get; init; }

    /// <summary><c>version</c>: <c>1.0</c> adds promotion_detail to the reply.</summary>
    public string? Version { get; init; }

    /// <summary>Algorithm; null takes the merchant's.</summary>
    public SignType? SignType { get; init; }
}

/// <summary>
/// An order as WeChat knows it (orderquery and paporderquery). Unless it is paid, little more than its state is there.
/// </summary>
public sealed record OrderReply
{
    internal OrderReply(V2Message message)
    {
        Raw = message;
        State = message.TryGet("trade_state"u8, out var state) ? WireNames.ParseTradeState(state) : TradeState.Unknown;
        StateText = message.Text("trade_state"u8);
        StateDescription = message.Text("trade_state_desc"u8);
        AppId = message.Text("appid"u8);
        OrderNumber = message.Text("out_trade_no"u8);
        WeChatTransactionId = message.Text("transaction_id"u8);
        WeChatContractId = message.Text("contract_id"u8);
        OpenId = message.Text("openid"u8);
        TradeType = message.Text("trade_type"u8);
        BankType = message.Text("bank_type"u8);
        AmountFen = message.GetInt64("total_fee"u8);
        SettlementFen = message.GetInt64("settlement_total_fee"u8);
        CashFen = message.GetInt64("cash_fee"u8);
        CouponFen = message.GetInt64("coupon_fee"u8);
        Coupons = message.Coupons();
        FeeType = message.Text("fee_type"u8);
        Attach = message.Text("attach"u8);
        DeviceInfo = message.Text("device_info"u8);
        PromotionDetail = message.Text("promotion_detail"u8);
        EndedAt = message.Time("time_end"u8);
    }

    /// <summary><c>trade_state</c>.</summary>
    public TradeState State { get; }

    /// <summary><c>trade_state</c> as sent.</summary>
    public string? StateText { get; }

    /// <summary><c>trade_state_desc</c>.</summary>
    public string? StateDescription { get; }

    /// <summary><c>appid</c>.</summary>
    public string? AppId { get; }

    /// <summary><c>out_trade_no</c>.</summary>
    public string? OrderNumber { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>contract_id</c> (paporderquery).</summary>
    public string? WeChatContractId { get; }

    /// <summary><c>openid</c>.</summary>
    public string? OpenId { get; }

    /// <summary><c>trade_type</c>: <c>PAP</c> for debits.</summary>
    public string? TradeType { get; }

    /// <summary><c>bank_type</c>, such as <c>CMB_DEBIT</c>; <c>CFT</c> or <c>OTHERS</c> for the wallet.</summary>
    public string? BankType { get; }

    /// <summary><c>total_fee</c> in fen.</summary>
    public long? AmountFen { get; }

    /// <summary><c>settlement_total_fee</c> in fen: the total less free coupons.</summary>
    public long? SettlementFen { get; }

    /// <summary><c>cash_fee</c> in fen.</summary>
    public long? CashFen { get; }

    /// <summary><c>coupon_fee</c> in fen: all coupons together.</summary>
    public long? CouponFen { get; }

    /// <summary>The coupons one by one.</summary>
    public IReadOnlyList<Coupon> Coupons { get; }

    /// <summary><c>fee_type</c>.</summary>
    public string? FeeType { get; }

    /// <summary><c>attach</c>.</summary>
    public string? Attach { get; }

    /// <summary><c>device_info</c>.</summary>
    public string? DeviceInfo { get; }

    /// <summary><c>promotion_detail</c>: JSON as sent.</summary>
    public string? PromotionDetail { get; }

    /// <summary><c>time_end</c>: when it was paid.</summary>
    public DateTimeOffset? EndedAt { get; }

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary><c>sub_openid</c>: the user under the sub-merchant's app; only for service providers.</summary>
    public string? SubOpenId => Raw.Text("sub_openid"u8);

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }

    /// <summary>
    /// True when exactly this amount was paid and nothing refunded. An order in state <see cref="TradeState.Refund"/> was paid
    /// once and stays in that state for ever.
    /// </summary>
    public bool IsPaid(long expectedFen) => State == TradeState.Success && Readings.IsPaid(Raw, expectedFen);

    /// <summary>Number and state only.</summary>
    public override string ToString() => $"order {OrderNumber}: {StateText}";
}

/// <summary>关闭订单 (<c>/pay/closeorder</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987803</c>): at least 5 minutes after the order was made. A closed number can never be paid.</summary>
public sealed record CloseRequest
{
    /// <summary><c>appid</c>.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>out_trade_no</c>.</summary>
    public required string OrderNumber { get; init; }

    /// <summary>Algorithm; null takes the merchant's.</summary>
    public SignType? SignType { get; init; }
}

/// <summary>The order is closed.</summary>
/// <param name="WasClosedBefore">True when WeChat said that it was closed already.</param>
public sealed record CloseReply(bool WasClosedBefore);

/// <summary>Calls about orders of every kind.</summary>
public sealed class OrderCalls
{
    private readonly V2Transport _transport;

    internal OrderCalls(V2Transport transport) => _transport = transport;

    /// <summary>Asks for the state of an order.</summary>
    public async Task<OrderReply> QueryAsync(OrderQuery query, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new OrderReply(await _transport.CallAsync(OrderTables.Query, query, query.SignType, ct).ConfigureAwait(false));
    }

    /// <summary>Closes an unpaid order. An order that was closed before counts as done.</summary>
    public async Task<CloseReply> CloseAsync(CloseRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            await _transport.CallAsync(OrderTables.Close, request, request.SignType, ct).ConfigureAwait(false);
            return new CloseReply(false);
        }
        catch (PapayException e) when (e.Next == NextStep.TreatAsDone)
        {
            return new CloseReply(true);
        }
    }
}
