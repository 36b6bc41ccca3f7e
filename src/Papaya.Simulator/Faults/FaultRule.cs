using System.Text.Json;
using System.Text.Json.Serialization;

namespace Papaya.Simulator.Faults;

/// <summary>A rule as it was set, and how often it has looked and struck. Members that are null match or mean nothing.</summary>
internal sealed record FaultRule
{
    public int Id { get; init; }

    /// <summary>A path, a notification kind, or one of the moments in <see cref="FaultCatalogue"/>.</summary>
    public required string On { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required FaultKind Kind { get; init; }

    /// <summary>A label for people; rules can be removed by it.</summary>
    public string? Name { get; init; }

    public string? MchId { get; init; }

    /// <summary>One of the numbers that a request or message carries: exact, or its beginning followed by <c>*</c>.</summary>
    public string? Number { get; init; }

    /// <summary><c>main</c> or <c>backup</c>: which of the two listeners.</summary>
    public string? Site { get; init; }

    /// <summary>So many matches pass before the first strike.</summary>
    public int? Skip { get; init; }

    /// <summary>How many single sends or requests it strikes; without end if null.</summary>
    public int? Times { get; init; }

    /// <summary>It strikes from this instant on; the test clock's time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>It strikes before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    public double? Probability { get; init; }

    public int? Seed { get; init; }

    public double? DelaySeconds { get; init; }

    /// <summary>Whether the request is carried out although the answer is bad.</summary>
    public bool? Processed { get; init; }

    /// <summary><c>http</c>: the status. <c>refuse</c> on a V3 path: the same.</summary>
    public int? Status { get; init; }

    /// <summary><c>refuse</c>, <c>fail</c>: the error code; <c>lie</c>: the trade state.</summary>
    public string? Code { get; init; }

    /// <summary>The words that go with the code.</summary>
    public string? Text { get; init; }

    /// <summary>A variant of the kind.</summary>
    public string? How { get; init; }

    /// <summary><c>rewrite</c> without: the field; <c>refuse</c>: <c>contract</c> for that part of contractorder alone.</summary>
    public string? Field { get; init; }

    /// <summary><c>wrong_amount</c>: what is added, fen.</summary>
    public long? Amount { get; init; }

    /// <summary><c>duplicate</c>: how many arrive, 2 to 1,000.</summary>
    public int? Copies { get; init; }

    /// <summary><c>long</c>: the rows of the bill, 2 to 10,000,000.</summary>
    public long? Rows { get; init; }

    /// <summary><c>skewed_clock</c>: how many seconds WeChat's clock is ahead; negative for behind. A day at most.</summary>
    public int? SkewSeconds { get; init; }

    /// <summary>Handshakes: the name that the caller asks for.</summary>
    public string? Host { get; init; }

    /// <summary><c>not_ready</c>: the Beijing time of day, hh:mm, from which the bill is there.</summary>
    public string? At { get; init; }

    /// <summary><c>meanwhile</c>: what happens, as one member of <see cref="Meanwhile"/>.</summary>
    public JsonElement? Do { get; init; }

    /// <summary>How often it matched, struck or not.</summary>
    public int Looked { get; set; }

    public int Struck { get; set; }

    /// <summary>How often each number matched; kept for rules with a probability only, whose dice depend on it.</summary>
    [JsonIgnore]
    public Dictionary<string, int>? Seen { get; set; }
}

/// <summary>The count of a rule after it looked at something: a line of the journal. <c>Seen</c> is that of <c>Number</c>.</summary>
internal sealed record FaultMark(int Id, int Looked, int Struck, string? Number, int Seen);

/// <summary>Something that a rule may strike: a call, a send, a debit's moment.</summary>
/// <param name="On">The path, or the kind of notification or moment.</param>
/// <param name="Numbers">The numbers that it carries; the first one throws the dice.</param>
/// <param name="IsHeldBack">A message that was held back once is not held back again by the same send.</param>
internal readonly record struct FaultPoint(string On, string? MchId, IReadOnlyList<string> Numbers, bool IsHeldBack = false, string Site = "main")
{
    /// <summary>The name that a handshake asks for; null without one.</summary>
    public string? Host { get; init; }

    /// <summary>The message of a debit that failed.</summary>
    public bool IsFailure { get; init; }
}

/// <summary>A rule has struck.</summary>
internal sealed record FaultHit(FaultRule Rule)
{
    public FaultKind Kind => Rule.Kind;

    public TimeSpan Delay => TimeSpan.FromSeconds(Rule.DelaySeconds ?? 0);

    public TimeSpan Skew => TimeSpan.FromSeconds(Rule.SkewSeconds ?? 0);

    public bool IsProcessed => Rule.Processed ?? FaultCatalogue.Of(Rule.Kind).IsProcessed;
}
