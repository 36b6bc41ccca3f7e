using System.Text.Json.Nodes;

namespace Papaya.Simulator.Testing;

/// <summary>What goes wrong between the code under test and WeChat, by rule.</summary>
public sealed class TestFaults
{
    private readonly ControlClient _control;

    internal TestFaults(ControlClient control) => _control = control;

    /// <summary>Adds a rule; the oldest one that matches strikes.</summary>
    /// <param name="on">An exact path such as <c>/pay/pappayapply</c>, or <c>payment</c>, <c>debit</c>, <c>contract</c>, <c>refund</c> for notifications.</param>
    /// <param name="kind">What happens, for example <c>timeout_after</c>, <c>system_error</c>, <c>drop</c>, <c>duplicate</c>; <c>docs/reference/simulator.md</c> lists all.</param>
    /// <param name="times">How often it strikes; null: until it is cleared.</param>
    /// <param name="more">Further members of the rule, such as <c>delay_seconds</c>, <c>number</c> or <c>probability</c>; null for none.</param>
    /// <param name="ct">Cancels.</param>
    public Task AddAsync(string on, string kind, int? times = 1, JsonObject? more = null, CancellationToken ct = default)
    {
        var rule = more is null ? [] : (JsonObject)more.DeepClone();
        (rule["on"], rule["kind"]) = (on, kind);
        if (times is { } often)
        {
            rule["times"] = often;
        }

        return _control.SendAsync(HttpMethod.Post, "/faults", rule, ct);
    }

    /// <summary>Removes all rules; messages that were delayed stay on their way.</summary>
    public Task ClearAsync(CancellationToken ct = default) => _control.SendAsync(HttpMethod.Delete, "/faults", null, ct);
}
