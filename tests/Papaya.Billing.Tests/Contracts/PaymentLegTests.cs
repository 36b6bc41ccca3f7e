using Papaya.Billing.Contracts;

namespace Papaya.Billing.Tests.Contracts;

public sealed class PaymentLegTests
{
    public static TheoryData<PaymentLeg, PaymentEvidence, string> Expected => StateTable.Read<PaymentLeg, PaymentEvidence>("""
        evidence         Submitting  Unknown   Prepaid  Closing  Paid  Rejected  Closed
        Prepared         Prepaid     Prepaid   -        -        -     !         !
        RefusedByWeChat  Rejected    Rejected  !        Closed   !     -         -
        NoAnswer         Unknown     -         -        -        -     -         -
        PaidInFull       Paid        Paid      Paid     Paid     -     Paid      Paid
        PaidOtherAmount  !           !         !        !        !     !         !
        NotPaidYet       Unknown     -         -        -        !     !         !
        NotFound         Unknown     -         !        Closed   !     -         -
        ClosedByWeChat   Closed      Closed    Closed   Closed   !     -         -
        TimeOver         Closing     Closing   Closing  -        -     -         -
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Every_pair_has_its_reviewed_result(PaymentLeg state, PaymentEvidence evidence, string expected)
    {
        var step = state.After(evidence);
        Assert.Equal(expected, step.ToString());
        Assert.True(step.IsMoved || step.State == state);
        Assert.Equal(step.IsContradiction, step.Why is not null);
    }

    [Theory]
    [InlineData(PaymentLeg.Submitting, "pending")]
    [InlineData(PaymentLeg.Unknown, "unknown")]
    [InlineData(PaymentLeg.Prepaid, "pending")]
    [InlineData(PaymentLeg.Closing, "pending")]
    [InlineData(PaymentLeg.Paid, "paid")]
    [InlineData(PaymentLeg.Rejected, "closed")]
    [InlineData(PaymentLeg.Closed, "closed")]
    public void Every_state_has_its_name_outside(PaymentLeg state, string name) => Assert.Equal(name, state.ToApi());

    [Fact]
    public void No_state_is_without_a_name_outside() =>
        Assert.All(Enum.GetValues<PaymentLeg>(), state => Assert.Contains(state.ToApi(), new[] { "pending", "paid", "closed", "unknown" }));
}
