using System.Text.Json;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

internal sealed record AppView(string AppId, AppKind Kind);

internal sealed record MerchantRequest
{
    public required string MchId { get; init; }

    public string? Name { get; init; }

    public string? Key { get; init; }

    public string? PreviousKey { get; init; }

    public AppView[]? Apps { get; init; }

    /// <summary>Replaces the key's reset time; when a key changes it is now.</summary>
    public DateTimeOffset? KeyResetAt { get; init; }

    /// <summary>Short for all permissions with or without <c>papay</c>.</summary>
    public bool? MayDebit { get; init; }

    public Permission[]? Permissions { get; init; }

    public SubMerchant[]? SubMerchants { get; init; }

    public bool? Penalised { get; init; }

    public string[]? SigningDomains { get; init; }

    public MerchantLimits? Limits { get; init; }

    public string? RefundNotifyUrl { get; init; }

    /// <summary>32 letters and digits; made when nobody gives one.</summary>
    public string? Apiv3Key { get; init; }

    public decimal? FeeRate { get; init; }

    public bool? FeesApart { get; init; }

    public int? SettlesAfterDays { get; init; }

    public bool? SettlesToBank { get; init; }

    public FundFlow? FundFlow { get; init; }
}

internal sealed record MerchantView(
    string MchId, string Name, string Key, string? PreviousKey, DateTimeOffset? KeyResetAt, AppView[] Apps, bool MayDebit, string? RefundNotifyUrl,
    Permission[] Permissions, SubMerchant[] SubMerchants, bool Penalised, string[]? SigningDomains, MerchantLimits Limits,
    decimal FeeRate, bool FeesApart, int SettlesAfterDays, bool SettlesToBank, FundFlow FundFlow, FundsView Funds)
{
    /// <summary>The key that opens callbacks and downloaded certificates.</summary>
    public string? Apiv3Key { get; init; }

    public string? CertificateSerial { get; init; }

    /// <summary>The merchant's API certificate.</summary>
    public string? CertificatePem { get; init; }

    public string? PrivateKeyPem { get; init; }

    public string? PlatformPublicKeyId { get; init; }

    public string? PlatformPublicKeyPem { get; init; }

    public PlatformView[]? PlatformCertificates { get; init; }

    /// <summary>The same with the keys of V3.</summary>
    public MerchantView With(MerchantKeys keys, PlatformIdentity publicKey, IEnumerable<PlatformIdentity> certificates) => this with
    {
        Apiv3Key = keys.ApiV3Key,
        CertificateSerial = keys.CertificateSerial,
        CertificatePem = keys.CertificatePem,
        PrivateKeyPem = keys.PrivateKeyPem,
        PlatformPublicKeyId = publicKey.Id,
        PlatformPublicKeyPem = publicKey.PublicKeyPem,
        PlatformCertificates = [.. certificates.Where(c => c.IsCertificate).Select(PlatformView.Of)],
    };
}

internal sealed record UserRequest
{
    public required string Openid { get; init; }

    public long? Balance { get; init; }

    public AccountState? Account { get; init; }

    public BankState? Bank { get; init; }

    public RiskState? Risk { get; init; }

    public Card[]? Cards { get; init; }

    /// <summary><c>wallet</c> or the bank of a card.</summary>
    public string? Preferred { get; init; }

    public string? Nickname { get; init; }

    public bool? Verified { get; init; }

    public int? OtherItems { get; init; }

    /// <summary>Takes the place of all that the user has.</summary>
    public CouponRequest[]? Coupons { get; init; }
}

/// <summary>One coupon, or several of a kind.</summary>
internal sealed record CouponRequest
{
    /// <summary>Null draws one. Of several the first; the others end in <c>-2</c>, <c>-3</c> …</summary>
    public string? Id { get; init; }

    public required long Amount { get; init; }

    public CouponType Type { get; init; }

    public long Minimum { get; init; }

    public string? MchId { get; init; }

    public string? GoodsTag { get; init; }

    public string? Name { get; init; }

    public string? StockId { get; init; }

    /// <summary>An order that it has paid for: a list that was read may be sent back.</summary>
    public string? SpentOn { get; init; }

    /// <summary>1 if it is not given.</summary>
    public int? Count { get; init; }
}

internal sealed record UserView(
    string Openid, string? Nickname, long Balance, AccountState Account, BankState Bank, RiskState Risk, Card[] Cards, string? Preferred, bool Verified,
    int OtherItems, ContractView[] Contracts, UserMessage[] Messages, Coupon[] Coupons);

internal sealed record EntrustRequest
{
    /// <summary>An entrustweb address, or the redirect_url of h5entrustweb.</summary>
    public string? Url { get; init; }

    public string? PreEntrustwebId { get; init; }

    /// <summary>The session_id in an address.</summary>
    public string? Session { get; init; }

    /// <summary>What a mini program hands over.</summary>
    public Dictionary<string, JsonElement>? ExtraData { get; init; }

    public required string Openid { get; init; }

