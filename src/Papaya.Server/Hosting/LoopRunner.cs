namespace Papaya.Server.Hosting;

/// <summary>Runs every loop, each on its own, one run at a time, asleep on the clock until its next due instant.</summary>
internal sealed partial class LoopRunner : BackgroundService
{
    /// <summary>A loop that failed runs again after this.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly List<Seat> _seats;

    public LoopRunner(IEnumerable<ILoop> loops, LoopSignals signals, IWorkInFlight work, TimeProvider clock, ILogger<LoopRunner> log)
    {
        _seats = [.. loops.Select(loop => new Seat(loop, work, clock, log))];
        foreach (var seat in _seats)
        {
            signals.Register(seat.Name, seat.Wake);
        }
    }

    /// <summary>The first runs count as work before anybody can see the server as started.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var seat in _seats)
        {
            seat.Wake();
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_seats.Select(seat => Task.Run(() => seat.RunAsync(stoppingToken), CancellationToken.None)));

    [LoggerMessage(1201, LogLevel.Error, "Loop {Name} failed; it runs again in {Seconds} s")]
    private static partial void LogFailed(ILogger log, Exception e, string name, double seconds);

    /// <summary>One loop with its timer. Woken, it counts as work from that moment on, so that the world never looks idle in between.</summary>
    private sealed class Seat
    {
        private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(45); // Timers take at most 2^32 - 2 ms.

        private readonly Lock _gate = new();
        private readonly SemaphoreSlim _signal = new(0, 1);
        private readonly ILoop _loop;
        private readonly IWorkInFlight _work;
        private readonly TimeProvider _clock;
        private readonly ILogger _log;
        private readonly ITimer _timer;
        private IDisposable? _pending;
        private bool _stopped;

        public Seat(ILoop loop, IWorkInFlight work, TimeProvider clock, ILogger log)
        {
            (_loop, _work, _clock, _log) = (loop, work, clock, log);
            _timer = clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public string Name => _loop.Name;

        public void Wake()
        {
            lock (_gate)
            {
                if (_pending is not null || _stopped)
                {
                    return;
                }

                _pending = _work.Enter();
                _signal.Release();
            }
        }

        public async Task RunAsync(CancellationToken ct)
        {
            try
            {
                while (true)
                {
                    await _signal.WaitAsync(ct);
                    using var counted = Take();
                    await RunOnceAsync(ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // The host stops; what was not done is in the database.
            }
            finally
            {
                lock (_gate)
                {
                    _stopped = true;
                    _pending?.Dispose();
                    _pending = null;
                }

                await _timer.DisposeAsync();
            }
        }

        private IDisposable Take()
        {
            lock (_gate)
            {
                var counted = _pending!; // Wake set it before it released the signal.
                _pending = null;
                return counted;
            }
        }

        private async Task RunOnceAsync(CancellationToken ct)
        {
            DateTimeOffset? next;
            try
            {
                next = await _loop.RunOnceAsync(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                LogFailed(_log, e, Name, AfterFailure.TotalSeconds);
                next = _clock.GetUtcNow() + AfterFailure;
            }

            if (next is not { } due)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }

            var wait = due - _clock.GetUtcNow();
            if (wait <= TimeSpan.Zero)
            {
                Wake();
                return;
            }

            // Rounded up to the millisecond that timers count in: woken early, the loop would find nothing due.
            var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            _timer.Change(rounded < LongestTimer ? rounded : LongestTimer, Timeout.InfiniteTimeSpan);
        }
    }
}
