using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Papaya.World.Tests.Samples;

/// <summary>What `dotnet pack` makes is what a developer expects to find.</summary>
public sealed partial class PackageTests
{
    [Fact]
    public async Task The_package_holds_both_frameworks_their_documentation_a_readme_and_symbols()
    {
        var folder = Directory.CreateTempSubdirectory("papaya-pack-");
        try
        {
            var pack = await Command.RunAsync(
                "dotnet", "pack", Path.Combine(Repository.Root, "src", "Papaya.WeChatPay"), "-c", "Release", "--no-build", "-o", folder.FullName, "-v", "q");
            Assert.True(pack.ExitCode == 0, pack.Output);
            using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.FullName, "*.nupkg")));
            using var symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.FullName, "*.snupkg")));
            foreach (var framework in (string[])["net8.0", "net10.0"])
            {
                Assert.NotNull(package.GetEntry($"lib/{framework}/Papaya.WeChatPay.dll"));
                Assert.NotNull(package.GetEntry($"lib/{framework}/Papaya.WeChatPay.xml"));
                Assert.NotNull(symbols.GetEntry($"lib/{framework}/Papaya.WeChatPay.pdb"));
            }

            Assert.Equal(await File.ReadAllTextAsync(Readme), await ReadAsync(package, "README.md"));
            var manifest = XDocument.Parse(await ReadAsync(package, "Papaya.WeChatPay.nuspec"));
            string Text(string name) => manifest.Descendants().Single(e => e.Name.LocalName == name).Value;
            Assert.Equal(("Papaya.WeChatPay", "Apache-2.0", "README.md"), (Text("id"), Text("license"), Text("readme")));
            Assert.Contains("委托代扣", Text("tags"), StringComparison.Ordinal);
            Assert.DoesNotContain(Repository.Root, manifest.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_first_call_in_the_readme_is_the_sample_that_is_compiled() =>
        Assert.Equal(
            File.ReadAllText(Path.Combine(Repository.Root, "samples", "first-call", "Program.cs")),
            CSharp().Match(File.ReadAllText(Readme)).Groups[1].Value);

    private static string Readme => Path.Combine(Repository.Root, "src", "Papaya.WeChatPay", "README.md");

    private static async Task<string> ReadAsync(ZipArchive archive, string name)
    {
        await using var stream = await archive.GetEntry(name)!.OpenAsync();
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex CSharp();
}
