using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Refunds;

/// <summary>申请退款 (<c>/secapi/pay/refund</c>), with the client certificate. See <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987741</c>.</summary>
public sealed record RefundRequest
{
    /// <summary><c>appid</c>.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>out_refund_no</c>: 1–64 letters, digits, <c>_ - | * @</c>. The same number is refunded once, however often it is sent; changing it may refund twice.</summary>
    public required string RefundNumber { get; init; }

    /// <summary><c>total_fee</c>: the whole amount of the order in fen.</summary>
    public required long OrderFen { get; init; }

    /// <summary><c>refund_fee</c> in fen: at least 1, at most what is left.</summary>
    public required long RefundFen { get; init; }

    /// <summary><c>out_trade_no</c>; one of the two.</summary>
    public string? OrderNumber { get; init; }

    /// <summary><c>transaction_id</c>; wins when both are given.</summary>
    public string? WeChatTransactionId { get; init; }

    /// <summary><c>refund_desc</c>: shown to the user, at most 80 characters.</summary>
    public string? Reason { get; init; }

    /// <summary><c>refund_fee_type</c>: only <c>CNY</c>.</summary>
    public string? FeeType { get; init; }

    /// <summary><c>refund_account</c>: <c>REFUND_SOURCE_UNSETTLED_FUNDS</c> or <c>REFUND_SOURCE_RECHARGE_FUNDS</c>; ignored for newer merchants.</summary>
    public string? Account { get; init; }

    /// <summary><c>notify_url</c>: overrides the one set on the merchant platform; no query.</summary>
    public string? NotifyUrl { get; init; }

    /// <summary>Algorithm; null takes the merchant's.</summary>
    public SignType? SignType { get; init; }

    /// <summary>Number and amount only.</summary>
    public override string ToString() => $"refund {RefundNumber}, {RefundFen} of {OrderFen} fen";
}

/// <summary>WeChat took the refund; the money comes later (wallet within 20 minutes, bank card about 3 working days).</summary>
public sealed record RefundReply
{
    internal RefundReply(V2Message message)
    {
        Raw = message;
        WeChatRefundId = message.Text("refund_id"u8);
        RefundNumber = message.Text("out_refund_no"u8);
        OrderNumber = message.Text("out_trade_no"u8);
        WeChatTransactionId = message.Text("transaction_id"u8);
        RefundFen = message.GetInt64("refund_fee"u8);
        SettlementRefundFen = message.GetInt64("settlement_refund_fee"u8);
        OrderFen = message.GetInt64("total_fee"u8);
        CashFen = message.GetInt64("cash_fee"u8);
        CashRefundFen = message.GetInt64("cash_refund_fee"u8);
        CouponRefundFen = message.GetInt64("coupon_refund_fee"u8);
        Coupons = message.Coupons("coupon_refund_id_"u8, "coupon_type_"u8, "coupon_refund_fee_"u8);
    }

    /// <summary><c>refund_id</c>.</summary>
    public string? WeChatRefundId { get; }

    /// <summary><c>out_refund_no</c>.</summary>
    public string? RefundNumber { get; }

    /// <summary><c>out_trade_no</c>.</summary>
    public string? OrderNumber { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>refund_fee</c> in fen.</summary>
    public long? RefundFen { get; }

    /// <summary><c>settlement_refund_fee</c> in fen.</summary>
    public long? SettlementRefundFen { get; }

    /// <summary><c>total_fee</c> in fen.</summary>
    public long? OrderFen { get; }

    /// <summary><c>cash_fee</c> in fen.</summary>
    public long? CashFen { get; }

    /// <summary><c>cash_refund_fee</c> in fen.</summary>
    public long? CashRefundFen { get; }

    /// <summary><c>coupon_refund_fee</c> in fen.</summary>
    public long? CouponRefundFen { get; }

    /// <summary>The coupons given back.</summary>
    public IReadOnlyList<Coupon> Coupons { get; }

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }

    /// <summary>Numbers only.</summary>
    public override string ToString() => $"refund {RefundNumber} ({WeChatRefundId})";
}

