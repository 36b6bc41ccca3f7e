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

    private const int MostNames = 128;
    private const int MostMembers = 32;
    private const string NoObject = "The body is not a JSON object.";
    private const string Twice = "A member stands twice in one object.";

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
            problem = ScanFew(utf8, out var isDone);
            problem = isDone ? problem : ScanMany(utf8);
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

    /// <summary>
    /// Looks for duplicates without garbage: names are compared where they stand. Gives up (<paramref name="isDone"/> false) on escaped names
    /// and on objects of so many members that comparing each with each would cost more than hashing.
    /// </summary>
    private static string? ScanFew(ReadOnlySpan<byte> utf8, out bool isDone)
    {
        Span<(int Start, int Length)> names = stackalloc (int, int)[MostNames];
        Span<int> firsts = stackalloc int[DeepestLevel + 1];
        int count = 0, depth = -1;
        var reader = Reader(utf8);
        isDone = true;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return NoObject;
        }

        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    firsts[++depth] = count;
                    break;
                case JsonTokenType.EndObject:
                    count = firsts[depth--];
                    break;
                case JsonTokenType.PropertyName:
                    if (reader.ValueIsEscaped || count == MostNames || count - firsts[depth] == MostMembers)
                    {
                        isDone = false;
                        return null;
                    }

                    foreach (var (start, length) in names[firsts[depth]..count])
                    {
                        if (reader.ValueSpan.SequenceEqual(utf8.Slice(start, length)))
                        {
                            return Twice;
                        }
                    }

                    names[count++] = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length); // After the quote.
                    break;
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

    private static string? ScanMany(ReadOnlySpan<byte> utf8)
    {
        var reader = Reader(utf8);
        var names = new Stack<HashSet<string>>();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return NoObject;
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
                    return Twice;
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
