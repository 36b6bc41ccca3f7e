using Papaya.Billing.Subscriptions;

namespace Papaya.Billing.Tests.Subscriptions;

public sealed class SubscriptionStateTests
{
    public static TheoryData<SubscriptionState, SubscriptionEvidence, string> Expected => StateTable.Read<SubscriptionState, SubscriptionEvidence>("""
        evidence                  Incomplete  Active    PastDue   OnHold    Ending    Canceled  NeverPaid  Declined
        FirstPaymentArrived       Active      -         -         -         -         -         Active     Ending
        FirstPaymentGivenUp       NeverPaid   !         !         !         !         !         -          -
        RenewalPaid               !           Active    Active    Active    Ending    Ending    !          !
        ChargeFailed              !           PastDue   -         -         -         -         !          !
        ChargeExhausted           !           OnHold    OnHold    -         -         -         !          !
        RenewalOverdue            -           OnHold    OnHold    -         -         -         -          -
        CancelAtPeriodEnd         Declined    Ending    Ending    Canceled  -         !         !          !
        CancelNow                 Declined    Canceled  Canceled  Canceled  Canceled  !         !          !
        ContractEnded             -           Ending    Ending    Canceled  -         -         -          -
        PeriodOverWithoutRenewal  !           Canceled  Canceled  Canceled  Canceled  -         -          -
        HoldOver                  -           -         -         Canceled  -         -         -          -
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Every_pair_has_its_reviewed_result(SubscriptionState state, SubscriptionEvidence evidence, string expected)
    {
        var step = state.After(evidence);
        Assert.Equal(expected, step.ToString());
        Assert.True(step.IsMoved || step.State == state);
        Assert.Equal(step.IsContradiction, step.Why is not null);
    }

    [Theory]
    [InlineData(SubscriptionState.Incomplete, "incomplete")]
    [InlineData(SubscriptionState.Active, "active")]
    [InlineData(SubscriptionState.PastDue, "past_due")]
    [InlineData(SubscriptionState.OnHold, "on_hold")]
    [InlineData(SubscriptionState.Ending, "active")]
    [InlineData(SubscriptionState.Canceled, "canceled")]
    [InlineData(SubscriptionState.NeverPaid, "canceled")]
    [InlineData(SubscriptionState.Declined, "canceled")]
    public void Every_state_has_its_name_outside(SubscriptionState state, string name) => Assert.Equal(name, state.ToApi());

    [Fact]
    public void No_state_is_without_a_name_outside() => Assert.All(
        Enum.GetValues<SubscriptionState>(),
        state => Assert.Contains(state.ToApi(), new[] { "incomplete", "active", "past_due", "on_hold", "canceled" }));
}
