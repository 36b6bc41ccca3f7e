using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary><c>trade_type</c>: how an order is paid.</summary>
public enum TradeType
{
    /// <summary>Inside WeChat: official account or mini program.</summary>
    JsApi,

    /// <summary>A QR code.</summary>
    Native,

    /// <summary>A mobile app.</summary>
    App,

    /// <summary>A mobile browser outside WeChat (H5).</summary>
    Mweb,

    /// <summary>A payment code shown to a cashier.</summary>
    Micropay,

    /// <summary>A delegated debit.</summary>
    Pap,
}

/// <summary><c>trade_state</c>: what became of an order.</summary>
public enum TradeState
{
    /// <summary>A state that this client does not know, or none.</summary>
    Unknown,

    /// <summary>Paid.</summary>
    Success,

    /// <summary>Paid, and since then refunded in part or whole; it stays so for ever.</summary>
    Refund,

    /// <summary>Not paid yet.</summary>
    NotPay,

    /// <summary>Closed without payment.</summary>
    Closed,

    /// <summary>Revoked (payment codes only).</summary>
    Revoked,

    /// <summary>The user is paying.</summary>
    UserPaying,

    /// <summary>Payment failed.</summary>
    PayError,

    /// <summary>A debit that was accepted and waits for its 24 hours.</summary>
    Accept,

    /// <summary>A debit that failed.</summary>
    PayFail,
}

/// <summary>A coupon that was used.</summary>
/// <param name="Id"><c>coupon_id_$n</c>, at most 20 characters.</param>
/// <param name="Kind"><c>coupon_type_$n</c>: <c>CASH</c> or <c>NO_CASH</c>.</param>
/// <param name="AmountFen"><c>coupon_fee_$n</c>, in fen.</param>
public sealed record Coupon(string? Id, string? Kind, long AmountFen);

/// <summary>Wire names.</summary>
public static class WireNames
{
    /// <summary>The <c>trade_type</c> value.</summary>
    public static string WireName(this TradeType type) => type switch
    {
        TradeType.JsApi => "JSAPI",
        TradeType.Native => "NATIVE",
        TradeType.App => "APP",
        TradeType.Mweb => "MWEB",
        TradeType.Micropay => "MICROPAY",
        TradeType.Pap => "PAP",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Reads a <c>trade_state</c> value.</summary>
    public static TradeState ParseTradeState(ReadOnlySpan<byte> value) => value switch
    {
        _ when value.SequenceEqual("SUCCESS"u8) => TradeState.Success,
        _ when value.SequenceEqual("REFUND"u8) => TradeState.Refund,
        _ when value.SequenceEqual("NOTPAY"u8) => TradeState.NotPay,
        _ when value.SequenceEqual("CLOSED"u8) => TradeState.Closed,
        _ when value.SequenceEqual("REVOKED"u8) => TradeState.Revoked,
        _ when value.SequenceEqual("USERPAYING"u8) => TradeState.UserPaying,
        _ when value.SequenceEqual("PAYERROR"u8) => TradeState.PayError,
        _ when value.SequenceEqual("ACCEPT"u8) => TradeState.Accept,
        _ when value.SequenceEqual("PAY_FAIL"u8) => TradeState.PayFail,
        _ => TradeState.Unknown,
    };
}

/// <summary>Readings that several replies and notifications share.</summary>
internal static class Readings
{
    private static readonly NumberedName CouponIds = new("coupon_id_");
    private static readonly NumberedName CouponKinds = new("coupon_type_");
    private static readonly NumberedName CouponFees = new("coupon_fee_");

    extension(V2Message message)
    {
        /// <summary>The value, or null when it is absent or empty.</summary>
        public string? Text(ReadOnlySpan<byte> name) => message.GetString(name) is { Length: > 0 } value ? value : null;

        public DateTimeOffset? Time(ReadOnlySpan<byte> name) => message.TryGet(name, out var value) ? BeijingTime.Parse(value) : null;

