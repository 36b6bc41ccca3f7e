using System.Globalization;
using Xunit.Abstractions;

namespace Papaya.World.Tests.Samples;

/// <summary>The client, compiled to native code, signs, sends and verifies. What the trimmer or the compiler cannot prove fails the publish.</summary>
public sealed class NativeSampleTests(SimulatorAlone simulator, ITestOutputHelper output) : IClassFixture<SimulatorAlone>
{
    [Fact]
    public async Task The_natively_compiled_client_pays_signs_debits_and_refunds()
    {
        var folder = Directory.CreateTempSubdirectory("papaya-native-");
        try
        {
            var began = TimeProvider.System.GetTimestamp();
            var publish = await Command.RunAsync(
                "dotnet", "publish", Path.Combine(Repository.Root, "samples", "native"), "-c", "Release", "-o", folder.FullName, "-v", "q", "--disable-build-servers");
            Assert.True(publish.ExitCode == 0, publish.Output);
            var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            var program = Path.Combine(folder.FullName, "papaya-native");
            new TestReport("native sample", output).Line(string.Create(
                CultureInfo.InvariantCulture, $"published in {seconds:0} s, {new FileInfo(program).Length / 1_000_000.0:0.0} MB"));

            var run = await Command.RunAsync(program, simulator.Address);
            Assert.True(run.ExitCode == 0, run.Output);
            var rows = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(rows, row => Assert.StartsWith("ok  ", row, StringComparison.Ordinal));
            Assert.Equal(10, rows.Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
