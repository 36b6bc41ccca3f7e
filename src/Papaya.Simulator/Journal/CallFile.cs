using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Journal;

/// <summary>
/// The journal's file: one record a line, appended. When it holds as many lines as the memory holds records it becomes the old file and a new one
/// begins, so that both together hold at least what the memory holds and never more than twice of it.
/// </summary>
internal sealed class CallFile : IDisposable
{
    private readonly string _path;
    private readonly string _old;
    private readonly int _length;
    private readonly ArrayBufferWriter<byte> _line = new(8192);
    private readonly Utf8JsonWriter _json;
    private FileStream _file;
    private int _lines;

    public CallFile(string path, int length, Action<CallRecord> read)
    {
        (_path, _old, _length) = (path, path + ".old", length);
        _json = new(_line, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        Read(_old, read);
        (_lines, var written) = Read(_path, read);
        _file = OwnersFile.Open(_path, FileMode.OpenOrCreate);
        // What a crash has torn is overwritten by the next line.
        CutAt(written);
    }

    public void Append(CallRecord record)
    {
        if (_lines >= _length)
        {
            _file.Dispose();
            File.Move(_path, _old, overwrite: true);
            _file = OwnersFile.Create(_path);
            _lines = 0;
        }

        _line.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, record, CallFileJson.Default.CallRecord);
        _line.Write("\n"u8);
        _file.Write(_line.WrittenSpan);
        _lines++;
    }

    /// <summary>Forgets all but these.</summary>
    public void StartFrom(IEnumerable<CallRecord> records)
    {
        File.Delete(_old);
        CutAt(0);
        _lines = 0;
        foreach (var record in records)
        {
            Append(record);
        }
    }

    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    /// <summary>How many whole lines there were, and their bytes. A journal of calls is no truth: a line that cannot be read ends it.</summary>
    private static (int Lines, long Bytes) Read(string path, Action<CallRecord> read)
    {
        if (!File.Exists(path))
        {
            return default;
        }

        var bytes = File.ReadAllBytes(path);
        int lines = 0, start = 0;
        while (bytes.AsSpan(start).IndexOf((byte)'\n') is var end and >= 0)
        {
            try
            {
                read(JsonSerializer.Deserialize(bytes.AsSpan(start, end), CallFileJson.Default.CallRecord)!);
            }
            catch (JsonException)
            {
                break;
            }

            start += end + 1;
            lines++;
        }

        return (lines, start);
    }

    private void CutAt(long length)
    {
        _file.SetLength(length);
        _file.Position = length;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    Converters = [typeof(Microseconds)])]
[JsonSerializable(typeof(CallRecord))]
internal sealed partial class CallFileJson : JsonSerializerContext;
