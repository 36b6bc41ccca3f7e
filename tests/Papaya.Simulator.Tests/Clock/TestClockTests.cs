using Papaya.Simulator.Clock;

namespace Papaya.Simulator.Tests.Clock;

public sealed class TestClockTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 1, 0, 0, TimeSpan.Zero);

    // The machine under the clock is itself a test clock: "real" time passes when we say so.
    private readonly TestClock _machine = new(Start, new StillMachine(Start));
    private readonly TestClock _clock;
    private readonly List<string> _fired = [];

    public TestClockTests() => _clock = new(Start, _machine);

    public void Dispose()
    {
        _clock.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public async Task An_advance_fires_in_the_order_of_due_instants_and_then_of_creation()
    {
        using var c = After(seconds: 30, "c");
        using var a = After(seconds: 10, "a");
        using var b = After(seconds: 10, "b");
        using var late = After(seconds: 61, "late");

        await _clock.AdvanceAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["a @10", "b @10", "c @30"], _fired);
        Assert.Equal(Start.AddSeconds(60), _clock.GetUtcNow());
    }

    [Fact]
    public async Task Time_stands_still_while_work_is_in_flight()
    {
        var work = _clock.Enter();
        using var timer = After(seconds: 10, "a");

        var advance = _clock.AdvanceAsync(TimeSpan.FromSeconds(60));
        Assert.False(advance.IsCompleted);
        Assert.Empty(_fired);

        work.Dispose();
        await advance;
        Assert.Equal(["a @10"], _fired);
    }

    [Fact]
    public async Task What_a_callback_woke_is_done_before_the_next_timer_fires()
    {
        var release = new TaskCompletionSource();
        using var first = _clock.CreateTimer(_ => _ = WorkAsync(_clock.Enter()), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using var second = After(seconds: 2, "second");

        var advance = _clock.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.False(advance.IsCompleted);
        Assert.Equal(["woken @1"], _fired);
        release.SetResult();
        await advance;

        Assert.Equal(["woken @1", "done @1", "second @2"], _fired);

        async Task WorkAsync(IDisposable work)
        {
            using (work)
            {
                Note("woken");
                await release.Task;
                Note("done");
            }
        }
    }

    [Fact]
    public async Task Work_that_leaves_twice_counts_once()
    {
        using var other = _clock.Enter();
        var work = _clock.Enter();
        work.Dispose();
        work.Dispose();
        Assert.Equal(1, _clock.InFlight);
        other.Dispose();
        await _clock.AdvanceAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Between_advances_time_flows_and_timers_fire_by_the_machine()
    {
        await _clock.AdvanceAsync(TimeSpan.FromDays(1));
        using var timer = After(seconds: 3, "a");

        await _machine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Empty(_fired);
        Assert.Equal(Start.AddDays(1).AddSeconds(2), _clock.GetUtcNow());

        await _machine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal([$"a @{86400 + 3}"], _fired);
        Assert.Equal(Start.AddDays(1).AddSeconds(4), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(4), _clock.GetElapsedTime(Start.AddDays(1).UtcTicks));
    }

    [Fact]
    public async Task An_advance_holds_the_machine_s_flow()
    {
        var work = _clock.Enter();
        var advance = _clock.AdvanceAsync(TimeSpan.FromSeconds(60));
        await _machine.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(Start, _clock.GetUtcNow());
        work.Dispose();
        await advance;
        Assert.Equal(Start.AddSeconds(60), _clock.GetUtcNow());
    }

    [Fact]
    public async Task A_timer_set_again_inside_its_callback_fires_again_in_the_same_advance()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                Note("tick");
                timer!.Change(TimeSpan.FromSeconds(20), Timeout.InfiniteTimeSpan);
            },
            null, TimeSpan.FromSeconds(20), Timeout.InfiniteTimeSpan);

        await _clock.AdvanceAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["tick @20", "tick @40", "tick @60"], _fired);
        await timer.DisposeAsync();
    }

    [Fact]
    public async Task A_timer_set_for_this_same_instant_waits_until_the_world_is_idle_again()
    {
        var release = new TaskCompletionSource();
        ITimer? second = null;
        using var first = _clock.CreateTimer(
            _ =>
            {
                second = After(seconds: 0, "again");
                _ = WorkAsync(_clock.Enter());
            },
            null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        var advance = _clock.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Empty(_fired);
        release.SetResult();
        await advance;
        Assert.Equal(["again @1"], _fired);
        second!.Dispose();

        async Task WorkAsync(IDisposable work)
        {
            using (work)
            {
                await release.Task;
            }
        }
    }

    [Fact]
    public async Task A_periodic_timer_keeps_its_beat()
    {
        using var timer = _clock.CreateTimer(_ => Note("beat"), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        await _clock.AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["beat @5", "beat @15", "beat @25"], _fired);
    }

    [Fact]
    public async Task A_disposed_timer_and_one_changed_to_never_do_not_fire()
    {
        var gone = After(seconds: 5, "gone");
        using var never = After(seconds: 5, "never");
        using var other = _clock.CreateTimer(_ => gone.Dispose(), null, TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);
        never.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        await _clock.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(_fired);
        Assert.False(gone.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task A_cancelled_advance_lets_time_flow_again()
    {
        using var work = _clock.Enter();
        using var cancel = new CancellationTokenSource();
        var advance = _clock.AdvanceAsync(TimeSpan.FromHours(1), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => advance);
        await _machine.AdvanceAsync(TimeSpan.FromSeconds(7));
        Assert.Equal(Start.AddSeconds(7), _clock.GetUtcNow());
    }

    [Fact]
    public async Task Concurrent_advances_run_one_after_the_other()
    {
        var work = _clock.Enter();
        using var timer = After(seconds: 10, "a");
        using var timer2 = After(seconds: 20, "b");

        var one = _clock.AdvanceToAsync(Start.AddSeconds(15));
        var two = _clock.AdvanceToAsync(Start.AddSeconds(25));
        var backwards = _clock.AdvanceToAsync(Start.AddSeconds(5));
        work.Dispose();
        await Task.WhenAll(one, two, backwards);

        Assert.Equal(["a @10", "b @20"], _fired);
        Assert.Equal(Start.AddSeconds(25), _clock.GetUtcNow());
    }

    [Fact]
    public async Task Each_instant_is_told_before_its_timers_fire()
    {
        _clock.Reached += at => _fired.Add($"reached @{(at - Start).TotalSeconds}");
        using var a = After(seconds: 10, "a");
        using var b = After(seconds: 10, "b");

        await _clock.AdvanceAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["reached @10", "a @10", "b @10", "reached @60"], _fired);
    }

    [Fact]
    public async Task After_a_restart_time_continues_and_never_runs_backwards()
    {
        _clock.ContinueFrom(Start.AddDays(3));
        Assert.Equal(Start.AddDays(3), _clock.GetUtcNow());
        _clock.ContinueFrom(Start);
        await _machine.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(Start.AddDays(3).AddSeconds(1), _clock.GetUtcNow());
    }

    [Fact]
    public async Task Waiting_tasks_of_the_platform_run_on_it()
    {
        var delay = Task.Delay(TimeSpan.FromHours(24), _clock);
        await _clock.AdvanceAsync(TimeSpan.FromHours(23));
        Assert.False(delay.IsCompleted);
        await _clock.AdvanceAsync(TimeSpan.FromHours(1));
        await delay;
    }

    private ITimer After(double seconds, string name) =>
        _clock.CreateTimer(_ => Note(name), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private void Note(string what)
    {
        lock (_fired)
        {
            _fired.Add($"{what} @{(_clock.GetUtcNow() - Start).TotalSeconds}");
        }
    }
}
