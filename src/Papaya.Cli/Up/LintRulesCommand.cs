using System.CommandLine;
using System.Text;
using Papaya.Simulator.Lint;

namespace Papaya.Cli.Up;

/// <summary><c>lint-rules</c>: what the simulator's lint report looks for.</summary>
internal static class LintRulesCommand
{
    public static Command Create(TextWriter output)
    {
        var markdown = new Option<string?>("--markdown") { Description = "Bring the table in this file up to date; in Chinese when its name ends with .zh-CN.md." };
        var rules = new Command("lint-rules", "Show what the simulator's lint report looks for, with the cure and the source of each rule.") { markdown };
        rules.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(markdown) is { } file)
            {
                var page = await File.ReadAllTextAsync(file, ct);
                await File.WriteAllTextAsync(file, MarkedTable.Replace(page, "rules", Table(MarkedTable.IsChinese(file))), ct);
                await output.WriteLineAsync($"wrote {file}: {LintRules.All.Count} rules");
                return PapayaCommand.Ok;
            }

            foreach (var rule in LintRules.All)
            {
                await output.WriteLineAsync($"{rule.Id,-34} {Word(rule.Severity, isChinese: false),-8} {rule.Title.En}");
            }

            return PapayaCommand.Ok;
        });
        return rules;
    }

    private static string Table(bool isChinese)
    {
        var table = new StringBuilder(isChinese ? "| 规则 | 级别 | 发现什么 | 怎样改正 | 来源 |\n" : "| rule | severity | what is found | cure | source |\n").Append("|---|---|---|---|---|\n");
        foreach (var rule in LintRules.All)
        {
            var (found, cure) = isChinese ? (rule.Title.Zh, rule.Cure.Zh) : (rule.Title.En, rule.Cure.En);
            table.Append($"| `{rule.Id}` | {Word(rule.Severity, isChinese)} | {MarkedTable.Cell(found)} | {MarkedTable.Cell(cure)} | {MarkedTable.Cell(rule.Source)} |\n");
        }

        return table.ToString();
    }

    private static string Word(LintSeverity severity, bool isChinese) => severity switch
    {
        LintSeverity.Error => isChinese ? "错误" : "error",
        LintSeverity.Warning => isChinese ? "警告" : "warning",
        LintSeverity.Info => isChinese ? "提示" : "info",
    };
}
