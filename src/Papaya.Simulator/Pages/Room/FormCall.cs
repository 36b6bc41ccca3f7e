using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Papaya.Simulator.Pages.Room;

/// <summary>
/// A form of the room as the control call that it is. A field's name says what its text becomes: <c>balance:yuan</c> fen, <c>times:number</c>,
/// <c>disabled:flag</c>, <c>cards:json</c>, <c>to:beijing</c> an instant; no word after the name: text. What is empty is left out.
/// </summary>
public sealed record FormCall
{
    internal FormCall(string method, string path, JsonObject? body = null) => (Method, Path, Body) = (method, path, body);

    internal string Method { get; }

    /// <summary>Below <c>/_sim</c>, with its query.</summary>
    internal string Path { get; }

    internal JsonObject? Body { get; }

    internal const string PathField = "_call";
    internal const string MethodField = "_method";
    internal const string BackField = "_back";

    internal static FormCall Get(string path) => new(HttpMethods.Get, path);

    internal static FormCall Post(string path, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var body = new JsonObject();
        foreach (var (name, value) in members)
        {
            body[name] = value;
        }

        return new(HttpMethods.Post, path, body);
    }

    internal static FormCall Delete(string path) => new(HttpMethods.Delete, path);

    /// <summary>The call, or the field that cannot be understood.</summary>
    internal static (FormCall? Call, string? Wrong) Read(IFormCollection form)
    {
        var path = form[PathField].ToString();
        var method = form[MethodField] is [{ Length: > 0 } given, ..] ? given : HttpMethods.Post;
        if (!path.StartsWith("/_sim/", StringComparison.Ordinal))
        {
            return (null, PathField);
        }

        var body = new JsonObject();
        foreach (var (field, values) in form)
        {
            var text = values.ToString().Trim();
            if (field.StartsWith('_') || text.Length == 0)
            {
                continue;
            }

            var (name, kind) = field.Split(':') is [var n, var k] ? (n, k) : (field, "text");
            if (Value(kind, text, out var value))
            {
                body[name] = value;
            }
            else
            {
                return (null, name);
            }
        }

        return (new(method, path, method == HttpMethods.Delete ? null : body), null);
    }

    private static bool Value(string kind, string text, out JsonNode? value)
    {
        value = null;
        switch (kind)
        {
            case "yuan" when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var yuan) && decimal.Abs(yuan) < 1_000_000_000m:
                value = (long)decimal.Round(yuan * 100);
                return true;
            case "number" when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= long.MinValue and <= long.MaxValue:
                value = number == decimal.Truncate(number) ? JsonValue.Create((long)number) : JsonValue.Create(number);
                return true;
            case "flag":
                value = text is "on" or "true";
                return true;
            case "beijing" when DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local):
                value = new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.FromHours(8)).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
                return true;
            case "json":
                try
                {
                    value = JsonNode.Parse(text);
                    return true;
                }
                catch (JsonException)
                {
                    return false;
                }

            case "text":
                value = text;
                return true;
            default:
                return false;
        }
    }
}
