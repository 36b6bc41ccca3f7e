using Papaya.Simulator.Clock;

namespace Papaya.Simulator.Tests.Clock;

public sealed class FrozenClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Frozen_time_moves_by_advances_only()
    {
        var machine = new RunningMachine(Start);
        using var clock = new TestClock(Start, machine) { IsFrozen = true };
        machine.Now += TimeSpan.FromHours(1);
        Assert.Equal(Start, clock.GetUtcNow());
        await clock.AdvanceAsync(TimeSpan.FromMinutes(5));
        machine.Now += TimeSpan.FromHours(1);
        Assert.Equal(Start + TimeSpan.FromMinutes(5), clock.GetUtcNow());
        clock.IsFrozen = false;
        machine.Now += TimeSpan.FromHours(1);
        Assert.Equal(Start + TimeSpan.FromMinutes(65), clock.GetUtcNow());
    }

    [Fact]
    public async Task Whoever_is_alone_may_set_time_back()
    {
        using var clock = new TestClock(Start, new StillMachine(Start));
        await clock.AdvanceAsync(TimeSpan.FromDays(1));
        await clock.RunAloneAsync(() => Start);
        Assert.Equal(Start, clock.GetUtcNow());
        await clock.RunAloneAsync(() => null);
        Assert.Equal(Start, clock.GetUtcNow());
    }

    [Fact]
    public async Task To_be_alone_means_to_wait_for_all_work()
    {
        using var clock = new TestClock(Start, new StillMachine(Start));
        var work = clock.Enter();
        var alone = clock.RunAloneAsync(() => null);
        Assert.False(alone.IsCompleted);
        work.Dispose();
        await alone;
    }
}
