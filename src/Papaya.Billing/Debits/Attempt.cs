namespace Papaya.Billing.Debits;

/// <summary>Where one order number stands. An attempt is open until evidence from WeChat ends it.</summary>
public enum AttemptState
{
    /// <summary>Written down, not (or not any more) on its way: it will be sent under this number.</summary>
    Planned,

    /// <summary>On its way: after a crash it is asked about, never sent again blindly.</summary>
    Sending,

    /// <summary>WeChat took it. Not money yet.</summary>
    Accepted,

    /// <summary>It may have arrived, and the money may have moved.</summary>
    Unknown,

    /// <summary>WeChat failed with SYSTEMERROR and left the order open: we are closing it before a new number is taken.</summary>
    Closing,

    Succeeded,

    /// <summary>WeChat executed it in vain and closed the order.</summary>
    Failed,

    /// <summary>WeChat refused to take it: nothing happened.</summary>
    Refused,

    /// <summary>We closed the order.</summary>
    Closed,

    /// <summary>Taken back before it was sent.</summary>
    NotSent,
}

/// <summary>What can be learned about an attempt.</summary>
public enum AttemptEvidence
{
    /// <summary>The row was claimed for sending, in the transaction that saw an active contract.</summary>
    Claimed,

    /// <summary>No byte left this machine (connection refused, no such host).</summary>
    NeverLeft,

    /// <summary>pappayapply answered SUCCESS: acceptance only.</summary>
    Accepted,

    /// <summary>pappayapply refused by a code that proves that nothing happened.</summary>
    Refused,

    /// <summary>FREQUENCY_LIMITED, or a fault of our own set-up: not taken, the same number later.</summary>
    NotTaken,

    /// <summary>Our own check found that this debit, as it is, can never be sent.</summary>
    Unsendable,

    /// <summary>Timeout, 5xx, SYSTEMERROR, a bad signature, a code that asks to be asked about.</summary>
    NoAnswer,

    /// <summary>Found on its way by a process that did not send it.</summary>
    Interrupted,

    /// <summary>A notification says that it failed. Proves nothing alone; WeChat is asked at once.</summary>
    FailureReported,

    /// <summary>Asked: waiting, or being paid this moment (ACCEPT, NOTPAY, USERPAYING).</summary>
    StillOpen,

    /// <summary>Asked: CLOSED, PAY_FAIL, PAYERROR or REVOKED.</summary>
    ClosedAtWeChat,

    /// <summary>Asked: no such order, but it is too early to tell.</summary>
    NotFoundYet,

    /// <summary>Asked by the general query alone: no such order. It does not show a debit that waits for its day to end.</summary>
    NotVisible,

    /// <summary>Asked at least twice over at least five minutes, and after the day's delay: no such order.</summary>
    NeverArrived,

    /// <summary>We start to close an order that WeChat left open after SYSTEMERROR.</summary>
    CloseBegun,

    /// <summary>closeorder succeeded, or the order was closed already.</summary>
    CloseConfirmed,

    /// <summary>Paid with a transaction number and the amount that we asked for.</summary>
    Paid,

    /// <summary>Paid, with another amount than we asked for.</summary>
    PaidOtherAmount,

    /// <summary>It is not to go out any more, and nothing of it ever arrived.</summary>
    Withdrawn,

    /// <summary>It is not to go out again, but an earlier send of it was never decided.</summary>
    AskedBack,
}

/// <summary>One order number sent to collect one charge: what each piece of evidence does to it.</summary>
public static class Attempt
{
    /// <summary>No new number may be taken while one of these exists for the charge.</summary>
    public static bool IsOpen(AttemptState state) => state is
        AttemptState.Planned or AttemptState.Sending or AttemptState.Accepted or AttemptState.Unknown or AttemptState.Closing;

