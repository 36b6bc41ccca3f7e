using Papaya.Billing.Debits;
using Papaya.Server.Storage;

namespace Papaya.Server.Debits;

/// <summary>A row of <c>charge</c>: one period's or one use's debt.</summary>
public sealed class ChargeRow
{
    public string Id { get; set; } = "";

    public string Merchant { get; set; } = "";

    /// <summary><c>period</c> or <c>use</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Null for a use.</summary>
    public string? SubscriptionId { get; set; }

    /// <summary>The period that it pays for, the first (paid at the cashier) being 0.</summary>
    public long? Period { get; set; }

    /// <summary>Our id, <c>ctr_…</c>.</summary>
    public string ContractId { get; set; } = "";

    public long Amount { get; set; }

    public string Description { get; set; } = "";

    public string Mode { get; set; } = "";

    public string State { get; set; } = "";

    public long? PeriodStart { get; set; }

    public long? PeriodEnd { get; set; }

    /// <summary>The Beijing day for which it was first planned, yyyymmdd: part of its order numbers, so it never changes.</summary>
    public long DueDay { get; set; }

    public long DueAt { get; set; }

    public long? NoticedAt { get; set; }

    /// <summary>Order numbers taken so far.</summary>
    public long Attempts { get; set; }

    /// <summary>Executions that failed.</summary>
    public long Failures { get; set; }

    /// <summary>Attempts that ended by <see cref="Code"/> one after the other.</summary>
    public long Refusals { get; set; }

    public long? FirstExecutionAt { get; set; }

    /// <summary>The last failure's code.</summary>
    public string? Code { get; set; }

    public string? Reason { get; set; }

    /// <summary>The order number whose money settled it.</summary>
    public string? PaidNumber { get; set; }

    public long? SettledAt { get; set; }

    public long? NextAt { get; set; }

    /// <summary>1 while it stands aside for its contract: whatever changes there wakes it before <see cref="NextAt"/>.</summary>
    public long Parked { get; set; }

    public long CreatedAt { get; set; }

    public long Version { get; set; }

    internal ChargeState Status
    {
        get => Charge.Parse(State);
        set => State = Charge.Name(value);
    }

    internal DebitMode DebitMode => DebitModes.Parse(Mode);

    internal bool IsPeriod => Kind == "period";

    /// <summary>The plan's price, to which the customer agreed when signing: never a jump.</summary>
    internal bool IsAgreedPrice => IsPeriod;

    internal string NumberOf(int attempt) => IsPeriod
        ? DebitNumber.OfPeriod(Id, new DateOnly((int)(DueDay / 10_000), (int)(DueDay / 100 % 100), (int)(DueDay % 100)), attempt)
        : DebitNumber.OfUse(Id, attempt);
}

internal static class DebitModes
{
    public static string Name(DebitMode mode) => mode switch
    {
        DebitMode.Delay24H => "delay_24h",
        DebitMode.PayLater => "pay_later",
    };

    public static DebitMode Parse(string name) => name switch
    {
        "delay_24h" => DebitMode.Delay24H,
        "pay_later" => DebitMode.PayLater,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a mode of debiting."),
    };
}

/// <summary>A row of <c>charge_attempt</c>: one order number.</summary>
internal sealed class AttemptRow
{
    public string Merchant { get; set; } = "";

    public string Number { get; set; } = "";

    public string ChargeId { get; set; } = "";

    public string ContractId { get; set; } = "";

    public long Attempt { get; set; }

    public string Mode { get; set; } = "";

    public long Amount { get; set; }

    public string State { get; set; } = "";

    /// <summary>1 when another number of the same charge has the money: what this one brings belongs to nobody.</summary>
    public long Excess { get; set; }

    public string? Code { get; set; }

    /// <summary>What a failure notification said; it counts once a question finds the order closed.</summary>
    public string? ReportedCode { get; set; }

    public string? TransactionId { get; set; }

    /// <summary>The process that sent it.</summary>
    public string? Sender { get; set; }

    public long? SentAt { get; set; }

    /// <summary>1 once WeChat has said that it took it.</summary>
    public long Accepted { get; set; }

    public long Asked { get; set; }

    public long NotFound { get; set; }

    public long? FirstNotFoundAt { get; set; }

    /// <summary>1 when it goes out again although an earlier send was never decided, only not found: no refusal proves that nothing happened.</summary>
    public long Undecided { get; set; }

    /// <summary>When a person asked for the ladder of questions to start anew.</summary>
    public long? AskSince { get; set; }

    public long? ExecutedAt { get; set; }

    public long? EndedAt { get; set; }

    public long? NextAt { get; set; }

    public long CreatedAt { get; set; }

    public long Version { get; set; }

    public AttemptState Status
    {
        get => Papaya.Billing.Debits.Attempt.Parse(State);
        set => State = Papaya.Billing.Debits.Attempt.Name(value);
    }

    public DebitMode DebitMode => DebitModes.Parse(Mode);
}

/// <summary>A row of <c>contract_debit</c>.</summary>
internal sealed class ContractDebitRow
{
    public string ContractId { get; set; } = "";

    public long Day { get; set; }

    public long SentToday { get; set; }

    public long SucceededToday { get; set; }

    public long CollectedToday { get; set; }

    public long Successes { get; set; }

    public long Collected { get; set; }

    public long FailuresInARow { get; set; }

    public long? LastExecutionAt { get; set; }

    public ContractHistory On(long day) => new()
    {
        SentToday = Day == day ? (int)SentToday : 0,
        SucceededToday = Day == day ? (int)SucceededToday : 0,
        CollectedToday = Day == day ? CollectedToday : 0,
        Successes = Successes,
        Collected = Collected,
        FailuresInARow = (int)FailuresInARow,
        LastExecution = Instant.FromMicros(LastExecutionAt),
    };
}
