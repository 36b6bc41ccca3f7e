using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Billing.Debits;
using Papaya.Server.Contracts;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Plans;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;

namespace Papaya.Server.Debits;

/// <summary>What the merchant and its operators ask of charges. Nothing here sends: a charge that may be debited falls due, and the flow finds it.</summary>
internal sealed class ChargeDesk(
    Database db, ChargeBook charges, ContractFlow contracts, SubscriptionBook subscriptions, EventLog events, LoopSignals signals, DebitOptions options, TimeProvider clock)
{
    public Task<IResult> CreateAsync(string contractId, long amount, string description, IdempotentRequest idem, CancellationToken ct) => db.WriteAsync<IResult>(
        async tx =>
        {
            if (await contracts.FindAsync(tx, contractId) is not { } contract)
            {
                return (Problem.NotFound("contract", contractId) with { Field = "contract" }).ToResult();
            }

            if (!contract.State.AllowsDebit())
            {
                return ChargeProblems.ContractNotActive(contract.State.ToApi()).ToResult();
            }

            if (DebitRules.CheckAmount(amount, PlanPolicies.Parse(await tx.PoliciesOfAsync(contractId))?.Over(options.Policies) ?? options.Policies, charges.LimitsOf(contract.Template)) is { Verdict: not LimitVerdict.Allowed } limit)
            {
                return ChargeProblems.Amount(limit).ToResult();
            }

            var now = clock.GetUtcNow();
            var due = DebitWindow.NextOpen(now);
            var charge = new ChargeRow
            {
                Id = DebitNumber.ChargeOfUse(contractId, idem.Key),
                Merchant = contract.Merchant,
                Kind = "use",
                ContractId = contractId,
                Amount = amount,
                Description = description,
                Mode = DebitModes.Name(charges.ModeOf(contract.Template)),
                Status = ChargeState.Due,
                DueDay = Instant.BeijingDay(due),
                DueAt = Instant.ToMicros(due),
                NoticedAt = Instant.ToMicros(now),
                NextAt = Instant.ToMicros(due),
                CreatedAt = Instant.ToMicros(now),
                Version = 1,
            };
            if (await tx.InsertAsync(charge) == 0)
            {
                // The key was used before, longer ago than answers are kept: the use is the same, and owed once.
                var known = (await tx.TakeChargeAsync(charge.Id))!; // It is in the way.
                return known.Amount == amount
                    ? await idem.CompleteAsync(tx, StatusCodes.Status201Created, ChargeView.From(known, await tx.AttemptsOfAsync(known.Id)), $"/v1/charges/{known.Id}")
                    : IdempotencyProblems.Reused.ToResult();
            }

            await tx.AddNoticeAsync(charge.Id, "waiver", charge.CreatedAt, "Debits by use: the customer agreed to each when signing.");
            await events.AppendAsync(tx, "charge.planned", charge.Id, ChargeEvents.Of(charge));
            tx.AfterCommit(() => signals.Wake(DebitLoops.Debits));
            return await idem.CompleteAsync(tx, StatusCodes.Status201Created, ChargeView.From(charge, []), $"/v1/charges/{charge.Id}");
        },
        ct);

    public Task<IResult> RetryAsync(string id, IdempotentRequest idem, CancellationToken ct) => ActAsync(
        id, idem,
        async (tx, charge) =>
        {
            if (await contracts.FindAsync(tx, charge.ContractId) is { } contract && !contract.State.AllowsDebit())
            {
                return ChargeProblems.ContractNotActive(contract.State.ToApi());
            }

            var held = charge.Status == ChargeState.ManualReview;
            var step = Charge.After(charge.Status, ChargeEvidence.RetryRequested);
            if (step.IsContradiction)
            {
                return ChargeProblems.NotNow(charge, step.Why!); // Contradictions have a reason.
            }

            if (charge.Status == ChargeState.Unresolved)
            {
                // Its number is still open: it is asked about again, and sent again only if it never arrived.
                var attempt = (await tx.TakeOpenAttemptAsync(id))!; // Unresolved charges have one.
                Learning.Rearm(attempt, clock.GetUtcNow());
                await tx.SaveAsync(attempt);
                (charge.Status, charge.Reason) = (step.State, null);
                await tx.SaveAsync(charge);
                tx.AfterCommit(() => signals.Wake(DebitLoops.Questions));
                return null;
            }

            charge.Status = step.State;
            charge.Reason = held ? ChargeBook.Released : null;
            charge.DueAt = Instant.ToMicros(DebitWindow.NextOpen(clock.GetUtcNow()));
            charge.NextAt = charge.DueAt;
            await tx.SaveAsync(charge);
            tx.AfterCommit(() => signals.Wake(DebitLoops.Debits));
            return null;
        },
        ct);

    public Task<IResult> CancelAsync(string id, string? reason, IdempotentRequest idem, CancellationToken ct) => ActAsync(
        id, idem,
        async (tx, charge) => await charges.CancelAsync(tx, charge, reason ?? "canceled_by_merchant")
            ? null
            : ChargeProblems.NotNow(charge, "It is settled already; give the money back by a refund."),
        ct);

    public Task<IResult> SettleOfflineAsync(string id, string? reason, IdempotentRequest idem, CancellationToken ct) => ActAsync(
        id, idem,
        async (tx, charge) =>
        {
            var step = Charge.After(charge.Status, ChargeEvidence.SettledOffline);
            if (step.IsContradiction)
            {
                return ChargeProblems.NotNow(charge, step.Why!); // Contradictions have a reason.
            }

            if (step.IsMoved)
            {
                charge.Status = step.State;
                (charge.NextAt, charge.SettledAt, charge.Reason) = (null, Instant.ToMicros(clock.GetUtcNow()), reason);
                await tx.SaveAsync(charge);
                await events.AppendAsync(tx, "charge.succeeded", charge.Id, ChargeEvents.Of(charge));
                if (charge is { SubscriptionId: { } subscriptionId, Period: { } period })
                {
                    await subscriptions.RenewedAsync(tx, subscriptionId, period);
                }
            }

            return null;
        },
        ct);

    private Task<IResult> ActAsync(string id, IdempotentRequest idem, Func<Transaction, ChargeRow, Task<Problem?>> act, CancellationToken ct) => db.WriteAsync<IResult>(
        async tx =>
        {
            if (await tx.TakeChargeAsync(id) is not { } charge)
            {
                return Problem.NotFound("charge", id).ToResult();
            }

            return await act(tx, charge) is { } refusal
                ? refusal.ToResult()
                : await idem.CompleteAsync(tx, StatusCodes.Status200OK, ChargeView.From(charge, await tx.AttemptsOfAsync(id)));
        },
        ct);
}

internal static class ChargeProblems
{
    public static Problem ContractNotActive(string status) => new(
        "contract_not_active", StatusCodes.Status409Conflict, $"The contract is {status}: nothing can be debited under it.", "contract",
        "Resume a suspended contract first; when it ended, the customer has to sign again.");

    public static Problem Amount(LimitAnswer limit) => new(limit.Code, StatusCodes.Status422UnprocessableEntity, limit.Why, "amount", "Ask for an amount within the limit.");

    public static Problem NotNow(ChargeRow charge, string why) => new(
        "charge_not_in_that_state", StatusCodes.Status409Conflict, $"The charge is {Charge.ApiName(charge.Status)}.", Cure: why);
}
