using System.Text.RegularExpressions;
using Papaya.Cli;
using Papaya.Simulator.Lint;

namespace Papaya.World.Tests.CommandLine;

/// <summary>The rules of the lint report as a person sees them, and the checklist that they cite.</summary>
public sealed partial class LintRulesCommandTests
{
    private readonly StringWriter _output = new();

    [Theory]
    [InlineData("lint.md")]
    [InlineData("lint.zh-CN.md")]
    public async Task The_page_in_the_documents_is_what_the_rules_say(string name)
    {
        var page = await File.ReadAllTextAsync(Document(name));
        var folder = Directory.CreateTempSubdirectory("papaya-lint-");
        try
        {
            var copy = Path.Combine(folder.FullName, name);
            await File.WriteAllTextAsync(copy, page);
            Assert.Equal(0, await PapayaCommand.RunAsync(["lint-rules", "--markdown", copy], _output, _output));
            Assert.True(page == await File.ReadAllTextAsync(copy), $"docs/reference/{name} is not current: run `papaya lint-rules --markdown docs/reference/{name}`.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("lint.md")]
    [InlineData("lint.zh-CN.md")]
    public void The_checklist_on_the_page_and_the_rules_name_each_other(string name)
    {
        var named = Item().Matches(File.ReadAllText(Document(name)))
            .ToDictionary(m => int.Parse(m.Groups[1].Value), m => RuleName().Matches(m.Groups[2].Value).Select(r => r.Groups[1].Value).Order(StringComparer.Ordinal).ToList());
        Assert.Equal(Enumerable.Range(1, 27), named.Keys);
        Assert.All(named, item => Assert.Equal(LintRules.All.Where(rule => Cited(rule).Contains(item.Key)).Select(rule => rule.Id).Order(StringComparer.Ordinal), item.Value));
        Assert.All(LintRules.All, rule => Assert.All(Cited(rule), number => Assert.Contains(number, named.Keys)));
    }

    [Fact]
    public async Task All_are_listed()
    {
        Assert.Equal(0, await PapayaCommand.RunAsync(["lint-rules"], _output, _output));
        Assert.All(LintRules.All, rule => Assert.Contains($"{rule.Id} ", _output.ToString(), StringComparison.Ordinal));
    }

    private static string Document(string name) => Path.Combine(Repository.Root, "docs", "reference", name);

    private static IEnumerable<int> Cited(LintRule rule) =>
        Citation().Match(rule.Source) is { Success: true } cited ? cited.Groups[1].Value.Split(", ").Select(int.Parse) : [];

    [GeneratedRegex(@"\bchecklist (\d+(?:, \d+)*)", RegexOptions.None, 1000)]
    private static partial Regex Citation();

    /// <summary>A row of the checklist: its number, what it asks, which rules see it.</summary>
    [GeneratedRegex(@"^\| (\d+) \|[^|]+\|([^|]+)\|$", RegexOptions.Multiline, 1000)]
    private static partial Regex Item();

    [GeneratedRegex("`([a-z-]+)`", RegexOptions.None, 1000)]
    private static partial Regex RuleName();
}
