using System.Text.Json;
using System.Text.Json.Serialization;
using Papaya.Billing.Debits;
using Papaya.Server.Hosting;

namespace Papaya.Server.Plans;

/// <summary>
/// Where a plan departs from the server's section <c>debits</c>; members of the same names, absent ones keep the server's value, 0 switches a rule off.
/// </summary>
public sealed record PlanPolicies
{
    /// <summary>Highest single debit in fen.</summary>
    public long? SingleMost { get; init; }

    /// <summary>Debits a Beijing day per contract.</summary>
    public int? DailyMost { get; init; }

    /// <summary>Failed executions in a row that suspend a contract.</summary>
    public int? FailuresToSuspend { get; init; }

    /// <summary>A use above this share of the contract's mean is held for review.</summary>
    public int? JumpPercent { get; init; }

    internal DebitPolicies Over(DebitPolicies server) => server with
    {
        SingleMost = SingleMost ?? server.SingleMost,
        DailyMost = DailyMost ?? server.DailyMost,
        FailuresToSuspend = FailuresToSuspend ?? server.FailuresToSuspend,
        JumpPercent = JumpPercent ?? server.JumpPercent,
    };

    internal static PlanPolicies? Parse(string? stored) => stored is null ? null : JsonSerializer.Deserialize(stored, PlanPoliciesJson.Default.PlanPolicies);

    internal string Store() => JsonSerializer.Serialize(this, PlanPoliciesJson.Default.PlanPolicies);

    internal Problem? Check() =>
        Check("single_most", SingleMost, 1_000_000_000)
        ?? Check("daily_most", DailyMost, 1_000)
        ?? Check("failures_to_suspend", FailuresToSuspend, 100)
        ?? Check("jump_percent", JumpPercent, 100_000);

    private static Problem? Check(string member, long? value, long most) =>
        value is null || (value >= 0 && value <= most)
            ? null
            : Problem.Invalid($"policies.{member}", $"policies.{member} must be 0 to {most}.", "0 switches the rule off; leave the member out for the server's own value.");
}

/// <summary>How policies stand in their column.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PlanPolicies))]
internal sealed partial class PlanPoliciesJson : JsonSerializerContext;
