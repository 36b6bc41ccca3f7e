using System.Text.Json;
using System.Text.Json.Nodes;

namespace Papaya.Simulator.Scenarios;

/// <summary>
/// Whether something is as expected. Only the members that are expected are looked at. <c>null</c> means absent, <c>*</c> there,
/// <c>~text</c> contains it, <c>!text</c> is something else, <c>&gt;n</c> and <c>&lt;n</c> compare numbers.
/// </summary>
internal static class Likeness
{
    /// <summary>Null, or how they differ.</summary>
    public static string? Difference(JsonNode? expected, JsonNode? actual, string where)
    {
        switch (expected)
        {
            case null:
                return actual is null ? null : $"{where} is {Show(actual)}, and should be absent";
            case JsonObject members:
                return actual is not JsonObject known
                    ? $"{where} is {Show(actual)}"
                    : members.Select(m => Difference(m.Value, known[m.Key], $"{where}.{m.Key}")).FirstOrDefault(d => d is not null);
            case JsonArray items:
                return actual is not JsonArray list || list.Count != items.Count
                    ? $"{where} has {(actual as JsonArray)?.Count ?? 0} entries and should have {items.Count}: {Show(actual)}"
                    : items.Select((item, n) => Difference(item, list[n], $"{where}[{n}]")).FirstOrDefault(d => d is not null);
            default:
                return IsLike(Text(expected)!, Text(actual)) ? null : $"{where} is {Show(actual)}, and should be {Show(expected)}";
        }
    }

    private static bool IsLike(string expected, string? actual) => expected switch
    {
        "*" => actual is not null,
        ['~', .. var part] => actual?.Contains(part, StringComparison.Ordinal) == true,
        ['!', .. var other] => actual != other,
        ['>', .. var least] => decimal.TryParse(actual, out var number) && number > decimal.Parse(least, System.Globalization.CultureInfo.InvariantCulture),
        ['<', .. var most] => decimal.TryParse(actual, out var number) && number < decimal.Parse(most, System.Globalization.CultureInfo.InvariantCulture),
        _ => expected == actual,
    };

    private static string? Text(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => node.ToJsonString(),
    };

    private static string Show(JsonNode? node)
    {
        var text = node is null ? "absent" : node.ToString();
        return text.Length > 300 ? text[..300] + "…" : text;
    }
}
