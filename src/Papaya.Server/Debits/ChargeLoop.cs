using Papaya.Billing.Debits;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;

namespace Papaya.Server.Debits;

/// <summary>Opens charges when their period nears and tells the customers: the committed event is the notice and its proof.</summary>
internal sealed class ChargeLoop(Database db, ChargeBook charges, SubscriptionBook subscriptions, EventLog events, LoopSignals signals, TimeProvider clock) : ILoop
{
    private const int Batch = 500;

    public string Name => DebitLoops.Charges;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
    {
        var now = Instant.ToMicros(clock.GetUtcNow());
        var opened = await db.WriteAsync(tx => OpenAsync(tx, now), ct);
        var told = await db.WriteAsync(tx => TellAsync(tx, now), ct);
        if (opened == Batch || told == Batch)
        {
            return clock.GetUtcNow();
        }

        var next = await db.ReadAsync(async reader => Earlier(await reader.NextRenewalAsync(), await reader.NextNoticeAsync()), ct);
        return Instant.FromMicros(next);
    }

    private async Task<int> OpenAsync(Transaction tx, long now)
    {
        var due = await tx.TakeRenewalsAsync(now, Batch);
        foreach (var id in due)
        {
            if (await subscriptions.FindAsync(tx, id) is { } subscription)
            {
                await charges.OpenNextAsync(tx, subscription); // Nothing, when it has stopped renewing meanwhile.
            }
        }

        return due.Count;
    }

    private async Task<int> TellAsync(Transaction tx, long now)
    {
        var due = await tx.TakeToNoticeAsync(now, Batch);
        foreach (var charge in due)
        {
            var step = Charge.After(charge.Status, ChargeEvidence.NoticeGiven);
            var debit = NoticeRule.DueAfter(Instant.FromMicros(charge.DueAt), Instant.FromMicros(now));
            charge.Status = step.State;
            charge.NoticedAt = now;
            charge.DueAt = Instant.ToMicros(debit);
            charge.NextAt = charge.DueAt;
            await tx.SaveAsync(charge);
            var told = ChargeEvents.Of(charge);
            told["debit_at"] = ChargeEvents.Text(Instant.ToMicros(debit + RetryPlan.For(charge.DebitMode).Delay));
            await events.AppendAsync(tx, "renewal.upcoming", charge.SubscriptionId ?? charge.Id, told);
            await tx.AddNoticeAsync(charge.Id, "reminder", now, told.ToJsonString(EventJson.Compact));
        }

        if (due.Count > 0)
        {
            tx.AfterCommit(() => signals.Wake(DebitLoops.Debits));
        }

        return due.Count;
    }

    internal static long? Earlier(long? a, long? b) => a is { } x && b is { } y ? Math.Min(x, y) : a ?? b;
}
