using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>What an app is for; a checkout opens in the app of its kind.</summary>
internal enum AppKind
{
    [JsonStringEnumMemberName("official_account")]
    OfficialAccount,

    [JsonStringEnumMemberName("mobile_app")]
    MobileApp,

    [JsonStringEnumMemberName("mini_program")]
    MiniProgram,
}

internal sealed class App
{
    public required string AppId { get; set; }

    public AppKind Kind { get; set; }
}

/// <summary>A merchant number with its key and the apps bound to it.</summary>
internal sealed class Merchant
{
    private ApiV2Key? _secret;
    private ApiV2Key[]? _secrets;

    public required string MchId { get; set; }

    public string Name { get; set; } = "";

    public required string Key { get; set; }

    /// <summary>The key before the last reset; WeChat accepts both for 15 days.</summary>
    public string? PreviousKey { get; set; }

    public List<App> Apps { get; set; } = [];

    /// <summary>Whether WeChat has granted delegated debit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool MayDebit { get; set; } = true;

    /// <summary>Where refund results go when a refund names no address of its own.</summary>
    public string? RefundNotifyUrl { get; set; }

    [JsonIgnore]
    public ApiV2Key Secret => _secret ??= new(Key);

    [JsonIgnore]
    public IReadOnlyList<ApiV2Key> Secrets => _secrets ??= PreviousKey is null ? [Secret] : [Secret, new(PreviousKey)];
}

internal enum TemplateKind
{
    [JsonStringEnumMemberName("periodic")]
    Periodic,

    [JsonStringEnumMemberName("pay_later")]
    PayLater,
}

internal enum FeeRule
{
    /// <summary>为: exactly the price.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,

    /// <summary>不高于: at most the price.</summary>
    [JsonStringEnumMemberName("capped")]
    Capped,
}

internal enum NoticeMode
{
    /// <summary>WeChat tells the user and debits 24 hours later.</summary>
    [JsonStringEnumMemberName("delay_24h")]
    Delay24h,

    /// <summary>The merchant sends a notice first and debits inside its window.</summary>
    [JsonStringEnumMemberName("pre_notice")]
    PreNotice,
}

/// <summary>A reviewed template (模板) of a merchant.</summary>
internal sealed class Template
{
    public required string MchId { get; set; }

    public required long PlanId { get; set; }

    public required string Name { get; set; }

    public TemplateKind Kind { get; set; }

    public string Cycle { get; set; } = "month";

    public FeeRule Fee { get; set; }

    public required long Amount { get; set; }

    public long? FirstAmount { get; set; }

    public NoticeMode Mode { get; set; }

    public string? TerminateNotifyUrl { get; set; }

    /// <summary>Disabled for ever: existing contracts go on, nobody signs any more.</summary>
    public bool Disabled { get; set; }

    /// <summary>WeChat has blocked new signing for now.</summary>
    public bool SigningBlocked { get; set; }

    /// <summary>Most that one debit may take. WeChat starts with 500 yuan and negotiates; here never less than the template's price.</summary>
    public long SingleLimit { get; set; }

    /// <summary>Most that a day's debits of one contract may take together; WeChat starts with 2,500 yuan.</summary>
    public long DailyLimit { get; set; }

    /// <summary>How long a contract is valid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ValidDays { get; set; } = 3650;
}

internal enum AccountState
{
    [JsonStringEnumMemberName("normal")]
    Normal,

    [JsonStringEnumMemberName("abnormal")]
    Abnormal,

    [JsonStringEnumMemberName("closed")]
    Closed,
}

internal enum BankState
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("maintenance")]
    Maintenance,
}

/// <summary>A WeChat user with a wallet.</summary>
internal sealed class User
{
    public required string Openid { get; set; }

    public long Balance { get; set; }

    public AccountState Account { get; set; }

    public BankState Bank { get; set; }

    /// <summary>Deduct items held at other merchants; 200 in total is WeChat's limit.</summary>
    public int OtherItems { get; set; }

    /// <summary>Active contracts here; derived.</summary>
    [JsonIgnore]
    public int Items { get; set; }
}

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

/// <summary>Something with one next instant at which it acts by itself.</summary>
internal abstract class Scheduled
{
    /// <summary>When it acts next; null when it waits for somebody.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Order among those due at the same instant; also tells a current appointment from an old one.</summary>
    public long DueNumber { get; set; }
}

/// <summary>An order number of a merchant and all that became of it.</summary>
internal sealed class Order : Scheduled
{
    public required string MchId { get; set; }

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

    /// <summary>Sum of accepted refunds.</summary>
    public long Refunded { get; set; }

    public string? PrepayId { get; set; }

    public string? ProductId { get; set; }

    public string? PayerIp { get; set; }

    public string? TimeExpire { get; set; }

    public long? PlanId { get; set; }

    public string? ContractCode { get; set; }

    public string? RequestSerial { get; set; }

    public string? DisplayAccount { get; set; }

    public string? ContractNotifyUrl { get; set; }

