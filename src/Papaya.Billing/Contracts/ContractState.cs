using static Papaya.Billing.Contracts.ContractEvidence;
using static Papaya.Billing.Contracts.ContractState;

namespace Papaya.Billing.Contracts;

/// <summary>A user's permission to be debited, as WeChat holds it.</summary>
public enum ContractState
{
    Pending,
    Active,

    /// <summary>Held by us (three failures, an operator): WeChat would debit, we do not ask it to.</summary>
    Suspended,

    /// <summary>A debit was told that there is no contract: WeChat is asked, and nothing is debited until it answers.</summary>
    InDoubt,

    /// <summary>We want it ended; from the commit of this on no new debit leaves.</summary>
    Terminating,
    Terminated,

    /// <summary>The user did not sign.</summary>
    Refused,
}

/// <summary>What can be learnt about a contract, or asked of it.</summary>
public enum ContractEvidence
{
    /// <summary>A notification ADD with this contract_id.</summary>
    SignNotified,

    /// <summary>Query: state 0.</summary>
    FoundSigned,

    /// <summary>A notification DELETE.</summary>
    EndNotified,

    /// <summary>Query: state 1.</summary>
    FoundEnded,

    /// <summary>Query: never signed, and the time to sign is over.</summary>
    NotSignedInTime,

    /// <summary>Somebody on our side holds it.</summary>
    HoldPlaced,

    /// <summary>The hold is lifted.</summary>
    HoldLifted,

    /// <summary>The user or the merchant wants it ended.</summary>
    TerminationAsked,

    /// <summary>deletecontract SUCCESS.</summary>
    TerminationAccepted,

    /// <summary>No answer, or one that proves nothing.</summary>
    NoAnswer,

    /// <summary>A debit was answered CONTRACT_NOT_EXIST or CONTRACTERROR.</summary>
    MissedByDebit,
}

/// <summary>What may happen to a contract. A contract that ended never comes back: signing again makes a new one with a new contract_id.</summary>
public static class ContractMachine
{
    public static Step<ContractState> After(this ContractState state, ContractEvidence evidence) => (state, evidence) switch
    {
        (Pending or Refused, SignNotified or FoundSigned) => Step.MoveTo(Active),
        (Pending, NotSignedInTime) => Step.MoveTo(Refused),
        (InDoubt, FoundSigned) => Step.MoveTo(Active),
        (Active or Suspended or Terminating, SignNotified or FoundSigned) => Step.Ignore(state), // Terminating: the call is made again.
        (InDoubt, SignNotified) => Step.Ignore(state), // An echo of the signing proves nothing about today.
        (Terminated, SignNotified) => Step.Ignore(state), // The ADD of a contract whose DELETE came first.
        (Terminated, FoundSigned) => Step.Contradict(state, "WeChat says signed after it said ended"),

        (Pending or Active or Suspended or InDoubt or Terminating or Refused, EndNotified) => Step.MoveTo(Terminated),
        (Pending or Active or Suspended or InDoubt or Terminating, FoundEnded) => Step.MoveTo(Terminated),
        (Refused, FoundEnded) => Step.Ignore(state),
        (Terminated, EndNotified or FoundEnded or TerminationAccepted or TerminationAsked) => Step.Ignore(state),

        (Active or Suspended or InDoubt or Terminating, NotSignedInTime) => Step.Contradict(state, "WeChat says never signed, after it said signed"),
        (Terminated or Refused, NotSignedInTime) => Step.Ignore(state),

        (Active or InDoubt, HoldPlaced) => Step.MoveTo(Suspended),
        (Suspended, HoldLifted) => Step.MoveTo(Active),
        (Suspended or Terminating, HoldPlaced) => Step.Ignore(state),
        (Active or InDoubt, HoldLifted) => Step.Ignore(state),
        (Pending or Terminated or Refused, HoldPlaced) => Step.Contradict(state, "only a contract in force can be suspended"),
        (Pending or Terminating or Terminated or Refused, HoldLifted) => Step.Contradict(state, "only a suspended contract can be resumed"),

        (Active or Suspended or InDoubt, TerminationAsked) => Step.MoveTo(Terminating),
        (Terminating, TerminationAsked) => Step.Ignore(state),
        (Pending or Refused, TerminationAsked) => Step.Contradict(state, "there is no signed contract to terminate"),
        (Active or Suspended or InDoubt or Terminating, TerminationAccepted) => Step.MoveTo(Terminated),
        (Pending or Refused, TerminationAccepted) => Step.Contradict(state, "WeChat terminated a contract that was never signed"),

        (Active, MissedByDebit) => Step.MoveTo(InDoubt),
        (Suspended or InDoubt or Terminating or Terminated or Refused, MissedByDebit) => Step.Ignore(state), // No debit can start here; the loop asks.
        (Pending, MissedByDebit) => Step.Contradict(state, "a debit was sent before the contract was signed"),

        (_, ContractEvidence.NoAnswer) => Step.Ignore(state),
    };

    /// <summary>WeChat holds it as signed, as far as we know: no second one of the same template and user can exist.</summary>
    public static bool IsLive(this ContractState state) => state is Active or Suspended or InDoubt or Terminating;

    /// <summary>The only state in which a debit may leave.</summary>
    public static bool AllowsDebit(this ContractState state) => state == Active;

    /// <summary>The name outside, in <c>status</c>.</summary>
    public static string ToApi(this ContractState state) => state switch
    {
        Pending => "pending",
        Active => "active",
        Suspended or InDoubt => "suspended", // Seen from outside both mean: signed, and not debited.
        Terminating => "terminating",
        Terminated => "terminated",
        Refused => "refused",
    };
}
