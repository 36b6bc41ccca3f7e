using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Papaya.Simulator;
using Spectre.Console;

namespace Papaya.Cli.Up;

/// <summary><c>switches</c>: what the simulator does where WeChat's documents are silent or contradict each other.</summary>
internal static partial class SwitchesCommand
{
    private const int Width = 170;

    public static Command Create(TextWriter output)
    {
        var markdown = new Option<string?>("--markdown") { Description = "Bring the table in this file up to date." };
        var switches = new Command("switches", "Show the named switches of the simulator with their defaults, evidence and sources.") { markdown };
        switches.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(markdown) is { } file)
            {
                await File.WriteAllTextAsync(file, Update(await File.ReadAllTextAsync(file, ct)), ct);
                await output.WriteLineAsync($"wrote {file}: {Switches.All.Count} switches");
            }
            else
            {
                Show(output);
            }

            return PapayaCommand.Ok;
        });
        return switches;
    }

    /// <summary>The page with the table between its two marks as it should be.</summary>
    public static string Update(string page)
    {
        if (!Marks().IsMatch(page))
        {
            throw new CommandFailedException("The file has no lines <!-- switches --> and <!-- end of switches -->; the table goes between them.");
        }

        var table = new StringBuilder("<!-- switches -->\n| switch | values, the default first | evidence | what it decides | source |\n|---|---|---|---|---|\n");
        foreach (var one in Switches.All)
        {
            table.Append($"| `{one.Name}` | **{one.Default}**{string.Concat(one.Values.Skip(1).Select(v => ", " + v))} | {Word(one.Evidence)} | {Cell(one.Meaning)} | {Cell(one.Source)} |\n");
        }

        return Marks().Replace(page, _ => table.Append("<!-- end of switches -->").ToString());
    }

    private static void Show(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = Width;
        var table = new Table { Border = TableBorder.Simple }.AddColumns("switch", "values, the default first", "evidence", "what it decides");
        foreach (var one in Switches.All)
        {
            table.AddRow(new Text(one.Name), new Text(string.Join(", ", one.Values)), new Text(Word(one.Evidence)), new Text(one.Meaning));
        }

        console.Write(table);
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Word(Evidence evidence) => evidence switch
    {
        Evidence.Official => "official",
        Evidence.Community => "community",
        Evidence.Inferred => "inferred",
    };

    [GeneratedRegex("<!-- switches -->.*<!-- end of switches -->", RegexOptions.Singleline, 1000)]
    private static partial Regex Marks();
}
