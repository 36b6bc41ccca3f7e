using static Papaya.Billing.Contracts.PaymentEvidence;
using static Papaya.Billing.Contracts.PaymentLeg;

namespace Papaya.Billing.Contracts;

/// <summary>The payment half of a pay-and-sign order. The row is born as Submitting: its numbers are committed before the call.</summary>
public enum PaymentLeg
{
    Submitting,

    /// <summary>The order was sent and its answer is not known; the same number may be sent again.</summary>
    Unknown,
    Prepaid,

    /// <summary>The prepay id has run out; WeChat is asked, told to close, and asked again.</summary>
    Closing,
    Paid,
    Rejected,
    Closed,
}

/// <summary>What can be learnt about the payment half.</summary>
public enum PaymentEvidence
{
    /// <summary>contractorder answered with a prepay_id.</summary>
    Prepared,

    /// <summary>contractorder refused definitively; no order exists.</summary>
    RefusedByWeChat,

    /// <summary>No answer, or one that proves nothing (SYSTEMERROR, bad signature).</summary>
    NoAnswer,

    /// <summary>Notification or query: paid, with transaction_id and the agreed amount.</summary>
    PaidInFull,

    /// <summary>Notification or query: paid, but another amount.</summary>
    PaidOtherAmount,

    /// <summary>Query: NOTPAY, USERPAYING, PAYERROR.</summary>
    NotPaidYet,

    /// <summary>Query: ORDERNOTEXIST.</summary>
    NotFound,

    /// <summary>Query says CLOSED, or closeorder was accepted.</summary>
    ClosedByWeChat,

    /// <summary>The two hours of the prepay_id are over.</summary>
    TimeOver,
}

/// <summary>What may happen to the payment half.</summary>
public static class PaymentLegMachine
{
    public static Step<PaymentLeg> After(this PaymentLeg state, PaymentEvidence evidence) => (state, evidence) switch
    {
        (Submitting or PaymentLeg.Unknown, Prepared) => Step.MoveTo(Prepaid),
        (Submitting or PaymentLeg.Unknown, RefusedByWeChat) => Step.MoveTo(Rejected),
        (Submitting, PaymentEvidence.NoAnswer) => Step.MoveTo(PaymentLeg.Unknown), // Never Rejected: the order may exist.
        (Submitting, NotPaidYet or NotFound) => Step.MoveTo(PaymentLeg.Unknown), // We still hold no prepay_id: send the same number again.
        (PaymentLeg.Unknown, PaymentEvidence.NoAnswer or NotPaidYet or NotFound) => Step.Ignore(state),
        (Submitting or PaymentLeg.Unknown or Prepaid, TimeOver) => Step.MoveTo(Closing),
        (Submitting or PaymentLeg.Unknown or Prepaid or Closing, ClosedByWeChat) => Step.MoveTo(PaymentLeg.Closed),

        (Prepaid, Prepared or PaymentEvidence.NoAnswer or NotPaidYet) => Step.Ignore(state),
        (Prepaid, RefusedByWeChat) => Step.Contradict(state, "the order was refused after WeChat had prepared it"),
        (Prepaid, NotFound) => Step.Contradict(state, "WeChat does not know an order that it prepared"),

        (Closing, Prepared or PaymentEvidence.NoAnswer or NotPaidYet or TimeOver) => Step.Ignore(state),
        (Closing, RefusedByWeChat or NotFound) => Step.MoveTo(PaymentLeg.Closed), // Nothing exists that could still be paid.

        // Real money is always taken in, however late (rule 4).
        (Submitting or PaymentLeg.Unknown or Prepaid or Closing or Rejected or PaymentLeg.Closed, PaidInFull) => Step.MoveTo(Paid),
        (_, PaidOtherAmount) => Step.Contradict(state, "another amount was paid than was agreed"),

        (Paid, PaidInFull or Prepared or PaymentEvidence.NoAnswer or TimeOver) => Step.Ignore(state),
        (Paid, RefusedByWeChat) => Step.Contradict(state, "the order was refused after it was paid"),
        (Paid, NotPaidYet) => Step.Contradict(state, "WeChat says unpaid after it said paid"),
        (Paid, NotFound) => Step.Contradict(state, "WeChat does not know a paid order"),
        (Paid, ClosedByWeChat) => Step.Contradict(state, "closed after it was paid"),

        (Rejected, RefusedByWeChat or PaymentEvidence.NoAnswer or NotFound or ClosedByWeChat or TimeOver) => Step.Ignore(state),
        (Rejected, Prepared) => Step.Contradict(state, "WeChat prepared an order that it had refused"),
        (Rejected, NotPaidYet) => Step.Contradict(state, "an order exists that WeChat had refused"),

        (PaymentLeg.Closed, RefusedByWeChat or PaymentEvidence.NoAnswer or NotFound or ClosedByWeChat or TimeOver) => Step.Ignore(state),
        (PaymentLeg.Closed, Prepared) => Step.Contradict(state, "WeChat prepared an order that was closed"),
        (PaymentLeg.Closed, NotPaidYet) => Step.Contradict(state, "WeChat holds open an order that was closed"),
    };

    /// <summary>Nothing more will be asked about it.</summary>
    public static bool IsSettled(this PaymentLeg state) => state is Paid or Rejected or PaymentLeg.Closed;

    /// <summary>The name outside, in <c>payment.status</c>.</summary>
    public static string ToApi(this PaymentLeg state) => state switch
    {
        Submitting or Prepaid or Closing => "pending",
        PaymentLeg.Unknown => "unknown",
        Paid => "paid",
        Rejected or PaymentLeg.Closed => "closed",
    };
}
