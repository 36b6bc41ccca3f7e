using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

internal enum OrderKind
{
    /// <summary>The first payment, made by the user in the cashier.</summary>
    [JsonStringEnumMemberName("payment")]
    Payment,

    /// <summary>A debit of a contract.</summary>
    [JsonStringEnumMemberName("debit")]
    Debit,
}

/// <summary>Trade states as WeChat names them.</summary>
internal enum TradeState
{
    [JsonStringEnumMemberName("NOTPAY")]
    NotPay,

    [JsonStringEnumMemberName("ACCEPT")]
    Accept,

    [JsonStringEnumMemberName("SUCCESS")]
    Success,

    [JsonStringEnumMemberName("REFUND")]
    Refund,

    [JsonStringEnumMemberName("PAY_FAIL")]
    PayFail,

    [JsonStringEnumMemberName("CLOSED")]
    Closed,
}

/// <summary>An order number of a merchant and all that became of it.</summary>
internal sealed class Order : Scheduled
{
    public override required string MchId { get; set; }

    public required string OutTradeNo { get; set; }

    public OrderKind Kind { get; set; }

    public TradeState State { get; set; }

    public required string AppId { get; set; }

    public required string Body { get; set; }

    public string? Detail { get; set; }

    public string? Attach { get; set; }

    public string? DeviceInfo { get; set; }

    public required long Amount { get; set; }

    public required string TradeType { get; set; }

    public required string NotifyUrl { get; set; }

    public SignType SignType { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The payer: named by the order (JSAPI), by the contract (debit), or the one who paid.</summary>
    public string? Openid { get; set; }

    public string? TransactionId { get; set; }

    public DateTimeOffset? PaidAt { get; set; }

    public string? BankType { get; set; }

    public string? ErrCode { get; set; }

    public string? ErrText { get; set; }

    /// <summary>The contract debited, or the one signed with the payment.</summary>
    public string? ContractId { get; set; }

    /// <summary>WeChat's fee in fen, taken when it was paid.</summary>
    public long Fee { get; set; }

    /// <summary>The rate of that fee, in hundredths of a percent.</summary>
    public int? FeeRate { get; set; }

    /// <summary>The fee came from the account for fees.</summary>
    public bool FeeApart { get; set; }

    /// <summary>Closed by the merchant's closeorder, not by WeChat.</summary>
    public bool ClosedByMerchant { get; set; }

    /// <summary>The sub-merchant for whom a service provider ordered.</summary>
    public string? SubMchId { get; set; }

    public string? SubAppId { get; set; }

    /// <summary>When the notice was sent under which the debit was accepted; null when it needed none.</summary>
    public DateTimeOffset? NoticeSentAt { get; set; }

    /// <summary>Sum of accepted refunds that were not closed.</summary>
    public long Refunded { get; set; }

    public string? PrepayId { get; set; }

    public string? ProductId { get; set; }

    public string? PayerIp { get; set; }

    public string? TimeStart { get; set; }

    public string? TimeExpire { get; set; }

    public long? PlanId { get; set; }

    public string? ContractCode { get; set; }

    public string? RequestSerial { get; set; }

    public string? DisplayAccount { get; set; }

    public string? ContractNotifyUrl { get; set; }

    /// <summary>contract_outerid: the account signed for.</summary>
    public string? OuterId { get; set; }

    /// <summary>limit_pay no_credit.</summary>
    public bool NoCredit { get; set; }

    /// <summary>Asked for by V3, and told to the merchant in V3's form.</summary>
    public bool IsV3 { get; set; }

    public string? GoodsTag { get; set; }

    /// <summary>Currency of the amount; null: CNY.</summary>
    public string? Currency { get; set; }

    /// <summary>What the user paid in fen, where the amount is in another currency.</summary>
    public long? PayerAmount { get; set; }

    /// <summary>The coupons that paid a part of it; null: none.</summary>
    public List<CouponPart>? Coupons { get; set; }

    /// <summary>contract_err_code of the pre-signing part, when it failed; a repeated order is answered the same.</summary>
    public string? ContractErrCode { get; set; }

    public string? ContractErrText { get; set; }

    /// <summary>Whether the pre-signing part succeeded: only then the cashier shows the switch.</summary>
    public bool OffersContract { get; set; }

    /// <summary>Why the payment came without the contract that was offered, as the cashier's result names it.</summary>
    public string? NotSigned { get; set; }

    /// <summary>Its execution was put off once by a fault; the next appointment is its moment.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>Accepted, then forgotten by WeChat: no query finds it, and its number may be sent again.</summary>
    public bool IsLost { get; set; }

    /// <summary>Why its execution fails, when a fault says so; only during that moment.</summary>
    [JsonIgnore]
    public (string Code, string Text)? ForcedFailure { get; set; }

    [JsonIgnore]
    public List<Refund>? Refunds { get; set; }

    /// <summary>Where <see cref="Counts"/> has it; 0: nowhere yet.</summary>
    [JsonIgnore]
    public int CountedAt { get; set; }

    /// <summary>A debit of the global family: its amount is in another money, and only that family's calls know it.</summary>
    [JsonIgnore]
    public bool IsGlobal => Currency is not null;

    /// <summary>What the user paid in money, in fen.</summary>
    [JsonIgnore]
    public long CashFee => Amount - Coupons.Total();

    /// <summary>What is settled: all but discounts that nobody paid in.</summary>
    [JsonIgnore]
    public long SettlementFee => Amount - Coupons.Free();

    [JsonIgnore]
    public bool IsPaid => State is TradeState.Success or TradeState.Refund;

    /// <summary>Whether a repeated request says the same (its nonce apart).</summary>
    public bool SaysTheSameAs(Order other) =>
        (AppId, Body, Detail, Attach, DeviceInfo, Amount, TradeType, NotifyUrl) ==
        (other.AppId, other.Body, other.Detail, other.Attach, other.DeviceInfo, other.Amount, other.TradeType, other.NotifyUrl)
        && (Kind == OrderKind.Debit
            ? ContractId == other.ContractId
            : (Openid, ProductId, PayerIp, TimeStart, TimeExpire, GoodsTag, NoCredit) ==
              (other.Openid, other.ProductId, other.PayerIp, other.TimeStart, other.TimeExpire, other.GoodsTag, other.NoCredit)
              && (PlanId, ContractCode, RequestSerial, DisplayAccount, ContractNotifyUrl, OuterId) ==
              (other.PlanId, other.ContractCode, other.RequestSerial, other.DisplayAccount, other.ContractNotifyUrl, other.OuterId));
}
