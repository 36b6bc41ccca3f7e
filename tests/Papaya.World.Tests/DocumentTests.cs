using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Papaya.World.Tests;

/// <summary>Documents that point at nothing are worse than none.</summary>
public sealed partial class DocumentTests
{
    [Theory]
    [InlineData("requirements.md")]
    [InlineData("pitfalls.md")]
    [InlineData("pitfalls.zh-CN.md")]
    public void Every_test_that_a_page_names_exists(string page)
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(file => (Project: Path.GetRelativePath(Path.Combine(Repository.Root, "tests"), file).Split('/')[0], Text: File.ReadAllText(file))).ToList();
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", page))).ToList();
        Assert.NotEmpty(named);
        foreach (var name in named)
        {
            var (project, type, method) = (name.Groups[1].Value, name.Groups[2].Value, name.Groups[3].Value);
            var holders = sources.FindAll(source => Regex.IsMatch(source.Text, $@"\bclass {type}\b", RegexOptions.None, TimeSpan.FromSeconds(1))
                && (project.Length == 0 || source.Project == $"Papaya.{project}.Tests"));
            Assert.True(
                holders.Exists(source => source.Text.Contains($" {method}(", StringComparison.Ordinal)),
                $"docs/reference/{page} names {name.Value}, which does not exist.");
            Assert.True(holders.DistinctBy(source => source.Project).Count() == 1, $"{name.Value}: say of which project, as in Simulator.{type}.");
        }
    }

    [Fact]
    public void The_pitfalls_name_the_same_tests_sources_and_members_in_both_languages()
    {
        var (english, chinese) = (Page("pitfalls.md"), Page("pitfalls.zh-CN.md"));
        Assert.Equal(TestName().Matches(english).Select(m => m.Value), TestName().Matches(chinese).Select(m => m.Value));
        Assert.Equal(Sources(english), Sources(chinese));
        Assert.Equal(Members(english), Members(chinese));

        // What is named as a member of the client is one.
        var types = typeof(WeChatPay.PapayClient).Assembly.GetExportedTypes();
        var names = types.SelectMany(type => type.GetMembers().Select(member => member.Name)).Concat(types.Select(type => type.Name)).ToHashSet(StringComparer.Ordinal);
        Assert.All(Members(english), member => Assert.Contains(member, names));

        static string Page(string name) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", name));
        static IEnumerable<string> Sources(string page) => Link().Matches(page).Select(m => m.Groups[1].Value).Where(link => link.Contains("://", StringComparison.Ordinal));
        static IEnumerable<string> Members(string page) => ClientMember().Matches(page).SelectMany(m => m.Groups[1].Value.Split('.')).Distinct().Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Every_link_between_the_documents_leads_somewhere()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"));
        foreach (var page in pages)
        {
            var text = File.ReadAllText(page);
            foreach (Match link in Link().Matches(text).Concat(Picture().Matches(text)))
            {
                var target = link.Groups[1].Value;
                if (!target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
                {
                    Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0])), $"{page} links to {target}, which does not exist.");
                }
            }
        }
    }

    [Fact]
    public void Each_page_of_the_simulator_is_pictured_at_both_widths_and_no_picture_is_left_over()
    {
        var kept = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "screens", "simulator"), "*.png").Select(file => Path.GetFileName(file)).ToHashSet(StringComparer.Ordinal);
        string[] pages = [.. new[] { "simulator-pages.md", "simulator-pages.zh-CN.md" }.Select(name => File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", name)))];
        var shown = pages.Select(page => Picture().Matches(page).Select(m => Path.GetFileName(m.Groups[1].Value)).ToHashSet(StringComparer.Ordinal)).ToArray();
        Assert.Empty(kept.Except(shown[0].Union(shown[1])).Order(StringComparer.Ordinal));
        foreach (var phone in kept.Where(name => name.EndsWith("-390.png", StringComparison.Ordinal)))
        {
            var desk = phone.Replace("-390", "-1280", StringComparison.Ordinal);
            Assert.All(shown, page => Assert.True(page.Contains(phone) && (page.Contains(desk) || page.Contains(desk.Replace(".png", "-zh.png", StringComparison.Ordinal))), phone));
        }

        Assert.Equal(Heading().Count(pages[0]), Heading().Count(pages[1]));
        Assert.Equal(Row().Count(pages[0]), Row().Count(pages[1]));
    }

    [Fact]
    public void Every_setting_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "configuration.md"));
        // Only the sandbox sets this one; it is not a setting of `serve`.
        foreach (var name in Settings(typeof(Server.PapayaServerOptions)).Where(name => name != "sandbox_clock_url"))
        {
            Assert.True(page.Contains(name, StringComparison.Ordinal), $"docs/reference/configuration.md does not name {name}.");
        }

        static IEnumerable<string> Settings(Type type) => type.GetProperties().SelectMany(property =>
        {
            var name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name;
            var inner = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            return name is null ? [] : inner.Namespace!.StartsWith("Papaya", StringComparison.Ordinal) ? Settings(inner).Append(name) : [name];
        });
    }

    [Fact]
    public void The_two_readmes_say_the_same()
    {
        var (english, chinese) = (File.ReadAllText(Path.Combine(Repository.Root, "README.md")), File.ReadAllText(Path.Combine(Repository.Root, "README.zh-CN.md")));
        Assert.Equal(Commands(english), Commands(chinese));
        Assert.Equal(Heading().Count(english), Heading().Count(chinese));
        Assert.Contains("dotnet run --project src/Papaya.Cli -- demo", Commands(english));
        Assert.Contains("./test --install", Commands(english));
    }

    [Theory]
    [InlineData("docs/reference/simulator")]
    [InlineData("docs/reference/fidelity")]
    [InlineData("docs/reference/lint")]
    [InlineData("docs/reference/command-line")]
    [InlineData("docs/guides/signatures")]
    [InlineData("docs/operating/running")]
    [InlineData("docs/concepts/how-a-debit-flows")]
    [InlineData("docs/concepts/pay-and-sign")]
    [InlineData("src/Papaya.Simulator.Testing/README")]
    public void What_is_code_on_a_page_is_on_its_Chinese_page_too(string page)
    {
        var (english, chinese) = (File.ReadAllText(Path.Combine(Repository.Root, page + ".md")), File.ReadAllText(Path.Combine(Repository.Root, page + ".zh-CN.md")));
        Assert.Equal(Code(english), Code(chinese));
        Assert.Equal(Commands(english), Commands(chinese));
        Assert.Equal(Heading().Count(english), Heading().Count(chinese));
        Assert.Equal(Row().Count(english), Row().Count(chinese));

        // The page and its translation are named by their own files.
        static IEnumerable<string> Code(string text) => CodeSpan().Matches(FencedBlock().Replace(text, "")).Select(m => m.Groups[1].Value.Replace(".zh-CN.md", ".md", StringComparison.Ordinal))
            .Distinct().Order(StringComparer.Ordinal);
    }

    private static List<string> Commands(string page) => [.. CodeBlock().Matches(page).Select(block => block.Groups[1].Value.Trim())];

    [GeneratedRegex("`([^`\n]+)`", RegexOptions.None, 1000)]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline, 1000)]
    private static partial Regex FencedBlock();

    [GeneratedRegex(@"^\|", RegexOptions.Multiline, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?:(\w+)\.)?(\w+Tests\w*)\.(\w+)`", RegexOptions.None, 1000)]
    private static partial Regex TestName();

    /// <summary>`Type.Member` in code, but for names of tests.</summary>
    [GeneratedRegex(@"`((?!System\.|Papaya\.)[A-Z][A-Za-z0-9]+\.(?<!Tests\.)[A-Z][A-Za-z0-9]+)(?:\(\w+\))?`", RegexOptions.None, 1000)]
    private static partial Regex ClientMember();

    [GeneratedRegex(@"\]\(([^)\s]+)\)", RegexOptions.None, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("<img src=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Picture();

    [GeneratedRegex("^#+ ", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex CodeBlock();
}
