using Microsoft.Extensions.Logging.Abstractions;
using Papaya.Server.Hosting;
using Papaya.Simulator.Clock;
using Papaya.Testing;

namespace Papaya.Server.Tests.Hosting;

public sealed class LoopRunnerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestClock _clock = new(Start, new StillClock());
    private readonly LoopSignals _signals = new();
    private LoopRunner? _runner;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_runner is not null)
        {
            await _runner.StopAsync(default);
            _runner.Dispose();
        }

        _clock.Dispose();
    }

    [Fact]
    public async Task A_loop_sleeps_until_its_due_instant_and_no_run_is_spent_between()
    {
        var due = Start + TimeSpan.FromDays(100);
        var loop = new Recorder(_clock, (_, now) => now < due ? due : null);
        await StartAsync(loop);
        await _clock.AdvanceAsync(TimeSpan.FromDays(300));

        // A timer holds 45 days at most: on the way the loop looks twice and sleeps on.
        Assert.Equal([0.0, 45.0, 90.0, 100.0], loop.Runs.Select(at => (at - Start).TotalDays));
    }

    [Fact]
    public async Task Waking_runs_a_loop_now_and_the_clock_waits_for_it()
    {
        var loop = new Recorder(_clock, (_, _) => null);
        await StartAsync(loop);
        _signals.Wake("recorder");
        Assert.Equal(1, _clock.InFlight);
        await _clock.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, loop.Runs.Count);
        Assert.Equal(Start, loop.Runs[1]);
    }

    [Fact]
    public async Task Waking_nobody_is_no_error()
    {
        await StartAsync(new Recorder(_clock, (_, _) => null));
        _signals.Wake("nobody");
        Assert.Equal(0, _clock.InFlight);
    }

    [Fact]
    public async Task A_loop_with_more_due_now_runs_again_before_time_moves()
    {
        var loop = new Recorder(_clock, (run, now) => run < 5 ? now : null);
        await StartAsync(loop);
        await _clock.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(6, loop.Runs.Count);
        Assert.All(loop.Runs, at => Assert.Equal(Start, at));
    }

    [Fact]
    public async Task A_loop_that_fails_runs_again_after_five_seconds()
    {
        var loop = new Recorder(_clock, (run, _) => run == 0 ? throw new InvalidOperationException("once") : null);
        await StartAsync(loop);
        await _clock.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([0.0, 5.0], loop.Runs.Select(at => (at - Start).TotalSeconds));
    }

    [Fact]
    public async Task Loops_of_one_name_are_our_own_mistake()
    {
        Assert.Throws<InvalidOperationException>(() => new LoopRunner(
            [new Recorder(_clock, (_, _) => null), new Recorder(_clock, (_, _) => null)], _signals, new Counted(_clock), _clock, NullLogger<LoopRunner>.Instance));
        await Task.CompletedTask;
    }

    private async Task StartAsync(ILoop loop)
    {
        _runner = new LoopRunner([loop], _signals, new Counted(_clock), _clock, NullLogger<LoopRunner>.Instance);
        await _runner.StartAsync(default);
        // The first run is work in flight from the start on; once it is over, nothing is.
        await ((Recorder)loop).First.Task;
        await _clock.AdvanceToAsync(Start);
    }

    private sealed class Counted(TestClock clock) : IWorkInFlight
    {
        public IDisposable Enter() => clock.Enter();
    }

    private sealed class Recorder(TimeProvider clock, Func<int, DateTimeOffset, DateTimeOffset?> next) : ILoop
    {
        public string Name => "recorder";

        public List<DateTimeOffset> Runs { get; } = [];

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
        {
            await Task.Yield();
            Runs.Add(clock.GetUtcNow());
            First.TrySetResult();
            return next(Runs.Count - 1, clock.GetUtcNow());
        }
    }
}
