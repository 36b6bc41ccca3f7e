namespace Papaya.Billing.Debits;

/// <summary>Where one period's or one use's debt stands.</summary>
public enum ChargeState
{
    Planned,

    /// <summary>The customer was told in time, or consented at signing.</summary>
    Noticed,

    Due,

    /// <summary>A number is out, or about to go out.</summary>
    InAttempt,

    /// <summary>Canceled while a number was out: the attempt decides whether money still comes.</summary>
    CancelPending,

    /// <summary>A number is out and WeChat could not say for three days what became of it.</summary>
    Unresolved,

    RetryWait,
    Succeeded,

    /// <summary>No automatic try is left.</summary>
    Exhausted,
    Canceled,
    Skipped,
    SettledOffline,

    /// <summary>Held before anything was sent, or after everything ended: a person decides.</summary>
    ManualReview,
}

public enum ChargeEvidence
{
    /// <summary>The notice is on record, or its waiver.</summary>
    NoticeGiven,
    FellDue,
    Claimed,
    AttemptSucceeded,

    /// <summary>The attempt ended without money; the plan has another try.</summary>
    AttemptFailedRetryLater,

    /// <summary>The attempt ended without money; no try is left or none can help.</summary>
    AttemptFailedForGood,

    /// <summary>The attempt was taken back before it left.</summary>
    AttemptWithdrawn,

    /// <summary>The contract ended, the subscription was canceled, or the merchant waived the debt.</summary>
    CancelRequested,

    /// <summary>A policy stopped it before sending.</summary>
    HeldForReview,

    /// <summary>72 hours of questions brought no answer.</summary>
    AskedTooLong,

    /// <summary>An operator or the merchant asks for a try now.</summary>
    RetryRequested,
    SettledOffline,
    Skipped,
}

