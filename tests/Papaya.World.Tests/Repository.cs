namespace Papaya.World.Tests;

/// <summary>Where this working copy is, for tests that look at its files or start what was built.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The program as it was built together with these tests, not a copy beside them.</summary>
    public static string Program { get; } = Path.Combine(
        Root, "src", "Papaya.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, new DirectoryInfo(AppContext.BaseDirectory).Name, "papaya.dll");

    /// <summary>A sample as it was built together with these tests.</summary>
    public static string Sample(string name) => Path.Combine(
        Root, "samples", name, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, new DirectoryInfo(AppContext.BaseDirectory).Name, $"papaya-{name}.dll");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Papaya.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the repository.");
        }

        return folder.FullName;
    }
}
