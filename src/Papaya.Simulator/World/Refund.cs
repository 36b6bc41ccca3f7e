using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

/// <summary>States of a refund, named as V2 names them.</summary>
internal enum RefundState
{
    [JsonStringEnumMemberName("PROCESSING")]
    Processing,

    [JsonStringEnumMemberName("SUCCESS")]
    Success,

    /// <summary>The user's bank and wallet would not take it; somebody has to see to it. V3: ABNORMAL.</summary>
    [JsonStringEnumMemberName("CHANGE")]
    Abnormal,

    /// <summary>It came to nothing; another try takes a new number. V3: CLOSED.</summary>
    [JsonStringEnumMemberName("REFUNDCLOSE")]
    Closed,
}

internal sealed class Refund : Scheduled
{
    public override required string MchId { get; set; }

    public required string AppId { get; set; }

    public required string OutRefundNo { get; set; }

    public required string RefundId { get; set; }

    public required string OutTradeNo { get; set; }

    public required string TransactionId { get; set; }

    public required long TotalFee { get; set; }

    public required long Amount { get; set; }

    /// <summary>What of it goes back to the coupons that paid; null: none did.</summary>
    public List<CouponPart>? Coupons { get; set; }

    /// <summary>What the user gets in money, in fen.</summary>
    [JsonIgnore]
    public long CashFee => Amount - Coupons.Total();

    /// <summary>What the merchant gives.</summary>
    [JsonIgnore]
    public long SettlementFee => Amount - Coupons.Free();

    public string? Reason { get; set; }

    public string? NotifyUrl { get; set; }

    /// <summary>The purse that paid, in V2's words.</summary>
    public string Account { get; set; } = Unsettled;

    /// <summary>Made by hand on the merchant platform.</summary>
    public bool IsByHand { get; set; }

    /// <summary>Asked for by V3, and told to the merchant in V3's form.</summary>
    public bool IsV3 { get; set; }

    public RefundState State { get; set; }

    /// <summary>Where the money goes: ORIGINAL, BALANCE (the wallet, as the card is gone), OTHER_BANKCARD (seen to by hand).</summary>
    public string Channel { get; set; } = "ORIGINAL";

    /// <summary>Who has it, in the words that the user's messages use.</summary>
    public required string Receiver { get; set; }

    /// <summary>WeChat's fee that came back with it, in fen.</summary>
    public long Fee { get; set; }

    public bool FeeApart { get; set; }

    /// <summary>The merchant's money has not been taken yet: there was too little.</summary>
    public bool IsUnpaid { get; set; }

    public DateTimeOffset AcceptedAt { get; set; }

    /// <summary>Put off once by a fault; the next appointment is its moment.</summary>
    public bool IsHeldBack { get; set; }

    public DateTimeOffset? SucceededAt { get; set; }

    public DateTimeOffset? AbnormalAt { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>V2's names of the two purses.</summary>
    internal const string Unsettled = "REFUND_SOURCE_UNSETTLED_FUNDS";

    internal const string Recharged = "REFUND_SOURCE_RECHARGE_FUNDS";
}
