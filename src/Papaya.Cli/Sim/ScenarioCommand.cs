using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Papaya.Cli.Up;
using Papaya.Simulator.Control;
using Papaya.Simulator.Scenarios;

namespace Papaya.Cli.Sim;

/// <summary><c>sim scenario</c>: a story in a world of its own, inside this process; no simulator need run, and none is disturbed.</summary>
internal static class ScenarioCommand
{
    /// <summary>Seconds: a day.</summary>
    private const int LongestPatience = 86_400;

    public static Command Create(Option<bool> json, TextWriter output)
    {
        var name = new Argument<string?>("NAME|FILE") { Description = "A scenario of the product, or a file with one.", DefaultValueFactory = _ => null };
        var list = new Option<bool>("--list") { Description = "List the scenarios." };
        var all = new Option<bool>("--all") { Description = "Run all of them." };
        var without = new Option<bool>("--without-cause") { Description = "Leave out the cause: an expectation must fail now." };
        var param = new Option<string[]>("--param") { Description = "NAME=VALUE: a value of the scenario's own; --list --json shows which there are. May be repeated.", DefaultValueFactory = _ => [] };
        var to = new Option<Uri?>("--to")
        {
            Description = "Play it with your own app: the calls of the script are waited for, and terminations are told to this address. Your app's base URL is the address that is printed.",
            CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : Wrong(result),
        };
        var port = UpCommand.PortOption("--port", "With --to: where WeChat Pay is played; any free port if 0.", 0);
        var patience = new Option<int>("--patience") { Description = "With --to: how many seconds a step waits for your app.", DefaultValueFactory = _ => 300 };
        patience.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var word }] && !(int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= LongestPatience))
            {
                result.AddError("--patience is a number of seconds, 1 to 86400.");
            }
        });
        var markdown = new Option<string?>("--markdown") { Description = "Write the reference page to this file; in Chinese when its name ends with .zh-CN.md." };
        var command = new Command(
            "scenario",
            "Stage one of the known pains and check what comes of it. Examples: papaya sim scenario accepted-and-forgotten; papaya sim scenario my-story.json --without-cause; papaya sim scenario --all")
        {
            name, list, all, without, param, to, port, patience, markdown,
        };
        command.Validators.Add(result =>
        {
            var wishes = new[] { result.GetValue(name) is not null, result.GetValue(list), result.GetValue(all), result.GetValue(markdown) is not null }.Count(w => w);
            if (wishes != 1)
            {
                result.AddError("Name one scenario or file, or say --list, --all or --markdown FILE.");
            }
        });
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(markdown) is { } file)
            {
                await File.WriteAllTextAsync(file, ScenarioPage.Write(ScenarioLibrary.All, MarkedTable.IsChinese(file)), ct);
                await output.WriteLineAsync($"wrote {file}: {ScenarioLibrary.All.Count} scenarios");
                return PapayaCommand.Ok;
            }

            if (parsed.GetValue(list))
            {
                await ListAsync(parsed.GetValue(json), output);
                return PapayaCommand.Ok;
            }

            var scenarios = parsed.GetValue(all) ? ScenarioLibrary.All : await FindAsync(parsed.GetValue(name)!, ct);
            var run = new ScenarioRun
            {
                WithoutCause = parsed.GetValue(without),
                Parameters = Parameters(parsed.GetValue(param)!),
                Own = parsed.GetValue(to) is not { } address ? null : new(
                    address, parsed.GetValue(port), TimeSpan.FromSeconds(parsed.GetValue(patience)), what => output.WriteLineAsync($"waiting: your app calls {what}")),
            };
            return await RunAsync(scenarios, run, parsed.GetValue(json), output, ct);
        });
        return command;
    }

    private static Uri? Wrong(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--to is an absolute http or https address; '{result.Tokens[0].Value}' is none.");
        return null;
    }

    private static Dictionary<string, string> Parameters(string[] given)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            parameters[at > 0 ? text[..at] : throw new CommandFailedException($"--param is NAME=VALUE; '{text}' is not.")] = text[(at + 1)..];
        }

        return parameters;
    }

    private static async Task ListAsync(bool asJson, TextWriter output)
    {
        if (asJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new Listing<ScenarioView>([.. ScenarioLibrary.All.Select(ScenarioView.Of)]), ControlJson.Default.ListingScenarioView));
            return;
        }

        var width = ScenarioLibrary.All.Max(s => s.Name.Length);
        foreach (var scenario in ScenarioLibrary.All)
        {
            await output.WriteLineAsync($"{scenario.Name.PadRight(width)}  {scenario.Title} · {scenario.Chinese}");
        }
    }

    private static async Task<IReadOnlyList<Scenario>> FindAsync(string name, CancellationToken ct)
    {
        if (ScenarioLibrary.Find(name) is { } known)
        {
            return [known];
        }

        try
        {
            return File.Exists(name)
                ? Scenario.Read(await File.ReadAllBytesAsync(name, ct))
                : throw new CommandFailedException($"There is no scenario and no file '{name}'. `papaya sim scenario --list` lists them.");
        }
        catch (ScenarioFormatException e)
        {
            throw new CommandFailedException(e.Message);
        }
    }

    /// <summary>0 when all went as it must: with their causes all hold, without them each fails somewhere.</summary>
    private static async Task<int> RunAsync(IReadOnlyList<Scenario> scenarios, ScenarioRun run, bool asJson, TextWriter output, CancellationToken ct)
    {
        var wrong = 0;
        for (var n = 0; n < scenarios.Count; n++)
        {
            ScenarioResult result;
            try
            {
                result = await ScenarioPlayer.PlayAsync(scenarios[n], run, ct);
            }
            catch (ScenarioFormatException e)
            {
                throw new CommandFailedException(e.Message);
            }

            wrong += result.Shows ? 0 : 1;
            if (asJson)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(result, ControlJson.Default.ScenarioResult));
            }
            else if (scenarios.Count == 1)
            {
                await TellAsync(scenarios[n], result, output);
            }
            else
            {
                await output.WriteLineAsync($"[{(n + 1).ToString(CultureInfo.InvariantCulture).PadLeft(scenarios.Count.ToString(CultureInfo.InvariantCulture).Length)}/{scenarios.Count}] {(result.Shows ? "ok    " : "WRONG ")} {result.Name}");
            }
        }

        if (!asJson && scenarios.Count > 1)
        {
            await output.WriteLineAsync($"{scenarios.Count - wrong} of {scenarios.Count} {(run.WithoutCause ? "fail without their cause, as they must" : "hold")}");
        }

        // Without its cause a scenario fails where the cause decides: that is what was asked for.
        return wrong == 0 ? PapayaCommand.Ok : PapayaCommand.Failed;
    }

    private static async Task TellAsync(Scenario scenario, ScenarioResult result, TextWriter output)
    {
        await output.WriteLineAsync($"{scenario.Name}: {scenario.Title} · {scenario.Chinese}");
        await output.WriteLineAsync(scenario.Why);
        foreach (var step in result.Steps)
        {
            var mark = step.Outcome switch { "held" => "✓", "failed" => "✗", "left_out" => "–", _ => " " };
            var what = scenario.Steps[step.Number - 1].Body?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "";
            await output.WriteLineAsync(
                $"{mark} {step.At.ToOffset(TimeSpan.FromHours(8)):MM-dd HH:mm:ss}  {(step.Cause ? "cause " : "")}{(step.Decides ? "decides " : "")}{step.Verb} {(what.Length > 150 ? what[..150] + "…" : what)}{(step.Outcome == "left_out" ? " (left out)" : "")}");
            if (step.Reason is { } reason)
            {
                await output.WriteLineAsync($"    {reason}");
            }
        }

        await output.WriteLineAsync($"{result.Expectations - result.Failed} of {result.Expectations} expectations hold{(result.WithoutCause ? " without the cause" : "")}.");
    }
}
