using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Papaya.Cli.Http;
using Papaya.Simulator.Faults;
using Spectre.Console;

namespace Papaya.Cli.Sim;

/// <summary><c>sim …</c>: the simulator's control API from a shell, one command for one call, and its scenarios.</summary>
internal static partial class SimCommand
{
    private const int WidthOfTables = 220;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> Groups = new(StringComparer.Ordinal)
    {
        ["clock"] = "The test clock.",
        ["users"] = "Users and their money.",
        ["templates"] = "Templates of contracts.",
        ["merchants"] = "Merchants, their keys and accounts.",
        ["faults"] = "Things that go wrong, by rule.",
        ["switches"] = "Points on which WeChat's documents are silent or differ.",
        ["orders"] = "Orders.",
        ["contracts"] = "Contracts.",
        ["refunds"] = "Refunds.",
        ["requests"] = "The journal of calls.",
        ["notifications"] = "The journal of messages, and what is still to be sent.",
    };

    public static Command Create(TextWriter output)
    {
        var url = new Option<string>("--url") { Description = "The simulator.", DefaultValueFactory = _ => "http://127.0.0.1:8090", Recursive = true };
        var json = new Option<bool>("--json") { Description = "The answer as the control API gives it, for programs.", Recursive = true };
        var sim = new Command("sim", "Set the scene, act as the user, look at the truth of a running simulator; rehearse scenarios.") { url, json };
        foreach (var group in SimActs.All.GroupBy(a => a.Group))
        {
            if (group.First().Verb is null)
            {
                sim.Add(Of(group.Single(), group.Key, url, json, output));
                continue;
            }

            var command = new Command(group.Key, Groups[group.Key]);
            foreach (var act in group)
            {
                command.Add(Of(act, act.Verb!, url, json, output));
            }

            if (group.Key == "clock")
            {
                command.Add(Advance(url, json, output));
            }
            else if (group.Key == "faults")
            {
                command.Add(Kinds(output));
            }

            sim.Add(command);
        }

        sim.Add(ScenarioCommand.Create(json, output));
        return sim;
    }

    private static Command Of(SimAct act, string name, Option<string> url, Option<bool> json, TextWriter output)
    {
        var command = new Command(name, $"{act.Meaning} Example: {act.Example}");
        var arguments = act.Arguments.Select(a => new Argument<string>(a)).ToArray();
        foreach (var argument in arguments)
        {
            command.Add(argument);
        }

        var members = new Argument<string[]>("NAME=VALUE") { Description = act.Members ?? "", Arity = ArgumentArity.ZeroOrMore, Hidden = act.Members is null };
        if (act.Members is not null)
        {
            members.Validators.Add(result =>
            {
                if (result.Tokens.FirstOrDefault(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1)?.Value is { } wrong)
                {
                    result.AddError($"'{wrong}' is no name=value; there are {act.Members}.");
                }
            });
            command.Add(members);
        }

        command.SetAction((parsed, ct) =>
        {
            var words = act.Arguments.Zip(arguments, (word, argument) => (word, parsed.GetRequiredValue(argument))).ToDictionary(p => p.word, p => p.Item2);
            var more = act.Members is null ? [] : parsed.GetValue(members) ?? [];
            return RunAsync(act, words, more, parsed.GetRequiredValue(url), parsed.GetValue(json), output, ct);
        });
        return command;
    }

    private static Command Advance(Option<string> url, Option<bool> json, TextWriter output)
    {
        var duration = new Argument<string>("DURATION") { Description = "13h, 1d2h30m, 90s, or seconds." };
        var command = new Command("advance", "Move the clock on; everything due on the way happens in order. Example: papaya sim clock advance 24h1m") { duration };
        duration.Validators.Add(result =>
        {
            if (Seconds(result.Tokens[0].Value) is null)
            {
                result.AddError($"'{result.Tokens[0].Value}' is no duration; write 13h, 1d2h30m or 90s.");
            }
        });
        var act = new SimAct("clock", "advance", HttpMethod.Post, "/clock", "", "") { Body = ["advance_seconds={SECONDS}"] };
        command.SetAction((parsed, ct) => RunAsync(
            act, new() { ["SECONDS"] = Seconds(parsed.GetRequiredValue(duration))!.Value.ToString(CultureInfo.InvariantCulture) }, [], parsed.GetRequiredValue(url),
            parsed.GetValue(json), output, ct));
        return command;
    }

