using Papaya.Billing.Contracts;
using Papaya.Server.Checkout;

namespace Papaya.Server.Contracts;

/// <summary>What WeChat tells about a contract, by notification or by answer.</summary>
public sealed record ContractFacts
{
    public required string ContractId { get; init; }

    public required string ContractCode { get; init; }

    public required long Template { get; init; }

    public required string OpenId { get; init; }

    public DateTimeOffset? SignedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? TerminatedAt { get; init; }

    public int? TerminationMode { get; init; }

    public string? TerminationRemark { get; init; }
}

/// <summary>What WeChat tells about a payment.</summary>
public sealed record PaymentFacts(string TransactionId, string? OpenId, long Amount, DateTimeOffset PaidAt);

/// <summary>The answer to a pay-and-sign order: evidence for both halves.</summary>
internal sealed record OrderAnswer(PaymentEvidence Payment, SigningEvidence Signing)
{
    public string? PrepayId { get; init; }

    public string? CodeUrl { get; init; }

    public string? MwebUrl { get; init; }

    /// <summary>WeChat's code and words for refusing the order.</summary>
    public string? Code { get; init; }

    public string? Reason { get; init; }

    /// <summary>WeChat's code and words for refusing the contract only.</summary>
    public string? SigningCode { get; init; }

    public string? SigningReason { get; init; }

    public static readonly OrderAnswer None = new(PaymentEvidence.NoAnswer, SigningEvidence.NoAnswer);
}

/// <summary>The answer to a question about a payment.</summary>
internal sealed record PaymentAnswer(PaymentEvidence Evidence, PaymentFacts? Facts = null);

/// <summary>What a question about a contract brings to light.</summary>
internal enum ContractFinding
{
    NoAnswer,

    /// <summary>State 0.</summary>
    Signed,

    /// <summary>State 1, and it had been signed before.</summary>
    Ended,

    /// <summary>State 1 of one that never was, or no such contract.</summary>
    NotSigned,

    /// <summary>State 9.</summary>
    InProgress,
}

/// <summary>The answer to a question about a contract; facts with Signed and Ended.</summary>
internal sealed record ContractAnswer(ContractFinding Finding, ContractFacts? Facts = null);

/// <summary>WeChat's side of signing. Every answer, even none, comes back as evidence; wire words end here.</summary>
internal interface ISigningGateway
{
    /// <summary>Places the pay-and-sign order. The same number with the same parameters may be sent again.</summary>
    Task<OrderAnswer> OrderAsync(CheckoutVisit visit, CancellationToken ct);

    Task<PaymentAnswer> AskPaymentAsync(CheckoutVisit visit, CancellationToken ct);

    /// <summary>Asks WeChat to close an unpaid order. What came of it, the next question tells.</summary>
    Task CloseAsync(CheckoutVisit visit, CancellationToken ct);

    Task<ContractAnswer> AskContractAsync(CheckoutVisit visit, CancellationToken ct);

    Task<ContractAnswer> AskContractAsync(Contract contract, CancellationToken ct);

    /// <summary>True when WeChat ended it; anything else has to be asked about.</summary>
    Task<bool> TerminateAsync(Contract contract, CancellationToken ct);

    /// <summary>What the front end hands to WeChat to open the cashier; null when there is nothing to open (any more).</summary>
    IReadOnlyDictionary<string, string>? Invocation(CheckoutVisit visit);
}
