using Papaya.Billing;
using Papaya.Billing.Calendar;

namespace Papaya.Server.Plans;

public enum PlanMode
{
    /// <summary>WeChat debits 24 hours after it is asked (periodic templates).</summary>
    Delay24H,

    /// <summary>WeChat debits at once (pay-later templates).</summary>
    PayLater,
}

/// <summary>What is sold: an amount every interval, under one of the merchant's templates.</summary>
public sealed record Plan
{
    public required string Id { get; init; }

    public required string Code { get; init; }

    public required string Name { get; init; }

    public required string MerchantNumber { get; init; }

    /// <summary>WeChat's <c>plan_id</c>.</summary>
    public required long TemplateId { get; init; }

    public required PlanMode Mode { get; init; }

    /// <summary>True: every debit is exactly <see cref="Amount"/>; false: the template only caps it.</summary>
    public required bool IsFixed { get; init; }

    public required Fen Amount { get; init; }

    /// <summary>The price of the first period, when it differs.</summary>
    public Fen? FirstAmount { get; init; }

    public required Interval Interval { get; init; }

    public PlanPolicies? Policies { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the pay-and-sign order costs.</summary>
    public Fen FirstPayment => FirstAmount ?? Amount;
}
