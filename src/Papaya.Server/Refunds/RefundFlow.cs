using System.Text.Json.Nodes;
using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Billing.Debits;
using Papaya.Billing.Ledger;
using Papaya.Billing.Refunds;
using Papaya.Server.Checkout;
using Papaya.Server.Debits;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Ledger;
using Papaya.Server.Merchants;
using Papaya.Server.Notifications;
using Papaya.Server.Storage;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Server.Refunds;

/// <summary>What a refund gives back: one payment, as it was made.</summary>
internal sealed record Payment(string Merchant, string AppId, string OrderNumber, string TransactionId, long Amount, DateTimeOffset PaidAt);

/// <summary>Gives money back. One number per refund, sent until WeChat has decided; never more than was paid.</summary>
internal sealed class RefundFlow(
    Database db, IRefundGateway wechat, CheckoutBook checkouts, MerchantDirectory merchants, LedgerBook ledger, EventLog events, LoopSignals signals, Ids ids,
    TimeProvider clock) : ILoop
{
    public const string LoopName = "refunds";
    private const int Batch = 100;
    private const int Concurrency = 16;
    private const int PerSecond = 150; // WeChat's limit for refunds (docs/reference/wechat-rules.md §5).
    private static readonly TimeSpan Window = TimeSpan.FromDays(365); // TRADE_OVERDUE afterwards.

    private PermitBucket _permits = PermitBucket.Full(PerSecond, clock.GetUtcNow());

    public string Name => LoopName;

    /// <summary>Sends and asks what is due, each with one commit before and one after the calls.</summary>
    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
    {
        await db.WriteAsync(RecoverAsync, ct);
        var now = clock.GetUtcNow();
        _permits = _permits.Take(now, Batch, out var permits);
        var sending = await db.WriteAsync(tx => ClaimAsync(tx, permits, now), ct);
        _permits = _permits.Return(permits - sending.Count);
        await CallAsync(sending, wechat.RequestAsync, ct);

        var waiting = await db.ReadAsync(reader => reader.RefundQuestionsAsync(Instant.ToMicros(now), Batch), ct);
        await CallAsync(waiting, wechat.AskAsync, ct);

        now = clock.GetUtcNow();
        var next = Instant.FromMicros(await db.ReadAsync(reader => reader.NextRefundAsync(), ct));
        return next > now ? next : next is null ? null : _permits.NextAt(now, Batch);
    }

    /// <summary>Reserves and books a refund. A refusal says why not.</summary>
    public async Task<(RefundRow? Refund, Problem? Refusal)> RequestAsync(Transaction tx, string? chargeId, string? checkoutId, long amount, string reason)
    {
        var (payment, refusal) = chargeId is not null ? await OfChargeAsync(tx, chargeId) : await OfCheckoutAsync(tx, checkoutId!); // One of the two is given.
        if (payment is null)
        {
            return (null, refusal);
        }

        var now = clock.GetUtcNow();
        if (now - payment.PaidAt > Window)
        {
            return (null, RefundProblems.TooLate);
        }

        if (!await tx.TryReserveAsync(payment.Merchant, payment.OrderNumber, payment.Amount, amount))
        {
            return (null, RefundProblems.MoreThanLeft(await tx.LeftOfAsync(payment.Merchant, payment.OrderNumber) ?? 0));
        }

        var refund = new RefundRow
        {
            Id = ids.New("rfd"),
            Merchant = payment.Merchant,
            AppId = payment.AppId,
            RefundNumber = ids.RefundNumber(),
            ChargeId = chargeId,
            CheckoutId = checkoutId,
            OrderNumber = payment.OrderNumber,
            TransactionId = payment.TransactionId,
            OrderAmount = payment.Amount,
            Amount = amount,
            Reason = reason,
            Status = RefundState.Requested,
            NextAt = Instant.ToMicros(now),
            CreatedAt = Instant.ToMicros(now),
            Version = 1,
        };
        await tx.InsertAsync(refund);
        await ledger.PostAsync(tx, Posting.RefundReserved(refund.Id, new Fen(amount)));
        await TellAsync(tx, refund, "refund.created");
        tx.AfterCommit(() => signals.Wake(LoopName));
        return (refund, null);
    }

    /// <summary>What a notification says about a refund.</summary>
    public async Task<NotificationOutcome> ApplyAsync(Transaction tx, RefundNotification notification)
    {
        if (await tx.TakeRefundByNumberAsync(notification.MerchantNumber, notification.RefundNumber) is not { } refund)
        {
            return NotificationOutcome.UnknownNumber;
        }

        await LearnAsync(tx, refund, RefundGateway.Read(refund, notification));
        return NotificationOutcome.Applied;
    }

    private async Task<(Payment?, Problem?)> OfChargeAsync(Transaction tx, string id)
    {
        if (await tx.FindChargeAsync(id) is not { } charge)
        {
            return (null, RefundProblems.Unknown("charge", id));
        }

        return charge.PaidNumber is { } number && await tx.FindAttemptAsync(charge.Merchant, number) is { TransactionId: { } transaction, ExecutedAt: { } paidAt }
            && merchants.Find(charge.Merchant)?.Apps.Values.FirstOrDefault() is { } app
            ? (new Payment(charge.Merchant, app, number, transaction, charge.Amount, Instant.FromMicros(paidAt)), null)
            : (null, RefundProblems.NotPaid("charge"));
    }

    private async Task<(Payment?, Problem?)> OfCheckoutAsync(Transaction tx, string id) =>
        await checkouts.FindAsync(tx, id) is not { } visit ? (null, RefundProblems.Unknown("checkout", id))
        : visit is { TransactionId: { } transaction, PaidAt: { } paidAt }
            ? (new Payment(visit.Merchant, visit.AppId, visit.OutTradeNo, transaction, visit.Amount, Instant.FromMicros(paidAt)), null)
            : (null, RefundProblems.NotPaid("checkout"));

    private async Task RecoverAsync(Transaction tx)
    {
        foreach (var refund in await tx.TakeInterruptedRefundsAsync())
        {
            await LearnAsync(tx, refund, new RefundFinding(RefundEvidence.Interrupted));
        }
    }

    private static async Task<IReadOnlyList<RefundRow>> ClaimAsync(Transaction tx, int most, DateTimeOffset now)
    {
        var due = await tx.TakeRefundsToSendAsync(Instant.ToMicros(now), most);
        foreach (var refund in due)
        {
            refund.Status = Refund.After(refund.Status, RefundEvidence.Claimed).State;
            (refund.SentAt, refund.NextAt) = (Instant.ToMicros(now), null);
            await tx.SaveAsync(refund);
        }

        return due;
    }

    private async Task CallAsync(IReadOnlyList<RefundRow> refunds, Func<RefundRow, CancellationToken, Task<RefundFinding>> call, CancellationToken ct)
    {
        if (refunds.Count == 0)
        {
            return;
        }

        var findings = new RefundFinding[refunds.Count];
        await Parallel.ForAsync(0, refunds.Count, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = ct }, async (i, token) =>
            findings[i] = await call(refunds[i], token));
        await db.WriteAsync(
            async tx =>
            {
                for (var i = 0; i < refunds.Count; i++)
                {
                    var refund = (await tx.TakeRefundAsync(refunds[i].Id))!; // Refunds are never deleted.
                    refund.Asked++;
                    await LearnAsync(tx, refund, findings[i]);
                }
            },
            ct);
    }

    /// <summary>Whatever is learned about a refund, from whomever, ends here.</summary>
    internal async Task LearnAsync(Transaction tx, RefundRow refund, RefundFinding finding)
    {
        var before = refund.Status;
        var step = Refund.After(before, finding.Evidence);
        if (step.IsContradiction)
        {
            await ContradictAsync(tx, refund, step.Why!); // Contradictions have a reason.
        }

        refund.Status = step.State;
        refund.Code = finding.Code ?? refund.Code;
        refund.WechatRefundId = finding.WechatRefundId ?? refund.WechatRefundId;
        refund.ReceivedBy = finding.ReceivedBy ?? refund.ReceivedBy;
        refund.NextAt = Instant.ToMicros(Next(refund, finding.Evidence));
        if (step.IsMoved)
        {
            await FollowAsync(tx, refund, before, finding);
        }

        await tx.SaveAsync(refund);
        if (refund.NextAt is not null)
        {
            tx.AfterCommit(() => signals.Wake(LoopName));
        }
    }

    private async Task FollowAsync(Transaction tx, RefundRow refund, RefundState before, RefundFinding finding)
    {
        var amount = new Fen(refund.Amount);
        switch (refund.Status)
        {
            case RefundState.Succeeded:
                refund.SettledAt = Instant.ToMicros(finding.SettledAt ?? clock.GetUtcNow());
                refund.Code = null;
                if (!Refund.HoldsMoney(before))
                {
                    // It had been given up and its amount released, and the money moved all the same.
                    await tx.ReleaseAsync(refund.Merchant, refund.OrderNumber, -refund.Amount);
                    await ledger.PostAsync(tx, new Posting(refund.Id, "reserved_again", new PostingLine(Account.Revenue, amount), new PostingLine(Account.RefundPayable, -amount)));
                    await ContradictAsync(tx, refund, "WeChat refunded what it had refused or closed.");
                }

                await ledger.PostAsync(tx, Posting.RefundSettled(refund.Id, amount));
                await TellAsync(tx, refund, "refund.succeeded");
                break;
            case RefundState.Closed or RefundState.Refused:
                refund.SettledAt = Instant.ToMicros(clock.GetUtcNow());
                await tx.ReleaseAsync(refund.Merchant, refund.OrderNumber, refund.Amount);
                await ledger.PostAsync(tx, Posting.RefundVoided(refund.Id, amount));
                await TellAsync(tx, refund, "refund.closed");
                break;
            case RefundState.Abnormal:
                await TellAsync(tx, refund, "refund.abnormal");
                break;
        }
    }

    private DateTimeOffset? Next(RefundRow refund, RefundEvidence evidence)
    {
        var now = clock.GetUtcNow();
        var ladder = now + AskLadder.WaitAfter((int)refund.Asked - 1);
        return refund.Status switch
        {
            RefundState.Requested => evidence == RefundEvidence.NotFound ? now : ladder,
            RefundState.Unknown => evidence == RefundEvidence.Interrupted ? now : ladder,
            RefundState.WaitingFunds or RefundState.Abnormal => now.AddDays(1), // A person has to act; the day's question finds out.
            // A wallet has it within 20 minutes, a bank card within three working days, some take longer.
            RefundState.Processing => now - Instant.FromMicros(refund.CreatedAt) < AskLadder.GivesUpAfter ? ladder : now.AddDays(1),
            RefundState.Submitting or RefundState.Succeeded or RefundState.Closed or RefundState.Refused => null,
        };
    }

    private Task TellAsync(Transaction tx, RefundRow refund, string type) => events.AppendAsync(tx, type, refund.Id, Describe(refund));

    private Task ContradictAsync(Transaction tx, RefundRow refund, string why)
    {
        var data = Describe(refund);
        data["why"] = why;
        return events.AppendAsync(tx, "contradiction.found", refund.Id, data);
    }

    private static JsonObject Describe(RefundRow refund)
    {
        var data = new JsonObject
        {
            ["refund"] = refund.Id,
            ["status"] = Refund.ApiName(refund.Status),
            ["amount"] = refund.Amount,
            ["out_refund_no"] = refund.RefundNumber,
            ["out_trade_no"] = refund.OrderNumber,
            ["reason"] = refund.Reason,
        };
        if (refund.ChargeId is { } charge)
        {
            data["charge"] = charge;
        }

        if (refund.CheckoutId is { } checkout)
        {
            data["checkout"] = checkout;
        }

        if (refund.Code is { } code)
        {
            data["code"] = code;
        }

        return data;
    }
}

internal static class RefundProblems
{
    public static readonly Problem TooLate = new(
        "refund_too_late", StatusCodes.Status422UnprocessableEntity, "WeChat refunds payments for one year only.", Cure: "Give the money back outside WeChat Pay.");

    public static Problem Unknown(string what, string id) => Problem.NotFound(what, id) with { Field = what };

    public static Problem NotPaid(string what) => new(
        "not_paid", StatusCodes.Status409Conflict, $"This {what} has not been paid.", what, "Only what was paid can be refunded; see its status.");

    public static Problem MoreThanLeft(long left) => new(
        "more_than_left", StatusCodes.Status422UnprocessableEntity, "The refunds of a payment cannot exceed what was paid.", "amount",
        $"At most {left} fen of this payment can still be refunded, in at most {RefundStore.MostPerPayment} refunds.");
}
