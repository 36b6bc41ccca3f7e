using System.Text.Json.Nodes;
using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Debits;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Plans;
using Papaya.Server.Storage;

namespace Papaya.Server.Subscriptions;

/// <summary>How a charge failed its subscription.</summary>
public enum Setback
{
    /// <summary>A try failed, another follows.</summary>
    TryFailed,

    /// <summary>No automatic try is left.</summary>
    Exhausted,
}

/// <summary>What a subscription does with a contract that was signed for it.</summary>
internal enum SigningUse
{
    /// <summary>It renews by it, or will when the payment arrives.</summary>
    Taken,

    /// <summary>Not now: the payment was given up, though it may still arrive.</summary>
    Perhaps,

    /// <summary>The customer has left.</summary>
    None,
}

/// <summary>What happens to subscriptions, each step in the transaction of the change that caused it.</summary>
public sealed class SubscriptionBook(ChargeBook charges, EventLog events, LoopSignals signals, Ids ids, TimeProvider clock)
{
    public const string LoopName = "subscriptions";

    /// <summary>On hold for this long after its last period, a subscription ends, and its contract with it.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromDays(30);

    /// <summary>A renewing subscription whose period ended this long ago, unpaid and with no debit under way, is put on hold: its charge was waived or held.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    public Task<Subscription?> FindAsync(Reader reader, string id) => reader.FindSubscriptionAsync(id);

    /// <summary>The promise as it stands before the first payment.</summary>
    public async Task<Subscription> OpenAsync(Transaction tx, Plan plan, string customer, string checkoutId)
    {
        var subscription = new Subscription
        {
            Id = ids.New("sub"),
            Merchant = plan.MerchantNumber,
            Plan = plan.Code,
            Customer = customer,
            CheckoutId = checkoutId,
            State = SubscriptionState.Incomplete,
            Amount = plan.Amount.Value,
            IntervalUnit = plan.Interval.ToApiUnit(),
            IntervalCount = plan.Interval.Count,
            CreatedAt = Now,
            Version = 1,
        };
        await tx.InsertAsync(subscription);
        return subscription;
    }

    /// <summary>
    /// The first payment arrived: the first period starts with it. Renewals follow when <paramref name="contractId"/> is in force
    /// and the customer did not cancel before paying; then this is true.
    /// </summary>
    public async Task<bool> ActivateAsync(Transaction tx, string subscriptionId, DateTimeOffset paidAt, string? contractId)
    {
        var subscription = await TakeAsync(tx, subscriptionId);
        if (!await MoveAsync(tx, subscription, SubscriptionEvidence.FirstPaymentArrived))
        {
            return subscription.Renews && subscription.ContractId == contractId;
        }

        subscription.AnchorAt = Instant.ToMicros(paidAt);
        SetPeriod(subscription, subscription.Calendar.PeriodAt(0));
        subscription.CanceledAt = null;
        var canceled = subscription.State == SubscriptionState.Ending;
        subscription.CancelReason = canceled ? subscription.CancelReason : null;
        RenewBy(subscription, canceled ? null : contractId);
        await SaveAsync(tx, subscription, "subscription.activated");
        await charges.OpenNextAsync(tx, subscription);
        return subscription.Renews;
    }

    /// <summary>The first payment will not come any more.</summary>
    public async Task GiveUpAsync(Transaction tx, string subscriptionId, string reason)
    {
        var subscription = await TakeAsync(tx, subscriptionId);
        if (await MoveAsync(tx, subscription, SubscriptionEvidence.FirstPaymentGivenUp))
        {
            Close(subscription, reason);
            await SaveAsync(tx, subscription, "subscription.canceled");
        }
    }

    /// <summary>A contract came into force for it, perhaps long after the payment.</summary>
    internal async Task<SigningUse> SignedAsync(Transaction tx, string subscriptionId, string contractId)
    {
        var subscription = await TakeAsync(tx, subscriptionId);
        if (subscription.State is SubscriptionState.Active && !subscription.Renews)
        {
            RenewBy(subscription, contractId);
            await SaveAsync(tx, subscription, eventType: null);
            await charges.OpenNextAsync(tx, subscription);
            return SigningUse.Taken;
        }

        return subscription.State switch
        {
            SubscriptionState.Incomplete => SigningUse.Taken, // The payment decides, and takes the contract along.
            SubscriptionState.Ending or SubscriptionState.Canceled or SubscriptionState.Declined => SigningUse.None,
            _ => SigningUse.Perhaps,
        };
    }