    /// <summary>Whether the pre-signing part succeeded: only then the cashier shows the switch.</summary>
    public bool OffersContract { get; set; }

    [JsonIgnore]
    public List<Refund>? Refunds { get; set; }

    [JsonIgnore]
    public bool IsPaid => State is TradeState.Success or TradeState.Refund;

    /// <summary>Whether a repeated request says the same (its nonce apart).</summary>
    public bool SaysTheSameAs(Order other) =>
        (AppId, Body, Detail, Attach, DeviceInfo, Amount, TradeType, NotifyUrl) ==
        (other.AppId, other.Body, other.Detail, other.Attach, other.DeviceInfo, other.Amount, other.TradeType, other.NotifyUrl)
        && (Kind == OrderKind.Debit
            ? ContractId == other.ContractId
            : (Openid, ProductId, PayerIp, TimeExpire, PlanId, ContractCode, RequestSerial, DisplayAccount, ContractNotifyUrl) ==
              (other.Openid, other.ProductId, other.PayerIp, other.TimeExpire, other.PlanId, other.ContractCode, other.RequestSerial,
                  other.DisplayAccount, other.ContractNotifyUrl));
}

/// <summary>A signed contract (协议). Signing again makes a new one.</summary>
internal sealed class Contract
{
    public required string ContractId { get; set; }

    public required string MchId { get; set; }

    public required string AppId { get; set; }

    public required long PlanId { get; set; }

    public required string Openid { get; set; }

    public required string ContractCode { get; set; }

    public required string RequestSerial { get; set; }

    public required string DisplayAccount { get; set; }

    public SignType SignType { get; set; }

    public DateTimeOffset SignedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? TerminatedAt { get; set; }

    /// <summary>1 expired, 2 user, 3 merchant by API, 4 merchant platform, 5 account cancelled, 7 customer service.</summary>
    public int TerminationMode { get; set; }

    public string? TerminationRemark { get; set; }

    /// <summary>The debit that waits for its 24 hours; at most one.</summary>
    public string? WaitingOrder { get; set; }

    /// <summary>The Beijing day (yyyymmdd) that the counters below belong to.</summary>
    public int CountedDay { get; set; }

    public int Applies { get; set; }

    public int Executions { get; set; }

    public int Successes { get; set; }

    public long Debited { get; set; }

    [JsonIgnore]
    public bool IsActive => TerminatedAt is null;
}

internal enum RefundState
{
    [JsonStringEnumMemberName("PROCESSING")]
    Processing,

    [JsonStringEnumMemberName("SUCCESS")]
    Success,
}

internal sealed class Refund : Scheduled
{
    public required string MchId { get; set; }

    public required string AppId { get; set; }

    public required string OutRefundNo { get; set; }

    public required string RefundId { get; set; }

    public required string OutTradeNo { get; set; }

    public required string TransactionId { get; set; }

    public required long TotalFee { get; set; }

    public required long Amount { get; set; }

    public string? NotifyUrl { get; set; }

    public string Account { get; set; } = "REFUND_SOURCE_UNSETTLED_FUNDS";

    public RefundState State { get; set; }

    public DateTimeOffset AcceptedAt { get; set; }

    public DateTimeOffset? SucceededAt { get; set; }
}

internal enum MovementKind
{
    [JsonStringEnumMemberName("payment")]
    Payment,

    [JsonStringEnumMemberName("debit")]
    Debit,

    [JsonStringEnumMemberName("refund")]
    Refund,
}

/// <summary>One movement of money; never changed afterwards.</summary>
internal sealed class Movement
{
    public required string MchId { get; set; }

    public MovementKind Kind { get; set; }

    public required string OutTradeNo { get; set; }

    public required string TransactionId { get; set; }

    public string? ContractId { get; set; }

    public required string Openid { get; set; }

    public required long Amount { get; set; }

    public DateTimeOffset At { get; set; }

    public string? OutRefundNo { get; set; }
}

internal enum DeliveryKind
{
    /// <summary>Payment result of a cashier order.</summary>
    [JsonStringEnumMemberName("payment")]
    Payment,

    [JsonStringEnumMemberName("debit")]
    Debit,

    [JsonStringEnumMemberName("contract")]
    Contract,

    [JsonStringEnumMemberName("refund")]
    Refund,
}

/// <summary>A notification on its way, with the number of sends made.</summary>
internal sealed class Delivery : Scheduled
{
    public required long Id { get; set; }

    public DeliveryKind Kind { get; set; }

    public required string MchId { get; set; }

    public required string Url { get; set; }

    /// <summary>The message as it goes out, UTF-8.</summary>
    [JsonConverter(typeof(Utf8Text))]
    public required byte[] Body { get; set; }

    public string? OutTradeNo { get; set; }

    public string? ContractId { get; set; }

    public int Sends { get; set; }

    /// <summary>Held back once by a fault; the next appointment is its send.</summary>
    public bool HeldBack { get; set; }
}
