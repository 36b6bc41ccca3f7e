using Papaya.Cli;
using Papaya.Cli.Up;
using Papaya.Simulator;

namespace Papaya.World.Tests.CommandLine;

/// <summary>The switches as a person sees them.</summary>
public sealed class SwitchesCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("fidelity.md")]
    [InlineData("fidelity.zh-CN.md")]
    public async Task The_page_in_the_documents_is_what_the_switches_say(string name)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "reference", name));
        var folder = Directory.CreateTempSubdirectory("papaya-switches-");
        try
        {
            var copy = Path.Combine(folder.FullName, name);
            await File.WriteAllTextAsync(copy, page);
            Assert.Equal(0, await RunAsync("switches", "--markdown", copy));
            Assert.True(page == await File.ReadAllTextAsync(copy), $"docs/reference/{name} is not current: run `papaya switches --markdown docs/reference/{name}`.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_switch_is_explained_in_both_languages() => Assert.All(Switches.All, one =>
    {
        // Chinese words inside the English are WeChat's own.
        Assert.True(one.Meaning.Count(char.IsAsciiLetter) > one.Meaning.Length / 2, one.Name);
        Assert.Contains(one.Chinese, c => c is >= '\u4e00' and <= '\u9fff');
        Assert.EndsWith("。", one.Chinese, StringComparison.Ordinal);
    });

    [Fact]
    public async Task All_are_listed_with_their_values()
    {
        Assert.Equal(0, await RunAsync("switches"));
        Assert.All(Switches.All, one => Assert.Contains($" {one.Name} ", _output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_table_is_written_between_its_marks_and_nothing_else_is_touched()
    {
        var folder = Directory.CreateTempSubdirectory("papaya-switches-");
        try
        {
            var file = Path.Combine(folder.FullName, "page.md");
            await File.WriteAllTextAsync(file, "before\n<!-- switches -->\nold\n<!-- end of switches -->\nafter\n");
            Assert.Equal(0, await RunAsync("switches", "--markdown", file));
            var page = await File.ReadAllTextAsync(file);
            Assert.StartsWith("before\n<!-- switches -->\n| switch |", page, StringComparison.Ordinal);
            Assert.EndsWith("|\n<!-- end of switches -->\nafter\n", page, StringComparison.Ordinal);
            Assert.DoesNotContain("old\n", page, StringComparison.Ordinal);

            await File.WriteAllTextAsync(file, "no marks");
            Assert.Equal(1, await RunAsync("switches", "--markdown", file));
            Assert.Contains("<!-- switches -->", _error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private Task<int> RunAsync(params string[] args) => PapayaCommand.RunAsync(args, _output, _error);
}
