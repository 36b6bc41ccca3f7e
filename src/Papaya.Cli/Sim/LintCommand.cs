using System.CommandLine;
using Papaya.Cli.Http;
using Papaya.Simulator.World;

namespace Papaya.Cli.Sim;

/// <summary><c>sim lint</c>: the report, on wish after messages that put the caller to the test. Exit code 1 when an error is found.</summary>
internal static class LintCommand
{
    public static Command Create(Option<string> url, Option<bool> json, TextWriter output)
    {
        var probe = new Option<bool>(SimActs.Probe.Verb!) { Description = SimActs.Probe.Meaning };
        var members = SimCommand.MembersOf(SimActs.Lint);
        var command = new Command(SimActs.Lint.Group, $"{SimActs.Lint.Meaning} Examples: {SimActs.Lint.Example}; {SimActs.Probe.Example}") { members, probe };
        command.SetAction(async (parsed, ct) =>
        {
            var address = parsed.GetRequiredValue(url);
            var wishes = parsed.GetValue(members) ?? [];
            string[] kinds = [.. wishes.Where(w => w.StartsWith("kinds=", StringComparison.Ordinal))];
            if (parsed.GetValue(probe))
            {
                var mchId = wishes.FirstOrDefault(w => w.StartsWith("mch_id=", StringComparison.Ordinal))?["mch_id=".Length..] ?? Presets.MchId;
                await SimCommand.AskAsync(SimActs.Probe, new() { ["MCH_ID"] = mchId }, kinds, address, ct);
                // Returns when the messages have been answered.
                await SimCommand.AskAsync(SimActs.Advance, new() { ["SECONDS"] = "0" }, [], address, ct);
            }

            var report = await SimCommand.AskAsync(SimActs.Lint, [], [.. wishes.Except(kinds)], address, ct);
            await SimCommand.WriteAsync(SimActs.Lint, report, parsed.GetValue(json), output);
            return report.List("data").Any(r => r.Text("severity") == "error" && r.Text("verdict") == "fault") ? PapayaCommand.Failed : PapayaCommand.Ok;
        });
        return command;
    }
}
