using Papaya.Billing.Contracts;
using Papaya.Server.Storage;

namespace Papaya.Server.Checkout;

/// <summary>A row of <c>checkout</c>: one visit in which a user pays and may sign, two halves with a state each.</summary>
public sealed class CheckoutVisit
{
    public string Id { get; set; } = "";

    public string Merchant { get; set; } = "";

    public string AppId { get; set; } = "";

    public string Channel { get; set; } = "";

    /// <summary>The plan's code.</summary>
    public string Plan { get; set; } = "";

    /// <summary>WeChat's <c>plan_id</c>.</summary>
    public long Template { get; set; }

    /// <summary>What the cashier shows as title.</summary>
    public string Title { get; set; } = "";

    /// <summary>Fen.</summary>
    public long Amount { get; set; }

    /// <summary>The merchant's own id of the customer.</summary>
    public string Customer { get; set; } = "";

    /// <summary>What the cashier shows as the account to be opened.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>As the caller knows it; who really paid is <see cref="Payer"/>.</summary>
    public string? OpenId { get; set; }

    public string Ip { get; set; } = "";

    public string? DeviceId { get; set; }

    public string? ReturnUrl { get; set; }

    /// <summary>The caller's own JSON object, as text.</summary>
    public string? Metadata { get; set; }

    /// <summary>WeChat's optional fields, as JSON: an order sent again must be the same order.</summary>
    public string Options { get; set; } = "{}";

    public string OutTradeNo { get; set; } = "";

    public string ContractCode { get; set; } = "";

    public long RequestSerial { get; set; }

    public string PaymentLeg { get; set; } = "";

    public string ContractLeg { get; set; } = "";

    public string? PrepayId { get; set; }

    public string? CodeUrl { get; set; }

    public string? MwebUrl { get; set; }

    public long? PreparedAt { get; set; }

    public string? TransactionId { get; set; }

    public long? PaidAt { get; set; }

    public string? Payer { get; set; }

    public string? PaymentCode { get; set; }

    public string? PaymentReason { get; set; }

    public string? ContractReasonCode { get; set; }

    public string? ContractReason { get; set; }

    /// <summary>Our id of the contract that was signed in this visit.</summary>
    public string? ContractId { get; set; }

    public string SubscriptionId { get; set; } = "";

    public long CreatedAt { get; set; }

    public long ExpiresAt { get; set; }

    public long? ClosedAt { get; set; }

    public long PaymentAsked { get; set; }

    public long? PaymentAskAt { get; set; }

    public long ContractAsked { get; set; }

    public long? ContractAskAt { get; set; }

    /// <summary>When WeChat was last asked about either half.</summary>
    public long? AskedAt { get; set; }

    public long? NextAt => (PaymentAskAt, ContractAskAt) switch
    {
        ({ } payment, { } contract) => Math.Min(payment, contract),
        var (payment, contract) => payment ?? contract,
    };

    public long Version { get; set; }

    public PaymentLeg Payment
    {
        get => StateName<PaymentLeg>.Parse(PaymentLeg);
        set => PaymentLeg = StateName<PaymentLeg>.Of(value);
    }

    public ContractLeg Contract
    {
        get => StateName<ContractLeg>.Parse(ContractLeg);
        set => ContractLeg = StateName<ContractLeg>.Of(value);
    }

    public CheckoutOutcome Outcome => CheckoutOutcomes.Of(Payment, Contract);
}
