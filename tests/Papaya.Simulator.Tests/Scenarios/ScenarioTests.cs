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
        Assert.Contains(ScenarioLibrary.Find(name)!.Steps, s => s.Decides);
        Assert.True(result.Shows, $"{name}: without its cause no expectation fails that the cause decides: {Failures(result)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_looks_at_the_money(string name) =>
        Assert.Contains(ScenarioLibrary.Find(name)!.Steps, s => s.Verb == "expect" && (s.Body as System.Text.Json.Nodes.JsonObject)?["ledger"] is not null);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_told_in_both_languages(string name)
    {
        var scenario = ScenarioLibrary.Find(name)!;
        Assert.NotEmpty(scenario.Why);
        Assert.NotEmpty(scenario.WhyChinese);
        Assert.NotEqual(scenario.Why, scenario.WhyChinese);
    }

    [Fact]
    public async Task A_run_chooses_a_scenario_s_own_values()
    {
        var scenario = ScenarioLibrary.Find("notification-thirty-times")!;
        var (few, wrong, unknown) = (With("copies", "5"), With("copies", "many"), With("number", "5"));
        var result = await ScenarioPlayer.PlayAsync(scenario, few, default);
        Assert.True(result.Passed, Failures(result));
        Assert.Contains("whole number", (await Assert.ThrowsAsync<ScenarioFormatException>(() => ScenarioPlayer.PlayAsync(scenario, wrong, default))).Message, StringComparison.Ordinal);
        Assert.Contains("copies", (await Assert.ThrowsAsync<ScenarioFormatException>(() => ScenarioPlayer.PlayAsync(scenario, unknown, default))).Message, StringComparison.Ordinal);

        static ScenarioRun With(string name, string value) => new() { Parameters = new Dictionary<string, string> { [name] = value } };
    }

    [Fact]
    public async Task The_control_API_takes_them_too()
    {
        await using var world = await World.StartAsync();
        var ask = System.Text.Json.Nodes.JsonNode.Parse("""{"params":{"periods":"2"}}""")!;
        Assert.True((bool)(await world.DoAsync("/scenarios/periodic-debit-in-seconds/run", ask))["shows"]!);
        var (status, refused) = await world.ControlAsync(HttpMethod.Post, "/scenarios/unsign-with-waiting-debit/run", ask);
        Assert.Equal(400, status);
        Assert.Contains("no parameter 'periods'", (string)refused!["reason"]!, StringComparison.Ordinal);
        Assert.Contains((await world.SeeAsync("/scenarios"))["data"]!.AsArray(), s => (string?)s!["name"] == "notification-thirty-times" && (string?)s["params"]![0]!["default"] == "30");
    }

    [Fact]
    public async Task An_expectation_that_is_not_the_causes_shows_nothing()
    {
        const string Json = """
            {"name":"a","title":{"zh":"a","en":"a"},"steps":[
              {"user":{"openid":"ann","balance":1}}, {"user":{"openid":"bob","balance":2},"cause":true},
              {"expect":{"user":{"openid":"bob","balance":2}}}, {"expect":{"user":{"openid":"ann","balance":1}},"decides":true}]}
            """;
        var scenario = Scenario.Read(System.Text.Encoding.UTF8.GetBytes(Json)).Single();
        Assert.True((await ScenarioPlayer.PlayAsync(scenario, withoutCause: false, default)).Shows);
        var without = await ScenarioPlayer.PlayAsync(scenario, withoutCause: true, default);
        Assert.Equal((false, false), (without.Passed, without.Shows));
    }

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
    [InlineData("""{"name":"a","title":{"zh":"a","en":"a"},"steps":[{"user":{},"cause":true,"decides":true}, {"expect":{}}]}""", "decide")]
    [InlineData("""{"name":"a","title":{"zh":"a","en":"a"},"params":{"n":1},"steps":[{"user":{},"cause":true}, {"expect":{}}]}""", "parameter")]
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
