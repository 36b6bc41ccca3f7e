using System.Diagnostics;

namespace Papaya.World.Tests;

public sealed class TestScriptTests
{
    [Fact]
    public async Task Without_install_a_bare_machine_gets_a_list_of_what_is_missing_and_the_cure()
    {
        var bare = Directory.CreateTempSubdirectory("papaya-bare-");
        try
        {
            // A path with the shell's everyday tools and without a .NET SDK.
            foreach (var tool in (string[])["bash", "sed", "grep", "ls", "sort", "tail", "head", "dirname", "basename", "id", "cat"])
            {
                File.CreateSymbolicLink(Path.Combine(bare.FullName, tool), Where(tool));
            }

            var start = new ProcessStartInfo(Where("bash")) { ArgumentList = { Path.Combine(Repository.Root, "test") }, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] = bare.FullName;
            using var process = Process.Start(start)!;
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.Equal(1, process.ExitCode);
            Assert.Contains(".NET SDK 10", await complained, StringComparison.Ordinal);
            Assert.Contains("a linker driver (gcc or clang)", await complained, StringComparison.Ordinal);
            Assert.Contains("cure:", await complained, StringComparison.Ordinal);
            Assert.Matches(@"^0 passed, \d+ failed$", (await said).TrimEnd().Split('\n')[^1]);
        }
        finally
        {
            bare.Delete(recursive: true);
        }
    }

    private static string Where(string tool) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/bin").Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}
