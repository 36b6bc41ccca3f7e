using FsCheck;
using FsCheck.Fluent;
using Papaya.Billing.Debits;

namespace Papaya.Billing.Tests.Debits;

public sealed class ChargeTests
{
    public static TheoryData<ChargeState, ChargeEvidence, string> Expected => StateTable.Read<ChargeState, ChargeEvidence>("""
        evidence                 Planned         Noticed         Due             InAttempt      CancelPending  Unresolved    RetryWait       Succeeded  Exhausted       Canceled        Skipped  SettledOffline  ManualReview
        NoticeGiven              Noticed         -               -               -              -              -             -               -          -               -               -        -               -
        FellDue                  !               Due             -               !              !              !             Due             !          !               !               !        !               !
        Claimed                  !               !               InAttempt       !              !              !             !               !          !               !               !        !               !
        AttemptSucceeded         Succeeded       Succeeded       Succeeded       Succeeded      Succeeded      Succeeded     Succeeded       !          Succeeded       Succeeded       !        !               Succeeded
        AttemptFailedRetryLater  -               -               -               RetryWait      Canceled       ManualReview  -               -          -               -               -        -               -
        AttemptFailedForGood     -               -               -               Exhausted      Canceled       ManualReview  -               -          -               -               -        -               -
        AttemptWithdrawn         -               -               -               Due            Canceled       ManualReview  -               -          -               -               -        -               -
        CancelRequested          Canceled        Canceled        Canceled        CancelPending  -              CancelPending Canceled        !          Canceled        -               -        !               Canceled
        HeldForReview            ManualReview    ManualReview    ManualReview    !              !              !             ManualReview    !          !               !               !        !               -
        AskedTooLong             -               -               -               Unresolved     Unresolved     -             -               -          -               -               -        -               -
        RetryRequested           !               !               -               !              !              InAttempt     Due             !          Due             !               !        !               Due
        SettledOffline           SettledOffline  SettledOffline  SettledOffline  !              !              !             SettledOffline  !          SettledOffline  SettledOffline  !        -               SettledOffline
        Skipped                  Skipped         Skipped         Skipped         !              !              !             Skipped         !          !               !               -        !               !
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Every_pair_has_its_reviewed_result(ChargeState state, ChargeEvidence evidence, string expected)
    {
        var step = Charge.After(state, evidence);
        Assert.Equal(expected, step.ToString());
        Assert.True(step.IsMoved || step.State == state);
        Assert.Equal(step.IsContradiction, step.Why is not null);
    }

    [Theory]
    [InlineData(ChargeState.Planned, "planned", "planned")]
    [InlineData(ChargeState.Noticed, "noticed", "noticed")]
    [InlineData(ChargeState.Due, "due", "due")]
    [InlineData(ChargeState.InAttempt, "in_attempt", "in_attempt")]
    [InlineData(ChargeState.CancelPending, "cancel_pending", "in_attempt")]
    [InlineData(ChargeState.Unresolved, "unresolved", "manual_review")]
    [InlineData(ChargeState.RetryWait, "retry_wait", "retry_wait")]
    [InlineData(ChargeState.Succeeded, "succeeded", "succeeded")]
    [InlineData(ChargeState.Exhausted, "exhausted", "exhausted")]
    [InlineData(ChargeState.Canceled, "canceled", "canceled")]
    [InlineData(ChargeState.Skipped, "skipped", "skipped")]
    [InlineData(ChargeState.SettledOffline, "settled_offline", "settled_offline")]
    [InlineData(ChargeState.ManualReview, "manual_review", "manual_review")]
    public void Every_state_has_its_names(ChargeState state, string stored, string shown)
    {
        Assert.Equal(stored, Charge.Name(state));
        Assert.Equal(state, Charge.Parse(stored));
        Assert.Equal(shown, Charge.ApiName(state));
    }

    [Fact]
    public void Outside_there_are_exactly_the_published_names() => Assert.Equal(
        ["canceled", "due", "exhausted", "in_attempt", "manual_review", "noticed", "planned", "retry_wait", "settled_offline", "skipped", "succeeded"],
        Enum.GetValues<ChargeState>().Select(Charge.ApiName).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Money_is_absorbing_whatever_is_heard_later() =>
        Prop.ForAll(Payable.States(), ArbMap.Default.ArbFor<ChargeEvidence[]>(), (state, evidence) =>
        {
            var paid = Charge.After(state, ChargeEvidence.AttemptSucceeded).State;
            return evidence.Aggregate(paid, (s, e) => Charge.After(s, e).State) == paid;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>Every state in which a payment is this charge's own.</summary>
    private static class Payable
    {
        public static Arbitrary<ChargeState> States() => Gen.Elements(Enum.GetValues<ChargeState>()
            .Where(s => s is not (ChargeState.SettledOffline or ChargeState.Skipped))).ToArbitrary();
    }
}
