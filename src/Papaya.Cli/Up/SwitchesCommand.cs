using System.CommandLine;
using System.Text;
using Papaya.Simulator;
using Spectre.Console;

namespace Papaya.Cli.Up;

/// <summary><c>switches</c>: what the simulator does where WeChat's documents are silent or contradict each other.</summary>
internal static class SwitchesCommand
{
    private const int Width = 170;

    public static Command Create(TextWriter output)
    {
        var markdown = new Option<string?>("--markdown") { Description = "Bring the table in this file up to date; in Chinese when its name ends with .zh-CN.md." };
        var switches = new Command("switches", "Show the named switches of the simulator with their defaults, evidence and sources.") { markdown };
        switches.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(markdown) is { } file)
            {
                var page = await File.ReadAllTextAsync(file, ct);
                await File.WriteAllTextAsync(file, MarkedTable.Replace(page, "switches", Table(MarkedTable.IsChinese(file))), ct);
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

    private static string Table(bool isChinese)
    {
        var table = new StringBuilder(isChinese ? "| 开关 | 取值，第一个是默认值 | 依据 | 决定什么 | 来源 |\n" : "| switch | values, the default first | evidence | what it decides | source |\n")
            .Append("|---|---|---|---|---|\n");
        foreach (var one in Switches.All)
        {
            var values = $"**{one.Default}**{string.Concat(one.Values.Skip(1).Select(v => ", " + v))}";
            table.Append($"| `{one.Name}` | {values} | {Word(one.Evidence, isChinese)} | {MarkedTable.Cell(isChinese ? one.Chinese : one.Meaning)} | {MarkedTable.Cell(one.Source)} |\n");
        }

        return table.ToString();
    }

    private static void Show(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = Width;
        var table = new Table { Border = TableBorder.Simple }.AddColumns("switch", "values, the default first", "evidence", "what it decides");
        foreach (var one in Switches.All)
        {
            table.AddRow(new Text(one.Name), new Text(string.Join(", ", one.Values)), new Text(Word(one.Evidence, isChinese: false)), new Text(one.Meaning));
        }

        console.Write(table);
    }

    private static string Word(Evidence evidence, bool isChinese) => evidence switch
    {
        Evidence.Official => isChinese ? "官方" : "official",
        Evidence.Community => isChinese ? "社区" : "community",
        Evidence.Inferred => isChinese ? "推断" : "inferred",
    };
}