    /// <summary>A contract ended or is being ended: what it paid for is not renewed any more.</summary>
    public async Task ContractEndedAsync(Transaction tx, string contractId, string reason)
    {
        await charges.CancelUnsentAsync(tx, contractId, reason);
        foreach (var found in await tx.SubscriptionsOfContractAsync(contractId))
        {
            var subscription = await TakeAsync(tx, found.Id);
            if (!await MoveAsync(tx, subscription, SubscriptionEvidence.ContractEnded))
            {
                continue;
            }

            subscription.AutoRenew = 0;
            subscription.CancelReason = reason;
            if (subscription.State == SubscriptionState.Canceled)
            {
                Close(subscription, reason);
            }
            else
            {
                subscription.NextAt = subscription.PeriodEnd;
            }

            await SaveAsync(tx, subscription, "subscription.auto_renew_off");
            if (subscription.State == SubscriptionState.Canceled)
            {
                await TellAsync(tx, subscription, "subscription.canceled");
            }
        }
    }

    /// <summary>A charge is settled: the period turns, once, from its old end. Saying it again changes nothing.</summary>
    /// <param name="periodNumber">The period that the charge paid for.</param>
    public async Task RenewedAsync(Transaction tx, string subscriptionId, long periodNumber)
    {
        var subscription = await TakeAsync(tx, subscriptionId);
        if (periodNumber <= subscription.PeriodNumber)
        {
            return;
        }

        if (periodNumber > subscription.PeriodNumber + 1)
        {
            await ContradictAsync(tx, subscription, $"period {periodNumber} was paid while period {subscription.PeriodNumber} runs");
            return;
        }

        if (!await MoveAsync(tx, subscription, SubscriptionEvidence.RenewalPaid))
        {
            return;
        }

        SetPeriod(subscription, subscription.NextPeriod);
        subscription.CanceledAt = null;
        subscription.NextAt = EndOfPaidTime(subscription);
        await SaveAsync(tx, subscription, "subscription.renewed");
        await charges.OpenNextAsync(tx, subscription);
    }

    /// <summary>Its charge met a setback.</summary>
    public async Task ChargeFailedAsync(Transaction tx, string subscriptionId, Setback setback)
    {
        var subscription = await TakeAsync(tx, subscriptionId);
        var evidence = setback == Setback.Exhausted ? SubscriptionEvidence.ChargeExhausted : SubscriptionEvidence.ChargeFailed;
        if (!await MoveAsync(tx, subscription, evidence))
        {
            return;
        }

        if (subscription.State == SubscriptionState.OnHold)
        {
            subscription.NextAt = subscription.PeriodEnd + Micros(LongestHold);
        }

        await SaveAsync(tx, subscription, subscription.State == SubscriptionState.OnHold ? "subscription.on_hold" : "subscription.past_due");
    }

    /// <summary>The customer cancels. Null when done, else why not.</summary>
    internal async Task<string?> CancelAsync(Transaction tx, Subscription subscription, SubscriptionEvidence wish, string reason)
    {
        var step = subscription.State.After(wish);
        if (step.IsContradiction)
        {
            return step.Why;
        }

        var renewed = subscription.Renews;
        if (step.IsMoved)
        {
            subscription.State = step.State;
            subscription.AutoRenew = 0;
            subscription.CancelReason = reason;
            subscription.NextAt = subscription.PeriodEnd;
            var isOver = !step.State.IsLive();
            if (isOver)
            {
                Close(subscription, reason);
            }

            await SaveAsync(tx, subscription, isOver ? "subscription.canceled" : "subscription.cancel_scheduled");
            if (renewed)
            {
                await TellAsync(tx, subscription, "subscription.auto_renew_off");
            }
        }

        return null;
    }

