using System.Text;

namespace Papaya.Simulator.Doors;

/// <summary>A folder of certificates and keys. What is private is readable by its owner only, from its first byte on.</summary>
internal sealed class KeyFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ReadableByAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly string _folder;

    public KeyFolder(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(_folder);
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public string? Read(string name) => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)) : null;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text), ReadableByAll);

    public string WritePrivate(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text), OwnerOnly);

    public string WritePrivate(string name, byte[] bytes) => Write(name, bytes, OwnerOnly);

    /// <summary>Whole or not at all: who reads at this moment sees the old file or the new one.</summary>
    private string Write(string name, byte[] bytes, UnixFileMode mode)
    {
        var (path, unfinished) = (PathOf(name), PathOf(name + ".new"));
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var file = new FileStream(unfinished, options))
        {
            file.Write(bytes);
        }

        File.Move(unfinished, path, overwrite: true);
        return path;
    }
}
