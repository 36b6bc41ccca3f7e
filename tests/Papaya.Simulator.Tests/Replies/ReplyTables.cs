using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Replies;

/// <summary>The published field tables of <c>tables.txt</c>, and what a reply has against them.</summary>
internal static class ReplyTables
{
    private static readonly Dictionary<string, List<Row>> Tables = Read();

    public static IEnumerable<string> Names => Tables.Keys;

    /// <summary>Fields that are in no table, required ones that are absent, values that are not of their kind.</summary>
    public static List<string> Problems(string table, V2Message reply) => Problems(table, [.. reply.Fields]);

    public static List<string> Problems(string table, JsonNode reply) => Problems(table, [.. Flat(reply.AsObject(), "")]);

    private static List<string> Problems(string table, List<KeyValuePair<string, string>> fields)
    {
        var rows = Tables[table];
        var absent = rows.Where(r => r.Presence == "R" && !fields.Exists(f => r.Name.IsMatch(f.Key)) && !IsInsideOfNothing(r, fields)).Select(r => $"{r.Text} is absent");
        var wrong = fields.Select(f => rows.Find(r => r.Name.IsMatch(f.Key)) is not { } row ? $"{f.Key} is in no table" : Fits(row.Kind, f.Value) ? null : $"{f.Key} = {f.Value} is no {row.Kind}");
        return [.. absent.Concat(wrong.OfType<string>())];
    }

    /// <summary>A member that is required inside an object that is absent.</summary>
    private static bool IsInsideOfNothing(Row row, List<KeyValuePair<string, string>> fields) =>
        row.Text.LastIndexOf('.') is > 0 and var dot && row.Text.StartsWith("deduct_schedule", StringComparison.Ordinal)
        && !fields.Exists(f => f.Key.StartsWith(row.Text[..dot], StringComparison.Ordinal));

    private static bool Fits(string kind, string value) => kind switch
    {
        "int" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "spaced" => IsTime(value, "yyyy-MM-dd HH:mm:ss"),
        "compact" => IsTime(value, "yyyyMMddHHmmss"),
        "rfc" => IsTime(value, "yyyy-MM-dd'T'HH:mm:ss'+08:00'"),
        "day" => IsTime(value, "yyyy-MM-dd"),
        _ when kind[0] == 's' && int.TryParse(kind[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var most) => value.Length > 0 && value.Length <= most,
        _ => kind.Split('|').Contains(value),
    };

    private static bool IsTime(string value, string form) => DateTime.TryParseExact(value, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static IEnumerable<KeyValuePair<string, string>> Flat(JsonObject json, string prefix) => json.SelectMany(m =>
        m.Value is JsonObject inner ? Flat(inner, prefix + m.Key + ".")
        : [KeyValuePair.Create(prefix + m.Key, m.Value is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : m.Value?.ToJsonString() ?? "null")]);

    private static Dictionary<string, List<Row>> Read()
    {
        Dictionary<string, List<Row>> tables = [];
        List<Row> current = [];
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Replies", "tables.txt")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line[0] == '[')
            {
                var parts = line[1..].Split(']', 2);
                current = [.. parts[1].Trim() is { Length: > 0 } parent ? tables[parent] : []];
                tables.Add(parts[0], current);
            }
            else if (line.Split(' ', 3) is [var name, var presence, var kind])
            {
                current.RemoveAll(r => r.Text == name);
                current.Add(new(name, new($"^{Regex.Escape(name).Replace("\\$n", "[0-9]+", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking), presence, kind));
            }
        }

        return tables;
    }

    private sealed record Row(string Text, Regex Name, string Presence, string Kind);
}
