using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Papaya.Simulator.World;

/// <summary>
/// The append-only journal. A line is handed to the operating system by one plain write before the answer that depends on it leaves:
/// it survives the death of the process, which is what a rehearsal needs; it is not synced for the death of the machine.
/// </summary>
internal sealed class WorldFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly SafeFileHandle _file;
    private readonly ArrayBufferWriter<byte> _line = new(8192);
    private readonly Utf8JsonWriter _json;
    private long _length;

    private WorldFile(FileStream stream)
    {
        (_stream, _file) = (stream, stream.SafeFileHandle);
        _length = RandomAccess.GetLength(_file);
        // The file is for machines; escaping every Chinese character would double it.
        _json = new(_line, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>The lines of an existing file; a last line without its end was torn by a crash and is dropped.</summary>
    public static IEnumerable<Change> Read(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var buffer = new byte[1 << 16];
        int filled = 0, number = 0;
        while (true)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            if (read == 0)
            {
                yield break;
            }

            filled += read;
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var end and >= 0)
            {
                number++;
                yield return Parse(buffer.AsSpan(start, end), path, number);
                start += end + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }
    }

    /// <summary>Replaces the file by what is true now, then appends to it.</summary>
    public static WorldFile StartFrom(string path, IEnumerable<Change> snapshot)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var fresh = path + ".new";
        try
        {
            using var compact = new WorldFile(OwnersFile.Create(fresh));
            foreach (var change in snapshot)
            {
                compact.Append(change);
            }

            RandomAccess.FlushToDisk(compact._file);
        }
        catch (IOException)
        {
            // On a full disk the half of it would be in the way.
            File.Delete(fresh);
            throw;
        }

        File.Move(fresh, path, overwrite: true);
        return new(OwnersFile.Open(path, FileMode.Open));
    }

    public long Length => _length;

    public void Append(Change change)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, change, WorldJson.Default.Change);
        _line.Write("\n"u8);
        RandomAccess.Write(_file, _line.WrittenSpan, _length);
        _length += _line.WrittenCount;
    }

    public void Dispose()
    {
        _json.Dispose();
        _stream.Dispose();
    }

    private static Change Parse(ReadOnlySpan<byte> line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, WorldJson.Default.Change)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}, line {number}: not a line of a simulator journal ({e.Message}). Restore the file or start with an empty data folder.", e);
        }
    }
}
