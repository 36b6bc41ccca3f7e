namespace Papaya.World.Tests.Samples;

/// <summary>The console sample makes every call that the simulator answers.</summary>
public sealed class ConsoleSampleTests(SimulatorAlone simulator) : IClassFixture<SimulatorAlone>
{
    [Fact]
    public async Task The_console_sample_makes_each_call_once_and_all_is_well()
    {
        var run = await Command.RunAsync("dotnet", Repository.Sample("console"), simulator.Address);
        Assert.True(run.ExitCode == 0, run.Output);
        var rows = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(rows, row => Assert.StartsWith("ok  ", row, StringComparison.Ordinal));
        foreach (var call in (string[])["contractorder", "orderquery", "querycontract", "pappayapply", "paporderquery", "refund ", "refundquery", "closeorder", "deletecontract", "downloadbill"])
        {
            Assert.Contains(rows, row => row.Contains(call, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Without_an_address_it_says_how_it_is_used()
    {
        var run = await Command.RunAsync("dotnet", Repository.Sample("console"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("usage:", run.Output, StringComparison.Ordinal);
    }
}
