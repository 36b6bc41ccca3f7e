using Papaya.Billing.Contracts;

namespace Papaya.Billing.Tests.Contracts;

public sealed class ContractLegTests
{
    public static TheoryData<ContractLeg, SigningEvidence, string> Expected => StateTable.Read<ContractLeg, SigningEvidence>("""
        evidence           Submitting       Unknown          PreSignAccepted  PreSignRefused  Signed  NotSigned
        PreSignTaken       PreSignAccepted  PreSignAccepted  -                !               -       -
        PreSignFailed      PreSignRefused   PreSignRefused   !                -               !       -
        OrderRefused       PreSignRefused   PreSignRefused   !                -               !       -
        NoAnswer           Unknown          -                -                -               -       -
        SignNotified       Signed           Signed           Signed           !               -       Signed
        FoundSigned        Signed           Signed           Signed           Signed          -       Signed
        NotSignedYet       -                -                -                -               !       -
        SigningInProgress  -                -                -                -               -       -
        NotSignedInTime    NotSigned        NotSigned        NotSigned        -               !       -
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Every_pair_has_its_reviewed_result(ContractLeg state, SigningEvidence evidence, string expected)
    {
        var step = state.After(evidence);
        Assert.Equal(expected, step.ToString());
        Assert.True(step.IsMoved || step.State == state);
        Assert.Equal(step.IsContradiction, step.Why is not null);
    }

    [Theory]
    [InlineData(ContractLeg.Submitting, "pending")]
    [InlineData(ContractLeg.Unknown, "unknown")]
    [InlineData(ContractLeg.PreSignAccepted, "pending")]
    [InlineData(ContractLeg.PreSignRefused, "refused")]
    [InlineData(ContractLeg.Signed, "signed")]
    [InlineData(ContractLeg.NotSigned, "not_signed")]
    public void Every_state_has_its_name_outside(ContractLeg state, string name) => Assert.Equal(name, state.ToApi());

    [Fact]
    public void No_state_is_without_a_name_outside() => Assert.All(
        Enum.GetValues<ContractLeg>(),
        state => Assert.Contains(state.ToApi(), new[] { "pending", "signed", "not_signed", "refused", "unknown" }));
}
