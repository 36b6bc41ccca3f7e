namespace Papaya.WeChatPay.Sending;

/// <summary>
/// Permits of one lane, given out in the order of asking. A full bucket holds a tenth of the limit and fills with the rest per second, so
/// that no second, wherever it begins, sees more than the limit. Whoever finds it empty is told how long to wait for the permit
/// that is already his.
/// </summary>
internal sealed class TokenBucket
{
    /// <summary>What a slowed bucket wins back per second, as a part of its full pace.</summary>
    private const double RecoveryPerSecond = 0.05;

    private const double LeastPace = 1;

    private static readonly TimeSpan OneSlowing = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly long _origin;
    private readonly int _burst;
    private readonly double _fullPace;
    private double _pace;
    private TimeSpan _paceAt;
    private TimeSpan _slowedAt = TimeSpan.MinValue;

    // When the bucket will be full again: permits that are out push it into the future.
    private TimeSpan _fullAt;

    public TokenBucket(int perSecond, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);
        _clock = clock;
        _origin = clock.GetTimestamp();
        _burst = Math.Max(1, perSecond / 10);
        _fullPace = Math.Max(LeastPace, perSecond - _burst);
        _pace = _fullPace;
    }

    /// <summary>Permits per second that the bucket fills with now.</summary>
    public double Pace
    {
        get
        {
            lock (_lock)
            {
                return PaceAt(Now);
            }
        }
    }

    private TimeSpan Now => _clock.GetElapsedTime(_origin);

    /// <summary>Takes one permit; false, and nothing is taken, when it would come later than <paramref name="longest"/> from now.</summary>
    /// <param name="longest">How long the caller would wait.</param>
    /// <param name="wait">How long the caller must wait, or would have had to.</param>
    public bool TryTake(TimeSpan longest, out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = Now;
            wait = Missing(now);
            if (wait > longest)
            {
                return false;
            }

            Spend(now);
            return true;
        }
    }

    /// <summary>How long until a permit is there; none is taken.</summary>
    public TimeSpan Look()
    {
        lock (_lock)
        {
            return Missing(Now);
        }
    }

    /// <summary>Takes one permit even if there is none: what has already happened is paid for later.</summary>
    public void Charge()
    {
        lock (_lock)
        {
            Spend(Now);
        }
    }

    /// <summary>Puts a permit back that was not used.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _fullAt -= PerPermit(Now);
        }
    }

    /// <summary>WeChat said "too fast": the bucket is empty and fills at half its pace. True unless it was slowed within the same second.</summary>
    public bool Slow()
    {
        lock (_lock)
        {
            var now = Now;
            var isNew = _slowedAt == TimeSpan.MinValue || now - _slowedAt >= OneSlowing;
            if (isNew)
            {
                _pace = Math.Max(LeastPace, PaceAt(now) / 2);
                _paceAt = now;
                _slowedAt = now;
            }

            var empty = now + (_burst * PerPermit(now));
            _fullAt = _fullAt > empty ? _fullAt : empty;
            return isNew;
        }
    }

    /// <summary>No permit before so much time has passed. True unless that was said within the same second.</summary>
    public bool Pause(TimeSpan time)
    {
        lock (_lock)
        {
            var now = Now;
            var until = now + time + ((_burst - 1) * PerPermit(now));
            var isNew = _slowedAt == TimeSpan.MinValue || now - _slowedAt >= OneSlowing;
            _slowedAt = now;
            _fullAt = _fullAt > until ? _fullAt : until;
            return isNew;
        }
    }

    private TimeSpan Missing(TimeSpan now)
    {
        var wait = _fullAt - now - ((_burst - 1) * PerPermit(now));
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Spend(TimeSpan now) => _fullAt = (_fullAt > now ? _fullAt : now) + PerPermit(now);

    // Rounded up to a whole tick: late is safe.
    private TimeSpan PerPermit(TimeSpan now) => TimeSpan.FromTicks((long)Math.Ceiling(TimeSpan.TicksPerSecond / PaceAt(now)));

    private double PaceAt(TimeSpan now) => Math.Min(_fullPace, _pace + ((now - _paceAt).TotalSeconds * RecoveryPerSecond * _fullPace));
}
