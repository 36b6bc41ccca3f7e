using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Papaya.Simulator.Testing;

/// <summary>State of a user's account.</summary>
public enum UserAccount
{
    /// <summary>In order.</summary>
    [JsonStringEnumMemberName("normal")]
    Normal,

    /// <summary>Debits are declined with ACCOUNTERROR.</summary>
    [JsonStringEnumMemberName("abnormal")]
    Abnormal,

    /// <summary>The user has closed it.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,
}

/// <summary>State of the user's bank.</summary>
public enum UserBank
{
    /// <summary>In order.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Under maintenance.</summary>
    [JsonStringEnumMemberName("maintenance")]
    Maintenance,
}

/// <summary>A user as he is now.</summary>
/// <param name="Openid">His openid.</param>
/// <param name="Balance">Fen in his wallet.</param>
/// <param name="Account">State of his account.</param>
/// <param name="Contracts">His contracts, terminated ones too.</param>
public sealed record TestUser(string Openid, long Balance, UserAccount Account, IReadOnlyList<TestContract> Contracts)
{
    /// <summary>His coupons, spent ones too.</summary>
    public required IReadOnlyList<TestCoupon> Coupons { get; init; }
}

/// <summary>Whose money a coupon is when it pays.</summary>
public enum CouponKind
{
    /// <summary>Paid in beforehand: it is settled like the user's own money.</summary>
    [JsonStringEnumMemberName("CASH")]
    Cash,

    /// <summary>A discount: it is not settled.</summary>
    [JsonStringEnumMemberName("NO_CASH")]
    NoCash,
}

/// <summary>A coupon (代金券) of a user. Payments and debits spend those that fit, the largest first.</summary>
public sealed record TestCoupon
{
    /// <summary><c>coupon_id</c>; null draws one.</summary>
    public string? Id { get; init; }

    /// <summary>Fen, at least 1.</summary>
    public required long Amount { get; init; }

    /// <summary>Whose money it is.</summary>
    public CouponKind Type { get; init; }

    /// <summary>The least amount of an order that it pays for, in fen.</summary>
    public long Minimum { get; init; }

    /// <summary>The merchant whose orders it pays for; null: everybody's.</summary>
    public string? MchId { get; init; }

    /// <summary>It pays only for orders with this <c>goods_tag</c>; null: for all.</summary>
    public string? GoodsTag { get; init; }

    /// <summary>What the user reads on it.</summary>
    public string? Name { get; init; }

    /// <summary>The order that it paid for; null: it can be spent.</summary>
    public string? SpentOn { get; init; }
}

/// <summary>A contract as WeChat has it.</summary>
/// <param name="ContractId">WeChat's number.</param>
/// <param name="ContractCode">The merchant's number.</param>
/// <param name="PlanId">The template.</param>
/// <param name="Openid">Who signed.</param>
/// <param name="State"><c>signed</c> or <c>terminated</c>.</param>
/// <param name="SignedAt">When.</param>
/// <param name="TerminatedAt">Null while it is signed.</param>
/// <param name="TerminationMode">WeChat's integer; null while it is signed.</param>
public sealed record TestContract(
    string ContractId, string ContractCode, long PlanId, string Openid, string State, DateTimeOffset SignedAt, DateTimeOffset? TerminatedAt, int? TerminationMode);

/// <summary>A template (WeChat's plan) as it is set and shown.</summary>
public sealed record TestTemplate
{
    /// <summary>Whose.</summary>
    public required string MchId { get; init; }

    /// <summary>Its number.</summary>
    public required long PlanId { get; init; }

    /// <summary>What users see.</summary>
    public required string Name { get; init; }

    /// <summary><c>periodic</c> or <c>pay_later</c>.</summary>
    public string Kind { get; init; } = "periodic";

    /// <summary><c>fixed</c> (exactly <see cref="Amount"/>) or <c>capped</c> (at most).</summary>
    public string Fee { get; init; } = "capped";

    /// <summary>Fen, at least 1.</summary>
    public required long Amount { get; init; }

    /// <summary>Fen of the first debit if it differs.</summary>
    public long? FirstAmount { get; init; }

    /// <summary><c>delay_24h</c> or <c>pre_notice</c>.</summary>
    public string Mode { get; init; } = "delay_24h";

    /// <summary>Where results of terminations go.</summary>
    public string? TerminateNotifyUrl { get; init; }
}

/// <summary>What came of a visit to the cashier.</summary>
/// <param name="Paid">Whether money moved.</param>
/// <param name="Signed">Whether there is a contract now.</param>
/// <param name="ContractId">WeChat's number of it.</param>
/// <param name="Reason">Why not.</param>
public sealed record CashierResult(bool Paid, bool Signed, string? ContractId, string? Reason);

