namespace Papaya.World.Tests.Clients;

/// <summary>
/// Other people's clients, unmodified and pinned (tests/clients/package.json), by configuration only. What each does is in its script; a script's last
/// line counts its parts.
/// </summary>
public sealed class ThirdPartyClientTests(SimulatorProcess simulator) : IClassFixture<SimulatorProcess>
{
    private const string Folder = "tests/clients";

    [Fact]
    public Task Wechatpay_axios_plugin_signs_debits_asks_refunds_and_terminates_over_https() => AllPassAsync(simulator.Https, "axios-plugin.cjs");

    [Fact]
    public Task Node_easywechat_signs_debits_asks_refunds_and_terminates_over_http() => AllPassAsync(simulator.Http, "easywechat.cjs");

    [Fact]
    public Task Tenpay_and_wechatpay_node_v3_which_insist_on_WeChats_own_host_find_it_here() =>
        AllPassAsync(simulator.Https, "--require", "./to-this-machine.cjs", "insisting.cjs");

    private async Task AllPassAsync(string baseUrl, params string[] arguments)
    {
        Assert.True(
            Directory.Exists(Path.Combine(Repository.Root, Folder, "node_modules")),
            "The clients are not installed: run `./test --install`, or `npm ci --ignore-scripts` in tests/clients.");
        var run = await simulator.RunAsync("node", baseUrl, Folder, arguments);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Matches(@"\n[1-9]\d* passed, 0 failed\n$", "\n" + run.Output);
    }
}
