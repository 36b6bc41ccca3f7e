using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Sending;

/// <summary>
/// The one or two hosts of a client. While the first fails the second is preferred for a while; then one question tries the first again, and
/// only when that was answered do all others go back to it. A call that moves money never finds out whether a host is well.
/// </summary>
internal sealed class Hosts
{
    /// <summary>One lost answer proves little about a host; so many in a row do.</summary>
    private const int SilencesThatCount = 3;

    private readonly TimeProvider _clock;
    private readonly Uri _first;
    private readonly Uri? _second;
    private readonly TimeSpan _preferFor;
    private readonly Lock _lock = new();
    private readonly long _origin;

    // Ticks since the origin; 0 while the first host is well. Read without the lock.
    private long _avoidFirstUntil;
    private int _silences;

    public Hosts(Uri first, Uri? second, TimeSpan preferFor, TimeProvider clock)
    {
        _first = first;
        _second = second;
        _preferFor = preferFor;
        _clock = clock;
        _origin = clock.GetTimestamp();
    }

    /// <summary>How many there are.</summary>
    public int Count => _second is null ? 1 : 2;

    private long Now => _clock.GetElapsedTime(_origin).Ticks;

    /// <summary>The host to begin a call with.</summary>
    public Uri Pick(Endpoint endpoint)
    {
        // The usual case takes no lock: the first host is well.
        if (_second is null || Volatile.Read(ref _avoidFirstUntil) == 0)
        {
            return _first;
        }

        lock (_lock)
        {
            if (_avoidFirstUntil == 0)
            {
                return _first;
            }

            var now = Now;
            if (now < _avoidFirstUntil || !endpoint.IsRead)
            {
                return _second;
            }

            // This question finds out; until it has, the others stay where they are.
            AvoidFirst(now);
            return _first;
        }
    }

    /// <summary>The host to go on with after a failure at <paramref name="host"/>.</summary>
    public Uri Next(Uri host) => _second is null || host == _second ? _first : _second;

    /// <summary>A complete answer came. True when the first host is back.</summary>
    public bool Answered(Uri host)
    {
        if (_second is null || host != _first || (Volatile.Read(ref _avoidFirstUntil) == 0 && Volatile.Read(ref _silences) == 0))
        {
            return false;
        }

        lock (_lock)
        {
            var isBack = _avoidFirstUntil != 0;
            Volatile.Write(ref _avoidFirstUntil, 0);
            _silences = 0;
            return isBack;
        }
    }

    /// <summary>No connection, or no answer. True when from now on the second host is preferred.</summary>
    public bool Failed(Uri host, bool wasConnected)
    {
        if (_second is null)
        {
            return false;
        }

        lock (_lock)
        {
            if (host == _second)
            {
                // Both fail: neither is better, so begin with the first again.
                Volatile.Write(ref _avoidFirstUntil, 0);
                return false;
            }

            if (wasConnected && ++_silences < SilencesThatCount)
            {
                return false;
            }

            var isNew = _avoidFirstUntil == 0;
            AvoidFirst(Now);
            return isNew;
        }
    }

    private void AvoidFirst(long now) => Volatile.Write(ref _avoidFirstUntil, Math.Max(1, now + _preferFor.Ticks));
}