        /// <summary>For whom a service provider acted; null in direct merchants' messages.</summary>
        public SubMerchant? SubMerchant() => message.Text("sub_mch_id"u8) is { } number ? new SubMerchant(number, message.Text("sub_appid"u8)) : null;

        public bool IsSuccess(ReadOnlySpan<byte> name) => message.Is(name, "SUCCESS"u8);

        /// <summary>Coupons numbered from 0, or the single unnumbered one of old messages.</summary>
        public IReadOnlyList<Coupon> Coupons() => message.FamilyStart("coupon_"u8) is not (>= 0 and var start) ? []
            : message.Coupons(CouponIds, CouponKinds, CouponFees, start) is { Count: > 0 } numbered ? numbered
            : message.Text("coupon_id"u8) is { } id && message.GetInt64("coupon_fee"u8) is { } fen ? [new Coupon(id, message.Text("coupon_type"u8), fen)]
            : [];

        /// <summary>Coupons whose names begin at this place among the sorted ones.</summary>
        public IReadOnlyList<Coupon> Coupons(NumberedName id, NumberedName kind, NumberedName fee, int start)
        {
            var count = 0;
            FieldWalk counted = new(message, start), allFees = counted;
            while (counted.Number(fee[count]) is not null)
            {
                count++;
            }

            // In byte order the fees stand before the ids, and these before the types.
            var coupons = count == 0 ? [] : new Coupon[count];
            FieldWalk allIds = counted, allKinds = counted;
            for (var n = 0; n < count; n++)
            {
                coupons[n] = new Coupon(allIds.Text(id[n]), allKinds.Text(kind[n]), allFees.Number(fee[n]) ?? 0);
            }

            return coupons;
        }

        /// <summary>Coupons whose names are made for one row of many.</summary>
        public IReadOnlyList<Coupon> Coupons(ReadOnlySpan<byte> id, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> fee)
        {
            List<Coupon>? coupons = null;
            Span<byte> name = stackalloc byte[48];
            for (var n = 0; message.GetInt64(Numbered(name, fee, n)) is { } fen; n++)
            {
                (coupons ??= new(2)).Add(new Coupon(message.Text(Numbered(name, id, n)), message.Text(Numbered(name, kind, n)), fen));
            }

            return coupons is null ? [] : coupons;
        }
    }

    /// <summary>A name followed by a number, such as <c>coupon_fee_0</c>.</summary>
    public static ReadOnlySpan<byte> Numbered(Span<byte> buffer, ReadOnlySpan<byte> name, int number)
    {
        name.CopyTo(buffer);
        _ = number.TryFormat(buffer[name.Length..], out var digits, default, System.Globalization.CultureInfo.InvariantCulture);
        return buffer[..(name.Length + digits)];
    }

    /// <summary>What <see cref="IsPaid"/> asks for beside the amount, when it was read already.</summary>
    public static bool SaysPaid(bool isReturned, bool isResult, ReadOnlySpan<byte> state, string? transactionId, DateTimeOffset? endedAt) =>
        isReturned && isResult && (state.IsEmpty || state.SequenceEqual("SUCCESS"u8)) && transactionId is not null && endedAt is not null;

    /// <summary>Three levels and four proofs: return_code, result_code, trade_state absent or SUCCESS, transaction_id, time_end, and the amount.</summary>
    public static bool IsPaid(V2Message message, long expectedFen) =>
        message.IsSuccess("return_code"u8) && message.IsSuccess("result_code"u8)
        && (!message.TryGet("trade_state"u8, out var state) || state.IsEmpty || state.SequenceEqual("SUCCESS"u8))
        && message.TryGet("transaction_id"u8, out var id) && !id.IsEmpty
        && message.Time("time_end"u8) is not null
        && message.TryGetInt64("total_fee"u8, out var fen) && fen == expectedFen;
}
