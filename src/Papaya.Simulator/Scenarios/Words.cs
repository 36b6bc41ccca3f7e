using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Papaya.Simulator.Scenarios;

/// <summary>What a scenario has learnt so far; <c>$name</c> in a step stands for it.</summary>
internal sealed partial class Words(string scenario)
{
    private readonly Dictionary<string, JsonNode?> _values = new(StringComparer.Ordinal);

    public JsonNode? this[string name]
    {
        set => _values[name] = value?.DeepClone();
    }

    /// <summary>A copy in which the names are replaced; a text that is nothing but a name becomes its value, whatever that is.</summary>
    /// <param name="partly">Whether a name that nobody knows yet stays as it is.</param>
    public JsonNode? Fill(JsonNode? node, bool partly = false) => node switch
    {
        JsonObject o => new JsonObject(o.Select(m => KeyValuePair.Create(m.Key, Fill(m.Value, partly)))),
        JsonArray a => new JsonArray([.. a.Select(i => Fill(i, partly))]),
        JsonValue v when v.TryGetValue<string>(out var text) => Fill(text, partly),
        _ => node?.DeepClone(),
    };

    private JsonNode? Fill(string text, bool partly)
    {
        if (Name().Match(text) is { Success: true } whole && whole.Length == text.Length)
        {
            return _values.TryGetValue(text[1..], out var value) ? value?.DeepClone() : partly ? text : throw Unknown(text);
        }

        return Name().Replace(text, found => _values.TryGetValue(found.Value[1..], out var value) ? value?.ToString() ?? "" : partly ? found.Value : throw Unknown(found.Value));
    }

    private ScenarioFormatException Unknown(string name) => new($"{scenario}: nothing is called {name} at this step.");

    [GeneratedRegex(@"\$[a-zA-Z][a-zA-Z0-9_]*(\.[a-z]+)?", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
