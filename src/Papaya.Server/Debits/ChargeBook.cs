using System.Text.Json.Nodes;
using Papaya.Billing.Calendar;
using Papaya.Billing.Debits;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Merchants;
using Papaya.Server.Plans;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;

namespace Papaya.Server.Debits;

/// <summary>What other slices ask about charges: open the next one, cancel what has not left, look again.</summary>
public sealed class ChargeBook(EventLog events, PlanBook plans, MerchantDirectory merchants, LoopSignals signals, TimeProvider clock)
{
    /// <summary>Why a charge that was held for review may pass.</summary>
    internal const string Released = "released";

    /// <summary>
    /// Sees to it that the next period of a renewing subscription gets its charge: a week before the period, or at once when that has come or the
    /// interval is shorter. Call it whenever a subscription begins to renew or its period has turned; repeating it changes nothing.
    /// </summary>
    public async Task OpenNextAsync(Transaction tx, Subscription subscription)
    {
        if (!subscription.Renews || subscription.ContractId is null)
        {
            return;
        }

        var plan = await plans.FindByCodeAsync(tx, subscription.Plan) ?? throw new InvalidOperationException($"There is no plan {subscription.Plan}.");
        var period = subscription.NextPeriod;
        var dates = subscription.Calendar.DatesOf(period.Number, RetryPlan.For(ModeOf(plan.TemplateId)).Timing);
        if (dates.OpensAt > clock.GetUtcNow())
        {
            await tx.ScheduleRenewalAsync(subscription.Id, Instant.ToMicros(dates.OpensAt));
            tx.AfterCommit(() => signals.Wake(DebitLoops.Charges));
            return;
        }

        await OpenAsync(tx, subscription, plan, period, dates);
    }

    private async Task OpenAsync(Transaction tx, Subscription subscription, Plan plan, Period period, RenewalDates dates)
    {
        var now = clock.GetUtcNow();
        var isWaived = dates.NoticeAt is null;

        // A debit of the late evening is applied for before the hour of its period: its notice then comes that much earlier.
        var noticeAt = dates.NoticeAt is { } told && told > dates.DueAt - NoticeRule.Lead ? dates.DueAt - NoticeRule.Lead : dates.NoticeAt;
        var charge = new ChargeRow
        {
            Id = DebitNumber.ChargeOfPeriod(subscription.Id, period.Number),
            Merchant = subscription.Merchant,
            Kind = "period",
            SubscriptionId = subscription.Id,
            Period = period.Number,
            ContractId = subscription.ContractId!, // Checked by the caller.
            Amount = subscription.Amount,
            Description = plan.Name,
            Mode = DebitModes.Name(ModeOf(plan.TemplateId)),
            Status = isWaived ? ChargeState.Noticed : ChargeState.Planned,
            PeriodStart = Instant.ToMicros(period.Start),
            PeriodEnd = Instant.ToMicros(period.End),
            DueDay = Instant.BeijingDay(dates.DueAt),
            DueAt = Instant.ToMicros(dates.DueAt),
            NoticedAt = isWaived ? Instant.ToMicros(now) : null,
            NextAt = Instant.ToMicros(noticeAt ?? dates.DueAt),
            CreatedAt = Instant.ToMicros(now),
        };
        if (await tx.InsertAsync(charge) == 0)
        {
            return;
        }

        await events.AppendAsync(tx, "charge.planned", charge.Id, ChargeEvents.Of(charge));
        if (isWaived)
        {
            await tx.AddNoticeAsync(charge.Id, "waiver", charge.CreatedAt, "The interval is shorter than the notice; the customer agreed to each debit when signing.");
        }

        tx.AfterCommit(() => signals.Wake(isWaived ? DebitLoops.Debits : DebitLoops.Charges));
    }

    /// <summary>When the next period is to be collected, and how much; null when its charge came to an end without money.</summary>
    public async Task<(DateTimeOffset At, long Amount)?> NextAsync(Reader reader, Subscription subscription)
    {
        var period = subscription.NextPeriod;
        if (await reader.FindChargeAsync(DebitNumber.ChargeOfPeriod(subscription.Id, period.Number)) is not { } charge)
        {
            var plan = await plans.FindByCodeAsync(reader, subscription.Plan) ?? throw new InvalidOperationException($"There is no plan {subscription.Plan}.");
            return (subscription.Calendar.DatesOf(period.Number, RetryPlan.For(ModeOf(plan.TemplateId)).Timing).DueAt, subscription.Amount);
        }

        return charge.Status switch
        {
            ChargeState.Planned or ChargeState.Noticed or ChargeState.Due or ChargeState.InAttempt => (Instant.FromMicros(charge.DueAt), charge.Amount),
            ChargeState.RetryWait => (Instant.FromMicros(charge.NextAt ?? charge.DueAt), charge.Amount),
            _ => null,
        };
    }

