using System.Text;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Doors;

/// <summary>A folder of certificates and keys. What is private is readable by its owner only, from its first byte on.</summary>
internal sealed class KeyFolder
{
    private readonly string _folder;

    public KeyFolder(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(_folder);
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public string? Read(string name) => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)) : null;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text), isPrivate: false);

    public string WritePrivate(string name, string text) => WritePrivate(name, Encoding.UTF8.GetBytes(text));

    public string WritePrivate(string name, byte[] bytes) => Write(name, bytes, isPrivate: true);

    /// <summary>Whole or not at all: who reads at this moment sees the old file or the new one.</summary>
    private string Write(string name, byte[] bytes, bool isPrivate)
    {
        var (path, unfinished) = (PathOf(name), PathOf(name + ".new"));
        using (var file = isPrivate ? OwnersFile.Create(unfinished) : File.Create(unfinished))
        {
            file.Write(bytes);
        }

        File.Move(unfinished, path, overwrite: true);
        return path;
    }
}
