using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Papaya.Cli.Http;
using Papaya.Cli.Up;
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
        ["merchants"] = "Merchants with their keys.",
        ["funds"] = "Merchants' accounts.",
        ["faults"] = "Things that go wrong, by rule.",
        ["switches"] = "Points on which WeChat's documents are silent or differ.",
        ["orders"] = "Orders.",
        ["contracts"] = "Contracts.",
        ["refunds"] = "Refunds.",
        ["requests"] = "The journal of calls.",
        ["notifications"] = "The journal of messages.",
    };

    public static Command Create(TextWriter output)
    {
        var url = new Option<string>("--url") { Description = "The simulator.", DefaultValueFactory = _ => "http://127.0.0.1:8090", Recursive = true };
        var json = new Option<bool>("--json") { Description = "The answer as the control API gives it, for programs.", Recursive = true };
        var sim = new Command("sim", "Set the scene, act as the user, look at the truth of a running simulator; rehearse scenarios.") { url, json };
        foreach (var group in SimActs.All.GroupBy(a => a.Group))
        {
            if (group.Key == SimActs.Lint.Group)
            {
                sim.Add(LintCommand.Create(url, json, output));
                continue;
            }

            var whole = group.FirstOrDefault(a => a.Verb is null);
            var command = whole is null ? new Command(group.Key, Groups[group.Key]) : Of(whole, group.Key, url, json, output);
            foreach (var act in group.Where(a => a.Verb is not null))
            {
                command.Add(act == SimActs.Advance ? Advance(url, json, output) : Of(act, act.Verb!, url, json, output));
            }

            if (group.Key == "faults")
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

        var file = new Argument<string>("FILE") { Description = "Where to." };
        if (act.IsFile)
        {
            command.Add(file);
        }

        var members = MembersOf(act);
        if (act.Members is not null)
        {
            command.Add(members);
        }

        command.SetAction((parsed, ct) =>
        {
            var words = act.Arguments.Zip(arguments, (word, argument) => (word, parsed.GetRequiredValue(argument))).ToDictionary(p => p.word, p => p.Item2);
            var more = act.Members is null ? [] : parsed.GetValue(members) ?? [];
            return act.IsFile
                ? FetchAsync(act, words, parsed.GetRequiredValue(file), parsed.GetRequiredValue(url), output, ct)
                : RunAsync(act, words, more, parsed.GetRequiredValue(url), parsed.GetValue(json), output, ct);
        });
        return command;
    }

    public static Argument<string[]> MembersOf(SimAct act)
    {
        var members = new Argument<string[]>("NAME=VALUE") { Description = act.Members ?? "", Arity = ArgumentArity.ZeroOrMore, Hidden = act.Members is null };
        members.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1)?.Value is { } wrong)
            {
                result.AddError($"'{wrong}' is no name=value; there are {act.Members}.");
            }
        });
        return members;
    }

    private static Command Advance(Option<string> url, Option<bool> json, TextWriter output)
    {
        var duration = new Argument<string>("DURATION") { Description = "13h, 1d2h30m, 90s, or seconds." };
        var command = new Command(SimActs.Advance.Verb!, $"{SimActs.Advance.Meaning} Example: {SimActs.Advance.Example}") { duration };
        duration.Validators.Add(result =>
        {
            if (Seconds(result.Tokens[0].Value) is null)
            {
                result.AddError($"'{result.Tokens[0].Value}' is no duration; write 13h, 1d2h30m or 90s.");
            }
        });
        command.SetAction((parsed, ct) => RunAsync(
            SimActs.Advance, new() { ["SECONDS"] = Seconds(parsed.GetRequiredValue(duration))!.Value.ToString(CultureInfo.InvariantCulture) }, [], parsed.GetRequiredValue(url),
            parsed.GetValue(json), output, ct));
        return command;
    }

    private static Command Kinds(TextWriter output)
    {
        var markdown = new Option<string?>("--markdown") { Description = "Write the reference page to this file; in Chinese when its name ends with .zh-CN.md." };
        var command = new Command("kinds", "List what can go wrong and where; no simulator need run. Example: papaya sim faults kinds") { markdown };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(markdown) is { } file)
            {
                await File.WriteAllTextAsync(file, FaultPage.Write(MarkedTable.IsChinese(file)), ct);
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
        await WriteAsync(act, await AskAsync(act, words, more, url, ct), asJson, output);
        return PapayaCommand.Ok;
    }

    /// <summary>Makes the call; its answer, or what is wrong for a person.</summary>
    public static async Task<JsonNode?> AskAsync(SimAct act, Dictionary<string, string> words, string[] more, string url, CancellationToken ct)
    {
        var path = PathOf(act, words);
        var fromWords = act.Body.Select(b => b.Split('=', 2)).Select(b => (Name: b[0], Value: words[b[1][1..^1]]));
        var fromMembers = more.Select(m => m.Split('=', 2)).Select(m => (Name: m[0], Value: m[1])).ToArray();
        JsonObject? body = null;
        if (act.Method == HttpMethod.Post)
        {
            body = ObjectOf(act.Within is null ? fromWords.Concat(fromMembers) : fromWords);
            if (act.Within is { } place)
            {
                body[place] = ObjectOf(fromMembers);
            }

            if (act.Fixed is { } member)
            {
                body[member.Name] = member.Value;
            }
        }
        else if (fromMembers.Length > 0)
        {
            path += "?" + string.Join('&', fromMembers.Select(m => $"{Uri.EscapeDataString(m.Name)}={Uri.EscapeDataString(m.Value)}"));
        }

        using var http = Open(url);
        var answer = await ReachAsync(url, () => new JsonHttp(http).SendAsync(act.Method, path, body, ct));
        return answer.IsSuccess
            ? answer.Body
            : throw new CommandFailedException(answer.Body.Text("reason") is { Length: > 0 } reason ? reason : $"{act.Method} {path} answered {answer.Status}.");
    }

    /// <summary>The answer's bytes into a file that only its owner reads: it may hold a key.</summary>
    private static async Task<int> FetchAsync(SimAct act, Dictionary<string, string> words, string file, string url, TextWriter output, CancellationToken ct)
    {
        using var http = Open(url);
        using var answer = await ReachAsync(url, () => http.GetAsync(PathOf(act, words), ct));
        var bytes = await answer.Content.ReadAsByteArrayAsync(ct);
        if (!answer.IsSuccessStatusCode)
        {
            throw new CommandFailedException($"GET {PathOf(act, words)} answered {(int)answer.StatusCode}.");
        }

        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var stream = new FileStream(file, options))
        {
            await stream.WriteAsync(bytes, ct);
        }

        await output.WriteLineAsync($"wrote {file}: {bytes.Length} bytes");
        return PapayaCommand.Ok;
    }

    private static string PathOf(SimAct act, Dictionary<string, string> words) =>
        "/_sim" + Argument().Replace(act.Path, found => Uri.EscapeDataString(words[found.Groups[1].Value]));

    private static JsonObject ObjectOf(IEnumerable<(string Name, string Value)> members) => new(members.Select(m => KeyValuePair.Create(m.Name, Value(m.Value))));

    private static HttpClient Open(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? new() { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan }
        : throw new CommandFailedException($"--url {url} is no http address.");

    private static async Task<T> ReachAsync<T>(string url, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (HttpRequestException e) when (e.InnerException is System.Net.Sockets.SocketException)
        {
            throw new CommandFailedException($"No simulator answers at {url}. Start one with `papaya simulate` or `papaya up`, or name another with --url.");
        }
    }

    public static async Task WriteAsync(SimAct act, JsonNode? answer, bool asJson, TextWriter output)
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
