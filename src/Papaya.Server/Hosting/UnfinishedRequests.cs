using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Papaya.Server.Storage;

namespace Papaya.Server.Hosting;

/// <summary>
/// Knows which POSTs are running in this process, and drives those that nobody runs any more (a crash, a failed handler) to their end.
/// </summary>
internal sealed partial class UnfinishedRequests(
    Database db, IServiceProvider services, LoopSignals signals, IOptions<JsonOptions> json, TimeProvider clock, ILogger<UnfinishedRequests> log) : ILoop
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Who is at work on a key; true when this loop has met him there and gone past.</summary>
    private readonly ConcurrentDictionary<(string Route, string Key), bool> _running = new();

    private TimeSpan _wait = FirstWait;

    public string Name => "unfinished_requests";

    /// <summary>True once every request a crash left behind was driven on. One that cannot be completed is tried again; the server does not wait for it.</summary>
    public bool IsCaughtUp { get; private set; }

    public bool TryEnter(IdempotentRequest request) => _running.TryAdd((request.Route, request.Key), value: false);

    /// <summary>Whoever only asked for the answer may have kept this loop from making it: then it looks again at once.</summary>
    public void Leave(IdempotentRequest request)
    {
        if ((_running.TryRemove((request.Route, request.Key), out var marked) && marked && !request.Completed)
            || request is { MayHaveBegun: true, Completed: false })
        {
            signals.Wake(Name);
        }
    }

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
    {
        // Resolved late: the flows that complete requests are built from services that know this class.
        var completers = services.GetServices<ICompleteUnfinished>().ToDictionary(c => c.Route, StringComparer.Ordinal);
        var (failed, running) = (false, false);
        foreach (var row in await db.ReadAsync(IdempotencyStore.UnfinishedAsync, ct))
        {
            var request = new IdempotentRequest(row.Route, row.Key, row.RequestHash, row.Resource, json.Value.SerializerOptions, clock);
            if (!EnterOrMark(request))
            {
                running = true;
                continue;
            }

            try
            {
                var completer = completers.GetValueOrDefault(row.Route) ?? throw new InvalidOperationException($"Nothing completes {row.Route}.");
                await completer.CompleteAsync(request, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // The others must not wait for it; it is tried again with them.
                LogFailed(e, row.Route, row.Resource);
                failed = true;
            }
            finally
            {
                _running.TryRemove((row.Route, row.Key), out _);
            }
        }

        IsCaughtUp = true;
        _wait = !failed ? FirstWait : _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
        return failed ? clock.GetUtcNow() + _wait
            : running ? clock.GetUtcNow() + FirstWait // Its handler may yet fail.
            : null;
    }

    /// <summary>Takes the key for this loop, or leaves a mark for him who is at work on it.</summary>
    private bool EnterOrMark(IdempotentRequest request)
    {
        while (!TryEnter(request))
        {
            var key = (request.Route, request.Key);
            if (_running.TryGetValue(key, out var marked) && (marked || _running.TryUpdate(key, newValue: true, comparisonValue: false)))
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(1211, LogLevel.Error, "The unfinished request {Route} about {Resource} could not be completed; it is tried again")]
    private partial void LogFailed(Exception e, string route, string? resource);
}
