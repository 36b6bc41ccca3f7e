namespace Papaya.Cli.Up;

/// <summary>A table inside a page that people write: it stands between two marks and is brought up to date by a command.</summary>
internal static class MarkedTable
{
    /// <summary>Pages in Chinese are named so.</summary>
    public static bool IsChinese(string file) => file.EndsWith(".zh-CN.md", StringComparison.Ordinal);

    /// <summary>The page with this table between its two marks, and nothing else touched.</summary>
    public static string Replace(string page, string name, string table)
    {
        var (begin, end) = ($"<!-- {name} -->", $"<!-- end of {name} -->");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : page.IndexOf(end, from, StringComparison.Ordinal);
        return to < 0
            ? throw new CommandFailedException($"The file has no lines {begin} and {end}; the table goes between them.")
            : $"{page[..from]}{begin}\n{table}{page[to..]}";
    }

    public static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