/// <summary>查询退款 (<c>/pay/refundquery</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987766</c>): by one of four numbers, in this order of precedence.</summary>
public sealed record RefundQuery
{
    /// <summary><c>appid</c>, at most 32 letters and digits.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>refund_id</c>: at most 32 letters and digits.</summary>
    public string? WeChatRefundId { get; init; }

    /// <summary><c>out_refund_no</c>: at most 64 letters, digits, <c>_ - | * @</c>.</summary>
    public string? RefundNumber { get; init; }

    /// <summary><c>transaction_id</c>: at most 32 letters and digits.</summary>
    public string? WeChatTransactionId { get; init; }

    /// <summary><c>out_trade_no</c>: 1–32 letters, digits, <c>_ - | * @</c>.</summary>
    public string? OrderNumber { get; init; }

    /// <summary><c>offset</c>: an order's refunds come ten at a time; 24 starts at the 25th.</summary>
    public long? Offset { get; init; }

    /// <summary>Algorithm; null takes the merchant's.</summary>
    public SignType? SignType { get; init; }
}

/// <summary><c>refund_status</c>.</summary>
public enum RefundStatus
{
    /// <summary>A value that this client does not know.</summary>
    Unknown,

    /// <summary>On its way.</summary>
    Processing,

    /// <summary>The money arrived.</summary>
    Success,

    /// <summary>REFUNDCLOSE: failed for good; another try takes a new number.</summary>
    Closed,

    /// <summary>CHANGE: the bank refused it; to be settled by hand on the merchant platform. Not final.</summary>
    Abnormal,
}

/// <summary>One refund of an order.</summary>
public sealed record RefundRow
{
    /// <summary><c>out_refund_no_$n</c>.</summary>
    public required string RefundNumber { get; init; }

    /// <summary><c>refund_id_$n</c>.</summary>
    public string? WeChatRefundId { get; init; }

    /// <summary><c>refund_channel_$n</c>: ORIGINAL, BALANCE, OTHER_BALANCE, OTHER_BANKCARD.</summary>
    public string? Channel { get; init; }

    /// <summary><c>refund_fee_$n</c> in fen.</summary>
    public required long RefundFen { get; init; }

    /// <summary><c>settlement_refund_fee_$n</c> in fen.</summary>
    public long? SettlementRefundFen { get; init; }

    /// <summary><c>refund_status_$n</c>.</summary>
    public required RefundStatus Status { get; init; }

    /// <summary><c>refund_status_$n</c> as sent.</summary>
    public string? StatusText { get; init; }

    /// <summary><c>refund_account_$n</c>.</summary>
    public string? Account { get; init; }

    /// <summary><c>refund_recv_accout_$n</c> (WeChat's spelling): where the money went, such as 支付用户零钱.</summary>
    public string? ReceivedBy { get; init; }

    /// <summary><c>refund_success_time_$n</c>.</summary>
    public DateTimeOffset? SucceededAt { get; init; }

    /// <summary>The coupons given back.</summary>
    public IReadOnlyList<Coupon> Coupons { get; init; } = [];

    /// <summary>Number and status only.</summary>
    public override string ToString() => $"refund {RefundNumber} {StatusText}";

    internal static RefundStatus ParseStatus(string? text) => text switch
    {
        "SUCCESS" => RefundStatus.Success,
        "PROCESSING" => RefundStatus.Processing,
        "REFUNDCLOSE" => RefundStatus.Closed,
        "CHANGE" => RefundStatus.Abnormal,
        _ => RefundStatus.Unknown,
    };
}

/// <summary>The refunds of one order.</summary>
public sealed record RefundQueryReply
{
    internal RefundQueryReply(V2Message message)
    {
        Raw = message;
        OrderNumber = message.Text("out_trade_no"u8);
        WeChatTransactionId = message.Text("transaction_id"u8);
        OrderFen = message.GetInt64("total_fee"u8);
        TotalRefundCount = message.GetInt64("total_refund_count"u8);
        Refunds = ReadRows(message);
    }

    /// <summary><c>out_trade_no</c>.</summary>
    public string? OrderNumber { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>total_fee</c> in fen.</summary>
    public long? OrderFen { get; }

    /// <summary><c>total_refund_count</c>: all refunds of the order; only where pages are in play.</summary>
    public long? TotalRefundCount { get; }

    /// <summary>The refunds in this reply.</summary>
    public IReadOnlyList<RefundRow> Refunds { get; }

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }

