using Papaya.Simulator.Scenarios;

namespace Papaya.Simulator.Tests;

/// <summary>Every scenario that comes with the product holds, and does not hold when its cause is taken out.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Names => [.. ScenarioLibrary.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_holds(string name)
    {
        var result = await ScenarioPlayer.PlayAsync(ScenarioLibrary.Find(name)!, withoutCause: false, default);
        Assert.True(result.Passed, Failures(result));
        Assert.True(result.Expectations > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_does_not_hold_without_its_cause(string name)
    {
        var result = await ScenarioPlayer.PlayAsync(ScenarioLibrary.Find(name)!, withoutCause: true, default);
        Assert.False(result.Passed, $"{name} holds without its cause: it shows nothing.");
    }

    private static string Failures(ScenarioResult result) =>
        string.Join("\n", result.Steps.Where(s => s.Outcome == "failed").Select(s => $"{result.Name}, step {s.Number} ({s.Verb}): {s.Reason}"));
}