    public static Step<AttemptState> After(AttemptState state, AttemptEvidence evidence) => (state, evidence) switch
    {
        // Money first. A success is absorbing, and real money is booked however late it is seen.
        (AttemptState.Succeeded, AttemptEvidence.Paid) => Step.Ignore(state),
        (_, AttemptEvidence.Paid) => Step.MoveTo(AttemptState.Succeeded),
        (_, AttemptEvidence.PaidOtherAmount) => Step.Contradict(state, "WeChat reports a payment of another amount than was asked for."),
        (AttemptState.Succeeded, AttemptEvidence.FailureReported or AttemptEvidence.ClosedAtWeChat or AttemptEvidence.CloseConfirmed) =>
            Step.Contradict(state, "WeChat reports a failure after it reported the money."),
        (AttemptState.Succeeded, _) => Step.Ignore(state),

        (AttemptState.Planned, AttemptEvidence.Claimed) => Step.MoveTo(AttemptState.Sending),
        (_, AttemptEvidence.Claimed) => Step.Contradict(state, "Only a planned attempt may be sent."),
        (AttemptState.Planned, AttemptEvidence.Withdrawn) => Step.MoveTo(AttemptState.NotSent),
        (AttemptState.Planned, AttemptEvidence.AskedBack) => Step.MoveTo(AttemptState.Unknown),
        (_, AttemptEvidence.Withdrawn or AttemptEvidence.AskedBack) => Step.Ignore(state),

        // The answer to the sending. After a faster notification or question it is only an echo.
        (AttemptState.Sending, AttemptEvidence.NeverLeft or AttemptEvidence.NotTaken) => Step.MoveTo(AttemptState.Planned),
        (AttemptState.Sending, AttemptEvidence.Unsendable) => Step.MoveTo(AttemptState.NotSent),
        (AttemptState.Sending, AttemptEvidence.NoAnswer or AttemptEvidence.Interrupted) => Step.MoveTo(AttemptState.Unknown), // Never Failed: the money may have moved.
        (AttemptState.Sending or AttemptState.Unknown, AttemptEvidence.Refused) => Step.MoveTo(AttemptState.Refused),
        (AttemptState.Planned or AttemptState.Sending or AttemptState.Unknown, AttemptEvidence.Accepted) => Step.MoveTo(AttemptState.Accepted),
        (AttemptState.Accepted, AttemptEvidence.Refused) => Step.Contradict(state, "WeChat refused a number that it had accepted."),

        // What a question brings to light.
        (AttemptState.Planned or AttemptState.Sending or AttemptState.Unknown, AttemptEvidence.StillOpen) => Step.MoveTo(AttemptState.Accepted),
        (AttemptState.Closing, AttemptEvidence.ClosedAtWeChat or AttemptEvidence.CloseConfirmed) => Step.MoveTo(AttemptState.Closed),
        (AttemptState.Planned or AttemptState.Sending or AttemptState.Accepted or AttemptState.Unknown, AttemptEvidence.ClosedAtWeChat) => Step.MoveTo(AttemptState.Failed),
        (AttemptState.Accepted or AttemptState.Unknown, AttemptEvidence.NeverArrived) => Step.MoveTo(AttemptState.Planned), // The same number again.
        (AttemptState.Closing, AttemptEvidence.NeverArrived) => Step.MoveTo(AttemptState.Closed),
        (AttemptState.Accepted or AttemptState.Unknown, AttemptEvidence.CloseBegun) => Step.MoveTo(AttemptState.Closing),
        (AttemptState.Accepted or AttemptState.Unknown, AttemptEvidence.CloseConfirmed) => Step.MoveTo(AttemptState.Closed),
        (AttemptState.Failed or AttemptState.Refused or AttemptState.Closed or AttemptState.NotSent, AttemptEvidence.StillOpen or AttemptEvidence.Accepted) =>
            Step.Contradict(state, "WeChat holds an order open that had ended."),

        (_, AttemptEvidence.NeverLeft or AttemptEvidence.Accepted or AttemptEvidence.Refused or AttemptEvidence.NotTaken or AttemptEvidence.Unsendable or AttemptEvidence.NoAnswer
            or AttemptEvidence.Interrupted or AttemptEvidence.FailureReported or AttemptEvidence.StillOpen or AttemptEvidence.ClosedAtWeChat
            or AttemptEvidence.NotFoundYet or AttemptEvidence.NotVisible or AttemptEvidence.NeverArrived or AttemptEvidence.CloseBegun or AttemptEvidence.CloseConfirmed) => Step.Ignore(state),
    };

    /// <summary>The API's and the database's word for a state.</summary>
    public static string Name(AttemptState state) => state switch
    {
        AttemptState.Planned => "planned",
        AttemptState.Sending => "sending",
        AttemptState.Accepted => "accepted",
        AttemptState.Unknown => "unknown",
        AttemptState.Closing => "closing",
        AttemptState.Succeeded => "succeeded",
        AttemptState.Failed => "failed",
        AttemptState.Refused => "refused",
        AttemptState.Closed => "closed",
        AttemptState.NotSent => "not_sent",
    };

    public static AttemptState Parse(string name) => name switch
    {
        "planned" => AttemptState.Planned,
        "sending" => AttemptState.Sending,
        "accepted" => AttemptState.Accepted,
        "unknown" => AttemptState.Unknown,
        "closing" => AttemptState.Closing,
        "succeeded" => AttemptState.Succeeded,
        "failed" => AttemptState.Failed,
        "refused" => AttemptState.Refused,
        "closed" => AttemptState.Closed,
        "not_sent" => AttemptState.NotSent,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a state of an attempt."),
    };
}
