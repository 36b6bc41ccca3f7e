namespace Papaya.Billing.Refunds;

public enum RefundState
{
    /// <summary>The amount is reserved; the request is to be sent under its one and only number.</summary>
    Requested,
    Submitting,

    /// <summary>It may have arrived: asked about, and repeated under the same number only.</summary>
    Unknown,
    Processing,

    /// <summary>The merchant's balance is too low: repeated daily under the same number.</summary>
    WaitingFunds,
    Succeeded,

    /// <summary>The customer's bank did not take it (CHANGE): a person handles it; a success may still follow.</summary>
    Abnormal,

    /// <summary>REFUNDCLOSE: failed for good, the reservation is free again.</summary>
    Closed,

    /// <summary>WeChat will not refund this: nothing happened, the reservation is free again.</summary>
    Refused,
}

public enum RefundEvidence
{
    Claimed,
    NeverLeft,

    /// <summary>Taken; the result follows.</summary>
    Accepted,

    /// <summary>FREQUENCY_LIMITED, INVALID_REQ_TOO_MUCH, or a fault of our set-up: the same number later.</summary>
    NotTaken,
    NotEnoughFunds,
    Refused,
    NoAnswer,
    Interrupted,

    /// <summary>Asked: PROCESSING.</summary>
    StillProcessing,

    /// <summary>Asked: no such refund. A number is refunded once however often it is sent, so it may be sent again at once.</summary>
    NotFound,
    Succeeded,
    Changed,
    Closed,

    /// <summary>The result names another amount or another payment.</summary>
    Mismatched,
}

/// <summary>One refund under one number: what each piece of evidence does to it.</summary>
public static class Refund
{
    /// <summary>Whether its amount is reserved or gone.</summary>
    public static bool HoldsMoney(RefundState state) => state is not (RefundState.Closed or RefundState.Refused);

    public static Step<RefundState> After(RefundState state, RefundEvidence evidence) => (state, evidence) switch
    {
        (RefundState.Succeeded, RefundEvidence.Succeeded) => Step.Ignore(state),
        (_, RefundEvidence.Succeeded) => Step.MoveTo(RefundState.Succeeded), // After Closed too: real money moved.
        (_, RefundEvidence.Mismatched) => Step.Contradict(state, "WeChat reports a refund of another amount or payment than was asked for."),
        (RefundState.Succeeded, RefundEvidence.Changed or RefundEvidence.Closed) => Step.Contradict(state, "WeChat reports a failure after the refund succeeded."),
        (RefundState.Succeeded, _) => Step.Ignore(state),

        (RefundState.Requested or RefundState.WaitingFunds, RefundEvidence.Claimed) => Step.MoveTo(RefundState.Submitting),
        (_, RefundEvidence.Claimed) => Step.Contradict(state, "Only a requested refund may be sent."),

        (RefundState.Submitting, RefundEvidence.NeverLeft or RefundEvidence.NotTaken) => Step.MoveTo(RefundState.Requested),
        (RefundState.Submitting, RefundEvidence.NoAnswer or RefundEvidence.Interrupted) => Step.MoveTo(RefundState.Unknown),
        (RefundState.Submitting or RefundState.Unknown, RefundEvidence.NotEnoughFunds) => Step.MoveTo(RefundState.WaitingFunds),
        (RefundState.Submitting or RefundState.Unknown, RefundEvidence.Refused) => Step.MoveTo(RefundState.Refused),
        (RefundState.Requested or RefundState.Submitting or RefundState.Unknown or RefundState.WaitingFunds,
            RefundEvidence.Accepted or RefundEvidence.StillProcessing) => Step.MoveTo(RefundState.Processing),
        (RefundState.Unknown, RefundEvidence.NotFound) => Step.MoveTo(RefundState.Requested),
        (RefundState.Processing, RefundEvidence.NotFound or RefundEvidence.Refused or RefundEvidence.NotEnoughFunds) =>
            Step.Contradict(state, "WeChat denies a refund that it had accepted."),

        (RefundState.Abnormal, RefundEvidence.Changed) => Step.Ignore(state),
        (RefundState.Closed or RefundState.Refused, RefundEvidence.Changed) => Step.Contradict(state, "WeChat works on a refund that had ended."),
        (_, RefundEvidence.Changed) => Step.MoveTo(RefundState.Abnormal),
        (RefundState.Closed or RefundState.Refused, RefundEvidence.Closed) => Step.Ignore(state),
        (_, RefundEvidence.Closed) => Step.MoveTo(RefundState.Closed),
        (RefundState.Closed or RefundState.Refused, RefundEvidence.Accepted or RefundEvidence.StillProcessing) =>
            Step.Contradict(state, "WeChat works on a refund that had ended."),

        (_, RefundEvidence.NeverLeft or RefundEvidence.Accepted or RefundEvidence.NotTaken or RefundEvidence.NotEnoughFunds or RefundEvidence.Refused
            or RefundEvidence.NoAnswer or RefundEvidence.Interrupted or RefundEvidence.StillProcessing or RefundEvidence.NotFound) => Step.Ignore(state),
    };

    /// <summary>The database's word: one for each state.</summary>
    public static string Name(RefundState state) => state switch
    {
        RefundState.Requested => "requested",
        RefundState.Submitting => "submitting",
        RefundState.Unknown => "unknown",
        RefundState.Processing => "processing",
        RefundState.WaitingFunds => "waiting_funds",
        RefundState.Succeeded => "succeeded",
        RefundState.Abnormal => "abnormal",
        RefundState.Closed => "closed",
        RefundState.Refused => "refused",
    };

    public static RefundState Parse(string name) => name switch
    {
        "requested" => RefundState.Requested,
        "submitting" => RefundState.Submitting,
        "unknown" => RefundState.Unknown,
        "processing" => RefundState.Processing,
        "waiting_funds" => RefundState.WaitingFunds,
        "succeeded" => RefundState.Succeeded,
        "abnormal" => RefundState.Abnormal,
        "closed" => RefundState.Closed,
        "refused" => RefundState.Refused,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a state of a refund."),
    };

    /// <summary>The API's word: what a caller can act on.</summary>
    public static string ApiName(RefundState state) => state switch
    {
        RefundState.Requested or RefundState.Submitting or RefundState.Unknown => "processing",
        _ => Name(state),
    };

    /// <summary>What an error code of the refund call is evidence of (docs/reference/wechat-rules.md §9); a code not listed is asked about.</summary>
    public static RefundEvidence OfAnswer(string? code) => code switch
    {
        "NOTENOUGH" => RefundEvidence.NotEnoughFunds,
        "TRADE_OVERDUE" or "USER_ACCOUNT_ABNORMAL" or "INVALID_TRANSACTIONID" or "ORDERNOTEXIST"
            or "PARAM_ERROR" or "PARAMETER FAIL" or "LACK_PARAMS" or "INVALID_REQUEST" or "ORDERCLOSED" => RefundEvidence.Refused,
        "FREQUENCY_LIMITED" or "INVALID_REQ_TOO_MUCH" or "BIZERR_NEED_RETRY" or "CERT_ERROR" or "SIGNERROR" or "SIGN_ERROR" or "SIGN ERROR" or "NOAUTH"
            or "MERCHANT PERMISSION ERROR" or "APPID_NOT_EXIST" or "MCHID_NOT_EXIST" or "APPID_MCHID_NOT_MATCH" or "REQUIRE_POST_METHOD" or "POST_DATA_EMPTY"
            or "NOT_UTF8" or "XML_FORMAT_ERROR" or "XML FAIL" => RefundEvidence.NotTaken,
        _ => RefundEvidence.NoAnswer,
    };
}