    /// <summary>Its hour has come: the paid time is over and nothing renews it, or it was on hold for too long. The contract to end, if any.</summary>
    internal async Task<string?> ComeDueAsync(Transaction tx, string subscriptionId)
    {
        var subscription = await TakeAsync(tx, subscriptionId);
        if (subscription.NextAt is not { } due || due > Now)
        {
            return null;
        }

        if (subscription is { Renews: true, State: SubscriptionState.Active or SubscriptionState.PastDue })
        {
            await ComeOverdueAsync(tx, subscription);
            return null;
        }

        var onHold = subscription.State == SubscriptionState.OnHold;
        subscription.NextAt = null;
        if (await MoveAsync(tx, subscription, onHold ? SubscriptionEvidence.HoldOver : SubscriptionEvidence.PeriodOverWithoutRenewal))
        {
            subscription.AutoRenew = 0;
            Close(subscription, subscription.CancelReason ?? (onHold ? "on hold for too long" : "the paid period ended"));
            await SaveAsync(tx, subscription, "subscription.canceled");
            return subscription.ContractId;
        }

        await SaveAsync(tx, subscription, eventType: null);
        return null;
    }

    private async Task ComeOverdueAsync(Transaction tx, Subscription subscription)
    {
        if (await charges.IsNextUnderWayAsync(tx, subscription))
        {
            subscription.NextAt = Now + Micros(TimeSpan.FromDays(1)); // The debit decides; it does not take for ever.
            await SaveAsync(tx, subscription, eventType: null);
            return;
        }

        await MoveAsync(tx, subscription, SubscriptionEvidence.RenewalOverdue);
        subscription.NextAt = subscription.PeriodEnd + Micros(LongestHold);
        await SaveAsync(tx, subscription, "subscription.on_hold");
    }

    private static long? EndOfPaidTime(Subscription subscription) =>
        subscription.Renews ? subscription.PeriodEnd + Micros(Grace) : subscription.PeriodEnd;

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private long Now => Instant.ToMicros(clock.GetUtcNow());

    internal static async Task<Subscription> TakeAsync(Transaction tx, string id) =>
        await tx.TakeSubscriptionAsync(id) ?? throw new InvalidOperationException($"There is no subscription {id}.");

    private static void SetPeriod(Subscription subscription, Period period)
    {
        subscription.PeriodNumber = period.Number;
        subscription.PeriodStart = Instant.ToMicros(period.Start);
        subscription.PeriodEnd = Instant.ToMicros(period.End);
    }

    private static void RenewBy(Subscription subscription, string? contractId)
    {
        subscription.ContractId = contractId ?? subscription.ContractId;
        subscription.AutoRenew = contractId is null ? 0 : 1;
        subscription.NextAt = EndOfPaidTime(subscription);
    }

    private void Close(Subscription subscription, string reason)
    {
        subscription.CanceledAt = Now;
        subscription.CancelReason = reason;
        subscription.NextAt = null;
    }

    /// <summary>True when the state moved (to be saved by the caller); a contradiction is written down.</summary>
    private async Task<bool> MoveAsync(Transaction tx, Subscription subscription, SubscriptionEvidence evidence)
    {
        var step = subscription.State.After(evidence);
        if (step.IsContradiction)
        {
            await ContradictAsync(tx, subscription, step.Why!);
        }

        subscription.State = step.State;
        return step.IsMoved;
    }

    private async Task SaveAsync(Transaction tx, Subscription subscription, string? eventType)
    {
        if (!await tx.TrySaveAsync(subscription))
        {
            throw new InvalidOperationException($"{subscription.Id} was changed in the middle of a transaction that holds it.");
        }

        tx.AfterCommit(() => signals.Wake(LoopName));
        if (eventType is not null)
        {
            await TellAsync(tx, subscription, eventType);
        }
    }

    private Task TellAsync(Transaction tx, Subscription subscription, string eventType) =>
        events.AppendAsync(tx, eventType, subscription.Id, new JsonObject
        {
            ["subscription"] = subscription.Id,
            ["status"] = subscription.State.ToApi(),
            ["auto_renew"] = subscription.Renews,
            ["plan"] = subscription.Plan,
            ["customer"] = subscription.Customer,
            ["checkout"] = subscription.CheckoutId,
            ["contract"] = subscription.ContractId,
            ["current_period"] = subscription is { PeriodStart: { } start, PeriodEnd: { } end }
                ? new JsonObject { ["number"] = subscription.PeriodNumber, ["start"] = ApiTime.Text(start), ["end"] = ApiTime.Text(end) }
                : null,
            ["reason"] = subscription.CancelReason,
        });

    private Task ContradictAsync(Transaction tx, Subscription subscription, string why) =>
        events.AppendAsync(tx, "contradiction.found", subscription.Id, new JsonObject
        {
            ["subscription"] = subscription.Id,
            ["status"] = subscription.State.ToApi(),
            ["why"] = why,
        });
}