/// <summary>What came of a visit to a signing page.</summary>
/// <param name="Signed">Whether there is a contract now.</param>
/// <param name="ContractId">WeChat's number of it.</param>
/// <param name="Reason">Why not.</param>
public sealed record SigningResult(bool Signed, string? ContractId, string? Reason);

/// <summary>A movement of money.</summary>
/// <param name="Kind"><c>payment</c>, <c>debit</c> or <c>refund</c>.</param>
/// <param name="OutTradeNo">The merchant's number; of a refund, of what was paid.</param>
/// <param name="TransactionId">WeChat's number.</param>
/// <param name="ContractId">Of a debit.</param>
/// <param name="Openid">The user.</param>
/// <param name="Amount">Fen, always positive.</param>
/// <param name="At">When.</param>
public sealed record LedgerEntry(string Kind, string OutTradeNo, string TransactionId, string? ContractId, string Openid, long Amount, DateTimeOffset At)
{
    /// <summary>Fen of the user's own money in it, where coupons had a part; else null.</summary>
    public long? CashAmount { get; init; }

    /// <summary>Fen that passed through the merchant's account, where coupons had a part; else null.</summary>
    public long? SettlementAmount { get; init; }
}

/// <summary>One send of a notification.</summary>
/// <param name="At">When.</param>
/// <param name="Kind"><c>payment</c>, <c>debit</c>, <c>contract</c> or <c>refund</c>.</param>
/// <param name="Url">Where to.</param>
/// <param name="OutTradeNo">The order it is about.</param>
/// <param name="Status">The HTTP status answered; 0 when nobody answered.</param>
/// <param name="Acknowledged">Whether it will not be repeated.</param>
/// <param name="Request">The body that was sent.</param>
/// <param name="Response">The body answered.</param>
public sealed record SentNotification(
    DateTimeOffset At, string Kind, string Url, string? OutTradeNo, int Status, bool Acknowledged, string Request, string? Response);

/// <summary>What one rule of WeChat's quality checklist found in the behaviour of the code under test.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Verdict">Whether it was kept, broken, or not put to the test.</param>
/// <param name="Count">How often it was broken.</param>
/// <param name="Source">Where it stands.</param>
public sealed record LintResult(string Rule, string Severity, string Verdict, int Count, string Source);

/// <summary>One request that the simulator received.</summary>
/// <param name="At">When.</param>
/// <param name="Path">The path.</param>
/// <param name="Status">The HTTP status answered; 0 when the connection was cut.</param>
/// <param name="Request">The body received.</param>
/// <param name="Response">The body answered.</param>
public sealed record ReceivedRequest(DateTimeOffset At, string Path, int Status, string Request, string? Response);

internal sealed record UserSetup(string Openid, long? Balance, UserAccount? Account, UserBank? Bank);

internal sealed record CashierAct(string Openid, string Action, bool Sign);

internal sealed record SigningAct(
    string Openid, bool Agree, string? Url = null, string? PreEntrustwebId = null, IReadOnlyDictionary<string, string>? ExtraData = null);

internal sealed record AppView([property: JsonPropertyName("app_id")] string AppId, string Kind)
{
    public static readonly string[] Kinds = ["official_account", "mobile_app", "mini_program"];
}

internal sealed record MerchantSetup(string MchId, string? Key, AppView[]? Apps);

internal sealed record MerchantView(
    string MchId, string Key, AppView[] Apps, string? CertificatePem, string? PrivateKeyPem, string? Apiv3Key, string? PlatformPublicKeyId, string? PlatformPublicKeyPem);

internal sealed record LedgerView(LedgerEntry[] Entries);

internal sealed record Listing<T>(T[] Data);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(UserSetup))]
[JsonSerializable(typeof(TestUser))]
[JsonSerializable(typeof(TestCoupon))]
[JsonSerializable(typeof(TestTemplate))]
[JsonSerializable(typeof(MerchantSetup))]
[JsonSerializable(typeof(MerchantView))]
[JsonSerializable(typeof(CashierAct))]
[JsonSerializable(typeof(CashierResult))]
[JsonSerializable(typeof(SigningAct))]
[JsonSerializable(typeof(SigningResult))]
[JsonSerializable(typeof(TestContract))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(Listing<TestContract>))]
[JsonSerializable(typeof(Listing<LintResult>))]
[JsonSerializable(typeof(Listing<SentNotification>))]
[JsonSerializable(typeof(Listing<ReceivedRequest>))]
internal sealed partial class TestJson : JsonSerializerContext;
