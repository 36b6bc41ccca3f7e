using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Papaya.Simulator.Journal;

/// <summary>Bytes of any kind in a JSON line: as text when they are UTF-8, else as <c>base64:…</c>.</summary>
internal sealed class RawText : JsonConverter<byte[]>
{
    private const string Prefix = "base64:";

    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString()!;
        return text.StartsWith(Prefix, StringComparison.Ordinal) ? Convert.FromBase64String(text[Prefix.Length..]) : Encoding.UTF8.GetBytes(text);
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    /// <summary>What people see.</summary>
    public static string Text(byte[] value) =>
        // A zipped bill is no text.
        Utf8.IsValid(value) && !value.AsSpan().StartsWith("base64:"u8) ? Encoding.UTF8.GetString(value) : Prefix + Convert.ToBase64String(value);
}
