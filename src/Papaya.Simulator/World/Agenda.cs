using Papaya.Simulator.Clock;

namespace Papaya.Simulator.World;

/// <summary>
/// What falls due when, and the alarm for the earliest of it. The members that say so take the world's lock; the others are used under it.
/// </summary>
internal sealed class Agenda : IDisposable
{
    private readonly PriorityQueue<Scheduled, (DateTimeOffset At, long Number)> _waiting = new();
    private readonly TestClock _clock;
    private readonly Lock _gate;
    private readonly ITimer _alarm;
    private DateTimeOffset? _alarmAt;
    private bool _started;
    private bool _disposed;

    public Agenda(TestClock clock, Lock gate)
    {
        (_clock, _gate) = (clock, gate);
        _alarm = clock.CreateTimer(static agenda => ((Agenda)agenda!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Executes what falls due; called without the lock.</summary>
    public Action<Due>? OnDue { get; set; }

    /// <summary>When the next thing happens by itself. Takes the lock.</summary>
    public DateTimeOffset? NextEvent
    {
        get
        {
            lock (_gate)
            {
                return Next();
            }
        }
    }

    /// <summary>How many appointments were made.</summary>
    public long Made { get; set; }

    /// <summary>Makes an appointment, or takes back the one there was.</summary>
    public void Schedule(Scheduled what, DateTimeOffset? at)
    {
        what.DueAt = at;
        what.DueNumber = at is null ? 0 : ++Made;
        if (at is { } due)
        {
            _waiting.Enqueue(what, (due, what.DueNumber));
        }
    }

    /// <summary>The appointments that entities brought with them from the journal, instead of all others.</summary>
    public void Recall(IEnumerable<Scheduled> entities)
    {
        _waiting.Clear();
        foreach (var what in entities)
        {
            if (what.DueAt is { } at)
            {
                _waiting.Enqueue(what, (at, what.DueNumber));
            }
        }

        _alarmAt = null;
    }

    /// <summary>Begins to act; before that nothing moves by itself. Takes the lock.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _started = true;
        }

        Arm();
    }

    /// <summary>Sets the alarm for the earliest appointment. Takes the lock.</summary>
    public void Arm()
    {
        lock (_gate)
        {
            if (!_started || _disposed)
            {
                return;
            }

            var next = Next();
            if (next == _alarmAt)
            {
                return;
            }

            _alarmAt = next;
            var wait = next is { } at ? at - _clock.GetUtcNow() : Timeout.InfiniteTimeSpan;
            _alarm.Change(next is not null && wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What is due now, taken from the agenda. Takes the lock.</summary>
    public Due? TakeDue()
    {
        lock (_gate)
        {
            return !_disposed && Next() is { } at && at <= _clock.GetUtcNow() && _waiting.TryDequeue(out var what, out var due) ? new(what, due.Number) : null;
        }
    }

    /// <summary>Nothing is taken any more.</summary>
    public void Dispose()
    {
        _disposed = true;
        _alarm.Dispose();
    }

    private DateTimeOffset? Next()
    {
        while (_waiting.TryPeek(out var what, out var due))
        {
            if (what.DueNumber == due.Number && what.DueAt is not null)
            {
                return due.At;
            }

            _waiting.Dequeue();
        }

        return null;
    }

    private void Ring()
    {
        using var work = _clock.Enter();
        lock (_gate)
        {
            _alarmAt = null;
        }

        while (TakeDue() is { } due)
        {
            try
            {
                OnDue?.Invoke(due);
            }
            catch (IOException)
            {
                // It has happened, and could not be written down: whatever is written next writes this as well.
            }
        }

        Arm();
    }
}
