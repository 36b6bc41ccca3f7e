using Papaya.Billing.Contracts;
using Papaya.Server.Contracts;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Checkout;

/// <summary>Asks WeChat about visits whose notifications do not come, and closes those that nobody pays.</summary>
internal sealed class CheckoutLoop(Database db, CheckoutBook book, ContractFlow contracts, ISigningGateway wechat) : ILoop
{
    public const string LoopName = "checkouts";

    private const int Batch = 64;

    public string Name => LoopName;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
    {
        var now = Instant.ToMicros(book.Now);
        var due = await db.ReadAsync(reader => reader.DueCheckoutsAsync(now, Batch), ct);
        await Task.WhenAll(due.Select(id => HandleAsync(id, now, ct)));
        return Instant.FromMicros(await db.ReadAsync(reader => reader.NextCheckoutInstantAsync(), ct));
    }

    private async Task HandleAsync(string id, long now, CancellationToken ct)
    {
        var visit = await ReadAsync(id, ct);
        if (visit.PaymentAskAt <= now)
        {
            visit = await HandlePaymentAsync(visit, now, ct);
        }

        if (visit.ContractAskAt <= now)
        {
            await HandleContractAsync(visit, ct);
        }
    }

    private async Task<CheckoutVisit> HandlePaymentAsync(CheckoutVisit visit, long now, CancellationToken ct)
    {
        // 1. Its time is over: from now on it is only asked about and closed.
        if (visit.ExpiresAt <= now && visit.Payment != PaymentLeg.Closing)
        {
            await WriteAsync(visit.Id, (tx, fresh) => book.PaymentAsync(tx, fresh, PaymentEvidence.TimeOver), ct);
        }

        // 2. What does WeChat say?
        var answer = await wechat.AskPaymentAsync(visit, ct);
        OrderAnswer? order = null;
        if (visit.ExpiresAt <= now)
        {
            // 3a. Unpaid and over: close it, and believe the question that follows, not the closing.
            if (answer.Evidence == PaymentEvidence.NotPaidYet)
            {
                await wechat.CloseAsync(visit, ct);
                answer = await wechat.AskPaymentAsync(visit, ct);
            }
        }
        else if (visit.Payment is PaymentLeg.Submitting or PaymentLeg.Unknown && answer.Evidence is PaymentEvidence.NotPaidYet or PaymentEvidence.NotFound
            && visit.PrepayId is null)
        {
            // 3b. The order's answer was lost: the same number again gives the same order.
            order = await wechat.OrderAsync(visit, ct);
        }

        return await WriteAsync(visit.Id, (tx, fresh) => ApplyAsync(tx, fresh, answer, order), ct);
    }

    private async Task ApplyAsync(Transaction tx, CheckoutVisit visit, PaymentAnswer answer, OrderAnswer? order)
    {
        var before = visit.Payment;
        await book.PaymentAsync(tx, visit, answer.Evidence, answer.Facts);
        if (order is not null)
        {
            await book.AnsweredAsync(tx, visit, order);
        }

        if (visit.Payment == before || visit.Payment == PaymentLeg.Unknown)
        {
            await book.AskAgainAsync(tx, visit, payment: true);
        }
    }

    private async Task HandleContractAsync(CheckoutVisit visit, CancellationToken ct)
    {
        var answer = await wechat.AskContractAsync(visit, ct);
        await WriteAsync(visit.Id, (tx, fresh) => ApplyAsync(tx, fresh, answer), ct);
    }

    private async Task ApplyAsync(Transaction tx, CheckoutVisit visit, ContractAnswer answer)
    {
        var before = visit.Contract;
        if (answer is { Finding: ContractFinding.Signed or ContractFinding.Ended, Facts: { } facts })
        {
            await FoundAsync(tx, visit, answer.Finding, facts);
        }
        else if (NotSigned(visit, answer.Finding) is { } evidence)
        {
            await book.SigningAsync(tx, visit, evidence, contract: null);
        }

        if (visit.Contract == before && visit.ContractAskAt is not null)
        {
            await book.AskAgainAsync(tx, visit, payment: false);
        }
    }

    private async Task FoundAsync(Transaction tx, CheckoutVisit visit, ContractFinding finding, ContractFacts facts)
    {
        if (finding == ContractFinding.Ended)
        {
            await contracts.EndedAsync(tx, visit.Merchant, facts, ContractEvidence.FoundEnded);
        }

        // An ended one was signed once: the visit's half says so, and the stored contract says that it is over.
        var contract = finding == ContractFinding.Ended
            ? await tx.FindWeChatContractAsync(visit.Merchant, facts.ContractId)
            : await contracts.SignedAsync(tx, visit.Merchant, facts, ContractEvidence.FoundSigned);
        if (contract is not null && contract.State != ContractState.Pending)
        {
            await book.SigningAsync(tx, visit, SigningEvidence.FoundSigned, contract);
        }
    }

    private SigningEvidence? NotSigned(CheckoutVisit visit, ContractFinding finding)
    {
        var now = book.Now;
        var deadline = CheckoutBook.SigningDeadline(visit);
        return finding switch
        {
            ContractFinding.NotSigned => now >= deadline ? SigningEvidence.NotSignedInTime : SigningEvidence.NotSignedYet,
            ContractFinding.InProgress => now >= deadline + CheckoutBook.LongestSigning ? SigningEvidence.NotSignedInTime : SigningEvidence.SigningInProgress,
            ContractFinding.NoAnswer or ContractFinding.Signed or ContractFinding.Ended => null,
        };
    }

    private async Task<CheckoutVisit> ReadAsync(string id, CancellationToken ct) =>
        (await db.ReadAsync(reader => reader.FindCheckoutAsync(id), ct))!; // Rows are never deleted.

    private Task<CheckoutVisit> WriteAsync(string id, Func<Transaction, CheckoutVisit, Task> apply, CancellationToken ct) => db.WriteAsync(
        async tx =>
        {
            var fresh = (await tx.TakeCheckoutAsync(id))!; // Rows are never deleted.
            await apply(tx, fresh);
            return fresh;
        },
        ct);
}
