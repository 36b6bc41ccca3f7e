using Papaya.Billing.Debits;

namespace Papaya.Server.Debits;

/// <summary>One debit as WeChat is asked for it.</summary>
/// <param name="ContractId">WeChat's.</param>
internal readonly record struct DebitOrder(string Merchant, string AppId, string ContractId, string Number, long Amount, string Description);

/// <summary>What a call or a notification brought to light about a number.</summary>
/// <param name="Code">WeChat's code, where it gave one.</param>
internal readonly record struct Finding(AttemptEvidence Evidence, string? Code = null, string? TransactionId = null, DateTimeOffset? PaidAt = null);

/// <summary>WeChat's side of a debit, in the domain's words. Silence is a finding, never an exception.</summary>
internal interface IDebitGateway
{
    /// <summary>pappayapply.</summary>
    Task<Finding> ApplyAsync(DebitOrder order, CancellationToken ct);

    /// <summary>paporderquery, then orderquery: a closed debit is invisible to the first. "No such order" is <see cref="AttemptEvidence.NotFoundYet"/>.</summary>
    Task<Finding> AskAsync(string merchant, string number, long amount, CancellationToken ct);

    /// <summary>closeorder.</summary>
    Task<Finding> CloseAsync(string merchant, string number, CancellationToken ct);
}