    private static Command Kinds(TextWriter output)
    {
        var markdown = new Option<string?>("--markdown") { Description = "Write the reference page to this file." };
        var command = new Command("kinds", "List what can go wrong and where; no simulator need run. Example: papaya sim faults kinds") { markdown };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(markdown) is { } file)
            {
                await File.WriteAllTextAsync(file, FaultPage.Write(), ct);
                await output.WriteLineAsync($"wrote {file}: {FaultCatalogue.All.Count} kinds");
                return PapayaCommand.Ok;
            }

            foreach (var kind in FaultCatalogue.All)
            {
                await output.WriteLineAsync($"{kind.Wire,-22} {FaultCatalogue.Describe(kind.Places),-32} {kind.Meaning}");
            }

            return PapayaCommand.Ok;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        SimAct act, Dictionary<string, string> words, string[] more, string url, bool asJson, TextWriter output, CancellationToken ct)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandFailedException($"--url {url} is no http address.");
        }

        var path = "/_sim" + Argument().Replace(act.Path, found => Uri.EscapeDataString(words[found.Groups[1].Value]));
        var members = act.Body.Select(b => b.Split('=', 2)).Select(b => (Name: b[0], Value: words[b[1][1..^1]]))
            .Concat(more.Select(m => m.Split('=', 2)).Select(m => (Name: m[0], Value: m[1]))).ToArray();
        JsonObject? body = null;
        if (act.Method == HttpMethod.Post)
        {
            body = new(members.Select(m => KeyValuePair.Create(m.Name, Value(m.Value))));
            if (act.Fixed is { } member)
            {
                body[member.Name] = member.Value;
            }
        }
        else if (members.Length > 0)
        {
            path += "?" + string.Join('&', members.Select(m => $"{Uri.EscapeDataString(m.Name)}={Uri.EscapeDataString(m.Value)}"));
        }

        using var http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        Answer answer;
        try
        {
            answer = await new JsonHttp(http).SendAsync(act.Method, path, body, ct);
        }
        catch (HttpRequestException e) when (e.InnerException is System.Net.Sockets.SocketException)
        {
            throw new CommandFailedException($"No simulator answers at {url}. Start one with `papaya simulate` or `papaya up`, or name another with --url.");
        }

        if (!answer.IsSuccess)
        {
            throw new CommandFailedException(answer.Body.Text("reason") is { Length: > 0 } reason ? reason : $"{act.Method} {path} answered {answer.Status}.");
        }

        await WriteAsync(act, answer.Body, asJson, output);
        return act.Group == "lint" && answer.Body.List("data").Any(r => r.Text("severity") == "error" && r.Text("verdict") == "fault") ? PapayaCommand.Failed : PapayaCommand.Ok;
    }

    private static async Task WriteAsync(SimAct act, JsonNode? answer, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            await output.WriteLineAsync(answer?.ToJsonString(Readable) ?? "{}");
        }
        else if (answer?[act.List] is JsonArray rows)
        {
            WriteTable(act, rows, output);
        }
        else if (answer is JsonObject view)
        {
            var width = view.Select(m => m.Key.Length).DefaultIfEmpty(0).Max();
            foreach (var (name, value) in view)
            {
                await output.WriteLineAsync($"{name.PadRight(width)}  {Text(value)}");
            }
        }
        else
        {
            await output.WriteLineAsync("done");
        }
    }

    private static void WriteTable(SimAct act, JsonArray rows, TextWriter output)
    {
        if (rows.Count == 0)
        {
            output.WriteLine("none");
            return;
        }

        var columns = act.Columns.Where(c => rows.Any(r => r?[c] is not null)).ToArray();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = WidthOfTables;
        var table = new Table { Border = TableBorder.Minimal };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true });
        }

        foreach (var row in rows)
        {
            table.AddRow([.. columns.Select(c => Markup.Escape(Text(row?[c])))]);
        }

        console.Write(table);
    }

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => node.ToJsonString(Compact),
    };

    /// <summary>The control API reads numbers from texts too, so only what cannot be a text is taken apart.</summary>
    private static JsonNode? Value(string text) => text switch
    {
        "true" => true,
        "false" => false,
        ['{', ..] or ['[', ..] => JsonNode.Parse(text),
        _ => text,
    };

    private static double? Seconds(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var plain))
        {
            return plain;
        }

        var parts = Part().Matches(text);
        return parts.Count == 0 || parts.Sum(p => p.Length) != text.Length
            ? null
            : parts.Sum(p => int.Parse(p.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * p.Groups[2].Value switch { "d" => 86_400.0, "h" => 3_600, "m" => 60, _ => 1 });
    }

    [GeneratedRegex(@"\{([A-Z_]+)\}", RegexOptions.None, 1000)]
    private static partial Regex Argument();

    [GeneratedRegex("([0-9]{1,6})([dhms])", RegexOptions.None, 1000)]
    private static partial Regex Part();
}
