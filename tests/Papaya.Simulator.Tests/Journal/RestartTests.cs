using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Clock;

namespace Papaya.Simulator.Tests.Journal;

/// <summary>What time it is after a restart.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-restart-");

    private string Journal => Path.Combine(_folder.FullName, "simulator.journal");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_folder_belongs_to_one_simulator_at_a_time()
    {
        string before;
        await using (var world = await World.StartAsync(Journal))
        {
            await world.SignedAsync();
            var refused = await Assert.ThrowsAsync<FolderInUseException>(() => World.StartAsync(Journal));
            Assert.Contains(_folder.FullName, refused.Message, StringComparison.Ordinal);
            await world.SignedAsync("oSimUser0002");
            before = world.State.Fingerprint();
        }

        await using var again = await World.StartAsync(Journal);
        Assert.Equal(before, again.State.Fingerprint());
    }

    [Fact]
    public async Task Time_that_was_set_back_by_a_restore_stays_back()
    {
        await using (var world = await World.StartAsync(Journal, ownsClock: true))
        {
            await world.DoAsync("/snapshots", new JsonObject { ["name"] = "start" });
            await world.AdvanceAsync(TimeSpan.FromDays(30));
            await world.DoAsync("/snapshots/start/restore", new JsonObject());
            Assert.Equal(World.Start, world.Now);
        }

        await using var again = await World.StartAsync(Journal, ownsClock: true);
        Assert.Equal(World.Start, again.Now);
    }

    [Fact]
    public async Task Time_that_was_set_back_flows_from_there_though_the_machine_is_later()
    {
        var machine = new RunningMachine(World.Start);
        await using (var world = await World.StartAsync(Journal, ownsClock: true, machine: machine))
        {
            await world.DoAsync("/snapshots", new JsonObject { ["name"] = "start" });
            machine.Now += TimeSpan.FromHours(5);
            await world.DoAsync("/snapshots/start/restore", new JsonObject());
            machine.Now += TimeSpan.FromMinutes(10);
        }

        machine.Now += TimeSpan.FromMinutes(20);
        await using var again = await World.StartAsync(Journal, ownsClock: true, machine: machine);
        Assert.Equal(World.Start + TimeSpan.FromMinutes(30), again.Now);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 48)]
    public async Task Frozen_time_stands_over_a_restart_and_running_time_has_run_on(bool frozen, int hours)
    {
        var machine = new RunningMachine(World.Start);
        await using (var world = await World.StartAsync(Journal, ownsClock: true, machine: machine))
        {
            await world.DoAsync("/clock", new JsonObject { ["frozen"] = true });
            await world.DoAsync("/clock", new JsonObject { ["frozen"] = frozen });
        }

        machine.Now += TimeSpan.FromDays(2);
        await using var again = await World.StartAsync(Journal, ownsClock: true, machine: machine);
        Assert.Equal(frozen, again.Clock.IsFrozen);
        Assert.Equal(World.Start + TimeSpan.FromHours(hours), again.Now);
        machine.Now += TimeSpan.FromDays(1);
        Assert.Equal(World.Start + TimeSpan.FromHours(frozen ? 0 : hours + 24), again.Now);
    }
}
