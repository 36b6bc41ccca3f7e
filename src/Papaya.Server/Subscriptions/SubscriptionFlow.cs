using Papaya.Billing.Subscriptions;
using Papaya.Server.Contracts;
using Papaya.Server.Debits;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Subscriptions;

/// <summary>Cancels on request, and ends what its hour has come for.</summary>
internal sealed class SubscriptionFlow(Database db, SubscriptionBook book, ContractFlow contracts, ChargeBook charges, TimeProvider clock) : ILoop
{
    private const int Batch = 200;

    public string Name => SubscriptionBook.LoopName;

    public async Task<IResult> CancelAsync(string id, SubscriptionEvidence wish, IdempotentRequest request, CancellationToken ct) =>
        await db.WriteAsync<IResult>(
            async tx =>
            {
                if (await tx.TakeSubscriptionAsync(id) is not { } subscription)
                {
                    return Problem.NotFound("subscription", id).ToResult();
                }

                if (await book.CancelAsync(tx, subscription, wish, "canceled by the customer") is { } why)
                {
                    return new Problem("subscription_state", StatusCodes.Status409Conflict, $"The subscription cannot be canceled: {why}.", Cure: "Read it with GET /v1/subscriptions/{id}.").ToResult();
                }

                // At once, whenever the service ends: no debit can happen after the answer.
                // Before the first payment only the visit knows of a contract.
                if ((subscription.ContractId ?? await contracts.SignedInAsync(tx, subscription.CheckoutId)) is { } contract)
                {
                    await contracts.TerminateAsync(tx, contract, "the customer canceled the subscription");
                }

                return await request.CompleteAsync(tx, StatusCodes.Status200OK, (await ViewAsync(tx, id))!); // Taken above.
            },
            ct);

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
    {
        var now = Instant.ToMicros(clock.GetUtcNow());
        var due = await db.ReadAsync(reader => reader.DueSubscriptionsAsync(now, Batch), ct);
        foreach (var id in due)
        {
            await db.WriteAsync(
                async tx =>
                {
                    if (await book.ComeDueAsync(tx, id) is { } contract)
                    {
                        await contracts.TerminateAsync(tx, contract, "its subscription ended");
                    }
                },
                ct);
        }

        return Instant.FromMicros(await db.ReadAsync(reader => reader.NextSubscriptionInstantAsync(), ct));
    }

    public async Task<SubscriptionView?> ViewAsync(Reader reader, string id) =>
        await reader.FindSubscriptionAsync(id) is { } subscription ? SubscriptionView.From(subscription, await NextAsync(reader, subscription)) : null;

    public async Task<Page<SubscriptionView>> ListAsync(Reader reader, SubscriptionFilter filter, PageQuery page)
    {
        var rows = await reader.ListSubscriptionsAsync(filter, page);
        var next = new Dictionary<string, NextChargeView?>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            next[row.Id] = await NextAsync(reader, row);
        }

        return Page<SubscriptionView>.From(page, rows, row => SubscriptionView.From(row, next[row.Id]), row => new Cursor(row.CreatedAt, row.Id));
    }

    private async Task<NextChargeView?> NextAsync(Reader reader, Subscription subscription) =>
        subscription is { Renews: true, State: SubscriptionState.Active or SubscriptionState.PastDue }
        && await charges.NextAsync(reader, subscription) is var (at, amount)
            ? new NextChargeView(at, amount)
            : null;
}
