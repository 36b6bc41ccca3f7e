using System.Text;
using System.Text.RegularExpressions;

namespace Papaya.World.Tests;

/// <summary>What .editorconfig says about files holds for every editor, also for one that does not read it.</summary>
public sealed partial class FileShapeTests
{
    private static readonly string[] Foreign = ["/obj/", "/bin/", "/node_modules/"];

    [Fact]
    public void Files_have_the_shape_that_the_editor_configuration_states()
    {
        var wrong = new List<string>();
        foreach (var file in Files())
        {
            var bytes = File.ReadAllBytes(file);
            var text = Encoding.UTF8.GetString(bytes);
            var name = Path.GetRelativePath(Repository.Root, file);
            Add(bytes is [0xEF, 0xBB, 0xBF, ..], "begins with a byte order mark");
            Add(text.Contains('\uFFFD', StringComparison.Ordinal), "is not UTF-8");
            Add(text.Contains('\r', StringComparison.Ordinal), "has carriage returns");
            Add(text.Length > 0 && text[^1] != '\n', "does not end with a new line");
            Add(text.Contains('\t', StringComparison.Ordinal), "is indented with tabs");
            Add(Path.GetExtension(file) != ".md" && TrailingSpace().IsMatch(text), "has white space at the end of a line");
            Add(Path.GetExtension(file) == ".cs" && BlockNamespace().IsMatch(text), "has a namespace with braces");

            void Add(bool isWrong, string what)
            {
                if (isWrong)
                {
                    wrong.Add($"{name} {what}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> Files() =>
        ((string[])["src", "tests", "bench", "docs"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".sql" or ".md" or ".svg")
            .Where(file => !Array.Exists(Foreign, folder => file.Contains(folder, StringComparison.Ordinal)));

    [GeneratedRegex(@"[ \t]$", RegexOptions.Multiline, 1000)]
    private static partial Regex TrailingSpace();

    [GeneratedRegex(@"^namespace [\w.]+\s*\{", RegexOptions.Multiline, 1000)]
    private static partial Regex BlockNamespace();
}