    /// <summary><c>agree</c> or <c>cancel</c>.</summary>
    public string? Action { get; init; }

    /// <summary>The same as <c>action</c>, as yes or no.</summary>
    public bool? Agree { get; init; }
}

internal sealed record CashierRequest
{
    public required string Openid { get; init; }

    public required string Action { get; init; }

    public bool Sign { get; init; }
}

internal sealed record TerminateRequest
{
    /// <summary>contract_termination_mode; 2, the user's own cancel, when neither is given.</summary>
    public int? Mode { get; init; }

    /// <summary>Who ends it: <c>user</c>, <c>merchant_platform</c>, <c>customer_service</c>.</summary>
    public string? By { get; init; }

    public string? Remark { get; init; }
}

internal sealed record ContractView(
    string ContractId, string MchId, string Appid, long PlanId, string Openid, string ContractCode, string RequestSerial, string DisplayAccount,
    string State, DateTimeOffset SignedAt, DateTimeOffset ExpiresAt, DateTimeOffset? TerminatedAt, int? TerminationMode, string? TerminationRemark,
    string? WaitingOrder)
{
    /// <summary>The one debit that the contract was signed for; null for contracts of periods.</summary>
    public DebitSchedule? Schedule { get; init; }

    public static ContractView Of(Contract c) => new(
        c.ContractId, c.MchId, c.AppId, c.PlanId, c.Openid, c.ContractCode, c.RequestSerial, c.DisplayAccount, c.IsActive ? "signed" : "terminated",
        c.SignedAt, c.ExpiresAt, c.TerminatedAt, c.IsActive ? null : c.TerminationMode, c.TerminationRemark, c.WaitingOrder)
    {
        Schedule = c.Schedule,
    };
}

internal sealed record RefundView(
    string OutRefundNo, string RefundId, long Amount, RefundState State, DateTimeOffset AcceptedAt, DateTimeOffset? SucceededAt,
    DateTimeOffset? AbnormalAt, DateTimeOffset? ClosedAt, string MchId, string OutTradeNo, long Fee, string Channel, string Receiver, string Account, string? Reason,
    bool IsUnpaid, DateTimeOffset? DueAt)
{
    /// <summary>What goes back to coupons; null when none had paid.</summary>
    public CouponPart[]? Coupons { get; init; }

    /// <summary>What the user gets in money, where coupons had paid.</summary>
    public long? CashAmount { get; init; }

    public static RefundView Of(Refund r) => new(
        r.OutRefundNo, r.RefundId, r.Amount, r.State, r.AcceptedAt, r.SucceededAt, r.AbnormalAt, r.ClosedAt, r.MchId, r.OutTradeNo, r.Fee, r.Channel, r.Receiver,
        r.Account, r.Reason, r.IsUnpaid, r.DueAt)
    {
        Coupons = r.Coupons?.ToArray(),
        CashAmount = r.Coupons is null ? null : r.CashFee,
    };
}

internal sealed record OrderView(
    string OutTradeNo, string MchId, string Appid, OrderKind Kind, string TradeType, TradeState State, long Amount, string Body, string? Attach,
    string? Openid, string? TransactionId, string? ContractId, string? PrepayId, long? PlanId, string? ContractCode, string? ErrCode,
    string? ErrCodeDes, long Refunded, RefundView[]? Refunds, DateTimeOffset CreatedAt, DateTimeOffset? PaidAt, DateTimeOffset? DueAt)
{
    /// <summary>The coupons that paid a part; null when none did.</summary>
    public CouponPart[]? Coupons { get; init; }

    /// <summary>What the user paid in money, where coupons paid too.</summary>
    public long? CashAmount { get; init; }

    public static OrderView Of(Order o) => new(
        o.OutTradeNo, o.MchId, o.AppId, o.Kind, o.TradeType, o.State, o.Amount, o.Body, o.Attach, o.Openid, o.TransactionId, o.ContractId, o.PrepayId,
        o.PlanId, o.ContractCode, o.ErrCode, o.ErrText, o.Refunded,
        o.Refunds is null ? null : [.. o.Refunds.Select(RefundView.Of)],
        o.CreatedAt, o.PaidAt, o.DueAt)
    {
        Coupons = o.Coupons?.ToArray(),
        CashAmount = o.Coupons is null ? null : o.CashFee,
    };
}

internal sealed record LedgerEntry(
    MovementKind Kind, string OutTradeNo, string TransactionId, string? ContractId, string Openid, long Amount, DateTimeOffset At, string? OutRefundNo, string MchId, long Fee)
{
    /// <summary>The user's own money in it, where coupons had a part.</summary>
    public long? CashAmount { get; init; }

    /// <summary>What passed through the merchant's account, where coupons had a part.</summary>
    public long? SettlementAmount { get; init; }
}

internal sealed record LedgerView(LedgerEntry[] Entries, FundsEntry[] Funds);

internal sealed record SwitchView(string Name, string Value, string Default, string[] Values, Evidence Evidence, string Source, string Meaning, string MeaningZh);

internal sealed record Listing<T>(T[] Data);
