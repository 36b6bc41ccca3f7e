using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>What the caller knows about an order number of its, by what was answered and what it acknowledged.</summary>
internal enum Knowledge
{
    Refused,

    /// <summary>Accepted, or no answer that tells.</summary>
    Undecided,

    Paid,

    Failed,
}

/// <summary>A debit's number as its merchant has seen it.</summary>
internal sealed class NumberFacts
{
    public required string MchId { get; init; }

    public required string Number { get; init; }

    public required string ContractId { get; init; }

    public string? Body { get; set; }

    public long? Amount { get; set; }

    public long LastRecord { get; set; }

    public Knowledge Known { get; set; }

    /// <summary>The answer to an apply is missing, and it was neither asked about nor told.</summary>
    public bool IsUnanswered { get; set; }

    /// <summary>An apply got no answer: even a number that is not found may still come to be.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>The code of the failure that a message told.</summary>
    public string? FailureCode { get; set; }

    public bool AskedAfterFailure { get; set; }

    public bool ClosedByCaller { get; set; }
}

/// <summary>A refund's number as its merchant has seen it.</summary>
internal sealed record RefundFacts(string OutRefundNo, long Amount, DateTimeOffset At, long Record, string? ErrCode, bool IsUnknown);

/// <summary>What is known about a merchant as a whole.</summary>
internal sealed class MerchantFacts
{
    /// <summary>Calls that came over HTTP, and how many of them on a connection that was not among the latest ones.</summary>
    public int Calls { get; set; }

    public int FreshConnections { get; set; }

    public long LastCall { get; set; }

    public bool IsToldOfConnections { get; set; }

    /// <summary>When it first acknowledged a message more than once.</summary>
    public DateTimeOffset? DuplicatedAt { get; set; }

    /// <summary>Wrong signs that were looked into.</summary>
    public int WrongSigns { get; set; }

    /// <summary>The latest Beijing day on which it was paid.</summary>
    public DateOnly? LastDay { get; set; }

    /// <summary>The Beijing day on which it was last told of its certificate's end.</summary>
    public DateOnly? ToldOfCertificate { get; set; }
}

/// <summary>
/// What all rules remember together: of each kind the latest so many entries, by their key. What is older is forgotten and is never judged any more.
/// </summary>
internal sealed class LintFacts
{
    /// <summary>How many numbers of a contract, and how many refunds of an order, are remembered.</summary>
    public const int MostOfOne = 50;

    public LintFacts(int most)
    {
        Numbers = new(most) { Forgotten = gone => NumbersOf!.Find((gone.MchId, gone.ContractId))?.Remove(gone) };
        NumbersOf = new(most);
        Owners = new(most);
        Refunds = new(most);
        Queries = new(most);
        ContractQueries = new(most);
        Ended = new(most);
        RuleLimits = new(most);
        Limited = new(most);
        Orders = new(most);
        Serials = new(most);
        Connections = new(most);
        Acknowledged = new(most);
        Forged = new(most);
        Algorithms = new(most);
        FailedPreSignings = new(most);
        Notices = new(most);
        Successes = new(most);
        Unanswered = new(TimeSpan.FromHours(30), most);
        Silent = new(TimeSpan.FromHours(6), most);
        WrongAmounts = new(TimeSpan.FromHours(1), most);
        Unsigned = new(TimeSpan.FromHours(1), most);
        Bills = new(TimeSpan.FromDays(2), most);
    }

    public Recent<(string MchId, string Number), NumberFacts> Numbers { get; }

    /// <summary>The numbers of a contract, oldest first.</summary>
    public Recent<(string MchId, string ContractId), List<NumberFacts>> NumbersOf { get; }

    /// <summary>Which merchant debited last under a number.</summary>
    public Recent<string, (string MchId, long Record)> Owners { get; }

    /// <summary>The merchant that applied first, and whether another one did since.</summary>
    public (string? First, bool HasMore) Appliers { get; set; }

