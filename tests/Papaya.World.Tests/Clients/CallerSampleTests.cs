namespace Papaya.World.Tests.Clients;

/// <summary>The samples of callers in other languages, which need nothing but the language.</summary>
public sealed class CallerSampleTests(SimulatorProcess simulator) : IClassFixture<SimulatorProcess>
{
    [Theory]
    [InlineData("node", "node", "rehearse.mjs")]
    [InlineData("python3", "python", "rehearse.py")]
    public async Task A_caller_signs_debits_is_notified_asks_and_terminates(string program, string folder, string script)
    {
        var run = await simulator.RunAsync(program, simulator.Http, $"samples/callers/{folder}", script, simulator.Http);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(["signed", "notified", "asked", "terminated"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
    }
}
