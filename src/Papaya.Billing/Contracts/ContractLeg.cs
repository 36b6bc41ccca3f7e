using static Papaya.Billing.Contracts.ContractLeg;
using static Papaya.Billing.Contracts.SigningEvidence;

namespace Papaya.Billing.Contracts;

/// <summary>The contract half of a pay-and-sign order.</summary>
public enum ContractLeg
{
    Submitting,
    Unknown,
    PreSignAccepted,

    /// <summary>WeChat takes the money but will show no switch (contract_result_code FAIL): the caller is told before paying.</summary>
    PreSignRefused,
    Signed,
    NotSigned,
}

/// <summary>What can be learnt about the contract half.</summary>
public enum SigningEvidence
{
    /// <summary>contract_result_code SUCCESS.</summary>
    PreSignTaken,

    /// <summary>contract_result_code FAIL.</summary>
    PreSignFailed,

    /// <summary>The whole order was refused.</summary>
    OrderRefused,

    /// <summary>No answer, or one that proves nothing.</summary>
    NoAnswer,

    /// <summary>A notification ADD for our number.</summary>
    SignNotified,

    /// <summary>Query: state 0, or a state 1 that tells when the signed contract ended.</summary>
    FoundSigned,

    /// <summary>Query: not signed, and the time to sign is not over.</summary>
    NotSignedYet,

    /// <summary>Query: state 9.</summary>
    SigningInProgress,

    /// <summary>Query: not signed, 15 minutes after the payment or after the order ended unpaid. WeChat never notifies a failed signing.</summary>
    NotSignedInTime,
}

/// <summary>What may happen to the contract half.</summary>
public static class ContractLegMachine
{
    public static Step<ContractLeg> After(this ContractLeg state, SigningEvidence evidence) => (state, evidence) switch
    {
        (Submitting or ContractLeg.Unknown, PreSignTaken) => Step.MoveTo(PreSignAccepted),
        (Submitting or ContractLeg.Unknown, PreSignFailed or OrderRefused) => Step.MoveTo(PreSignRefused),
        (Submitting, SigningEvidence.NoAnswer) => Step.MoveTo(ContractLeg.Unknown),
        (ContractLeg.Unknown, SigningEvidence.NoAnswer) => Step.Ignore(state),

        (PreSignAccepted, PreSignTaken or SigningEvidence.NoAnswer) => Step.Ignore(state),
        (PreSignAccepted, PreSignFailed) => Step.Contradict(state, "the contract was refused after WeChat had accepted it"),
        (PreSignAccepted, OrderRefused) => Step.Contradict(state, "the order was refused after its contract was accepted"),

        (Submitting or ContractLeg.Unknown or PreSignAccepted or NotSigned, SignNotified or FoundSigned) => Step.MoveTo(Signed), // However late.
        (Submitting or ContractLeg.Unknown or PreSignAccepted, NotSignedYet or SigningInProgress) => Step.Ignore(state),
        (Submitting or ContractLeg.Unknown or PreSignAccepted, NotSignedInTime) => Step.MoveTo(NotSigned),

        // Possible when the refusal was "already signed": the question that follows decides.
        (PreSignRefused, SignNotified) => Step.Contradict(state, "a contract was signed that WeChat had refused"),
        (PreSignRefused, FoundSigned) => Step.MoveTo(Signed),
        (PreSignRefused, PreSignTaken) => Step.Contradict(state, "the contract was accepted after WeChat had refused it"),
        (PreSignRefused, PreSignFailed or OrderRefused or SigningEvidence.NoAnswer or NotSignedYet or SigningInProgress or NotSignedInTime) =>
            Step.Ignore(state),

        (Signed, PreSignTaken or SigningEvidence.NoAnswer or SignNotified or FoundSigned or SigningInProgress) => Step.Ignore(state),
        (Signed, PreSignFailed) => Step.Contradict(state, "the contract was refused after it was signed"),
        (Signed, OrderRefused) => Step.Contradict(state, "the order was refused after its contract was signed"),
        (Signed, NotSignedYet or NotSignedInTime) => Step.Contradict(state, "WeChat says not signed after it said signed"),

        (NotSigned, PreSignTaken or PreSignFailed or OrderRefused or SigningEvidence.NoAnswer or NotSignedYet or SigningInProgress or NotSignedInTime) =>
            Step.Ignore(state),
    };

    /// <summary>The question whether the user signed has its answer (a late signature may still change a "no").</summary>
    public static bool IsSettled(this ContractLeg state) => state is Signed or NotSigned or PreSignRefused;

    /// <summary>The name outside, in <c>contract.status</c>.</summary>
    public static string ToApi(this ContractLeg state) => state switch
    {
        Submitting or PreSignAccepted => "pending",
        ContractLeg.Unknown => "unknown",
        PreSignRefused => "refused",
        Signed => "signed",
        NotSigned => "not_signed",
    };
}
