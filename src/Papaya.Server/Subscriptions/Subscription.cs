using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Storage;

namespace Papaya.Server.Subscriptions;

/// <summary>A row of <c>subscription</c>: the merchant's ongoing promise to one customer.</summary>
public sealed class Subscription
{
    public string Id { get; set; } = "";

    public string Merchant { get; set; } = "";

    /// <summary>The plan's code.</summary>
    public string Plan { get; set; } = "";

    /// <summary>The merchant's own id of the customer.</summary>
    public string Customer { get; set; } = "";

    public string CheckoutId { get; set; } = "";

    /// <summary>Our id (<c>ctr_…</c>) of the contract that pays for renewals; null while none was signed.</summary>
    public string? ContractId { get; set; }

    public string Status { get; set; } = "";

    /// <summary>1 when periods are renewed by debits.</summary>
    public long AutoRenew { get; set; }

    /// <summary>Fen for one renewal.</summary>
    public long Amount { get; set; }

    public string IntervalUnit { get; set; } = "";

    public long IntervalCount { get; set; }

    /// <summary>When the first payment arrived; all periods count from here. Null before it did.</summary>
    public long? AnchorAt { get; set; }

    /// <summary>The paid period that runs (or ran last); the first is 0.</summary>
    public long PeriodNumber { get; set; }

    public long? PeriodStart { get; set; }

    public long? PeriodEnd { get; set; }

    public long? CanceledAt { get; set; }

    public string? CancelReason { get; set; }

    public long? NextAt { get; set; }

    public long CreatedAt { get; set; }

    public long Version { get; set; }

    public SubscriptionState State
    {
        get => StateName<SubscriptionState>.Parse(Status);
        set => Status = StateName<SubscriptionState>.Of(value);
    }

    public bool Renews => AutoRenew == 1;

    /// <summary>All its periods. Only after the first payment.</summary>
    public BillingCalendar Calendar => new(
        Instant.FromMicros(AnchorAt ?? throw new InvalidOperationException($"{Id} has no first payment.")),
        new Interval(Interval.UnitFromApi(IntervalUnit) ?? throw new InvalidOperationException($"{Id} has the interval '{IntervalUnit}'."), (int)IntervalCount));

    /// <summary>The period that the next charge pays for.</summary>
    public Period NextPeriod => Calendar.PeriodAt((int)PeriodNumber + 1);
}
