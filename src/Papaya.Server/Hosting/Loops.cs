using System.Collections.Concurrent;

namespace Papaya.Server.Hosting;

/// <summary>Work that waits in the database for its hour.</summary>
public interface ILoop
{
    string Name { get; }

    /// <summary>
    /// Does everything that is due now and returns the next due instant from the database: null when only a wake-up can bring work,
    /// an instant not after now to run again at once.
    /// </summary>
    Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct);
}

/// <summary>Nudges a loop; usually from <see cref="Storage.Transaction.AfterCommit"/>. Nudging a loop that is not running is no error.</summary>
public sealed class LoopSignals
{
    private readonly ConcurrentDictionary<string, Action> _wake = new(StringComparer.Ordinal);

    public void Wake(string name)
    {
        if (_wake.TryGetValue(name, out var wake))
        {
            wake();
        }
    }

    internal void Register(string name, Action wake)
    {
        if (!_wake.TryAdd(name, wake))
        {
            throw new InvalidOperationException($"Two loops are called '{name}'.");
        }
    }
}
