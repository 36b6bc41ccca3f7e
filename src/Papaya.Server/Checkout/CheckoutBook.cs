using System.Text.Json.Nodes;
using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Billing.Ledger;
using Papaya.Server.Contracts;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Ledger;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;

namespace Papaya.Server.Checkout;

/// <summary>What each piece of evidence does to a visit, in one transaction with everything that follows from it.</summary>
public sealed class CheckoutBook(EventLog events, LedgerBook ledger, SubscriptionBook subscriptions, LoopSignals signals, TimeProvider clock)
{
    /// <summary>A prepay_id lives two hours.</summary>
    public static readonly TimeSpan OrderLife = TimeSpan.FromHours(2);

    /// <summary>A failed signing is never notified: this long after the payment, "not signed" is believed.</summary>
    public static readonly TimeSpan SigningTime = TimeSpan.FromMinutes(15);

    /// <summary>"Signing in progress" is waited for no longer than the order lives.</summary>
    public static readonly TimeSpan LongestSigning = TimeSpan.FromHours(2);

    /// <summary>A contract signed without a payment is kept for the case that the payment still arrives.</summary>
    public static readonly TimeSpan DormantTime = TimeSpan.FromHours(24);

    private static readonly TimeSpan FirstQuestion = AskLadder.WaitAfter(0);

    public Task<CheckoutVisit?> FindAsync(Reader reader, string id) => reader.FindCheckoutAsync(id);

    internal DateTimeOffset Now => clock.GetUtcNow();

    internal async Task OpenAsync(Transaction tx, CheckoutVisit visit)
    {
        visit.PaymentAskAt = In(FirstQuestion);
        await tx.InsertAsync(visit);
        visit.Version = 1;
        await TellAsync(tx, visit, "checkout.created");
        tx.AfterCommit(() => signals.Wake(CheckoutLoop.LoopName));
    }

    /// <summary>The answer to the order, for both halves.</summary>
    internal async Task AnsweredAsync(Transaction tx, CheckoutVisit visit, OrderAnswer answer)
    {
        if (answer.PrepayId is not null && !visit.Payment.IsSettled())
        {
            visit.PrepayId = answer.PrepayId;
            visit.CodeUrl = answer.CodeUrl;
            visit.MwebUrl = answer.MwebUrl;
            visit.PreparedAt = Instant.ToMicros(Now);
        }

        if (answer.Code is not null)
        {
            (visit.PaymentCode, visit.PaymentReason) = (answer.Code, answer.Reason);
        }

        if (answer.Signing is SigningEvidence.PreSignFailed or SigningEvidence.OrderRefused)
        {
            (visit.ContractReasonCode, visit.ContractReason) = (answer.SigningCode ?? answer.Code, answer.SigningReason ?? answer.Reason);
        }

        // The contract half first: a refused order then closes with both halves known.
        await SigningAsync(tx, visit, answer.Signing, contract: null);
        await PaymentAsync(tx, visit, answer.Payment);
    }

    /// <summary>Something was learnt about the payment. Saves the visit.</summary>
    internal async Task PaymentAsync(Transaction tx, CheckoutVisit visit, PaymentEvidence evidence, PaymentFacts? facts = null)
    {
        var (before, step) = (visit.Outcome, visit.Payment.After(evidence));
        if (step.IsContradiction)
        {
            await ContradictAsync(tx, visit, step.Why!, facts);
            if (evidence == PaymentEvidence.PaidOtherAmount && visit.Payment != PaymentLeg.Paid)
            {
                visit.PaymentAskAt ??= In(FirstQuestion);
            }
        }

        if (step.IsMoved)
        {
            visit.Payment = step.State;
            switch (step.State)
            {
                case PaymentLeg.Prepaid or PaymentLeg.Unknown:
                    visit.PaymentAsked = 0;
                    visit.PaymentAskAt = Earliest(In(FirstQuestion), visit.ExpiresAt);
                    break;
                case PaymentLeg.Closing:
                    visit.PaymentAskAt = Instant.ToMicros(Now);
                    break;
                case PaymentLeg.Paid:
                    await PaidAsync(tx, visit, facts ?? throw new InvalidOperationException("A payment without its facts."));
                    break;
                case PaymentLeg.Rejected or PaymentLeg.Closed:
                    await EndedUnpaidAsync(tx, visit);
                    break;
                default:
                    throw new InvalidOperationException($"No machine moves to {step.State}.");
            }
        }

        await SaveAsync(tx, visit, before);
    }

