namespace Papaya.Billing.Contracts;

/// <summary>What a pay-and-sign visit came to: derived from its two halves, never stored as a truth of its own.</summary>
public enum CheckoutOutcome
{
    Pending,
    Complete,
    PaidNotSigned,
    PaidSigningPending,
    SignedNotPaid,
    Failed,
}

public static class CheckoutOutcomes
{
    public static CheckoutOutcome Of(PaymentLeg payment, ContractLeg contract) => (payment, contract) switch
    {
        (PaymentLeg.Paid, ContractLeg.Signed) => CheckoutOutcome.Complete,
        (PaymentLeg.Paid, ContractLeg.NotSigned or ContractLeg.PreSignRefused) => CheckoutOutcome.PaidNotSigned,
        (PaymentLeg.Paid, ContractLeg.Submitting or ContractLeg.Unknown or ContractLeg.PreSignAccepted) => CheckoutOutcome.PaidSigningPending,
        (PaymentLeg.Closed or PaymentLeg.Rejected, ContractLeg.Signed) => CheckoutOutcome.SignedNotPaid,
        (PaymentLeg.Closed or PaymentLeg.Rejected, ContractLeg.NotSigned or ContractLeg.PreSignRefused) => CheckoutOutcome.Failed,
        (PaymentLeg.Closed or PaymentLeg.Rejected, ContractLeg.Submitting or ContractLeg.Unknown or ContractLeg.PreSignAccepted) =>
            CheckoutOutcome.Pending,
        (PaymentLeg.Submitting or PaymentLeg.Unknown or PaymentLeg.Prepaid or PaymentLeg.Closing, _) => CheckoutOutcome.Pending,
    };

    /// <summary>The name outside, in <c>outcome</c>.</summary>
    public static string ToApi(this CheckoutOutcome outcome) => outcome switch
    {
        CheckoutOutcome.Pending => "pending",
        CheckoutOutcome.Complete => "complete",
        CheckoutOutcome.PaidNotSigned => "paid_not_signed",
        CheckoutOutcome.PaidSigningPending => "paid_signing_pending",
        CheckoutOutcome.SignedNotPaid => "signed_not_paid",
        CheckoutOutcome.Failed => "failed",
    };
}
