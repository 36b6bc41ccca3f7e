using System.CommandLine;
using Papaya.Cli.Up;

namespace Papaya.Cli.Doctor;

/// <summary><c>doctor</c>: what is right, what is not, and what to do about it.</summary>
internal static class DoctorCommand
{
    public static Command Create(TextWriter output)
    {
        var config = ServeCommand.ConfigOption();
        var doctor = new Command("doctor", "Check settings, keys, callback URLs, database, signing, clock and reachability; each line says the cure.") { config };
        doctor.SetAction(async (parsed, ct) =>
        {
            var file = parsed.GetRequiredValue(config);
            var options = Settings.Read(file, mustExist: parsed.GetResult(config) is { Implicit: false });
            await WriteAsync(File.Exists(file)
                ? new Finding(Health.Ok, "settings", $"{Path.GetFullPath(file)} is readable.")
                : new Finding(Health.Warn, "settings", $"there is no {file}; only the environment counts.", "docs/reference/configuration.md shows one to start from."), output);
            using var http = new HttpClient();
            var findings = await new Checkup(options, TimeProvider.System, http).RunAsync(ct);
            foreach (var finding in findings)
            {
                await WriteAsync(finding, output);
            }

            var failures = findings.Count(finding => finding.Health == Health.Fail);
            return failures == 0 ? PapayaCommand.Ok : throw new CommandFailedException($"{failures} of {findings.Count + 1} checks failed; the cures are above.");
        });
        return doctor;
    }

    private static async Task WriteAsync(Finding finding, TextWriter output)
    {
        var word = finding.Health switch
        {
            Health.Ok => "ok  ",
            Health.Warn => "warn",
            Health.Fail => "fail",
            _ => throw new InvalidOperationException($"Unknown health {finding.Health}."),
        };
        await output.WriteLineAsync($"{word}  {finding.Subject,-24} {finding.Words}");
        if (finding.Cure.Length > 0)
        {
            await output.WriteLineAsync($"      {"",-24} → {finding.Cure}");
        }
    }
}
