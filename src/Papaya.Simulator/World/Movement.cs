using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum MovementKind
{
    [JsonStringEnumMemberName("payment")]
    Payment,

    [JsonStringEnumMemberName("debit")]
    Debit,

    [JsonStringEnumMemberName("refund")]
    Refund,

    /// <summary>A refund that came to nothing: the merchant has its money again.</summary>
    [JsonStringEnumMemberName("refund_closed")]
    RefundClosed,

    /// <summary>What an account held before its first day; no row of a bill.</summary>
    [JsonStringEnumMemberName("opening")]
    Opening,

    /// <summary>The merchant paid in.</summary>
    [JsonStringEnumMemberName("top_up")]
    TopUp,

    /// <summary>Money left for the merchant's bank.</summary>
    [JsonStringEnumMemberName("withdrawal")]
    Withdrawal,

    /// <summary>A day's takings became available.</summary>
    [JsonStringEnumMemberName("settlement")]
    Settlement,
}

/// <summary>One movement of money; never changed afterwards. All that the accounts of a merchant hold is the sum of these.</summary>
internal sealed class Movement
{
    public required string MchId { get; set; }

    public MovementKind Kind { get; set; }

    /// <summary>The order; empty when the movement is no trade.</summary>
    public string OutTradeNo { get; set; } = "";

    public string TransactionId { get; set; } = "";

    public string? ContractId { get; set; }

    public string Openid { get; set; } = "";

    /// <summary>Fen, more than nothing; coupons included.</summary>
    public required long Amount { get; set; }

    /// <summary>The part of it that coupons paid, or that goes back to them.</summary>
    public long CouponAmount { get; set; }

    /// <summary>The part of that which nobody paid in, and which no account sees.</summary>
    public long FreeAmount { get; set; }

    public DateTimeOffset At { get; set; }

    public string? OutRefundNo { get; set; }

    /// <summary>WeChat's fee in fen: taken with a payment and with a closed refund, given back with a refund.</summary>
    public long Fee { get; set; }

    /// <summary>The fee went through the account for fees.</summary>
    public bool FeeApart { get; set; }

    /// <summary>Of a refund: the part that takings before their settlement paid.</summary>
    public long FromUnsettled { get; set; }

    /// <summary>Of what is no trade: the account.</summary>
    public FundsAccount Account { get; set; }

    /// <summary>Of a settlement: the Beijing day whose takings it settles.</summary>
    public DateOnly? Day { get; set; }

    /// <summary>A payment or what follows from one.</summary>
    [JsonIgnore]
    public bool IsTrade => Kind <= MovementKind.RefundClosed;

    /// <summary>Money from a user.</summary>
    [JsonIgnore]
    public bool IsPayment => Kind is MovementKind.Payment or MovementKind.Debit;

    /// <summary>What passes through the merchant's account, fee apart.</summary>
    [JsonIgnore]
    public long Settled => Amount - FreeAmount;

    /// <summary>What the movement does to the basic account, fee included.</summary>
    [JsonIgnore]
    public long Net => Kind switch
    {
        MovementKind.Payment or MovementKind.Debit or MovementKind.RefundClosed => Settled - (FeeApart ? 0 : Fee),
        MovementKind.Refund => (FeeApart ? 0 : Fee) - Settled,
        MovementKind.Opening or MovementKind.TopUp => Amount,
        MovementKind.Withdrawal => -Amount,
        MovementKind.Settlement => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(Kind)),
    };
}
