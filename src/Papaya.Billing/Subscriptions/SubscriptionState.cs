using static Papaya.Billing.Subscriptions.SubscriptionEvidence;
using static Papaya.Billing.Subscriptions.SubscriptionState;

namespace Papaya.Billing.Subscriptions;

/// <summary>The merchant's ongoing promise to one customer.</summary>
public enum SubscriptionState
{
    /// <summary>The first payment has not arrived.</summary>
    Incomplete,
    Active,

    /// <summary>A renewal failed and will be tried again; access goes on.</summary>
    PastDue,

    /// <summary>No more automatic tries: a paid link or an operator brings it back.</summary>
    OnHold,

    /// <summary>Paid for, and ends with its period.</summary>
    Ending,
    Canceled,

    /// <summary>The first payment will not come.</summary>
    NeverPaid,

    /// <summary>The customer canceled before the first payment arrived.</summary>
    Declined,
}

/// <summary>What can happen to a subscription.</summary>
public enum SubscriptionEvidence
{
    FirstPaymentArrived,

    /// <summary>The order of the first payment was closed or refused.</summary>
    FirstPaymentGivenUp,

    /// <summary>A charge for a period was settled, by a debit or otherwise.</summary>
    RenewalPaid,

    /// <summary>A try failed, another follows.</summary>
    ChargeFailed,

    /// <summary>The last try failed.</summary>
    ChargeExhausted,

    /// <summary>Long after its period nothing has renewed it and nothing is under way.</summary>
    RenewalOverdue,

    /// <summary>The customer cancels and keeps what is paid.</summary>
    CancelAtPeriodEnd,

    /// <summary>The customer cancels and leaves.</summary>
    CancelNow,

    /// <summary>The contract ended, whoever ended it.</summary>
    ContractEnded,

    /// <summary>The period is over and nothing will renew it.</summary>
    PeriodOverWithoutRenewal,

    /// <summary>On hold for as long as the policy waits (30 days after the last period).</summary>
    HoldOver,
}

/// <summary>What may happen to a subscription.</summary>
public static class SubscriptionMachine
{
    public static Step<SubscriptionState> After(this SubscriptionState state, SubscriptionEvidence evidence) => (state, evidence) switch
    {
        (Incomplete or NeverPaid, FirstPaymentArrived) => Step.MoveTo(Active), // NeverPaid: late, but real money.
        (Declined, FirstPaymentArrived) => Step.MoveTo(Ending), // What is paid for is given; what was canceled is not renewed.
        (Active or PastDue or OnHold or Ending or Canceled, FirstPaymentArrived) => Step.Ignore(state),
        (Incomplete, FirstPaymentGivenUp) => Step.MoveTo(NeverPaid),
        (NeverPaid or Declined, FirstPaymentGivenUp) => Step.Ignore(state),
        (Active or PastDue or OnHold or Ending or Canceled, FirstPaymentGivenUp) =>
            Step.Contradict(state, "the first payment was given up after it had arrived"),

        // A settled charge always turns the period, by exactly one.
        (Active or PastDue or OnHold, RenewalPaid) => Step.MoveTo(Active),
        (Ending or Canceled, RenewalPaid) => Step.MoveTo(Ending), // It was under way when the customer left: what is paid is given.
        (Incomplete or NeverPaid or Declined, RenewalPaid) => Step.Contradict(state, "a renewal was paid before the first payment"),

        (Active, ChargeFailed) => Step.MoveTo(PastDue),
        (PastDue or OnHold or Ending or Canceled, ChargeFailed) => Step.Ignore(state),
        (Active or PastDue, ChargeExhausted) => Step.MoveTo(OnHold),
        (OnHold or Ending or Canceled, ChargeExhausted) => Step.Ignore(state),
        (Incomplete or NeverPaid or Declined, ChargeFailed or ChargeExhausted) => Step.Contradict(state, "a renewal failed before the first payment"),

        (Active or PastDue, RenewalOverdue) => Step.MoveTo(OnHold),
        (Incomplete or OnHold or Ending or Canceled or NeverPaid or Declined, RenewalOverdue) => Step.Ignore(state),

        (Active or PastDue, CancelAtPeriodEnd or ContractEnded) => Step.MoveTo(Ending),
        (OnHold, CancelAtPeriodEnd or ContractEnded) => Step.MoveTo(SubscriptionState.Canceled), // Its paid time is over already.
        (Ending, CancelAtPeriodEnd or ContractEnded) => Step.Ignore(state),
        (Active or PastDue or OnHold or Ending, CancelNow) => Step.MoveTo(SubscriptionState.Canceled),
        (Incomplete, CancelNow or CancelAtPeriodEnd) => Step.MoveTo(Declined),
        (Canceled or NeverPaid or Declined, CancelAtPeriodEnd or CancelNow) => Step.Contradict(state, "it has already ended"),
        (Incomplete or Canceled or NeverPaid or Declined, ContractEnded) => Step.Ignore(state),

        (Active or PastDue or Ending or OnHold, PeriodOverWithoutRenewal) => Step.MoveTo(SubscriptionState.Canceled),
        (Canceled or NeverPaid or Declined, PeriodOverWithoutRenewal) => Step.Ignore(state),
        (Incomplete, PeriodOverWithoutRenewal) => Step.Contradict(state, "a period ended that never began"),

        (OnHold, HoldOver) => Step.MoveTo(SubscriptionState.Canceled),
        (Incomplete or Active or PastDue or Ending or Canceled or NeverPaid or Declined, HoldOver) => Step.Ignore(state),
    };

    /// <summary>The customer has something to lose: it can be canceled, and its contract matters.</summary>
    public static bool IsLive(this SubscriptionState state) => state is Active or PastDue or OnHold or Ending;

    /// <summary>The name outside, in <c>status</c>.</summary>
    public static string ToApi(this SubscriptionState state) => state switch
    {
        Incomplete => "incomplete",
        Active or Ending => "active", // Ending shows as active with auto_renew false.
        PastDue => "past_due",
        OnHold => "on_hold",
        SubscriptionState.Canceled or NeverPaid or Declined => "canceled",
    };
}