    private static List<RefundRow> ReadRows(V2Message message)
    {
        var rows = new List<RefundRow>(1);
        Span<byte> name = stackalloc byte[48];
        Span<byte> coupon = stackalloc byte[48];
        Span<byte> couponKind = stackalloc byte[48];
        Span<byte> couponFee = stackalloc byte[48];
        for (var n = 0; message.Text(Readings.Numbered(name, "out_refund_no_"u8, n)) is { } number; n++)
        {
            rows.Add(new RefundRow
            {
                RefundNumber = number,
                WeChatRefundId = message.Text(Readings.Numbered(name, "refund_id_"u8, n)),
                Channel = message.Text(Readings.Numbered(name, "refund_channel_"u8, n)),
                RefundFen = message.GetInt64(Readings.Numbered(name, "refund_fee_"u8, n)) ?? throw PapayException.Unreadable(Endpoints.RefundQuery, $"refund_fee_{n} is missing."),
                SettlementRefundFen = message.GetInt64(Readings.Numbered(name, "settlement_refund_fee_"u8, n)),
                StatusText = message.Text(Readings.Numbered(name, "refund_status_"u8, n)),
                Status = RefundRow.ParseStatus(message.Text(Readings.Numbered(name, "refund_status_"u8, n))),
                Account = message.Text(Readings.Numbered(name, "refund_account_"u8, n)),
                ReceivedBy = message.Text(Readings.Numbered(name, "refund_recv_accout_"u8, n)),
                SucceededAt = message.Time(Readings.Numbered(name, "refund_success_time_"u8, n)),
                Coupons = message.Coupons(
                    WithDash(coupon, "coupon_refund_id_"u8, n), WithDash(couponKind, "coupon_type_"u8, n), WithDash(couponFee, "coupon_refund_fee_"u8, n)),
            });
        }

        return rows;
    }

    private static ReadOnlySpan<byte> WithDash(Span<byte> buffer, ReadOnlySpan<byte> name, int number)
    {
        var length = Readings.Numbered(buffer, name, number).Length;
        buffer[length] = (byte)'_';
        return buffer[..(length + 1)];
    }
}

/// <summary>Calls about refunds.</summary>
public sealed class RefundCalls
{
    private readonly V2Transport _transport;

    internal RefundCalls(V2Transport transport) => _transport = transport;

    /// <summary>Asks for a refund. After an unknown outcome send the same number again with the same parameters.</summary>
    /// <param name="request">The refund; write its number down before the call.</param>
    /// <param name="ct">
    /// Cancelling after the request left proves nothing, like no answer: query the same <c>out_refund_no</c>. Never pass a caller's
    /// <c>RequestAborted</c>; <see cref="PapayClientOptions.Deadline"/> bounds the wait.
    /// </param>
    /// <exception cref="PapayException">Refused, throttled, or unknown; <see cref="PapayException.NotSent"/> when it certainly never left.</exception>
    public async Task<RefundReply> RequestAsync(RefundRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new RefundReply(await _transport.CallAsync(RefundTables.Apply, request, request.SignType, ct).ConfigureAwait(false));
    }

    /// <summary>Asks for the state of refunds.</summary>
    /// <exception cref="PapayException">No answer that can be believed; one about another refund than the asked one counts as none.</exception>
    public async Task<RefundQueryReply> QueryAsync(RefundQuery query, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var reply = new RefundQueryReply(await _transport.CallAsync(RefundTables.Query, query, query.SignType, ct).ConfigureAwait(false));
        return IsAbout(query, reply) ? reply : throw PapayException.Unreadable(Endpoints.RefundQuery, "The answer does not tell the refund that was asked for.");
    }

    // The numbers of refunds stand in the rows; refund_id wins over out_refund_no, and both over the order's numbers.
    private static bool IsAbout(RefundQuery query, RefundQueryReply reply) =>
        query.WeChatRefundId is { Length: > 0 } id ? reply.Refunds.Any(row => row.WeChatRefundId == id)
        : query.RefundNumber is not { Length: > 0 } number || reply.Refunds.Any(row => row.RefundNumber == number);
}
