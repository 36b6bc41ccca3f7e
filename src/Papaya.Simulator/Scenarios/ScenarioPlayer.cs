using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Papaya.Simulator.Scenarios;

/// <summary>What became of a step: <c>held</c>, <c>failed</c> (with the reason), <c>done</c>, or <c>left_out</c>.</summary>
internal sealed record StepResult(int Number, string Verb, bool Cause, DateTimeOffset At, string Outcome, string? Note, string? Reason, bool Decides = false);

/// <summary>What became of a run.</summary>
/// <param name="Shows">Whether the run went as it must: with the cause all holds; without it an expectation that it decides fails, or any where none is named.</param>
internal sealed record ScenarioResult(string Name, bool WithoutCause, bool Passed, bool Shows, int Expectations, int Failed, StepResult[] Steps);

/// <summary>How a scenario is played.</summary>
internal sealed record ScenarioRun
{
    public bool WithoutCause { get; init; }

    /// <summary>Values of the scenario's parameters that differ from their defaults.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The merchant's own app instead of the scripted one.</summary>
    public OwnMerchant? Own { get; init; }
}

/// <summary>Plays a scenario in a world of its own. Taking the cause out leaves out its steps, or plays what is there instead.</summary>
internal sealed partial class ScenarioPlayer : IAsyncDisposable
{
    public static readonly string[] Verbs =
    [
        "advance", "at", "user", "template", "merchant", "switch", "fault", "clear_faults", "sign", "order", "cashier", "entrust", "terminate", "call", "repeat",
        "send", "inbox", "control", "v3", "page", "expect",
    ];

    private readonly Scenario _scenario;
    private readonly ScenarioStage _stage;
    private readonly ScriptedMerchant _merchant;
    private readonly Words _words;
    private readonly ScenarioExpectations _expectations;
    private readonly OwnApp? _app;
    private readonly List<StepResult> _results = [];
    private JsonNode? _reply;
    private int _numbers;

    private ScenarioPlayer(Scenario scenario, ScenarioStage stage, ScenarioRun run)
    {
        _app = run.Own is { } own ? new(stage, own) : null;
        (_scenario, _stage, _merchant, _words) = (scenario, stage, new(stage), new(scenario.Name));
        _expectations = new(stage);
        _words["inbox"] = stage.Inbox.Url;
        foreach (var parameter in scenario.Parameters)
        {
            _words[parameter.Name] = run.Parameters.TryGetValue(parameter.Name, out var chosen) ? Value(scenario, parameter, chosen) : parameter.Default;
        }
    }

    public static Task<ScenarioResult> PlayAsync(Scenario scenario, bool withoutCause, CancellationToken ct) =>
        PlayAsync(scenario, new ScenarioRun { WithoutCause = withoutCause }, ct);

    /// <exception cref="ScenarioFormatException">A parameter that there is not, an app that does not come, or a step that cannot be played.</exception>
    public static async Task<ScenarioResult> PlayAsync(Scenario scenario, ScenarioRun run, CancellationToken ct)
    {
        if (run.Parameters.Keys.FirstOrDefault(name => !scenario.Parameters.Any(p => p.Name == name)) is { } unknown)
        {
            throw new ScenarioFormatException(
                $"{scenario.Name} has no parameter '{unknown}'; it has {(scenario.Parameters.Count == 0 ? "none" : string.Join(", ", scenario.Parameters.Select(p => p.Name)))}.");
        }

        if (run.Own is not null && scenario.Steps.Select(OwnApp.WhyNot).FirstOrDefault(why => why is not null) is { } reason)
        {
            throw new ScenarioFormatException($"{scenario.Name} cannot be played with your own app: {reason}.");
        }

        var withoutCause = run.WithoutCause;
        await using var player = new ScenarioPlayer(scenario, await ScenarioStage.OpenAsync(scenario.Clock, run.Own, ct), run);
        for (var n = 0; n < scenario.Steps.Count; n++)
        {
            await player.PlayAsync(n, withoutCause, ct);
        }

        var expectations = player._results.Count(r => r.Outcome is "held" or "failed");
        var failed = player._results.Count(r => r.Outcome == "failed");
        var shows = withoutCause ? player._results.Exists(r => r.Outcome == "failed" && (r.Decides || !scenario.Steps.Any(s => s.Decides))) : failed == 0;
        return new(scenario.Name, withoutCause, failed == 0, shows, expectations, failed, [.. player._results]);
    }