    /// <summary>Something was learnt about the contract. Saves the visit.</summary>
    /// <param name="contract">With evidence that it was signed: the stored contract.</param>
    internal async Task SigningAsync(Transaction tx, CheckoutVisit visit, SigningEvidence evidence, Contract? contract)
    {
        var (before, step) = (visit.Outcome, visit.Contract.After(evidence));
        if (step.IsContradiction)
        {
            await ContradictAsync(tx, visit, step.Why!, facts: null);
            if (!visit.Contract.IsSettled() || evidence == SigningEvidence.SignNotified)
            {
                visit.ContractAskAt = Instant.ToMicros(Now); // The answer to the question decides.
            }
        }

        if (step.IsMoved)
        {
            visit.Contract = step.State;
            if (step.State.IsSettled())
            {
                visit.ContractAskAt = null;
            }

            switch (step.State)
            {
                case ContractLeg.Signed:
                    await SignedAsync(tx, visit, contract ?? throw new InvalidOperationException("A signature without its contract."));
                    break;
                case ContractLeg.NotSigned:
                    visit.ContractReason ??= "The user did not turn on auto-renewal, or WeChat could not (already signed, account abnormal, more than 200 items).";
                    await TellAsync(tx, visit, "checkout.not_signed");
                    break;
                default:
                    break;
            }
        }
        else if (visit.Contract == ContractLeg.Signed)
        {
            visit.ContractAskAt = null;
        }

        await SaveAsync(tx, visit, before);
    }

    /// <summary>A question brought nothing new: when to ask again, or a person is told that nothing comes.</summary>
    internal async Task AskAgainAsync(Transaction tx, CheckoutVisit visit, bool payment)
    {
        var now = Now;
        if (payment && visit.PaymentAskAt is not null)
        {
            visit.PaymentAsked++;
            visit.PaymentAskAt = await NextQuestionAsync(tx, visit, visit.PaymentAsked, visit.CreatedAt, visit.Payment == PaymentLeg.Closing ? null : visit.ExpiresAt, "payment");
        }

        if (!payment && visit.ContractAskAt is not null)
        {
            visit.ContractAsked++;
            var since = visit.PaidAt ?? visit.ClosedAt ?? visit.CreatedAt;
            visit.ContractAskAt = await NextQuestionAsync(tx, visit, visit.ContractAsked, since, Instant.ToMicros(SigningDeadline(visit)), "contract");
        }

        visit.AskedAt = Instant.ToMicros(now);
        await SaveAsync(tx, visit, visit.Outcome);
    }

    /// <summary>Somebody waits for the answer: what is open is asked about at once.</summary>
    internal async Task AskNowAsync(Transaction tx, CheckoutVisit visit)
    {
        var now = Instant.ToMicros(Now);
        visit.PaymentAskAt = visit.PaymentAskAt is null ? null : now;
        visit.ContractAskAt = visit.ContractAskAt is null ? null : now;
        visit.AskedAt = now;
        await SaveAsync(tx, visit, visit.Outcome);
    }

    /// <summary>From here on "not signed" is final: a while after the payment; at once when the order ended unpaid.</summary>
    internal static DateTimeOffset SigningDeadline(CheckoutVisit visit) =>
        visit.PaidAt is { } paid ? Instant.FromMicros(paid) + SigningTime : Instant.FromMicros(visit.ClosedAt ?? visit.ExpiresAt);

    private async Task<long?> NextQuestionAsync(Transaction tx, CheckoutVisit visit, long asked, long since, long? notLaterThan, string about)
    {
        if (Now - Instant.FromMicros(since) >= AskLadder.GivesUpAfter)
        {
            await ContradictAsync(tx, visit, $"WeChat could not say for three days what became of the {about}", facts: null);
            return null;
        }

        var next = In(AskLadder.WaitAfter((int)asked));
        return notLaterThan is { } limit && limit > Instant.ToMicros(Now) ? Earliest(next, limit) : next;
    }

    private async Task PaidAsync(Transaction tx, CheckoutVisit visit, PaymentFacts facts)
    {
        visit.TransactionId = facts.TransactionId;
        visit.PaidAt = Instant.ToMicros(facts.PaidAt);
        visit.Payer = facts.OpenId;
        visit.PaymentAskAt = null;
        visit.ClosedAt = null;
        if (!visit.Contract.IsSettled())
        {
            visit.ContractAsked = 0;
            visit.ContractAskAt = In(FirstQuestion);
        }

        await ledger.PostAsync(tx, Posting.Paid(visit.OutTradeNo, new Fen(visit.Amount)));
        await TellAsync(tx, visit, "checkout.paid");
        var contract = visit.ContractId is { } id ? await tx.TakeContractAsync(id) : null;
        var inForce = contract is { } c && c.State.IsLive() && c.State != ContractState.Terminating ? c : null;
        var renews = await subscriptions.ActivateAsync(tx, visit.SubscriptionId, facts.PaidAt, inForce?.Id);
        if (inForce is not null && !renews)
        {
            await LetSleepAsync(tx, inForce, TimeSpan.Zero); // Paid for after it was canceled.
        }
        else if (inForce?.EndAt is not null)
        {
            inForce.EndAt = null; // It has a use after all.
            inForce.NextAt = inForce.IsBeingDealtWith ? inForce.NextAt : null;
            await tx.TrySaveAsync(inForce);
        }
    }

