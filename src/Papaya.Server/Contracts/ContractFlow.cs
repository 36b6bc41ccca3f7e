using System.Globalization;
using System.Text.Json.Nodes;
using Papaya.Billing;
using Papaya.Billing.Contracts;
using Papaya.Server.Checkout;
using Papaya.Server.Debits;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Notifications;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Server.Contracts;

/// <summary>The life of a contract after its signing: held, ended, found ended. Each step is one transaction of the caller's.</summary>
public sealed class ContractFlow(
    CheckoutBook checkouts, SubscriptionBook subscriptions, ChargeBook charges, EventLog events, LoopSignals signals, Ids ids, TimeProvider clock)
{
    public Task<Contract?> FindAsync(Reader reader, string id) => reader.FindContractAsync(id);

    /// <summary>The contract that was signed in a visit, if any.</summary>
    public async Task<string?> SignedInAsync(Reader reader, string checkoutId) => (await checkouts.FindAsync(reader, checkoutId))?.ContractId;

    /// <summary>Whether a debit may leave now. Asked in the transaction that marks an attempt as sending.</summary>
    public async Task<bool> AllowsDebitAsync(Transaction tx, string id) => await tx.TakeContractAsync(id) is { } contract && contract.State.AllowsDebit();

    /// <summary>Held by us: nothing is debited until it is resumed. Null when done (or held already), else why not.</summary>
    public Task<string?> SuspendAsync(Transaction tx, string id, string reason) => AskForAsync(tx, id, ContractEvidence.HoldPlaced, reason);

    public Task<string?> ResumeAsync(Transaction tx, string id, string? reason) => AskForAsync(tx, id, ContractEvidence.HoldLifted, reason);

    /// <summary>From the commit of this on no new debit leaves; WeChat is told by the loop.</summary>
    public Task<string?> TerminateAsync(Transaction tx, string id, string reason) => AskForAsync(tx, id, ContractEvidence.TerminationAsked, reason);

    /// <summary>A debit was answered CONTRACT_NOT_EXIST or CONTRACTERROR: WeChat is asked what became of the contract.</summary>
    public Task MissedByDebitAsync(Transaction tx, string id) => AskForAsync(tx, id, ContractEvidence.MissedByDebit, reason: null);

    /// <summary>A notification, in the transaction that marks it applied.</summary>
    internal async Task<NotificationOutcome> ApplyAsync(Transaction tx, ContractNotification notification)
    {
        if (!long.TryParse(notification.TemplateId, NumberStyles.None, CultureInfo.InvariantCulture, out var template))
        {
            return NotificationOutcome.UnknownNumber;
        }

        var isEnd = notification.Change == ContractChange.Terminated;
        var facts = new ContractFacts
        {
            ContractId = notification.WeChatContractId,
            ContractCode = notification.ContractNumber,
            Template = template,
            OpenId = notification.OpenId,
            SignedAt = isEnd ? null : notification.At,
            ExpiresAt = notification.ExpiresAt,
            TerminatedAt = isEnd ? notification.At : null,
            TerminationMode = notification.TerminationMode,
        };
        var isOurs = isEnd
            ? await EndedAsync(tx, notification.MerchantNumber, facts, ContractEvidence.EndNotified)
            : await ApplySignedAsync(tx, notification.MerchantNumber, facts);
        return isOurs ? NotificationOutcome.Applied : NotificationOutcome.UnknownNumber;
    }

    /// <summary>An ADD. False when its number is not ours.</summary>
    internal async Task<bool> ApplySignedAsync(Transaction tx, string merchant, ContractFacts facts)
    {
        var contract = await SignedAsync(tx, merchant, facts, ContractEvidence.SignNotified);
        if (contract is null)
        {
            return false;
        }

        if (contract.State != ContractState.Pending && await tx.TakeCheckoutOfContractAsync(merchant, facts.ContractCode) is { } visit)
        {
            await checkouts.SigningAsync(tx, visit, SigningEvidence.SignNotified, contract);
        }

        return true;
    }

    /// <summary>WeChat says that a contract was signed. Returns the contract as stored, or null when its number is not ours.</summary>
    internal async Task<Contract?> SignedAsync(Transaction tx, string merchant, ContractFacts facts, ContractEvidence evidence)
    {
        if (await tx.FindWeChatContractAsync(merchant, facts.ContractId) is { } known)
        {
            var contract = await TakeAsync(tx, known.Id);
            FillIn(contract, facts);
            await MoveAsync(tx, contract, evidence, facts);
            return contract;
        }

        if (await tx.TakeCheckoutOfContractAsync(merchant, facts.ContractCode) is not { } visit || visit.Template != facts.Template)
        {
            return null;
        }

        var fresh = From(visit, facts);
        if (await tx.FindLiveContractAsync(merchant, facts.Template, facts.OpenId) is { } rival)
        {
            // WeChat allows one: both are asked about, and the one it knows stays.
            fresh.PreviousId = rival.Id;
            AskNow(fresh);
            await InsertAsync(tx, fresh);
            await DoubtAsync(tx, rival.Id, fresh.Id);
            return fresh;
        }

        fresh.State = fresh.State.After(evidence).State;
        await InsertAsync(tx, fresh);
        await TellAsync(tx, fresh, "contract.signed");
        return fresh;
    }

    /// <summary>WeChat says that a contract ended. The end of one not heard of before is kept, so that its late ADD finds it.
    /// False when its number is not ours.</summary>
    internal async Task<bool> EndedAsync(Transaction tx, string merchant, ContractFacts facts, ContractEvidence evidence)
    {
        if (await tx.FindWeChatContractAsync(merchant, facts.ContractId) is { } known)
        {
            await MoveAsync(tx, await TakeAsync(tx, known.Id), evidence, facts);
            return true;
        }

        if (await tx.TakeCheckoutOfContractAsync(merchant, facts.ContractCode) is not { } visit || visit.Template != facts.Template)
        {
            return false;
        }

        var ended = From(visit, facts);
        ended.State = ContractState.Terminated;
        (ended.TerminatedAt, ended.TerminationMode, ended.TerminationRemark) =
            (Instant.ToMicros(facts.TerminatedAt ?? clock.GetUtcNow()), facts.TerminationMode, facts.TerminationRemark);
        await InsertAsync(tx, ended);
        await TellAsync(tx, ended, "contract.terminated");
        return true;
    }

    /// <summary>One more piece of evidence about a stored contract.</summary>
    internal async Task MoveAsync(Transaction tx, Contract contract, ContractEvidence evidence, ContractFacts? facts = null, string? reason = null)
    {
        var step = contract.State.After(evidence);
        if (step.IsContradiction)
        {
            await ContradictAsync(tx, contract, step.Why!);
        }

        if (step.IsMoved && step.State.IsLive() && !contract.State.IsLive() && await HasRivalAsync(tx, contract))
        {
            contract.NextAt ??= Now; // Two cannot be in force: it waits until the other one is found ended.
        }
        else if (step.IsMoved)
        {
            await ArriveAsync(tx, contract, step.State, facts, reason);
        }

        if (!await tx.TrySaveAsync(contract))
        {
            throw new InvalidOperationException($"{contract.Id} was changed in the middle of a transaction that holds it.");
        }

        tx.AfterCommit(() => signals.Wake(ContractLoop.LoopName));
    }

    internal static async Task<bool> HasRivalAsync(Transaction tx, Contract contract) =>
        await tx.FindLiveContractAsync(contract.Merchant, contract.Template, contract.OpenId) is { } rival && rival.Id != contract.Id;

    private async Task ArriveAsync(Transaction tx, Contract contract, ContractState next, ContractFacts? facts, string? reason)
    {
        var before = contract.State;
        contract.State = next;
        contract.Reason = reason ?? contract.Reason;
        switch (next)
        {
            case ContractState.Active:
                contract.NextAt = contract.EndAt;
                await TellAsync(tx, contract, before is ContractState.Pending or ContractState.Refused ? "contract.signed" : "contract.resumed");
                await charges.ContractActiveAsync(tx, contract.Id);
                break;
            case ContractState.Suspended when before == ContractState.InDoubt:
                break; // Told when it became doubtful.
            case ContractState.Suspended:
                await TellAsync(tx, contract, "contract.suspended");
                break;
            case ContractState.InDoubt:
                AskNow(contract);
                await TellAsync(tx, contract, "contract.suspended"); // So it is seen from outside.
                break;
            case ContractState.Terminating:
                contract.EndAt = null;
                AskNow(contract);
                await TellAsync(tx, contract, "contract.terminating");
                await subscriptions.ContractEndedAsync(tx, contract.Id, contract.Reason ?? "the contract was terminated");
                break;
            case ContractState.Terminated:
                contract.TerminatedAt = Instant.ToMicros(facts?.TerminatedAt ?? clock.GetUtcNow());
                contract.TerminationMode = facts?.TerminationMode ?? (before == ContractState.Terminating ? 3 : null);
                contract.TerminationRemark = facts?.TerminationRemark;
                (contract.NextAt, contract.EndAt) = (null, null);
                await TellAsync(tx, contract, "contract.terminated");
                await subscriptions.ContractEndedAsync(tx, contract.Id, contract.Reason ?? "the contract was terminated in WeChat");
                break;
            case ContractState.Refused:
                contract.NextAt = null;
                await TellAsync(tx, contract, "contract.refused");
                break;
            default:
                throw new InvalidOperationException($"No machine moves to {next}.");
        }
    }

    private async Task<string?> AskForAsync(Transaction tx, string id, ContractEvidence wish, string? reason)
    {
        var contract = await TakeAsync(tx, id);
        var step = contract.State.After(wish);
        if (step.IsContradiction && wish != ContractEvidence.MissedByDebit)
        {
            return step.Why;
        }

        if (step.IsMoved || step.IsContradiction)
        {
            await MoveAsync(tx, contract, wish, reason: reason);
        }
        else if (wish == ContractEvidence.MissedByDebit && contract.State == ContractState.Suspended)
        {
            AskNow(contract);
            await tx.TrySaveAsync(contract);
            tx.AfterCommit(() => signals.Wake(ContractLoop.LoopName));
        }

        return null;
    }

    /// <summary>A contract whose end came first gets what the ADD adds.</summary>
    private static void FillIn(Contract contract, ContractFacts facts)
    {
        contract.SignedAt ??= Instant.ToMicros(facts.SignedAt);
        contract.ExpiresAt ??= Instant.ToMicros(facts.ExpiresAt);
    }

    private Contract From(CheckoutVisit visit, ContractFacts facts) => new()
    {
        Id = ids.New("ctr"),
        Merchant = visit.Merchant,
        AppId = visit.AppId,
        ContractId = facts.ContractId,
        ContractCode = facts.ContractCode,
        Template = facts.Template,
        Plan = visit.Plan,
        Customer = visit.Customer,
        DisplayName = visit.DisplayName,
        OpenId = facts.OpenId,
        CheckoutId = visit.Id,
        State = ContractState.Pending,
        SignedAt = Instant.ToMicros(facts.SignedAt),
        ExpiresAt = Instant.ToMicros(facts.ExpiresAt),
        CreatedAt = Now,
        Version = 1,
    };

    private static async Task InsertAsync(Transaction tx, Contract contract)
    {
        if (await tx.InsertAsync(contract) != 1)
        {
            // Another message about the same contract was faster; this one is applied again and finds it.
            throw new InvalidOperationException($"Contract {contract.ContractId} was stored by another message at the same moment.");
        }
    }

    private async Task DoubtAsync(Transaction tx, string rivalId, string freshId)
    {
        var rival = await TakeAsync(tx, rivalId);
        await ContradictAsync(tx, rival, $"the same user signed {freshId} under the same template while this one is in force");
        AskNow(rival);
        await MoveAsync(tx, rival, ContractEvidence.MissedByDebit);
    }

    internal void AskNow(Contract contract)
    {
        contract.Asked = 0;
        contract.AskSince = Now;
        contract.NextAt = Now;
    }

    private long Now => Instant.ToMicros(clock.GetUtcNow());

    internal static async Task<Contract> TakeAsync(Transaction tx, string id) =>
        await tx.TakeContractAsync(id) ?? throw new InvalidOperationException($"There is no contract {id}.");

    private Task TellAsync(Transaction tx, Contract contract, string type) => events.AppendAsync(tx, type, contract.Id, Describe(contract));

    internal Task ContradictAsync(Transaction tx, Contract contract, string why)
    {
        var data = Describe(contract);
        data["why"] = why;
        return events.AppendAsync(tx, "contradiction.found", contract.Id, data);
    }

    private static JsonObject Describe(Contract contract) => new()
    {
        ["contract"] = contract.Id,
        ["status"] = contract.State.ToApi(),
        ["contract_id"] = contract.ContractId,
        ["contract_code"] = contract.ContractCode,
        ["plan"] = contract.Plan,
        ["customer"] = contract.Customer,
        ["checkout"] = contract.CheckoutId,
        ["signed_at"] = ApiTime.Text(contract.SignedAt),
        ["terminated_at"] = ApiTime.Text(contract.TerminatedAt),
        ["termination_mode"] = contract.TerminationMode,
        ["reason"] = contract.Reason,
    };
}
