namespace Papaya.Simulator.World;

/// <summary>
/// One simulator to a folder: two that write one journal would leave neither's world. The operating system lets go when the process dies, however it dies;
/// the file itself stays and means nothing.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <param name="journal">The path of the journal that is about to be read and written.</param>
    /// <exception cref="FolderInUseException">Another simulator has it.</exception>
    public static FolderLock Take(string journal)
    {
        var path = Path.ChangeExtension(Path.GetFullPath(journal), ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new(new(path, options));
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new FolderInUseException(
                $"Another simulator keeps its world in {Path.GetDirectoryName(path)}. Stop it, or give this one a folder of its own.", taken);
        }
    }

    public void Dispose() => _file.Dispose();
}
