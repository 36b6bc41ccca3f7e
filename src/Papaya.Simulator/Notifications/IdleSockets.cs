using System.Net.Sockets;

namespace Papaya.Simulator.Notifications;

/// <summary>
/// Open connections that nobody uses now, bounded in number and in age. Age is the machine's time: a merchant's server closes idle connections by it.
/// </summary>
internal sealed class IdleSockets : IDisposable
{
    /// <summary>More than are ever on their way at once would only wait for their end.</summary>
    public const int Most = 128;

    /// <summary>Node closes after five seconds, others later.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    private readonly TimeProvider _machine;
    private readonly Lock _gate = new();
    // Oldest first.
    private readonly List<Kept> _kept = new(Most);
    private readonly ITimer _sweep;
    private bool _disposed;

    public IdleSockets(TimeProvider machine)
    {
        _machine = machine;
        _sweep = machine.CreateTimer(static sockets => ((IdleSockets)sockets!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _kept.Count;
            }
        }
    }

    /// <summary>The connection to this authority that was used last; null when there is none that the other side has left open.</summary>
    public Socket? Take(string authority)
    {
        while (TakeLatest(authority) is { } kept)
        {
            // Readable although nothing was asked: the end, or something that is no answer to us.
            if (_machine.GetElapsedTime(kept.Since) < Longest && !kept.Socket.Poll(0, SelectMode.SelectRead))
            {
                return kept.Socket;
            }

            kept.Socket.Dispose();
        }

        return null;
    }

    public void Keep(string authority, Socket socket)
    {
        Socket? tooMany = null;
        lock (_gate)
        {
            if (_disposed)
            {
                tooMany = socket;
            }
            else
            {
                if (_kept.Count == 0)
                {
                    _sweep.Change(Longest, Timeout.InfiniteTimeSpan);
                }
                else if (_kept.Count == Most)
                {
                    tooMany = _kept[0].Socket;
                    _kept.RemoveAt(0);
                }

                _kept.Add(new(authority, socket, _machine.GetTimestamp()));
            }
        }

        tooMany?.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _kept.ForEach(k => k.Socket.Dispose());
            _kept.Clear();
        }

        _sweep.Dispose();
    }

    private Kept? TakeLatest(string authority)
    {
        lock (_gate)
        {
            var at = _kept.FindLastIndex(k => k.Authority == authority);
            if (at < 0)
            {
                return null;
            }

            var kept = _kept[at];
            _kept.RemoveAt(at);
            return kept;
        }
    }

    private void Sweep()
    {
        lock (_gate)
        {
            var old = _kept.FindIndex(k => _machine.GetElapsedTime(k.Since) < Longest) is var young and >= 0 ? young : _kept.Count;
            _kept.GetRange(0, old).ForEach(k => k.Socket.Dispose());
            _kept.RemoveRange(0, old);
            if (_kept.Count > 0)
            {
                _sweep.Change(Longest, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private sealed record Kept(string Authority, Socket Socket, long Since);
}
