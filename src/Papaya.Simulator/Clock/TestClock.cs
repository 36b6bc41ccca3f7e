namespace Papaya.Simulator.Clock;

/// <summary>
/// One clock for every host of a rehearsal. It starts at the machine's time (or at <c>start</c>) and runs at its speed; <see cref="AdvanceToAsync"/>
/// steps from timer to timer, and before each step it waits until nobody who has <see cref="Enter">entered</see> is still at work.
/// Timers fire in the order of (due, creation). A callback that wakes somebody must enter for him before it completes his task:
/// otherwise there is an instant in which the world looks idle and time runs past him.
/// </summary>
public sealed class TestClock : TimeProvider, IDisposable
{
    private readonly TimeProvider _machine;
    private readonly Lock _gate = new();
    private readonly SortedSet<Timer> _waiting = new(Timer.ByDue);
    private readonly SemaphoreSlim _oneAdvance = new(1, 1);
    private readonly ITimer _wake;
    private readonly bool _isGivenStart;
    private Reading _reading;
    private long _timers;
    private int _inFlight;
    private TaskCompletionSource? _idle;
    private bool _isAdvancing;
    private bool _isFrozen;
    private bool _disposed;

    /// <param name="start">Where time begins; the machine's time if null.</param>
    /// <param name="machine">What the clock runs on between advances; the machine if null.</param>
    /// <param name="frozen">Whether time stands at once, so that two runs of one script see the same instants.</param>
    public TestClock(DateTimeOffset? start = null, TimeProvider? machine = null, bool frozen = false)
    {
        _machine = machine ?? System;
        _isGivenStart = start is not null;
        _isFrozen = frozen;
        _reading = new(ToMicroseconds((start ?? _machine.GetUtcNow()).ToUniversalTime()), frozen ? null : _machine.GetTimestamp());
        _wake = _machine.CreateTimer(static clock => ((TestClock)clock!).FireInRealTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Told each instant at which timers are about to fire, where an advance ended, and when time was stopped or let go: write it down, and a crash changes no time.</summary>
    public event Action<DateTimeOffset>? Reached;

    /// <summary>
    /// Whether time stands between advances. What falls due at the very instant still happens; everything later waits for an advance.
    /// </summary>
    public bool IsFrozen
    {
        get => Volatile.Read(ref _isFrozen);
        set
        {
            lock (_gate)
            {
                if (!_isAdvancing)
                {
                    _reading = new(GetUtcNow(), value ? null : _machine.GetTimestamp());
                }

                Volatile.Write(ref _isFrozen, value);
                Rearm();
            }

            Reached?.Invoke(GetUtcNow());
        }
    }

    /// <summary>How much work has entered and not left.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The time of the machine underneath.</summary>
    internal DateTimeOffset MachineNow => _machine.GetUtcNow();

    internal long MachineStamp => _machine.GetTimestamp();

    internal TimeSpan ElapsedOfMachine(long stamp) => _machine.GetElapsedTime(stamp);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        var reading = Volatile.Read(ref _reading);
        return reading.Stamp is { } stamp ? reading.At + _machine.GetElapsedTime(stamp) : reading.At;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Work in flight: until the result is disposed, an advance does not move on.</summary>
    public IDisposable Enter()
    {
        Interlocked.Increment(ref _inFlight);
        return new Work(this);
    }

    /// <summary>For somebody who has entered and now waits for others: he does not hold time back until the result is disposed.</summary>
    internal IDisposable StepOut()
    {
        Leave();
        return new Pause(this);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>After a restart: continue at <paramref name="instant"/> unless the clock is already later. Fires nothing by itself.</summary>
    /// <param name="instant">How far time had come.</param>
    /// <param name="mayGoBack">Whether a clock that was given no start goes on there although the machine is later: nobody else has seen its time yet.</param>
    public void ContinueFrom(DateTimeOffset instant, bool mayGoBack = false)
    {
        lock (_gate)
        {
            if (instant > GetUtcNow() || (mayGoBack && !_isGivenStart))
            {
                _reading = _reading with { At = instant.ToUniversalTime(), Stamp = _reading.Stamp is null ? null : _machine.GetTimestamp() };
                Rearm();
            }
        }
    }

    public Task AdvanceAsync(TimeSpan by, CancellationToken ct = default) => AdvanceToAsync(GetUtcNow() + by, ct);

    /// <summary>
    /// Steps to <paramref name="target"/> and returns when everything that fell due on the way has been done. One advance at a time; a later one waits.
    /// Whoever calls it must not himself be counted as work.
    /// </summary>
    public async Task AdvanceToAsync(DateTimeOffset target, CancellationToken ct = default)
    {
        await _oneAdvance.WaitAsync(ct);
        try
        {
            Freeze();
            while (true)
            {
                while (InFlight != 0)
                {
                    await WhenIdleAsync().WaitAsync(ct);
                }

                if (StepTo(target) is not { } before)
                {
                    break;
                }

                Reached?.Invoke(GetUtcNow());
                while (Take(before) is { } timer)
                {
                    timer.Fire();
                }
            }
        }
        finally
        {
            Thaw();
            _oneAdvance.Release();
        }

        Reached?.Invoke(GetUtcNow());
    }

    /// <summary>
    /// Does something while time stands and nobody is at work, like an advance of no length. When it gives an instant, time goes on from there,
    /// earlier or later: only for whoever is alone with the clock, for to all others time never runs backwards.
    /// </summary>
    public async Task RunAloneAsync(Func<DateTimeOffset?> act, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(act);
        await _oneAdvance.WaitAsync(ct);
        try
        {
            Freeze();
            while (InFlight != 0)
            {
                await WhenIdleAsync().WaitAsync(ct);
            }

            if (act() is { } instant)
            {
                lock (_gate)
                {
                    _reading = new(ToMicroseconds(instant.ToUniversalTime()), null);
                }
            }
        }
        finally
        {
            Thaw();
            _oneAdvance.Release();
        }

        Reached?.Invoke(GetUtcNow());
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _waiting.Clear();
        }

        _wake.Dispose();
    }

    private static DateTimeOffset ToMicroseconds(DateTimeOffset at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerMicrosecond, at.Offset);

    /// <summary>Moves time to the earliest timer due by the target and says which timers belong to this step; null when none is left.</summary>
    private long? StepTo(DateTimeOffset target)
    {
        lock (_gate)
        {
            if (_waiting.Min is { } first && first.Due <= target)
            {
                Set(first.Due);
                return _timers;
            }

            Set(target);
            return null;
        }

        void Set(DateTimeOffset at) => _reading = _reading with { At = at > _reading.At ? at.ToUniversalTime() : _reading.At };
    }

    /// <summary>The next due timer that was set before this step began: what a callback sets for the same instant waits until the world is idle again.</summary>
    private Timer? Take(long before)
    {
        lock (_gate)
        {
            foreach (var timer in _waiting)
            {
                if (timer.Due > GetUtcNow())
                {
                    return null;
                }

                if (timer.Number <= before)
                {
                    _waiting.Remove(timer);
                    timer.Repeat();
                    return timer;
                }
            }

            return null;
        }
    }

    private void FireInRealTime()
    {
        using var work = Enter();
        long before;
        lock (_gate)
        {
            // During an advance only the advance fires.
            if (_disposed || _isAdvancing || _waiting.Min is not { } first || first.Due > GetUtcNow())
            {
                Rearm();
                return;
            }

            before = _timers;
        }

        try
        {
            Reached?.Invoke(GetUtcNow());
        }
        catch (IOException)
        {
            // On the machine's own thread this would end the process. Who writes time down makes up for it with the next instant; an advance tells its caller.
        }

        while (Take(before) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            Rearm();
        }
    }

    private void Freeze()
    {
        lock (_gate)
        {
            _isAdvancing = true;
            _reading = new(GetUtcNow(), null);
        }
    }

    private void Thaw()
    {
        lock (_gate)
        {
            _isAdvancing = false;
            _reading = new(_reading.At, _isFrozen ? null : _machine.GetTimestamp());
            Rearm();
        }
    }

    private void Rearm()
    {
        if (_disposed || _isAdvancing)
        {
            return;
        }

        if (_reading.Stamp is null)
        {
            _wake.Change(_waiting.Min is { } due && due.Due <= _reading.At ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // A tick late rather than a tick early: the machine's timers count in milliseconds, and a machine timer takes at most 49 days.
        var wait = _waiting.Min is { } first
            ? TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling((first.Due - GetUtcNow()).TotalMilliseconds), 0, TimeSpan.FromDays(40).TotalMilliseconds))
            : Timeout.InfiniteTimeSpan;
        _wake.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private Task WhenIdleAsync()
    {
        lock (_gate)
        {
            if (InFlight == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            // Whoever left between the two looks may not have seen the source.
            Interlocked.MemoryBarrier();
            return InFlight == 0 ? Task.CompletedTask : _idle.Task;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _inFlight) != 0 || Volatile.Read(ref _idle) is null)
        {
            return;
        }

        TaskCompletionSource? idle;
        lock (_gate)
        {
            idle = _idle;
            _idle = null;
        }

        idle?.TrySetResult();
    }

    /// <summary>Where time stands; it flows from there unless <c>Stamp</c>, the machine's timestamp of that moment, is null (an advance).</summary>
    private sealed record Reading(DateTimeOffset At, long? Stamp);

    private sealed class Pause(TestClock clock) : IDisposable
    {
        public void Dispose() => Interlocked.Increment(ref clock._inFlight);
    }

    private sealed class Work(TestClock clock) : IDisposable
    {
        private TestClock? _clock = clock;

        public void Dispose() => Interlocked.Exchange(ref _clock, null)?.Leave();
    }

    private sealed class Timer(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        public static readonly IComparer<Timer> ByDue = Comparer<Timer>.Create(static (a, b) =>
            a.Due.CompareTo(b.Due) is var order and not 0 ? order : a.Number.CompareTo(b.Number));

        private TimeSpan _period;
        private bool _disposed;

        public DateTimeOffset Due { get; private set; }

        public long Number { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_disposed || clock._disposed)
                {
                    return false;
                }

                clock._waiting.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
                    Wait(clock.GetUtcNow() + dueTime);
                }

                clock.Rearm();
                return true;
            }
        }

        public void Repeat()
        {
            if (_period > TimeSpan.Zero)
            {
                Wait(Due + _period);
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                clock._waiting.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Wait(DateTimeOffset due)
        {
            (Due, Number) = (due, ++clock._timers);
            clock._waiting.Add(this);
        }
    }
}
