using Papaya.Billing.Contracts;

namespace Papaya.Billing.Tests.Contracts;

public sealed class CheckoutOutcomeTests
{
    public static TheoryData<PaymentLeg, ContractLeg, string> Expected => StateTable.Read<PaymentLeg, ContractLeg>("""
        contract         Submitting  Unknown  Prepaid  Closing  Paid                  Rejected         Closed
        Submitting       pending     pending  pending  pending  paid_signing_pending  pending          pending
        Unknown          pending     pending  pending  pending  paid_signing_pending  pending          pending
        PreSignAccepted  pending     pending  pending  pending  paid_signing_pending  pending          pending
        PreSignRefused   pending     pending  pending  pending  paid_not_signed       failed           failed
        Signed           pending     pending  pending  pending  complete              signed_not_paid  signed_not_paid
        NotSigned        pending     pending  pending  pending  paid_not_signed       failed           failed
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Both_halves_together_give_the_outcome(PaymentLeg payment, ContractLeg contract, string expected) =>
        Assert.Equal(expected, CheckoutOutcomes.Of(payment, contract).ToApi());

    [Theory]
    [InlineData(CheckoutOutcome.Pending, "pending")]
    [InlineData(CheckoutOutcome.Complete, "complete")]
    [InlineData(CheckoutOutcome.PaidNotSigned, "paid_not_signed")]
    [InlineData(CheckoutOutcome.PaidSigningPending, "paid_signing_pending")]
    [InlineData(CheckoutOutcome.SignedNotPaid, "signed_not_paid")]
    [InlineData(CheckoutOutcome.Failed, "failed")]
    public void Every_outcome_has_its_name_outside(CheckoutOutcome outcome, string name) => Assert.Equal(name, outcome.ToApi());

    [Fact]
    public void No_outcome_is_without_a_name_outside() =>
        Assert.Equal(Enum.GetValues<CheckoutOutcome>().Length, Enum.GetValues<CheckoutOutcome>().Select(o => o.ToApi()).Distinct().Count());
}