    /// <summary>Whether a number is out for the next period, so that its money may still come.</summary>
    public async Task<bool> IsNextUnderWayAsync(Reader reader, Subscription subscription) =>
        await reader.FindChargeAsync(DebitNumber.ChargeOfPeriod(subscription.Id, subscription.NextPeriod.Number)) is { Status: ChargeState.InAttempt or ChargeState.CancelPending };

    /// <summary>
    /// Cancels every charge of a contract that has not been sent; those that have wait for their attempt and are canceled if no money comes.
    /// </summary>
    public async Task CancelUnsentAsync(Transaction tx, string contractId, string reason)
    {
        foreach (var charge in await tx.TakeOpenChargesOfContractAsync(contractId))
        {
            await CancelAsync(tx, charge, reason);
        }
    }

    /// <summary>The contract may be debited again (resumed, found signed): its charges are looked at again.</summary>
    public async Task ContractActiveAsync(Transaction tx, string contractId)
    {
        var now = Instant.ToMicros(clock.GetUtcNow());
        await tx.UnparkAsync(contractId, except: "", now);
        await tx.UnparkAttemptAsync(contractId, now);
        tx.AfterCommit(() => signals.Wake(DebitLoops.Debits));
    }

    /// <summary>False when the charge is settled already.</summary>
    internal async Task<bool> CancelAsync(Transaction tx, ChargeRow charge, string reason)
    {
        var wasUnresolved = charge.Status == ChargeState.Unresolved;
        var step = Charge.After(charge.Status, ChargeEvidence.CancelRequested);
        if (step.IsContradiction)
        {
            return false;
        }

        charge.Status = step.State;
        charge.Reason = step.IsMoved ? reason : charge.Reason;
        var isWithdrawn = charge.Status == ChargeState.CancelPending && await WithdrawAsync(tx, charge, wasUnresolved);
        if (step.IsIgnored && !isWithdrawn)
        {
            return true;
        }

        charge.NextAt = null;
        await tx.SaveAsync(charge);
        if (charge.Status == ChargeState.Canceled)
        {
            await events.AppendAsync(tx, "charge.canceled", charge.Id, ChargeEvents.Of(charge));
        }

        return true;
    }

    /// <summary>Takes back the number of a charge that is being canceled, when it never left or provably never arrived.</summary>
    private async Task<bool> WithdrawAsync(Transaction tx, ChargeRow charge, bool wasUnresolved)
    {
        if (await tx.TakeOpenAttemptAsync(charge.Id) is not { } attempt)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var isTakenBack = Learning.Withdraw(attempt, now);
        if (wasUnresolved && !isTakenBack)
        {
            Learning.Rearm(attempt, now);
        }

        if (!isTakenBack && !wasUnresolved)
        {
            return false;
        }

        await tx.SaveAsync(attempt);
        if (Attempt.IsOpen(attempt.Status))
        {
            tx.AfterCommit(() => signals.Wake(DebitLoops.Questions));
            return false;
        }

        charge.Status = Charge.After(charge.Status, ChargeEvidence.AttemptWithdrawn).State;
        if (await tx.UnparkAsync(charge.ContractId, charge.Id, Instant.ToMicros(now)) > 0)
        {
            tx.AfterCommit(() => signals.Wake(DebitLoops.Debits));
        }

        return true;
    }

    internal DebitMode ModeOf(long template) =>
        merchants.FindTemplate(template) is ({ }, { PayLater: true }) ? DebitMode.PayLater : DebitMode.Delay24H;

    /// <summary>WeChat's limits for a template; of one that is configured no more, only the general ones.</summary>
    internal TemplateLimits LimitsOf(long template) => merchants.FindTemplate(template) is ({ }, { } known)
        ? TemplateLimits.For(ModeOf(template), known.Amount, known.Fixed) with { SingleMost = known.SingleMost, DailyMost = known.DailyMost }
        : TemplateLimits.For(ModeOf(template), 0, isFixed: false);
}

internal static class ChargeEvents
{
    public static JsonObject Of(ChargeRow charge)
    {
        var data = new JsonObject
        {
            ["charge"] = charge.Id, ["contract"] = charge.ContractId, ["status"] = Charge.ApiName(charge.Status), ["amount"] = charge.Amount,
        };
        if (charge.SubscriptionId is { } subscription)
        {
            data["subscription"] = subscription;
            data["period_start"] = Text(charge.PeriodStart!.Value); // Periods have both ends.
            data["period_end"] = Text(charge.PeriodEnd!.Value);
        }

        if (charge.Code is { } code)
        {
            data["code"] = code;
        }

        if (charge.Reason is { } reason)
        {
            data["reason"] = reason;
        }

        return data;
    }

    public static string Text(long micros) => Instant.FromMicros(micros).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
