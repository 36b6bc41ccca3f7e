using System.Text.Json.Nodes;
using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Billing.Debits;
using Papaya.Billing.Ledger;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Contracts;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Ledger;
using Papaya.Server.Notifications;
using Papaya.Server.Plans;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Server.Debits;

/// <summary>
/// Collects what is due. Read top to bottom: this is the whole story of a debit, from the charge that <see cref="ChargeBook"/> opened and
/// <see cref="ChargeLoop"/> announced to money in the ledger or the next try.
/// </summary>
internal sealed partial class DebitFlow(
    Database db, IDebitGateway wechat, ChargeBook charges, ContractFlow contracts, SubscriptionBook subscriptions, LedgerBook ledger, EventLog events,
    LoopSignals signals, DebitOptions options, Ids ids, TimeProvider clock, ILogger<DebitFlow> log)
{
    private const int ConfigFaultsToPause = 5;

    /// <summary>A row that cannot be handled is looked at again after this; the others go on.</summary>
    private static readonly TimeSpan BrokenRowPause = TimeSpan.FromHours(1);

    /// <summary>Whatever waits for somebody else is woken by him; should that be lost, it looks for itself.</summary>
    private static readonly TimeSpan LooksForItself = TimeSpan.FromHours(6);

    /// <summary>No more is claimed than leaves at once: after an acknowledged cancel nothing stands in a queue that was claimed before it.</summary>
    private int AtOnce => Math.Min(options.Batch, options.Concurrency);

    private readonly string _me = ids.New("snd");
    private readonly DebitPolicies _policies = options.Policies;
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private PermitBucket _permits = PermitBucket.Full(options.PermitsPerSecond, clock.GetUtcNow());
    private int _round;

    /// <summary>Sends one batch of what is due, with one commit before and one after the calls. Answers when to run again.</summary>
    public async Task<DateTimeOffset?> SendDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        _permits = _permits.Take(now, AtOnce, out var permits);
        var departures = await db.WriteAsync(
            async tx =>
            {
                // 1. What is still on its way was sent by a process that died, or its answer could not be written: ask, never send again blindly.
                await RecoverAsync(tx);

                // 2. Claim, before any byte leaves. The guard and the permits are part of the same commit.
                return permits == 0 ? [] : await ClaimAsync(tx, permits, now);
            },
            ct);
        _permits = _permits.Return(permits - departures.Count);

        // 3. Ask WeChat for the money. No answer is a finding too.
        var findings = new Finding[departures.Count];
        await Parallel.ForAsync(0, departures.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = ct }, async (i, token) =>
            findings[i] = await HearAsync(departures[i].Attempt.Number, () => wechat.ApplyAsync(departures[i].Order, token)));

        // 4. Write down every answer.
        if (departures.Count > 0)
        {
            await db.WriteAsync(tx => NoteAnswersAsync(tx, departures, findings), ct);
            Pace(departures, findings);
        }

        return await NextSendAsync(ct);
    }

    /// <summary>Asks about everything whose question is due. Answers when to run again.</summary>
    public async Task<DateTimeOffset?> AskDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var waiting = await db.ReadAsync(reader => reader.QuestionsAsync(Instant.ToMicros(now), options.Batch), ct);
        var findings = new Finding[waiting.Count];
        await Parallel.ForAsync(0, waiting.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = ct }, async (i, token) =>
            findings[i] = await HearAsync(waiting[i].Number, () => AskAsync(waiting[i], token)));
        if (waiting.Count > 0)
        {
            await db.WriteAsync(tx => NoteFindingsAsync(tx, waiting, findings), ct);
        }

        return Instant.FromMicros(await db.ReadAsync(reader => reader.NextQuestionAsync(), ct));
    }

    /// <summary>What a notification says about a number. A failure it reports only makes us ask; money it proves is booked.</summary>
    public async Task<NotificationOutcome> ApplyAsync(Transaction tx, DebitNotification notification)
    {
        if (await tx.TakeAttemptAsync(notification.MerchantNumber, notification.OrderNumber) is not { } attempt)
        {
            return NotificationOutcome.UnknownNumber;
        }

        if (DebitGateway.ClaimsOtherAmount(notification, attempt.Amount))
        {
            await ContradictAsync(tx, attempt, $"A notification claims {notification.AmountFen} fen.");
        }

        await LearnAsync(tx, attempt, DebitGateway.Read(notification, attempt.Amount));
        return NotificationOutcome.Applied;
    }

    // ---- before the calls ----------------------------------------------------------------------------------------------------------

    private async Task RecoverAsync(Transaction tx)
    {
        foreach (var attempt in await tx.TakeInterruptedAsync())
        {
            LogInterrupted(attempt.Number);
            if (await tx.TryAsync(() => LearnAsync(tx, attempt, new Finding(AttemptEvidence.Interrupted))) is { } wrong)
            {
                LogNotWritten(wrong, attempt.Number);
            }
        }
    }

    /// <summary>A merchant's faults of set-up in a row, and until when nothing of it is sent because of them.</summary>
    private readonly record struct Lane(int Faults, DateTimeOffset PausedUntil);

    private sealed record Departure(AttemptRow Attempt, DebitOrder Order);

    private async Task<List<Departure>> ClaimAsync(Transaction tx, int most, DateTimeOffset now)
    {
        // Half for what goes out again (of a single permit: every other time), so that nothing that keeps coming back can keep the rest waiting.
        var paused = Paused(now);
        var again = await tx.TakeResendsAsync(Instant.ToMicros(now), (most + (_round++ & 1)) / 2, paused);
        var due = await tx.TakeDueChargesAsync(Instant.ToMicros(now), most - again.Count, paused);
        var candidates = await tx.CandidatesAsync([.. again.Select(a => a.ChargeId), .. due.Select(c => c.Id)]);
        var departures = new List<Departure>(again.Count + due.Count);
        foreach (var attempt in again)
        {
            Departure? departure = null;
            if (await tx.TryAsync(async () => departure = await ClaimAgainAsync(tx, attempt, candidates[attempt.ChargeId], now)) is { } wrong)
            {
                LogNotClaimed(wrong, attempt.Number);
                await tx.PushAttemptAsync(attempt.Merchant, attempt.Number, Instant.ToMicros(now + BrokenRowPause));
            }
            else if (departure is not null)
            {
                departures.Add(departure);
            }
        }

        var contractsInBatch = new HashSet<string>(departures.Select(d => d.Attempt.ContractId), StringComparer.Ordinal);
        foreach (var charge in due)
        {
            // The second charge of a contract sees what the first one did: in the next batch.
            if (!contractsInBatch.Add(charge.ContractId))
            {
                continue;
            }

            Departure? departure = null;
            if (await tx.TryAsync(async () => departure = await ClaimAsync(tx, charge, candidates[charge.Id], now)) is { } wrong)
            {
                LogNotClaimed(wrong, charge.Id);
                await tx.PushChargeAsync(charge.Id, Instant.ToMicros(now + BrokenRowPause));
            }
            else if (departure is not null)
            {
                departures.Add(departure);
            }
        }

        return departures;
    }

    private DebitPolicies PoliciesOf(string? plan) => PlanPolicies.Parse(plan)?.Over(_policies) ?? _policies;

    /// <summary>The guard: what it lets pass is on its way with the commit of this transaction. Null when it may not be sent now.</summary>
    private async Task<Departure?> ClaimAsync(Transaction tx, ChargeRow charge, Candidate facts, DateTimeOffset now)
    {
        if (EndedBy(charge, facts) is { } ended)
        {
            await charges.CancelAsync(tx, charge, ended);
            return null;
        }

        if (charge.Attempts >= DebitNumber.MostAttempts)
        {
            await HoldAsync(tx, charge, "too_many_attempts");
            return null;
        }

        if (!facts.Contract.AllowsDebit() || facts.Waiting is not null)
        {
            return await ParkAsync(tx, charge); // Until the contract is active again, or its waiting debit has ended.
        }

        if (!DebitWindow.IsOpen(now))
        {
            return await PostponeAsync(tx, charge, DebitWindow.NextOpen(now));
        }

        var limit = DebitRules.Check(
            charge.Amount, charge.IsAgreedPrice, RetryPlan.For(charge.DebitMode), PoliciesOf(facts.Policies), charges.LimitsOf(facts.Template), facts.History.On(Instant.BeijingDay(now)), now);
        switch (limit.Verdict)
        {
            case LimitVerdict.Later:
                return await PostponeAsync(tx, charge, limit.At);
            case LimitVerdict.Refused or LimitVerdict.Review when !(charge.Reason == ChargeBook.Released && limit.Verdict == LimitVerdict.Review):
                await HoldAsync(tx, charge, limit.Code);
                return null;
        }

        charge.Status = Charge.After(Charge.After(charge.Status, ChargeEvidence.FellDue).State, ChargeEvidence.Claimed).State;
        charge.Attempts++;
        (charge.NextAt, charge.Parked) = (null, 0);
        var attempt = new AttemptRow
        {
            Merchant = charge.Merchant,
            Number = charge.NumberOf((int)charge.Attempts),
            ChargeId = charge.Id,
            ContractId = charge.ContractId,
            Attempt = charge.Attempts,
            Mode = charge.Mode,
            Amount = charge.Amount,
            Status = AttemptState.Sending,
            Sender = _me,
            SentAt = Instant.ToMicros(now),
            CreatedAt = Instant.ToMicros(now),
            Version = 1,
        };
        if (await tx.InsertAsync(attempt) == 0)
        {
            return await ParkAsync(tx, (await tx.TakeChargeAsync(charge.Id))!); // The indexes know of another open attempt; its end wakes this charge.
        }

        await tx.SaveAsync(charge);
        if (charge.DebitMode == DebitMode.PayLater)
        {
            await tx.CountSentAsync(charge.ContractId, Instant.BeijingDay(now));
        }

        var data = ChargeEvents.Of(charge);
        data["out_trade_no"] = attempt.Number;
        await events.AppendAsync(tx, "charge.due", charge.Id, data);
        return new Departure(attempt, OrderOf(attempt, facts, charge.Description));
    }

    /// <summary>The same number again: it never left, was not taken, or provably never arrived.</summary>
    private async Task<Departure?> ClaimAgainAsync(Transaction tx, AttemptRow attempt, Candidate facts, DateTimeOffset now)
    {
        var charge = (await tx.TakeChargeAsync(attempt.ChargeId))!; // The attempt refers to it.
        if (EndedBy(charge, facts) is { } ended)
        {
            await charges.CancelAsync(tx, charge, ended);
            return null;
        }

        if (charge.Status == ChargeState.CancelPending)
        {
            await charges.CancelAsync(tx, charge, charge.Reason ?? "canceled");
            return null;
        }

        if (charge.Status != ChargeState.InAttempt)
        {
            // Settled otherwise, or given to a person: nothing is to be sent for it any more.
            if (Learning.Withdraw(attempt, now))
            {
                await tx.SaveAsync(attempt);
                charge.Status = Charge.After(charge.Status, ChargeEvidence.AttemptWithdrawn).State;
                await tx.SaveAsync(charge);
                await LetNextAsync(tx, charge);
                tx.AfterCommit(() => signals.Wake(DebitLoops.Questions));
            }

            return null;
        }

        if (!facts.Contract.AllowsDebit())
        {
            attempt.NextAt = Instant.ToMicros(now + LooksForItself);
            await tx.SaveAsync(attempt);
            return null;
        }

        if (!DebitWindow.IsOpen(now))
        {
            attempt.NextAt = Instant.ToMicros(DebitWindow.NextOpen(now));
            await tx.SaveAsync(attempt);
            return null;
        }

        attempt.Status = Attempt.After(attempt.Status, AttemptEvidence.Claimed).State;
        (attempt.Sender, attempt.SentAt, attempt.NextAt) = (_me, Instant.ToMicros(now), null);
        await tx.SaveAsync(attempt);
        return new Departure(attempt, OrderOf(attempt, facts, charge.Description));
    }

    private static string? EndedBy(ChargeRow charge, Candidate facts) =>
        facts.Contract is ContractState.Terminating or ContractState.Terminated or ContractState.Refused ? "contract_ended"
        : charge.IsPeriod && facts.Subscription is null or SubscriptionState.Ending or SubscriptionState.Canceled or SubscriptionState.NeverPaid ? "subscription_ended"
        : null;

    private static DebitOrder OrderOf(AttemptRow attempt, Candidate facts, string description) =>
        new(attempt.Merchant, facts.AppId, facts.WeChatContractId, attempt.Number, attempt.Amount, description);

    private async Task<Departure?> ParkAsync(Transaction tx, ChargeRow charge)
    {
        (charge.NextAt, charge.Parked) = (Instant.ToMicros(clock.GetUtcNow() + LooksForItself), 1);
        await tx.SaveAsync(charge);
        return null;
    }

    private static async Task<Departure?> PostponeAsync(Transaction tx, ChargeRow charge, DateTimeOffset until)
    {
        (charge.NextAt, charge.Parked) = (Instant.ToMicros(until), 0);
        await tx.SaveAsync(charge);
        return null;
    }

    /// <summary>The number never left and never can: its charge waits for a person.</summary>
    private async Task HoldUnsentAsync(Transaction tx, AttemptRow attempt)
    {
        var charge = (await tx.TakeChargeAsync(attempt.ChargeId))!; // The attempt refers to it.
        var isWaiting = charge.Status == ChargeState.InAttempt;
        charge.Status = Charge.After(charge.Status, ChargeEvidence.AttemptWithdrawn).State;
        charge.Code = attempt.Code;
        if (isWaiting)
        {
            await HoldAsync(tx, charge, "cannot_be_sent");
        }
        else
        {
            await tx.SaveAsync(charge);
        }

        await LetNextAsync(tx, charge);
    }

    private async Task HoldAsync(Transaction tx, ChargeRow charge, string reason)
    {
        charge.Status = Charge.After(charge.Status, ChargeEvidence.HeldForReview).State;
        charge.NextAt = null;
        charge.Reason = reason;
        await tx.SaveAsync(charge);
        await events.AppendAsync(tx, "charge.failed", charge.Id, ChargeEvents.Of(charge));
    }

    // ---- after the calls -----------------------------------------------------------------------------------------------------------

    private async Task NoteAnswersAsync(Transaction tx, List<Departure> departures, Finding[] findings)
    {
        for (var i = 0; i < departures.Count; i++)
        {
            var attempt = departures[i].Attempt;
            if (findings[i].Evidence == AttemptEvidence.Accepted)
            {
                // The common case in one statement; it loses against a notification that was faster.
                _ = Learning.Note(attempt, findings[i], clock.GetUtcNow());
                if (await tx.TrySaveAsync(attempt))
                {
                    continue;
                }
            }

            // One answer that cannot be written stops nobody else's; its number is still on its way then, and is asked about.
            var finding = findings[i];
            if (await tx.TryAsync(async () => await LearnAsync(tx, (await tx.TakeAttemptAsync(attempt.Merchant, attempt.Number))!, finding)) is { } failure)
            {
                LogNotWritten(failure, attempt.Number);
            }
        }

        tx.AfterCommit(() => signals.Wake(DebitLoops.Questions));
    }

    private async Task NoteFindingsAsync(Transaction tx, IReadOnlyList<AttemptRow> waiting, Finding[] findings)
    {
        for (var i = 0; i < waiting.Count; i++)
        {
            var (merchant, number, finding) = (waiting[i].Merchant, waiting[i].Number, findings[i]);
            var failure = await tx.TryAsync(async () =>
            {
                var attempt = (await tx.TakeAttemptAsync(merchant, number))!; // Attempts are never deleted.
                attempt.Asked++;
                await LearnAsync(tx, attempt, finding);
            });
            if (failure is not null)
            {
                LogNotWritten(failure, number);
                await tx.AskLaterAsync(merchant, number, Instant.ToMicros(clock.GetUtcNow() + AskLadder.WaitAfter((int)waiting[i].Asked + 1)));
            }
        }
    }

    /// <summary>A call that cannot even be made (its merchant was taken out of the settings) is no answer, and stops no other.</summary>
    private async Task<Finding> HearAsync(string number, Func<Task<Finding>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotCalled(e, number);
            return new Finding(AttemptEvidence.NoAnswer);
        }
    }

    private async Task<Finding> AskAsync(AttemptRow attempt, CancellationToken ct)
    {
        if (attempt.Status == AttemptState.Closing && await wechat.CloseAsync(attempt.Merchant, attempt.Number, ct) is { Evidence: AttemptEvidence.CloseConfirmed } closed)
        {
            return closed;
        }

        return await wechat.AskAsync(attempt.Merchant, attempt.Number, attempt.Amount, ct);
    }

    /// <summary>Whatever is learned about a number, from whomever, ends here: first the attempt, then what follows for its charge.</summary>
    private async Task LearnAsync(Transaction tx, AttemptRow attempt, Finding finding)
    {
        var wasOpen = Attempt.IsOpen(attempt.Status);
        var learned = Learning.Note(attempt, finding, clock.GetUtcNow());
        switch (learned.Consequence)
        {
            case Consequence.Nothing:
                return;
            case Consequence.Settled:
                await SettleAsync(tx, attempt, isLate: !wasOpen);
                break;
            case Consequence.Failed:
                await tx.SaveAsync(attempt);
                await FailAsync(tx, attempt);
                break;
            case Consequence.Held:
                await tx.SaveAsync(attempt);
                await HoldUnsentAsync(tx, attempt);
                break;
            case Consequence.Contradiction or Consequence.Unresolved:
                await tx.SaveAsync(attempt);
                await ContradictAsync(tx, attempt, learned.Why!); // Both have a reason.
                if (learned.Consequence == Consequence.Unresolved)
                {
                    await HandOverAsync(tx, attempt);
                }

                break;
            case Consequence.Waiting:
                await tx.SaveAsync(attempt);
                break;
        }

        if (attempt.NextAt is not null)
        {
            var loop = attempt.Status == AttemptState.Planned ? DebitLoops.Debits : DebitLoops.Questions;
            tx.AfterCommit(() => signals.Wake(loop));
        }
    }

    /// <summary>Money. The charge is settled, once; what a sibling brings later belongs to nobody until a person gives it back.</summary>
    private async Task SettleAsync(Transaction tx, AttemptRow attempt, bool isLate)
    {
        var charge = (await tx.TakeChargeAsync(attempt.ChargeId))!; // The attempt refers to it.
        var amount = new Fen(attempt.Amount);
        var step = Charge.After(charge.Status, ChargeEvidence.AttemptSucceeded);
        await CountSuccessAsync(tx, attempt);
        if (!step.IsMoved)
        {
            attempt.Excess = 1;
            await tx.SaveAsync(attempt);
            await ledger.PostAsync(tx, Posting.PaidInExcess(attempt.Number, amount));
            await ContradictAsync(tx, attempt, step.Why ?? "Paid without a debt.");
            return;
        }

        if (isLate && await tx.TakeOpenAttemptAsync(charge.Id) is { } sibling)
        {
            // Late money for an earlier number while a later one is out: that one may still bring money too.
            sibling.Excess = 1;
            Learning.Withdraw(sibling, clock.GetUtcNow());
            await tx.SaveAsync(sibling);
            tx.AfterCommit(() => signals.Wake(DebitLoops.Questions));
        }

        await tx.SaveAsync(attempt);
        charge.Status = step.State;
        (charge.PaidNumber, charge.SettledAt, charge.NextAt, charge.Reason) = (attempt.Number, attempt.ExecutedAt, null, null);
        await tx.SaveAsync(charge);
        await ledger.PostAsync(tx, Posting.Paid(attempt.Number, amount));
        var data = ChargeEvents.Of(charge);
        (data["out_trade_no"], data["transaction_id"]) = (attempt.Number, attempt.TransactionId);
        await events.AppendAsync(tx, "charge.succeeded", charge.Id, data);
        if (charge is { SubscriptionId: { } subscriptionId, Period: { } period })
        {
            await subscriptions.RenewedAsync(tx, subscriptionId, period); // Which opens the next charge.
        }

        await LetNextAsync(tx, charge);
    }

    /// <summary>No money, by evidence. By its code: another number later, a hold, or a question about the contract.</summary>
    private async Task FailAsync(Transaction tx, AttemptRow attempt)
    {
        var now = clock.GetUtcNow();
        var charge = (await tx.TakeChargeAsync(attempt.ChargeId))!; // The attempt refers to it.
        var code = DebitCode.Of(attempt.Code);
        charge.Refusals = charge.Code == code.Code ? charge.Refusals + 1 : 1;
        charge.Code = code.Code;
        var history = await CountFailureAsync(tx, attempt, code, now);
        if (code.Executed)
        {
            charge.Failures++;
            charge.FirstExecutionAt ??= attempt.ExecutedAt;
        }

        if (charge.Status != ChargeState.InAttempt)
        {
            // Canceled meanwhile, handed to a person, or settled by another number.
            var ended = Charge.After(charge.Status, ChargeEvidence.AttemptFailedForGood);
            charge.Status = ended.State;
            await tx.SaveAsync(charge);
            if (ended is { IsMoved: true, State: ChargeState.Canceled })
            {
                await events.AppendAsync(tx, "charge.canceled", charge.Id, ChargeEvents.Of(charge));
            }

            await LetNextAsync(tx, charge);
            return;
        }

        var first = Instant.FromMicros(charge.FirstExecutionAt) ?? now;
        var next = DebitRules.AfterFailure(
            code, (int)charge.Refusals, (int)charge.Failures, (int)history.FailuresInARow, RetryPlan.For(charge.DebitMode),
            PoliciesOf(await tx.PoliciesOfAsync(attempt.ContractId)),
            first, Instant.FromMicros(history.LastExecutionAt) ?? now, now);
        switch (next)
        {
            case AfterFailure.Retry retry:
                await RetryLaterAsync(tx, charge, Instant.ToMicros(retry.At), code.Executed ? Setback.TryFailed : null);
                break;
            case AfterFailure.AskContract:
                await RetryLaterAsync(tx, charge, at: null, setback: null); // The contract's answer cancels it or wakes it.
                await contracts.MissedByDebitAsync(tx, charge.ContractId);
                break;
            case AfterFailure.Stop stop:
                await ExhaustAsync(tx, charge, stop.Reason);
                break;
            case AfterFailure.Suspend suspend:
                await ExhaustAsync(tx, charge, suspend.Reason);
                history.FailuresInARow = 0; // Whoever resumes the contract starts counting anew.
                await tx.SaveAsync(history);
                await contracts.SuspendAsync(tx, charge.ContractId, suspend.Reason);
                break;
        }

        await LetNextAsync(tx, charge);
    }

    private async Task RetryLaterAsync(Transaction tx, ChargeRow charge, long? at, Setback? setback)
    {
        charge.Status = Charge.After(charge.Status, ChargeEvidence.AttemptFailedRetryLater).State;
        (charge.NextAt, charge.Parked) = at is null ? (Instant.ToMicros(clock.GetUtcNow() + LooksForItself), 1) : (at, 0);
        charge.DueAt = at ?? charge.DueAt;
        await tx.SaveAsync(charge);
        var data = ChargeEvents.Of(charge);
        if (at is { } again)
        {
            data["next_try_at"] = ChargeEvents.Text(again);
            tx.AfterCommit(() => signals.Wake(DebitLoops.Debits));
        }

        await events.AppendAsync(tx, "charge.failed", charge.Id, data);
        if (setback is { } happened && charge.SubscriptionId is { } subscriptionId)
        {
            await subscriptions.ChargeFailedAsync(tx, subscriptionId, happened);
        }
    }

    private async Task ExhaustAsync(Transaction tx, ChargeRow charge, string reason)
    {
        charge.Status = Charge.After(charge.Status, ChargeEvidence.AttemptFailedForGood).State;
        (charge.NextAt, charge.Reason) = (null, reason);
        await tx.SaveAsync(charge);
        await events.AppendAsync(tx, "charge.exhausted", charge.Id, ChargeEvents.Of(charge));
        if (charge.SubscriptionId is { } subscriptionId)
        {
            await subscriptions.ChargeFailedAsync(tx, subscriptionId, Setback.Exhausted);
        }
    }

    /// <summary>Three days of questions, or money of another amount: a person decides. The number stays open, so that no other is taken.</summary>
    private async Task HandOverAsync(Transaction tx, AttemptRow attempt)
    {
        var charge = (await tx.TakeChargeAsync(attempt.ChargeId))!; // The attempt refers to it.
        var step = Charge.After(charge.Status, ChargeEvidence.AskedTooLong);
        if (step.IsMoved)
        {
            (charge.Status, charge.NextAt, charge.Reason) = (step.State, null, "unresolved");
            if (Learning.Withdraw(attempt, clock.GetUtcNow()))
            {
                // It was waiting to be sent: nothing of it is out, and the contract is free for others.
                attempt.NextAt = null;
                await tx.SaveAsync(attempt);
            }

            if (!Attempt.IsOpen(attempt.Status))
            {
                charge.Status = Charge.After(charge.Status, ChargeEvidence.AttemptWithdrawn).State;
                await LetNextAsync(tx, charge);
            }

            await tx.SaveAsync(charge);
        }
    }

    /// <summary>An attempt of the contract has ended: what stood aside for it may be sent.</summary>
    private async Task LetNextAsync(Transaction tx, ChargeRow charge)
    {
        if (charge.DebitMode == DebitMode.Delay24H && await tx.UnparkAsync(charge.ContractId, charge.Id, Instant.ToMicros(clock.GetUtcNow())) > 0)
        {
            tx.AfterCommit(() => signals.Wake(DebitLoops.Debits));
        }
    }

    private Task<int> CountSuccessAsync(Transaction tx, AttemptRow attempt)
    {
        var now = clock.GetUtcNow();
        var executed = Instant.FromMicros(attempt.ExecutedAt) ?? now;
        var ofToday = Instant.BeijingDay(executed) == Instant.BeijingDay(now) ? 1 : 0;
        return tx.CountSuccessAsync(attempt.ContractId, Instant.BeijingDay(now), ofToday, attempt.Amount, Instant.ToMicros(executed));
    }

    private static async Task<ContractDebitRow> CountFailureAsync(Transaction tx, AttemptRow attempt, DebitCode code, DateTimeOffset now)
    {
        var counted = await tx.TakeContractDebitAsync(attempt.ContractId, Instant.BeijingDay(now));
        if (code.Executed)
        {
            counted.FailuresInARow++;
            counted.LastExecutionAt = Later(counted.LastExecutionAt, attempt.ExecutedAt ?? Instant.ToMicros(now));
            await tx.SaveAsync(counted);
        }

        return counted;
    }

    private static long Later(long? a, long b) => a is { } x && x > b ? x : b;

    private Task ContradictAsync(Transaction tx, AttemptRow attempt, string why) =>
        events.AppendAsync(tx, "contradiction.found", attempt.ChargeId, new JsonObject
        {
            ["charge"] = attempt.ChargeId,
            ["contract"] = attempt.ContractId,
            ["out_trade_no"] = attempt.Number,
            ["status"] = attempt.State,
            ["transaction_id"] = attempt.TransactionId,
            ["why"] = why,
        });

    // ---- when to run again ---------------------------------------------------------------------------------------------------------

    /// <summary>WeChat's throttling slows the permits; refusals of our own set-up stop the lane before they are repeated for every customer.</summary>
    private void Pace(List<Departure> departures, Finding[] findings)
    {
        var now = clock.GetUtcNow();
        foreach (var (merchant, finding) in departures.Zip(findings, (departure, finding) => (departure.Attempt.Merchant, finding)))
        {
            var known = DebitCode.Of(finding.Code).Class;
            if (finding.Evidence == AttemptEvidence.NotTaken && known == CodeClass.Throttle)
            {
                _permits = _permits.Slowed(now);
            }

            var lane = _lanes.GetValueOrDefault(merchant);
            var faults = finding.Evidence == AttemptEvidence.NotTaken && known == CodeClass.ConfigFault ? lane.Faults + 1 : 0;
            _lanes[merchant] = lane with { Faults = faults };
            if (faults >= ConfigFaultsToPause)
            {
                _lanes[merchant] = new Lane(0, now + Learning.ConfigFaultPause);
                LogPaused(merchant, finding.Code ?? "", Learning.ConfigFaultPause.TotalMinutes);
            }
        }
    }

    private string[] Paused(DateTimeOffset now) => [.. _lanes.Where(lane => lane.Value.PausedUntil > now).Select(lane => lane.Key)];

    private async Task<DateTimeOffset?> NextSendAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var paused = Paused(now);
        var next = await db.ReadAsync(async reader => ChargeLoop.Earlier(await reader.NextSendAsync(paused), await reader.NextResendAsync(paused)), ct);
        next = paused.Length == 0 ? next : ChargeLoop.Earlier(next, Instant.ToMicros(paused.Min(merchant => _lanes[merchant].PausedUntil)));
        return next is not { } due ? null
            : Instant.FromMicros(due) > now ? Instant.FromMicros(due)
            : _permits.NextAt(now, AtOnce); // A burst's worth of permits, so that a batch is worth its commit.
    }

    [LoggerMessage(2001, LogLevel.Warning, "Debit {Number} was on its way when the sending process ended: asking")]
    private partial void LogInterrupted(string number);

    [LoggerMessage(2003, LogLevel.Error, "{Row} cannot be claimed for sending; it is looked at again in an hour")]
    private partial void LogNotClaimed(Exception exception, string row);

    [LoggerMessage(2004, LogLevel.Error, "What WeChat says about {Number} cannot be written down; it is asked again later")]
    private partial void LogNotWritten(Exception exception, string number);

    [LoggerMessage(2005, LogLevel.Error, "WeChat cannot be called about {Number}")]
    private partial void LogNotCalled(Exception exception, string number);

    [LoggerMessage(2002, LogLevel.Error, "WeChat refused five debits of merchant {Merchant} in a row with {Code}, a fault of our own set-up: none of it for {Minutes} minutes")]
    private partial void LogPaused(string merchant, string code, double minutes);
}
