using Papaya.Cli;
using Papaya.Cli.Up;
using Papaya.Simulator;

namespace Papaya.World.Tests.CommandLine;

/// <summary>The switches as a person sees them.</summary>
public sealed class SwitchesCommandTests
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "reference", "fidelity.md");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public void The_page_in_the_documents_is_what_the_switches_say()
    {
        var page = File.ReadAllText(Page);
        Assert.True(page == SwitchesCommand.Update(page), "docs/reference/fidelity.md is not current: run `papaya switches --markdown docs/reference/fidelity.md`.");
    }

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
