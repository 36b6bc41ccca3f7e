using System.Text.Json;
using System.Text.RegularExpressions;

namespace Papaya.Simulator.World;

/// <summary>A world that was put aside.</summary>
internal sealed record SavedWorld(string Name, DateTimeOffset At, long Calls, byte[] Lines);

/// <summary>Worlds that were put aside under a name; with a data folder in files beside the journal.</summary>
internal sealed partial class Snapshots(SimulatorOptions options)
{
    private const int MostKept = 100;
    private const string Ending = ".world";

    private readonly Dictionary<string, SavedWorld> _kept = new(StringComparer.Ordinal);
    private bool _isRead;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.None, 1000)]
    private static partial Regex NameForm { get; }

    private string? Folder => options.JournalPath is { } journal ? Path.ChangeExtension(journal, ".snapshots") : null;

    public IEnumerable<SavedWorld> All
    {
        get
        {
            ReadFolder();
            return _kept.Values.OrderBy(s => s.At).ThenBy(s => s.Name, StringComparer.Ordinal);
        }
    }

    public SavedWorld? Find(string name)
    {
        ReadFolder();
        return _kept.GetValueOrDefault(name);
    }

    /// <summary>Null, or why it cannot be kept. A world of the same name is replaced.</summary>
    public string? Keep(string name, DateTimeOffset at, long calls, IEnumerable<Change> lines)
    {
        ReadFolder();
        if (!NameForm.IsMatch(name))
        {
            return "name is 1 to 64 letters, digits, dots, underscores and hyphens.";
        }

        if (_kept.Count >= MostKept && !_kept.ContainsKey(name))
        {
            return $"At most {MostKept} snapshots are kept; take an old name again.";
        }

        using var buffer = new MemoryStream();
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(buffer, line, WorldJson.Default.Change);
            buffer.WriteByte((byte)'\n');
        }

        var saved = _kept[name] = new(name, at, calls, buffer.ToArray());
        if (Folder is { } folder)
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, name + Ending);
            using (var file = OwnersFile.Create(path + ".new"))
            {
                JsonSerializer.Serialize(file, new SavedHead(at, calls), SnapshotJson.Default.SavedHead);
                file.WriteByte((byte)'\n');
                file.Write(saved.Lines);
            }

            File.Move(path + ".new", path, overwrite: true);
        }

        return null;
    }

    public static IEnumerable<Change> LinesOf(SavedWorld saved)
    {
        for (var start = 0; start < saved.Lines.Length;)
        {
            var length = saved.Lines.AsSpan(start).IndexOf((byte)'\n');
            yield return JsonSerializer.Deserialize(saved.Lines.AsSpan(start, length), WorldJson.Default.Change)!;
            start += length + 1;
        }
    }

    private void ReadFolder()
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        if (Folder is not { } folder || !Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            var bytes = File.ReadAllBytes(path);
            var end = bytes.AsSpan().IndexOf((byte)'\n');
            var head = JsonSerializer.Deserialize(bytes.AsSpan(0, end), SnapshotJson.Default.SavedHead)!;
            var name = Path.GetFileName(path)[..^Ending.Length];
            _kept[name] = new(name, head.At, head.Calls, bytes[(end + 1)..]);
        }
    }
}

/// <summary>The first line of a snapshot's file.</summary>
internal sealed record SavedHead(DateTimeOffset At, long Calls);

[System.Text.Json.Serialization.JsonSerializable(typeof(SavedHead))]
internal sealed partial class SnapshotJson : System.Text.Json.Serialization.JsonSerializerContext;
