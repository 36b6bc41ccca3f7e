using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Papaya.World.Tests.Samples;

/// <summary>What `dotnet pack` makes is what a developer expects to find.</summary>
public sealed partial class PackageTests
{
    [Theory]
    [InlineData("Papaya.WeChatPay", "net8.0", "net10.0")]
    [InlineData("Papaya.Simulator.Testing", "net10.0")]
    public async Task The_package_holds_its_frameworks_their_documentation_a_readme_and_symbols(string name, params string[] frameworks)
    {
        var folder = Directory.CreateTempSubdirectory("papaya-pack-");
        try
        {
            var pack = await Command.RunAsync("dotnet", "pack", Path.Combine(Repository.Root, "src", name), "-c", "Release", "--no-build", "-o", folder.FullName, "-v", "q");
            Assert.True(pack.ExitCode == 0, pack.Output);
            using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.FullName, "*.nupkg")));
            using var symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.FullName, "*.snupkg")));
            foreach (var framework in frameworks)
            {
                Assert.NotNull(package.GetEntry($"lib/{framework}/{name}.dll"));
                Assert.NotNull(package.GetEntry($"lib/{framework}/{name}.xml"));
                Assert.NotNull(symbols.GetEntry($"lib/{framework}/{name}.pdb"));
            }

            Assert.Equal(await File.ReadAllTextAsync(Readme(name)), await ReadAsync(package, "README.md"));
            var manifest = XDocument.Parse(await ReadAsync(package, name + ".nuspec"));
            string Text(string element) => manifest.Descendants().Single(e => e.Name.LocalName == element).Value;
            Assert.Equal((name, "Apache-2.0", "README.md"), (Text("id"), Text("license"), Text("readme")));
            Assert.Contains("委托代扣", Text("tags"), StringComparison.Ordinal);
            Assert.DoesNotContain(Repository.Root, manifest.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_package_for_tests_brings_the_simulator_along_and_asks_only_for_the_client()
    {
        var folder = Directory.CreateTempSubdirectory("papaya-pack-");
        try
        {
            var pack = await Command.RunAsync(
                "dotnet", "pack", Path.Combine(Repository.Root, "src", "Papaya.Simulator.Testing"), "-c", "Release", "--no-build", "-o", folder.FullName, "-v", "q");
            Assert.True(pack.ExitCode == 0, pack.Output);
            using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.FullName, "*.nupkg")));
            using var symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.FullName, "*.snupkg")));
            Assert.NotNull(package.GetEntry("lib/net10.0/Papaya.Simulator.dll"));
            Assert.NotNull(symbols.GetEntry("lib/net10.0/Papaya.Simulator.pdb"));
            var manifest = XDocument.Parse(await ReadAsync(package, "Papaya.Simulator.Testing.nuspec"));
            Assert.Equal(["Papaya.WeChatPay"], manifest.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => (string)e.Attribute("id")!));
            Assert.Equal(["Microsoft.AspNetCore.App"], manifest.Descendants().Where(e => e.Name.LocalName == "frameworkReference").Select(e => (string)e.Attribute("name")!));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Papaya.WeChatPay", "first-call/Program.cs")]
    [InlineData("Papaya.Simulator.Testing", "testing/FirstTest.cs")]
    public void The_code_in_the_readme_is_the_sample_that_is_compiled(string name, string sample) =>
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "samples", sample)), CSharp().Match(File.ReadAllText(Readme(name))).Groups[1].Value);

    private static string Readme(string name) => Path.Combine(Repository.Root, "src", name, "README.md");

    private static async Task<string> ReadAsync(ZipArchive archive, string name)
    {
        await using var stream = await archive.GetEntry(name)!.OpenAsync();
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex CSharp();
}