    private async Task EndedUnpaidAsync(Transaction tx, CheckoutVisit visit)
    {
        visit.PaymentAskAt = null;
        visit.ClosedAt = Instant.ToMicros(Now);
        if (!visit.Contract.IsSettled())
        {
            visit.ContractAskAt = Instant.ToMicros(Now);
        }
        else if (visit is { Contract: ContractLeg.Signed, ContractId: { } id } && await tx.TakeContractAsync(id) is { } contract)
        {
            await LetSleepAsync(tx, contract, DormantTime);
        }

        await subscriptions.GiveUpAsync(tx, visit.SubscriptionId, visit.PaymentReason ?? "the order was not paid in time");
    }

    private async Task SignedAsync(Transaction tx, CheckoutVisit visit, Contract contract)
    {
        visit.ContractId = contract.Id;
        (visit.ContractReasonCode, visit.ContractReason) = (null, null);
        await TellAsync(tx, visit, "checkout.signed");
        var isOfUse = contract.State.IsLive() && contract.State != ContractState.Terminating;
        if (!isOfUse)
        {
            return;
        }

        var use = await subscriptions.SignedAsync(tx, visit.SubscriptionId, contract.Id);
        if (use == SigningUse.None)
        {
            await LetSleepAsync(tx, contract, TimeSpan.Zero); // The customer left before the signature was heard of.
        }
        else if (use == SigningUse.Perhaps || visit.Payment is PaymentLeg.Closed or PaymentLeg.Rejected)
        {
            await LetSleepAsync(tx, contract, DormantTime);
        }
    }

    /// <summary>Signed, but there is nothing to renew: real, dormant, and ended by us when nothing comes of it.</summary>
    private async Task LetSleepAsync(Transaction tx, Contract contract, TimeSpan time)
    {
        if (!contract.State.IsLive() || contract.State == ContractState.Terminating)
        {
            return; // It ends already.
        }

        contract.EndAt = In(time);
        contract.NextAt = contract.IsBeingDealtWith ? contract.NextAt : contract.EndAt;
        await tx.TrySaveAsync(contract);
        tx.AfterCommit(() => signals.Wake(ContractLoop.LoopName));
    }

    private async Task SaveAsync(Transaction tx, CheckoutVisit visit, CheckoutOutcome before)
    {
        if (!await tx.TrySaveAsync(visit))
        {
            throw new InvalidOperationException($"{visit.Id} was changed in the middle of a transaction that holds it.");
        }

        tx.AfterCommit(() => signals.Wake(CheckoutLoop.LoopName));
        if (visit.Outcome == before)
        {
            return;
        }

        if (visit.Outcome is CheckoutOutcome.Complete or CheckoutOutcome.PaidNotSigned)
        {
            await TellAsync(tx, visit, "checkout.completed");
        }
        else if (visit.Outcome is CheckoutOutcome.Failed or CheckoutOutcome.SignedNotPaid)
        {
            await TellAsync(tx, visit, "checkout.closed");
        }
    }

    private long In(TimeSpan wait) => Instant.ToMicros(Now + wait);

    private static long Earliest(long one, long other) => Math.Min(one, other);

    private Task TellAsync(Transaction tx, CheckoutVisit visit, string type) =>
        events.AppendAsync(tx, type, visit.Id, Describe(visit));

    private Task ContradictAsync(Transaction tx, CheckoutVisit visit, string why, PaymentFacts? facts)
    {
        var data = Describe(visit);
        data["why"] = why;
        if (facts is not null)
        {
            data["claimed"] = new JsonObject { ["transaction_id"] = facts.TransactionId, ["amount"] = facts.Amount, ["paid_at"] = ApiTime.Text(Instant.ToMicros(facts.PaidAt)) };
        }

        return events.AppendAsync(tx, "contradiction.found", visit.Id, data);
    }

    private static JsonObject Describe(CheckoutVisit visit) => new()
    {
        ["checkout"] = visit.Id,
        ["outcome"] = visit.Outcome.ToApi(),
        ["plan"] = visit.Plan,
        ["customer"] = visit.Customer,
        ["amount"] = visit.Amount,
        ["subscription"] = visit.SubscriptionId,
        ["payment"] = new JsonObject
        {
            ["status"] = visit.Payment.ToApi(),
            ["out_trade_no"] = visit.OutTradeNo,
            ["transaction_id"] = visit.TransactionId,
            ["paid_at"] = ApiTime.Text(visit.PaidAt),
            ["code"] = visit.PaymentCode,
        },
        ["contract"] = new JsonObject
        {
            ["status"] = visit.Contract.ToApi(),
            ["contract_code"] = visit.ContractCode,
            ["id"] = visit.ContractId,
            ["reason"] = visit.ContractReason,
        },
    };
}
