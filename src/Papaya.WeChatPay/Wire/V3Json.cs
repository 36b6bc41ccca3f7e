using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// Reads JSON from WeChat: size and depth are bounded, duplicate members and broken UTF-8 are refused (two readers must never
/// see two different values), unknown members are kept. Nothing here throws for a bad body.
/// </summary>
internal static class V3Json
{
    /// <summary>WeChat's deepest documented object has five levels.</summary>
    public const int DeepestLevel = 16;

    /// <summary>Reads one JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, int limit, out JsonElement root, [NotNullWhen(false)] out string? problem)
    {
        root = default;
        problem = utf8.Length > limit ? $"The body is longer than {limit} bytes."
            : !Utf8.IsValid(utf8) ? "The body is not UTF-8."
            : null;
        if (problem is not null)
        {
            return false;
        }

        try
        {
            problem = Scan(utf8);
            if (problem is not null)
            {
                return false;
            }

            var reader = Reader(utf8);
            root = JsonElement.ParseValue(ref reader);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair in an escape. The reader's own words may quote the body.
            problem = "The body is not JSON.";
            return false;
        }
    }

    /// <summary>Reads a time of RFC 3339 that names its offset; one without is nobody's time.</summary>
    public static bool TryReadTime(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is { Length: >= 20 and <= 35 } && text[10] is 'T' && (text[^1] is 'Z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParseExact(
                text, (string[])["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    extension(JsonElement element)
    {
        /// <summary>The member's text; null when it is absent, empty or no string.</summary>
        public string? Text(string name) =>
            element.Member(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

        /// <summary>The member's whole number; null when it is absent, a fraction, or no number.</summary>
        public long? Number(string name) =>
            element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

        /// <summary>A number's digits or a text: template ids are numbers here and texts there.</summary>
        public string? Digits(string name) => element.Number(name)?.ToString(CultureInfo.InvariantCulture) ?? element.Text(name);

        /// <summary>A time; null when it is absent or none.</summary>
        public DateTimeOffset? Time(string name) => TryReadTime(element.Text(name), out var time) ? time : null;

        /// <summary>A day as <c>yyyy-MM-dd</c>; null when it is absent or none.</summary>
        public DateOnly? Day(string name) =>
            DateOnly.TryParseExact(element.Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

        /// <summary>The member, when it is an object.</summary>
        public JsonElement? Object(string name) => element.Member(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

        /// <summary>The members of an array that are objects.</summary>
        public IEnumerable<JsonElement> Objects(string name) =>
            element.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object) : [];

        private JsonElement? Member(string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
    }

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> utf8) => new(utf8, new JsonReaderOptions { MaxDepth = DeepestLevel });

    private static string? Scan(ReadOnlySpan<byte> utf8)
    {
        var reader = Reader(utf8);
        var names = new Stack<HashSet<string>>();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "The body is not a JSON object.";
        }

        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    names.Push(new(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
                case JsonTokenType.PropertyName when !names.Peek().Add(reader.GetString()!):
                    return "A member stands twice in one object.";
                case JsonTokenType.String when reader.ValueIsEscaped:
                    _ = reader.GetString();
                    break;
                default:
                    break;
            }
        }
        while (reader.Read());
        return null;
    }
}