    /// <summary>As its default is: a number or a text.</summary>
    private static JsonNode Value(Scenario scenario, Parameter parameter, string chosen) =>
        parameter.Default.GetValueKind() != System.Text.Json.JsonValueKind.Number ? JsonValue.Create(chosen)
        : long.TryParse(chosen, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : throw new ScenarioFormatException($"{scenario.Name}: {parameter.Name} is a whole number; '{chosen}' is none.");

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private async Task PlayAsync(int n, bool withoutCause, CancellationToken ct)
    {
        var step = _scenario.Steps[n];
        var isCause = step.IsCause;
        if (withoutCause && isCause)
        {
            if (Scenario.InsteadOf(_scenario, n) is not { } instead)
            {
                _results.Add(new(n + 1, step.Verb, true, _stage.Now, "left_out", step.Note, null));
                return;
            }

            step = instead;
        }

        string? reason;
        try
        {
            // The names in a repetition are those of its rounds.
            var body = step.Verb == "repeat" ? step.Body : _words.Fill(step.Body);
            reason = await DoAsync(step, _app is null ? body : _app.Fill(body), ct);
        }
        catch (Exception e) when (e is ScenarioFormatException or InvalidOperationException or FormatException or NullReferenceException or KeyNotFoundException)
        {
            throw new ScenarioFormatException($"{_scenario.Name}, step {n + 1} ({step.Verb}){(withoutCause ? " without its cause" : "")}: {e.Message}", e);
        }

        _results.Add(new(n + 1, step.Verb, isCause, _stage.Now, !step.Expects ? "done" : reason is null ? "held" : "failed", step.Note, reason, step.Decides));
    }

    /// <summary>Null, or what is not as the step expects it.</summary>
    private async Task<string?> DoAsync(Step step, JsonNode? body, CancellationToken ct)
    {
        var members = body as JsonObject ?? [];
        switch (step.Verb)
        {
            case "advance":
                await _stage.MoveToAsync(_stage.Now + Duration((string)body!), ct);
                return null;
            case "at":
                await _stage.MoveToAsync(DateTimeOffset.Parse((string)body!, CultureInfo.InvariantCulture), ct);
                return null;
            case "user":
                await ControlAsync("/users", members, ct);
                return null;
            case "template":
                await ChangeTemplateAsync(members, ct);
                return null;
            case "merchant":
                members["mch_id"] ??= World.Presets.MchId;
                await ControlAsync("/merchants", members, ct);
                return null;
            case "switch":
                await ControlAsync("/switches", members, ct);
                return null;
            case "fault":
                await ControlAsync("/faults", members, ct);
                return null;
            case "clear_faults":
                await _stage.ControlAsync(HttpMethod.Delete, "/faults", null, ct);
                return null;
            case "inbox":
                _stage.Inbox.Set((string)members["answer"]!, (int?)members["times"]);
                return Inbox.Answers.Contains((string)members["answer"]!) ? null : throw new ScenarioFormatException($"answer is one of {string.Join(", ", Inbox.Answers)}.");
            case "sign":
                return await SignAsync(step, members, ct);
            case "order":
                return await OrderAsync(step, members, ct);
            case "cashier":
                return await ActAsync(step, $"/cashier/{members["order"]}", new() { ["openid"] = (string?)members["user"] ?? "ann", ["action"] = (string?)members["action"] ?? "pay", ["sign"] = (bool?)members["sign"] ?? true }, members, ct);
            case "entrust":
                return await EntrustAsync(step, members, ct);
            case "terminate":
                return await ActAsync(step, $"/contracts/{members["contract"]}/terminate", new() { ["mode"] = (int?)members["mode"] ?? 2 }, members, ct);
            case "call":
                return await CallAsync(step, members, ct);
            case "repeat":
                return await RepeatAsync(members, ct);
            case "send":
                return await ActAsync(step, $"/notifications/{members["id"]}/send", new() { ["copies"] = (int?)members["copies"] ?? 1 }, members, ct);
            case "control":
                return await ActAsync(step, (string)members["path"]!, members["body"] as JsonObject, members, ct);
            case "v3":
                return await V3Async(step, members, ct);
            case "page":
                return await PageAsync(members, ct);
            default:
                return await _expectations.CheckAsync(members, _reply, ct);
        }
    }

    /// <summary>A user pays an order and signs: the usual way to a contract.</summary>
    private async Task<string?> SignAsync(Step step, JsonObject members, CancellationToken ct)
    {
        var name = step.As ?? "c1";
        var user = (string?)members["user"] ?? "ann";
        await OrderAsync(step with { As = name + "_order" }, members, ct);
        var act = new JsonObject { ["openid"] = user, ["action"] = "pay", ["sign"] = true };
        var (_, result) = await _stage.ControlAsync(HttpMethod.Post, $"/cashier/{_reply!["prepay_id"]}", act, ct);
        _reply = result;
        _words[name] = result?["contract_id"];
        await _stage.MoveToAsync(_stage.Now, ct);
        return Gives(members);
    }

    private async Task<string?> OrderAsync(Step step, JsonObject members, CancellationToken ct)
    {
        var name = step.As ?? "o1";
        var with = members["with"]?.DeepClone() as JsonObject ?? [];
        var number = (string?)members["number"] ?? $"N{++_numbers}";
        with["out_trade_no"] ??= number;
        with["contract_code"] ??= $"code{number}";
        with["openid"] ??= (string?)members["user"] ?? "ann";
        with["plan_id"] ??= members["plan"]?.ToString() ?? "12535";
        _reply = _app is null ? await _merchant.CallAsync("order", with, members["how"] as JsonObject ?? [], ct) : await _app.WaitAsync("order", with, ct);
        _words[name] = _reply["prepay_id"] ?? "none";
        _words[name + ".number"] = with["out_trade_no"];
        _words[name + ".code"] = with["contract_code"];
        return Gives(members);
    }

    private async Task<string?> EntrustAsync(Step step, JsonObject members, CancellationToken ct)
    {
        var with = members["with"]?.DeepClone() as JsonObject ?? [];
        with["contract_code"] ??= $"code{++_numbers}";
        var act = new JsonObject { ["openid"] = (string?)members["user"] ?? "ann", ["action"] = (string?)members["action"] ?? "agree" };
        if (members["session"] is { } session)
        {
            act["session"] = session.DeepClone();
        }
        else if (members["redirect"] is { } redirect)
        {
            act["url"] = redirect.DeepClone();
        }
        else
        {
            act["url"] = _merchant.EntrustUrl(with, members["how"] as JsonObject ?? []);
            _words["url"] = act["url"];
        }

        return await ActAsync(step, "/entrust", act, members, ct);
    }

    private async Task<string?> ActAsync(Step step, string path, JsonObject? body, JsonObject members, CancellationToken ct)
    {
        var (status, result) = await _stage.ControlAsync(body is null ? HttpMethod.Get : HttpMethod.Post, path, body, ct);
        if (result is JsonObject answer)
        {
            answer["status_code"] = status;
        }

        _reply = result;
        if (step.As is { } name)
        {
            _words[name] = result?["contract_id"] ?? result?["id"];
        }

        await _stage.MoveToAsync(_stage.Now, ct);
        return Gives(members);
    }

    private async Task<string?> CallAsync(Step step, JsonObject members, CancellationToken ct)
    {
        var name = (string?)members["name"] ?? throw new ScenarioFormatException($"call needs name, one of {string.Join(", ", ScriptedMerchant.Paths.Keys)}.");
        if (!ScriptedMerchant.Paths.ContainsKey(name))
        {
            throw new ScenarioFormatException($"There is no call '{name}'; there are {string.Join(", ", ScriptedMerchant.Paths.Keys)}.");
        }

        var with = members["with"] as JsonObject ?? [];
        if (name == "order")
        {
            return await OrderAsync(step, members, ct);
        }

        _reply = _app is null ? await _merchant.CallAsync(name, with, members["how"] as JsonObject ?? [], ct) : await _app.WaitAsync(name, with, ct);
        if (step.As is { } word)
        {
            _words[word] = _reply["redirect_url"] ?? _reply["pre_entrustweb_id"] ?? _reply["prepay_id"] ?? _reply["contract_id"];
        }

        if ((bool?)members["wait"] is not false)
        {
            await _stage.MoveToAsync(_stage.Now, ct);
        }

        return Gives(members);
    }

    /// <summary>The same steps so many times; <c>$n</c> counts from 1.</summary>
    private async Task<string?> RepeatAsync(JsonObject members, CancellationToken ct)
    {
        var times = int.Parse(_words.Fill(members["times"])!.ToString(), CultureInfo.InvariantCulture);
        for (var n = 1; n <= times; n++)
        {
            _words["n"] = n;
            foreach (var inner in members["steps"]!.AsArray())
            {
                var step = _words.Fill(_words.Fill(inner, partly: true))!.AsObject();
                var (verb, body) = step.Where(m => m.Key != "as").Single();
                if (await DoAsync(new(verb, body, false, null, null, (string?)step["as"]), body, ct) is { } reason)
                {
                    return $"round {n}: {reason}";
                }
            }
        }

        return null;
    }

    private async Task<string?> V3Async(Step step, JsonObject members, CancellationToken ct)
    {
        _reply = await V3Merchant.CallAsync(_stage, members, ct);
        if (step.As is { } word)
        {
            _words[word] = _reply["pre_entrustweb_id"] ?? _reply["redirect_url"] ?? _reply["contract_id"] ?? _reply["prepay_id"];
        }

        await _stage.MoveToAsync(_stage.Now, ct);
        return Gives(members);
    }

    private async Task<string?> PageAsync(JsonObject members, CancellationToken ct)
    {
        var headers = (members["headers"] as JsonObject)?.Select(h => (h.Key, h.Value!.ToString())) ?? [];
        var form = members["form"] is JsonObject fields
            ? System.Text.Encoding.UTF8.GetBytes(string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value!.ToString())}")))
            : null;
        if (form is not null)
        {
            headers = headers.Append(("Content-Type", "application/x-www-form-urlencoded"));
        }

        var answer = await _stage.SendAsync(form is null ? HttpMethod.Get : HttpMethod.Post, (string)members["path"]!, form, headers, ct);
        _reply = new JsonObject
        {
            ["status"] = answer?.Status ?? 0,
            ["text"] = answer is { } a ? System.Net.WebUtility.HtmlDecode(System.Text.Encoding.UTF8.GetString(a.Bytes)) : null,
        };
        return Gives(members);
    }