    public Recent<(string MchId, string Order), List<RefundFacts>> Refunds { get; }

    /// <summary>The latest queries about a number, oldest first; not more than are needed to call it hammering.</summary>
    public Recent<(string MchId, string Number), Queue<DateTimeOffset>> Queries { get; }

    /// <summary>When a contract was asked about, by contract_id and by contract_code.</summary>
    public Recent<(string MchId, string Contract), DateTimeOffset> ContractQueries { get; }

    /// <summary>Contracts whose end was acknowledged.</summary>
    public Recent<(string MchId, string ContractId), (DateTimeOffset At, long Record)> Ended { get; }

    public Recent<(string MchId, string ContractId), (DateTimeOffset At, long Record)> RuleLimits { get; }

    public Recent<(string MchId, string Path), (DateTimeOffset At, long Record)> Limited { get; }

    public Recent<(string MchId, string Openid, string Plan), (DateTimeOffset At, string Number, long Record)> Orders { get; }

    public Recent<(string MchId, string Serial), string> Serials { get; }

    /// <summary>Connections that calls came on.</summary>
    public Recent<string, bool> Connections { get; }

    /// <summary>How often each delivery was acknowledged.</summary>
    public Recent<long, int> Acknowledged { get; }

    /// <summary>Only merchants of the world are heard, so there are no more than it has.</summary>
    public Dictionary<string, MerchantFacts> Merchants { get; } = new(StringComparer.Ordinal);

    /// <summary>Numbers about which the latest answer came under a wrong sign.</summary>
    public Recent<(string MchId, string Number), long> Forged { get; }

    /// <summary>The algorithm of a merchant's latest call of each path.</summary>
    public Recent<(string MchId, string Path), (SignType Type, long Record)> Algorithms { get; }

    /// <summary>Orders whose contract part was refused.</summary>
    public Recent<(string MchId, string Number), long> FailedPreSignings { get; }

    /// <summary>What the latest notice of a contract announced, in fen.</summary>
    public Recent<(string MchId, string ContractId), (long Amount, long Record)> Notices { get; }

    /// <summary>The latest debit of a contract that was paid.</summary>
    public Recent<(string MchId, string ContractId), (DateTimeOffset PaidAt, string Number)> Successes { get; }

    /// <summary>Debits whose answer is missing: they should be asked about within 30 hours.</summary>
    public Promises Unanswered { get; }

    /// <summary>Orders whose messages nobody acknowledged: they should be asked about within six hours.</summary>
    public Promises Silent { get; }

    /// <summary>Wrong amounts that were acknowledged: the order should be asked about within an hour.</summary>
    public Promises WrongAmounts { get; }

    /// <summary>Contracts that were offered with a payment and not signed, by their code: they should be asked about within an hour.</summary>
    public Promises Unsigned { get; }

    /// <summary>Beijing days (yyyyMMdd) on which money moved: their bill should be fetched by the end of the next day.</summary>
    public Promises Bills { get; }

    /// <summary>All entries together.</summary>
    public int Count =>
        Numbers.Count + NumbersOf.Count + Owners.Count + Refunds.Count + Queries.Count + ContractQueries.Count + Ended.Count + RuleLimits.Count + Limited.Count
        + Orders.Count + Serials.Count + Connections.Count + Acknowledged.Count + Merchants.Count + Forged.Count + Algorithms.Count + FailedPreSignings.Count
        + Notices.Count + Successes.Count + Unanswered.Count + Silent.Count + WrongAmounts.Count + Unsigned.Count + Bills.Count;

    public MerchantFacts Of(string mchId)
    {
        if (!Merchants.TryGetValue(mchId, out var facts))
        {
            Merchants[mchId] = facts = new();
        }

        return facts;
    }

    /// <summary>The latest Beijing day on which a merchant was paid; null when it never was.</summary>
    public DateOnly? LastDay(string mchId) => Of(mchId).LastDay;
}
