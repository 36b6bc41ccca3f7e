using System.Text.Json;
using System.Text.Json.Nodes;

namespace Papaya.Simulator.Scenarios;

/// <summary>A file that is not a scenario; the message names the scenario, the step and the cure.</summary>
internal sealed class ScenarioFormatException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One step: a verb, its members, and whether it is the cause of what the scenario shows or an expectation that the cause decides.</summary>
internal sealed record Step(string Verb, JsonNode? Body, bool IsCause, JsonObject? Instead, string? Note, string? As)
{
    /// <summary>An expectation that the cause decides: without it, it fails.</summary>
    public bool Decides { get; init; }

    public bool Expects => Verb == "expect" || (Body as JsonObject)?.ContainsKey("gives") == true;
}

/// <summary>A value that a run may choose.</summary>
internal sealed record Parameter(string Name, JsonNode Default, string Meaning, string Chinese);

/// <summary>A story with an end that holds, and that does not hold when its cause is taken out.</summary>
internal sealed record Scenario
{
    private const int LongestDocument = 1 << 20;

    private static readonly string[] Members = ["name", "pains", "family", "title", "why", "source", "clock", "params", "cases", "steps"];

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public required string Name { get; init; }

    /// <summary>The numbers of the pains that it stages, in docs/reference/scenarios.md; none for what goes beyond them.</summary>
    public required int[] Pains { get; init; }

    public required string Family { get; init; }

    public required string Title { get; init; }

    public required string Chinese { get; init; }

    /// <summary>What a merchant learns from it.</summary>
    public required string Why { get; init; }

    /// <summary>The same in Chinese; a file of one's own may have one language only.</summary>
    public required string WhyChinese { get; init; }

    public required string Source { get; init; }

    /// <summary>When it begins.</summary>
    public required DateTimeOffset Clock { get; init; }

    public required IReadOnlyList<Step> Steps { get; init; }

    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>The scenarios of a file: one, or a list; a family gives one for each of its cases.</summary>
    /// <exception cref="ScenarioFormatException">Something in it cannot be understood.</exception>
    public static IReadOnlyList<Scenario> Read(ReadOnlySpan<byte> json)
    {
        if (json.Length > LongestDocument)
        {
            throw new ScenarioFormatException("A scenario file has at most 1 MiB.");
        }

        JsonNode? document;
        try
        {
            document = JsonNode.Parse(json, documentOptions: Lenient);
        }
        catch (JsonException e)
        {
            throw new ScenarioFormatException($"The file is not JSON: {e.Message}", e);
        }

        return [.. (document is JsonArray list ? list : new JsonArray(document)).SelectMany(Cases)];
    }

    private static IEnumerable<Scenario> Cases(JsonNode? node)
    {
        var scenario = node as JsonObject ?? throw new ScenarioFormatException("A scenario is a JSON object.");
        var name = Text(scenario, "name");
        if (scenario.FirstOrDefault(m => !Members.Contains(m.Key)).Key is { } unknown)
        {
            throw new ScenarioFormatException($"{name}: '{unknown}' is no member of a scenario; they are {string.Join(", ", Members)}.");
        }

        if (scenario["cases"] is not JsonObject cases)
        {
            yield return Of(scenario, name, []);
            yield break;
        }

        foreach (var (label, values) in cases)
        {
            yield return Of(scenario, $"{name}-{label}", values as JsonObject ?? throw new ScenarioFormatException($"{name}: a case is an object of values."));
        }
    }

    private static Scenario Of(JsonObject scenario, string name, JsonObject values)
    {
        var words = new Words(name);
        foreach (var (key, value) in values)
        {
            words[key] = value;
        }

        var steps = (scenario["steps"] as JsonArray)?.Select((s, n) => StepOf(name, n, words.Fill(s, partly: true))).ToArray() ?? [];
        if (!Array.Exists(steps, s => s.IsCause) || !Array.Exists(steps, s => s.Verb == "expect" || (s.Body as JsonObject)?["gives"] is not null))
        {
            throw new ScenarioFormatException($"{name}: a scenario has a step with \"cause\": true and one that expects something.");
        }

        return new()
        {
            Name = name,
            Pains = [.. (scenario["pains"] as JsonArray)?.Select(p => (int)p!) ?? []],
            Family = (string?)scenario["family"] ?? "",
            Title = Text(scenario, "title", "en"),
            Chinese = Text(scenario, "title", "zh"),
            Why = Told(scenario, words, "en"),
            WhyChinese = Told(scenario, words, "zh"),
            Source = (string?)scenario["source"] ?? "",
            Clock = DateTimeOffset.TryParse((string?)scenario["clock"] ?? "2026-03-02T10:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture, out var clock)
                ? clock
                : throw new ScenarioFormatException($"{name}: clock is an RFC 3339 instant."),
            Steps = steps,
            Parameters = [.. (scenario["params"] as JsonObject)?.Select(p => ParameterOf(name, p.Key, p.Value)) ?? []],
        };
    }

    private static string Told(JsonObject scenario, Words words, string language) => words.Fill(scenario["why"], partly: true) switch
    {
        JsonObject both => (string?)both[language] ?? "",
        var one => (string?)one ?? "",
    };

    private static Parameter ParameterOf(string scenario, string name, JsonNode? node) =>
        node is JsonObject p && p["default"] is JsonValue value && (string?)p["en"] is { } meaning && (string?)p["zh"] is { } chinese
            ? new(name, value, meaning, chinese)
            : throw new ScenarioFormatException($"{scenario}: the parameter {name} needs default, en and zh.");

    private static Step StepOf(string name, int n, JsonNode? node)
    {
        if (node is not JsonObject step)
        {
            throw new ScenarioFormatException($"{name}, step {n + 1}: a step is an object.");
        }

        string[] marks = ["cause", "instead", "note", "as", "decides"];
        var verbs = step.Where(m => !marks.Contains(m.Key)).ToArray();
        if (verbs.Length != 1 || !ScenarioPlayer.Verbs.Contains(verbs[0].Key))
        {
            throw new ScenarioFormatException(
                $"{name}, step {n + 1}: a step has one verb of {string.Join(", ", ScenarioPlayer.Verbs)}; this one has {(verbs.Length == 0 ? "none" : string.Join(", ", verbs.Select(v => v.Key)))}.");
        }

        var read = new Step(verbs[0].Key, verbs[0].Value, (bool?)step["cause"] ?? false, step["instead"] as JsonObject, (string?)step["note"], (string?)step["as"])
        {
            Decides = (bool?)step["decides"] ?? false,
        };
        return read is { Decides: true, Expects: false } ? throw new ScenarioFormatException($"{name}, step {n + 1}: only a step that expects something can decide.") : read;
    }

    private static string Text(JsonObject scenario, params ReadOnlySpan<string> path)
    {
        JsonNode? at = scenario;
        foreach (var name in path)
        {
            at = (at as JsonObject)?[name];
        }

        return (string?)at ?? throw new ScenarioFormatException($"A scenario needs {string.Join('.', path.ToArray())}.");
    }

    /// <summary>The step that takes the place of a cause; null when it is only left out.</summary>
    public static Step? InsteadOf(Scenario scenario, int n) => scenario.Steps[n].Instead is { } instead ? StepOf(scenario.Name, n, instead.DeepClone()) : null;
}
