using Papaya.Simulator.Scenarios;

namespace Papaya.Simulator.Tests.Scenarios;

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

    [Theory]
    [MemberData(nameof(Names))]
    public void It_looks_at_the_money(string name) =>
        Assert.Contains(ScenarioLibrary.Find(name)!.Steps, s => s.Verb == "expect" && (s.Body as System.Text.Json.Nodes.JsonObject)?["ledger"] is not null);

    [Fact]
    public void Every_pain_has_a_scenario_or_a_reason_to_have_none()
    {
        var staged = ScenarioLibrary.All.SelectMany(s => s.Pains).Concat(ScenarioPage.NotStaged.Keys).ToHashSet();
        Assert.Empty(Enumerable.Range(1, 64).Except(staged));
    }

    [Theory]
    [InlineData("""{"name":"a","title":{"zh":"a","en":"a"},"steps":[{"expect":{}}]}""", "cause")]
    [InlineData("""{"name":"a","title":{"zh":"a","en":"a"},"steps":[{"user":{},"cause":true}]}""", "expects")]
    [InlineData("""{"name":"a","title":{"zh":"a","en":"a"},"steps":[{"dance":{},"cause":true}]}""", "dance")]
    [InlineData("""{"name":"a","title":{"zh":"a","en":"a"},"steps":[{"user":{},"order":{},"cause":true}]}""", "one verb")]
    [InlineData("""{"name":"a","title":{"zh":"a","en":"a"},"clock":"noon","steps":[{"expect":{},"cause":true}]}""", "clock")]
    [InlineData("""{"name":"a","oops":1}""", "oops")]
    [InlineData("nothing", "JSON")]
    public void A_file_that_is_no_scenario_is_told(string json, string word) =>
        Assert.Contains(word, Assert.Throws<ScenarioFormatException>(() => Scenario.Read(System.Text.Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_run_does_not_touch_the_world_it_is_asked_in()
    {
        await using var world = await World.StartAsync();
        var before = world.State.Fingerprint();
        var list = (await world.SeeAsync("/scenarios"))["data"]!.AsArray();
        Assert.Equal(ScenarioLibrary.All.Count, list.Count);
        var result = await world.DoAsync("/scenarios/accepted-and-forgotten/run", new System.Text.Json.Nodes.JsonObject());
        Assert.True((bool)result["passed"]!);
        var without = await world.DoAsync("/scenarios/accepted-and-forgotten/run", new System.Text.Json.Nodes.JsonObject { ["without_cause"] = true });
        Assert.False((bool)without["passed"]!);
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Post, "/scenarios/nothing/run")).Status);
        Assert.Equal((World.Start, before), (world.Now, world.State.Fingerprint()));
    }

    private static string Failures(ScenarioResult result) =>
        string.Join("\n", result.Steps.Where(s => s.Outcome == "failed").Select(s => $"{result.Name}, step {s.Number} ({s.Verb}): {s.Reason}"));
}
