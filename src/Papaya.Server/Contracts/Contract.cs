using Papaya.Billing.Contracts;
using Papaya.Server.Storage;

namespace Papaya.Server.Contracts;

/// <summary>A row of <c>contract</c>: a user's permission to be debited.</summary>
public sealed class Contract
{
    /// <summary>Ours, <c>ctr_…</c>.</summary>
    public string Id { get; set; } = "";

    public string Merchant { get; set; } = "";

    public string AppId { get; set; } = "";

    /// <summary>WeChat's; every debit names it.</summary>
    public string ContractId { get; set; } = "";

    /// <summary>Our number, sent when it was signed.</summary>
    public string ContractCode { get; set; } = "";

    /// <summary>WeChat's <c>plan_id</c>.</summary>
    public long Template { get; set; }

    /// <summary>Our plan's code.</summary>
    public string Plan { get; set; } = "";

    /// <summary>The merchant's own id of the customer.</summary>
    public string Customer { get; set; } = "";

    public string DisplayName { get; set; } = "";

    /// <summary>As WeChat says in its notification or answer, never as a caller says.</summary>
    public string OpenId { get; set; } = "";

    public string CheckoutId { get; set; } = "";

    /// <summary>The contract of the same user and template that this one follows.</summary>
    public string? PreviousId { get; set; }

    public string Status { get; set; } = "";

    public long? SignedAt { get; set; }

    public long? ExpiresAt { get; set; }

    public long? TerminatedAt { get; set; }

    /// <summary>WeChat's integer: 2 user, 3 our call, 4 merchant platform, 5 account closed, 7 customer service.</summary>
    public long? TerminationMode { get; set; }

    public string? TerminationRemark { get; set; }

    /// <summary>Why it is held or being ended, in the words of whoever asked.</summary>
    public string? Reason { get; set; }

    /// <summary>When nothing has come of it, we end it ourselves.</summary>
    public long? EndAt { get; set; }

    public long Asked { get; set; }

    public long? AskSince { get; set; }

    public long? NextAt { get; set; }

    public long CreatedAt { get; set; }

    public long Version { get; set; }

    /// <summary>WeChat is being asked or told something about it: <see cref="NextAt"/> belongs to that, not to <see cref="EndAt"/>.</summary>
    public bool IsBeingDealtWith => State != ContractState.Active && (State != ContractState.Suspended || AskSince is not null);

    public ContractState State
    {
        get => StateName<ContractState>.Parse(Status);
        set => Status = StateName<ContractState>.Of(value);
    }
}