/// <summary>One debt, collected by attempts one after the other: what each piece of evidence does to it.</summary>
public static class Charge
{
    public static Step<ChargeState> After(ChargeState state, ChargeEvidence evidence) => (state, evidence) switch
    {
        // A second success of a sibling, or money after the debt was settled elsewhere, is not this charge's: it goes to suspense.
        (ChargeState.Succeeded, ChargeEvidence.AttemptSucceeded) => Step.Contradict(state, "A second attempt at this charge was paid."),
        (ChargeState.SettledOffline, ChargeEvidence.AttemptSucceeded) => Step.Contradict(state, "WeChat paid a charge that was settled elsewhere."),
        (ChargeState.Skipped, ChargeEvidence.AttemptSucceeded) => Step.Contradict(state, "WeChat paid a charge that was skipped."),
        (_, ChargeEvidence.AttemptSucceeded) => Step.MoveTo(ChargeState.Succeeded),
        (ChargeState.Succeeded, ChargeEvidence.NoticeGiven or ChargeEvidence.AttemptFailedRetryLater or ChargeEvidence.AttemptFailedForGood
            or ChargeEvidence.AttemptWithdrawn or ChargeEvidence.AskedTooLong) => Step.Ignore(state),

        (ChargeState.Planned, ChargeEvidence.NoticeGiven) => Step.MoveTo(ChargeState.Noticed),
        (_, ChargeEvidence.NoticeGiven) => Step.Ignore(state),
        (ChargeState.Noticed or ChargeState.RetryWait, ChargeEvidence.FellDue) => Step.MoveTo(ChargeState.Due),
        (ChargeState.Due, ChargeEvidence.FellDue) => Step.Ignore(state),
        (ChargeState.Due, ChargeEvidence.Claimed) => Step.MoveTo(ChargeState.InAttempt),
        (_, ChargeEvidence.FellDue or ChargeEvidence.Claimed) => Step.Contradict(state, "This charge may not be debited now."),

        (ChargeState.InAttempt, ChargeEvidence.AttemptFailedRetryLater) => Step.MoveTo(ChargeState.RetryWait),
        (ChargeState.InAttempt, ChargeEvidence.AttemptFailedForGood) => Step.MoveTo(ChargeState.Exhausted),
        (ChargeState.InAttempt, ChargeEvidence.AttemptWithdrawn) => Step.MoveTo(ChargeState.Due),
        (ChargeState.CancelPending, ChargeEvidence.AttemptFailedRetryLater or ChargeEvidence.AttemptFailedForGood or ChargeEvidence.AttemptWithdrawn) =>
            Step.MoveTo(ChargeState.Canceled),
        (ChargeState.Unresolved, ChargeEvidence.AttemptFailedRetryLater or ChargeEvidence.AttemptFailedForGood or ChargeEvidence.AttemptWithdrawn) =>
            Step.MoveTo(ChargeState.ManualReview),
        (_, ChargeEvidence.AttemptFailedRetryLater or ChargeEvidence.AttemptFailedForGood or ChargeEvidence.AttemptWithdrawn) => Step.Ignore(state),
        (ChargeState.InAttempt or ChargeState.CancelPending, ChargeEvidence.AskedTooLong) => Step.MoveTo(ChargeState.Unresolved),
        (_, ChargeEvidence.AskedTooLong) => Step.Ignore(state),

        // What people and contracts decide. While a number is out nothing but its end may end the charge.
        (ChargeState.Planned or ChargeState.Noticed or ChargeState.Due or ChargeState.RetryWait or ChargeState.ManualReview or ChargeState.Exhausted,
            ChargeEvidence.CancelRequested) => Step.MoveTo(ChargeState.Canceled),
        (ChargeState.InAttempt or ChargeState.Unresolved, ChargeEvidence.CancelRequested) => Step.MoveTo(ChargeState.CancelPending),
        (ChargeState.CancelPending or ChargeState.Canceled or ChargeState.Skipped, ChargeEvidence.CancelRequested) => Step.Ignore(state),
        (ChargeState.Succeeded or ChargeState.SettledOffline, ChargeEvidence.CancelRequested) => Step.Contradict(state, "This charge is settled already."),

        (ChargeState.Planned or ChargeState.Noticed or ChargeState.Due or ChargeState.RetryWait, ChargeEvidence.HeldForReview) => Step.MoveTo(ChargeState.ManualReview),
        (ChargeState.ManualReview, ChargeEvidence.HeldForReview) => Step.Ignore(state),
        (_, ChargeEvidence.HeldForReview) => Step.Contradict(state, "Only a charge that waits for its debit can be held."),

        (ChargeState.RetryWait or ChargeState.Exhausted or ChargeState.ManualReview, ChargeEvidence.RetryRequested) => Step.MoveTo(ChargeState.Due),
        (ChargeState.Unresolved, ChargeEvidence.RetryRequested) => Step.MoveTo(ChargeState.InAttempt), // Its open number is asked about again.
        (ChargeState.Due, ChargeEvidence.RetryRequested) => Step.Ignore(state),
        (_, ChargeEvidence.RetryRequested) => Step.Contradict(state, "Only a charge that failed or was held can be tried again."),

        (ChargeState.Planned or ChargeState.Noticed or ChargeState.Due or ChargeState.RetryWait or ChargeState.ManualReview or ChargeState.Exhausted
            or ChargeState.Canceled, ChargeEvidence.SettledOffline) => Step.MoveTo(ChargeState.SettledOffline),
        (ChargeState.SettledOffline, ChargeEvidence.SettledOffline) => Step.Ignore(state),
        (_, ChargeEvidence.SettledOffline) => Step.Contradict(state, "A debit of this charge is under way or done: it cannot be settled elsewhere."),

        (ChargeState.Planned or ChargeState.Noticed or ChargeState.Due or ChargeState.RetryWait, ChargeEvidence.Skipped) => Step.MoveTo(ChargeState.Skipped),
        (ChargeState.Skipped, ChargeEvidence.Skipped) => Step.Ignore(state),
        (_, ChargeEvidence.Skipped) => Step.Contradict(state, "Only a charge that waits for its debit can be skipped."),
    };

    /// <summary>The database's word: one for each state.</summary>
    public static string Name(ChargeState state) => state switch
    {
        ChargeState.Planned => "planned",
        ChargeState.Noticed => "noticed",
        ChargeState.Due => "due",
        ChargeState.InAttempt => "in_attempt",
        ChargeState.CancelPending => "cancel_pending",
        ChargeState.Unresolved => "unresolved",
        ChargeState.RetryWait => "retry_wait",
        ChargeState.Succeeded => "succeeded",
        ChargeState.Exhausted => "exhausted",
        ChargeState.Canceled => "canceled",
        ChargeState.Skipped => "skipped",
        ChargeState.SettledOffline => "settled_offline",
        ChargeState.ManualReview => "manual_review",
    };

    public static ChargeState Parse(string name) => name switch
    {
        "planned" => ChargeState.Planned,
        "noticed" => ChargeState.Noticed,
        "due" => ChargeState.Due,
        "in_attempt" => ChargeState.InAttempt,
        "cancel_pending" => ChargeState.CancelPending,
        "unresolved" => ChargeState.Unresolved,
        "retry_wait" => ChargeState.RetryWait,
        "succeeded" => ChargeState.Succeeded,
        "exhausted" => ChargeState.Exhausted,
        "canceled" => ChargeState.Canceled,
        "skipped" => ChargeState.Skipped,
        "settled_offline" => ChargeState.SettledOffline,
        "manual_review" => ChargeState.ManualReview,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a state of a charge."),
    };

    /// <summary>The API's word: what a caller can act on.</summary>
    public static string ApiName(ChargeState state) => state switch
    {
        ChargeState.CancelPending => "in_attempt",
        ChargeState.Unresolved => "manual_review",
        _ => Name(state),
    };
}
