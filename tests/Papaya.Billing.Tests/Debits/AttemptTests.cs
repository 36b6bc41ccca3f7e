using FsCheck;
using FsCheck.Fluent;
using Papaya.Billing.Debits;

namespace Papaya.Billing.Tests.Debits;

public sealed class AttemptTests
{
    public static TheoryData<AttemptState, AttemptEvidence, string> Expected => StateTable.Read<AttemptState, AttemptEvidence>("""
        evidence         Planned    Sending    Accepted   Unknown    Closing    Succeeded  Failed     Refused    Closed     NotSent
        Claimed          Sending    !          !          !          !          -          !          !          !          !
        NeverLeft        -          Planned    -          -          -          -          -          -          -          -
        Accepted         Accepted   Accepted   -          Accepted   -          -          !          !          !          !
        Refused          -          Refused    !          Refused    -          -          -          -          -          -
        NotTaken         -          Planned    -          -          -          -          -          -          -          -
        Unsendable       -          NotSent    -          -          -          -          -          -          -          -
        NoAnswer         -          Unknown    -          -          -          -          -          -          -          -
        Interrupted      -          Unknown    -          -          -          -          -          -          -          -
        FailureReported  -          -          -          -          -          !          -          -          -          -
        StillOpen        Accepted   Accepted   -          Accepted   -          -          !          !          !          !
        ClosedAtWeChat   Failed     Failed     Failed     Failed     Closed     !          -          -          -          -
        NotFoundYet      -          -          -          -          -          -          -          -          -          -
        NotVisible       -          -          -          -          -          -          -          -          -          -
        NeverArrived     -          -          Planned    Planned    Closed     -          -          -          -          -
        CloseBegun       -          -          Closing    Closing    -          -          -          -          -          -
        CloseConfirmed   -          -          Closed     Closed     Closed     !          -          -          -          -
        Paid             Succeeded  Succeeded  Succeeded  Succeeded  Succeeded  -          Succeeded  Succeeded  Succeeded  Succeeded
        PaidOtherAmount  !          !          !          !          !          !          !          !          !          !
        Withdrawn        NotSent    -          -          -          -          -          -          -          -          -
        AskedBack        Unknown    -          -          -          -          -          -          -          -          -
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Every_pair_has_its_reviewed_result(AttemptState state, AttemptEvidence evidence, string expected)
    {
        var step = Attempt.After(state, evidence);
        Assert.Equal(expected, step.ToString());
        Assert.True(step.IsMoved || step.State == state);
        Assert.Equal(step.IsContradiction, step.Why is not null);
    }

    [Theory]
    [InlineData(AttemptState.Planned, "planned", true)]
    [InlineData(AttemptState.Sending, "sending", true)]
    [InlineData(AttemptState.Accepted, "accepted", true)]
    [InlineData(AttemptState.Unknown, "unknown", true)]
    [InlineData(AttemptState.Closing, "closing", true)]
    [InlineData(AttemptState.Succeeded, "succeeded", false)]
    [InlineData(AttemptState.Failed, "failed", false)]
    [InlineData(AttemptState.Refused, "refused", false)]
    [InlineData(AttemptState.Closed, "closed", false)]
    [InlineData(AttemptState.NotSent, "not_sent", false)]
    public void Every_state_has_its_name_and_is_open_or_not(AttemptState state, string name, bool isOpen)
    {
        Assert.Equal(name, Attempt.Name(state));
        Assert.Equal(state, Attempt.Parse(name));
        Assert.Equal(isOpen, Attempt.IsOpen(state));
    }

    [Fact]
    public void Once_paid_no_evidence_in_any_order_takes_the_money_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<AttemptEvidence[]>(), ArbMap.Default.ArbFor<AttemptEvidence[]>(), (before, after) =>
            Walk([.. before, AttemptEvidence.Paid, .. after]) == AttemptState.Succeeded).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Without_a_payment_no_evidence_makes_money() =>
        Prop.ForAll(ArbMap.Default.ArbFor<AttemptEvidence[]>(), evidence =>
            Walk([.. evidence.Where(e => e != AttemptEvidence.Paid)]) != AttemptState.Succeeded).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Duplicates_and_reorderings_of_evidence_end_in_the_same_money_state() =>
        Prop.ForAll(ArbMap.Default.ArbFor<AttemptEvidence[]>(), ArbMap.Default.ArbFor<int>(), (evidence, seed) =>
        {
            var shuffled = evidence.Concat(evidence).OrderBy(e => HashCode.Combine(e, seed)).ThenBy(e => e).ToArray();
            return (Walk(evidence) == AttemptState.Succeeded) == (Walk(shuffled) == AttemptState.Succeeded);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void What_happened_twice_in_a_row_changes_nothing_the_second_time() =>
        Prop.ForAll(ArbMap.Default.ArbFor<AttemptState>(), ArbMap.Default.ArbFor<AttemptEvidence>(), (state, evidence) =>
        {
            var once = Attempt.After(state, evidence).State;
            return Attempt.After(once, evidence).State == once;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static AttemptState Walk(AttemptEvidence[] evidence) =>
        evidence.Aggregate(AttemptState.Planned, (state, e) => Attempt.After(state, e).State);
}
