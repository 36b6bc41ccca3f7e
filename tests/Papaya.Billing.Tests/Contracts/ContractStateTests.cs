using Papaya.Billing.Contracts;

namespace Papaya.Billing.Tests.Contracts;

public sealed class ContractStateTests
{
    public static TheoryData<ContractState, ContractEvidence, string> Expected => StateTable.Read<ContractState, ContractEvidence>("""
        evidence             Pending     Active       Suspended    InDoubt      Terminating  Terminated  Refused
        SignNotified         Active      -            -            -            -            -           Active
        FoundSigned          Active      -            -            Active       -            !           Active
        EndNotified          Terminated  Terminated   Terminated   Terminated   Terminated   -           Terminated
        FoundEnded           Terminated  Terminated   Terminated   Terminated   Terminated   -           -
        NotSignedInTime      Refused     !            !            !            !            -           -
        HoldPlaced           !           Suspended    -            Suspended    -            !           !
        HoldLifted           !           -            Active       -            !            !           !
        TerminationAsked     !           Terminating  Terminating  Terminating  -            -           !
        TerminationAccepted  !           Terminated   Terminated   Terminated   Terminated   -           !
        NoAnswer             -           -            -            -            -            -           -
        MissedByDebit        !           InDoubt      -            -            -            -           -
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Every_pair_has_its_reviewed_result(ContractState state, ContractEvidence evidence, string expected)
    {
        var step = state.After(evidence);
        Assert.Equal(expected, step.ToString());
        Assert.True(step.IsMoved || step.State == state);
        Assert.Equal(step.IsContradiction, step.Why is not null);
    }

    [Theory]
    [InlineData(ContractState.Pending, "pending", false, false)]
    [InlineData(ContractState.Active, "active", true, true)]
    [InlineData(ContractState.Suspended, "suspended", true, false)]
    [InlineData(ContractState.InDoubt, "suspended", true, false)]
    [InlineData(ContractState.Terminating, "terminating", true, false)]
    [InlineData(ContractState.Terminated, "terminated", false, false)]
    [InlineData(ContractState.Refused, "refused", false, false)]
    public void Every_state_has_its_name_outside_and_its_powers(ContractState state, string name, bool isLive, bool allowsDebit) =>
        Assert.Equal((name, isLive, allowsDebit), (state.ToApi(), state.IsLive(), state.AllowsDebit()));

    [Fact]
    public void No_state_is_without_a_name_outside() => Assert.All(
        Enum.GetValues<ContractState>(),
        state => Assert.Contains(state.ToApi(), new[] { "pending", "active", "suspended", "terminating", "terminated", "refused" }));
}
