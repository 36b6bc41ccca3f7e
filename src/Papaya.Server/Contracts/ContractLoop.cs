using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Server.Checkout;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Contracts;

/// <summary>Carries out terminations, ends dormant contracts and asks about those in doubt.</summary>
internal sealed class ContractLoop(Database db, ContractFlow contracts, CheckoutBook checkouts, ISigningGateway wechat, TimeProvider clock) : ILoop
{
    public const string LoopName = "contracts";

    private const int Batch = 64;

    public string Name => LoopName;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
    {
        var now = Instant.ToMicros(clock.GetUtcNow());
        var due = await db.ReadAsync(reader => reader.DueContractsAsync(now, Batch), ct);
        await Task.WhenAll(due.Select(id => HandleAsync(id, ct)));
        return Instant.FromMicros(await db.ReadAsync(reader => reader.NextContractInstantAsync(), ct));
    }

    private async Task HandleAsync(string id, CancellationToken ct)
    {
        var contract = (await db.ReadAsync(reader => reader.FindContractAsync(id), ct))!; // Rows are never deleted.
        switch (contract.State)
        {
            case ContractState.Terminating:
                await TerminateAsync(contract, ct);
                break;
            case ContractState.Pending or ContractState.InDoubt or ContractState.Suspended when contract.AskSince is not null:
                await AskAsync(contract, ct);
                break;
            default:
                await EndDormantAsync(id, ct);
                break;
        }
    }

    /// <summary>Tell WeChat; whatever it answers short of yes, ask it what is true.</summary>
    private async Task TerminateAsync(Contract contract, CancellationToken ct)
    {
        if (await wechat.TerminateAsync(contract, ct))
        {
            await db.WriteAsync(
                async tx => await contracts.MoveAsync(tx, await ContractFlow.TakeAsync(tx, contract.Id), ContractEvidence.TerminationAccepted), ct);
            return;
        }

        await AskAsync(contract, ct);
    }

    private async Task AskAsync(Contract contract, CancellationToken ct)
    {
        var answer = await wechat.AskContractAsync(contract, ct);
        await db.WriteAsync(tx => ApplyAsync(tx, contract.Id, answer), ct);
    }

    private async Task ApplyAsync(Transaction tx, string id, ContractAnswer answer)
    {
        var contract = await ContractFlow.TakeAsync(tx, id);
        var before = contract.State;
        if (answer.Finding == ContractFinding.Signed && before == ContractState.Pending && await ContractFlow.HasRivalAsync(tx, contract))
        {
            await AskLaterAsync(tx, contract); // The other one has to be found ended first.
            return;
        }

        ContractEvidence? evidence = answer.Finding switch
        {
            ContractFinding.Signed => ContractEvidence.FoundSigned,
            ContractFinding.Ended => ContractEvidence.FoundEnded,
            ContractFinding.NotSigned => before == ContractState.Pending ? ContractEvidence.NotSignedInTime : ContractEvidence.FoundEnded,
            ContractFinding.InProgress or ContractFinding.NoAnswer => null,
        };
        if (evidence == ContractEvidence.FoundSigned && before == ContractState.Suspended)
        {
            (contract.AskSince, contract.NextAt) = (null, contract.EndAt); // In force, and held by us as before.
            await tx.TrySaveAsync(contract);
            return;
        }

        if (evidence is null || contract.State.After(evidence.Value) is { IsMoved: false })
        {
            await AskLaterAsync(tx, contract);
            return;
        }

        contract.AskSince = null;
        await contracts.MoveAsync(tx, contract, evidence.Value, answer.Facts);
        if (before == ContractState.Pending && contract.State == ContractState.Active)
        {
            await TellVisitAsync(tx, contract);
        }
    }

    private async Task TellVisitAsync(Transaction tx, Contract contract)
    {
        if (await tx.TakeCheckoutOfContractAsync(contract.Merchant, contract.ContractCode) is { } visit)
        {
            await checkouts.SigningAsync(tx, visit, SigningEvidence.FoundSigned, contract);
        }
    }

    private async Task AskLaterAsync(Transaction tx, Contract contract)
    {
        var now = clock.GetUtcNow();
        contract.Asked++;
        contract.NextAt = Instant.ToMicros(now + AskLadder.WaitAfter((int)contract.Asked));
        if (contract.State != ContractState.Terminating && contract.AskSince is { } since && now - Instant.FromMicros(since) >= AskLadder.GivesUpAfter)
        {
            var held = contract.State == ContractState.Suspended; // The hold stays, and so does the end of a dormant one.
            contract.AskSince = held ? null : contract.AskSince;
            contract.NextAt = held ? contract.EndAt : null;
            await contracts.ContradictAsync(tx, contract, "WeChat could not say for three days whether this contract is in force");
        }

        await tx.TrySaveAsync(contract);
    }

    private Task EndDormantAsync(string id, CancellationToken ct) => db.WriteAsync(
        async tx =>
        {
            var contract = await ContractFlow.TakeAsync(tx, id);
            if (contract.EndAt is { } end && end <= Instant.ToMicros(clock.GetUtcNow()) && contract.State.IsLive())
            {
                await contracts.TerminateAsync(tx, id, "signed, but nothing came of it");
                return;
            }

            contract.NextAt = contract.State.IsLive() ? contract.EndAt : null;
            await tx.TrySaveAsync(contract);
        },
        ct);
}