    private string? Gives(JsonObject members) => members["gives"] switch
    {
        null => null,
        JsonObject expected => Likeness.Difference(expected, _reply, "the answer"),
        var outcome => Likeness.Difference(new JsonObject { ["outcome"] = outcome.DeepClone() }, _reply, "the answer"),
    };

    private async Task ControlAsync(string path, JsonObject body, CancellationToken ct)
    {
        var (status, answer) = await _stage.ControlAsync(HttpMethod.Post, path, body, ct);
        if (status != 200)
        {
            throw new ScenarioFormatException($"POST /_sim{path} answered {status}: {answer?["reason"]}");
        }

        _reply = answer;
    }

    /// <summary>A template as it is, with some members changed.</summary>
    private async Task ChangeTemplateAsync(JsonObject members, CancellationToken ct)
    {
        var planId = members["plan_id"]!.ToString();
        var like = (members["like"] ?? members["plan_id"])!.ToString();
        var known = (await _stage.SeeAsync("/templates", ct))["data"]!.AsArray().First(t => t!["plan_id"]!.ToString() == like)!.AsObject();
        string[] settable =
        [
            "mch_id", "name", "kind", "cycle", "fee", "amount", "first_amount", "mode", "terminate_notify_url", "single_limit", "daily_limit", "valid_days",
            "monthly_limit", "successes_per_cycle", "signing_blocked", "is_test", "currency",
        ];
        var template = new JsonObject(settable.Where(known.ContainsKey).Select(m => KeyValuePair.Create(m, known[m]?.DeepClone()))) { ["plan_id"] = long.Parse(planId, CultureInfo.InvariantCulture) };
        foreach (var (name, value) in members)
        {
            if (name is not ("plan_id" or "like"))
            {
                template[name] = value?.DeepClone();
            }
        }

        await ControlAsync("/templates", template, ct);
    }

    private static TimeSpan Duration(string text)
    {
        var parts = Part().Matches(text);
        return parts.Count == 0 || parts.Sum(p => p.Length) != text.Length
            ? throw new ScenarioFormatException($"'{text}' is no duration; write 13h, 1d2h or 90s.")
            : parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + int.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
            {
                "d" => TimeSpan.FromDays(1),
                "h" => TimeSpan.FromHours(1),
                "m" => TimeSpan.FromMinutes(1),
                _ => TimeSpan.FromSeconds(1),
            });
    }

    [GeneratedRegex("([0-9]+)([dhms])", RegexOptions.None, 1000)]
    private static partial Regex Part();
}
