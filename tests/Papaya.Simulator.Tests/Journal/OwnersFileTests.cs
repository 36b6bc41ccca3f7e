using System.Text.Json.Nodes;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Tests.Journal;

/// <summary>The files of a world hold keys and people's numbers: nobody but their owner reads them.</summary>
public sealed class OwnersFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-owner-");

    private string Journal => Path.Combine(_folder.FullName, "simulator.journal");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Journals_and_snapshots_are_for_their_owner_only()
    {
        await using var world = await World.StartAsync(Journal, compactAfter: 1);
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "one" });
        await world.SignedAsync();
        Assert.Equal(["one.world", "simulator.journal", "simulator.lock", "simulator.traffic"], Look());
    }

    [Fact]
    public void A_file_on_its_way_to_its_name_is_for_its_owner_only()
    {
        var path = Path.Combine(_folder.FullName, "file.new");
        File.WriteAllText(path, "left behind by a crash");
        using (var file = OwnersFile.Create(path))
        {
            Assert.Equal(0, file.Length);
            Assert.Equal(["file.new"], Look());
        }
    }

    [Fact]
    public async Task What_was_readable_for_others_is_closed_to_them()
    {
        await File.WriteAllTextAsync(Path.ChangeExtension(Journal, ".traffic"), "");
        await File.WriteAllTextAsync(Journal + ".new", "left behind by a crash");
        await File.WriteAllTextAsync(Journal, "");
        await using var world = await World.StartAsync(Journal);
        await world.SignedAsync();
        Assert.Equal(["simulator.journal", "simulator.lock", "simulator.traffic"], Look());
    }

    /// <summary>The names of all files, each looked at.</summary>
    private string[] Look()
    {
        var files = _folder.GetFiles("*", SearchOption.AllDirectories);
        if (!OperatingSystem.IsWindows())
        {
            Assert.All(files, f => Assert.True(f.UnixFileMode == OwnerOnly, $"{f.Name}: {f.UnixFileMode}"));
        }

        return [.. files.Select(f => f.Name).Order(StringComparer.Ordinal)];
    }
}
