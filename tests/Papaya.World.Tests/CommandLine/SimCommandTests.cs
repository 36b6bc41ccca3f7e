using System.Text.Json.Nodes;
using Papaya.Cli;
using Papaya.Simulator;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Scenarios;

namespace Papaya.World.Tests.CommandLine;

public sealed class SimCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public void The_page_of_the_scenarios_is_current() => Assert.True(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "scenarios.md")) == ScenarioPage.Write(ScenarioLibrary.All),
        "docs/reference/scenarios.md is not current: run `papaya sim scenario --markdown docs/reference/scenarios.md`.");

    [Fact]
    public void The_page_of_the_faults_is_current() => Assert.True(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "faults.md")) == FaultPage.Write(),
        "docs/reference/faults.md is not current: run `papaya sim faults kinds --markdown docs/reference/faults.md`.");

    [Fact]
    public async Task A_running_simulator_is_set_moved_and_looked_at()
    {
        using var clock = new TestClock(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        await using var host = SimulatorHost.Build(new() { Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await host.StartAsync();
        var url = host.Urls.First();

        Assert.Equal(0, await RunAsync("users", "set", "ann", "balance=4200", "account=abnormal", "--url", url));
        Assert.Equal(0, await RunAsync("users", "show", "ann", "--url", url, "--json"));
        Assert.Equal((4200, "abnormal"), ((int)Json()["balance"]!, (string?)Json()["account"]));

        Assert.Equal(0, await RunAsync("faults", "add", "/pay/pappayapply", "timeout_after", "number=P*", "times=1", "name=one", "--url", url));
        Assert.Equal(0, await RunAsync("faults", "list", "--url", url));
        Assert.Contains("timeout_after", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("faults", "clear", "name=one", "--url", url));
        Assert.Equal(1, await RunAsync("faults", "clear", "name=one", "--url", url));
        Assert.Contains("There is no such fault", _error.ToString(), StringComparison.Ordinal);

        Assert.Equal(0, await RunAsync("switches", "set", "already_signed=contract_part_fails", "--url", url));
        Assert.Equal(0, await RunAsync("clock", "advance", "1d2h", "--url", url, "--json"));
        Assert.StartsWith("2026-03-03T04:00:", (string?)Json()["now"], StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("clock", "freeze", "--url", url));
        Assert.Equal(0, await RunAsync("users", "list", "--url", url));
        Assert.Contains("oSimUser0009", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("snapshot", "here", "--url", url));
        Assert.Equal(0, await RunAsync("ledger", "--url", url));
        Assert.Equal("none", _output.ToString().Trim());
    }

    [Theory]
    [InlineData("clock", "advance", "soon")]
    [InlineData("users", "set", "ann", "rich")]
    [InlineData("scenario")]
    [InlineData("scenario", "accepted-and-forgotten", "--all")]
    public async Task Wrong_usage_is_told_before_anything_is_asked(params string[] args) => Assert.Equal(2, await RunAsync(args));

    [Fact]
    public async Task Nobody_there()
    {
        Assert.Equal(1, await RunAsync("clock", "show", "--url", "http://127.0.0.1:9"));
        Assert.Contains("papaya simulate", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_runs_by_name_without_its_cause_and_from_a_file()
    {
        Assert.Equal(0, await RunAsync("scenario", "accepted-and-forgotten"));
        Assert.Contains("6 of 6 expectations hold.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("scenario", "accepted-and-forgotten", "--without-cause"));
        Assert.Contains("left out", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("scenario", "no-such-story"));

        var file = Path.Combine(Directory.CreateTempSubdirectory("papaya-").FullName, "mine.json");
        await File.WriteAllTextAsync(file, """
            {"name":"mine","title":{"zh":"我的","en":"Mine"},"steps":[{"user":{"openid":"ann","balance":7},"cause":true},{"expect":{"user":{"balance":8}}}]}
            """);
        Assert.Equal(1, await RunAsync("scenario", file));
        Assert.Contains("balance is 7, and should be 8", _output.ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "{\"name\":\"mine\"}");
        Assert.Equal(1, await RunAsync("scenario", file));
        Assert.Contains("\"cause\": true", _error.ToString(), StringComparison.Ordinal);
    }

    private JsonNode Json() => JsonNode.Parse(_output.ToString())!;

    private Task<int> RunAsync(params string[] args)
    {
        _output.GetStringBuilder().Clear();
        return PapayaCommand.RunAsync(["sim", .. args], _output, _error);
    }
}
