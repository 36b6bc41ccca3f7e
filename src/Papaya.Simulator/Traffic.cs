namespace Papaya.Simulator;

/// <summary>A request that was answered, or cut off (status 0).</summary>
internal sealed record RequestRecord(DateTimeOffset At, string Path, int Status, string Request, string? Response, Faults.FaultKind? Fault);

/// <summary>One send of a notification: status 0 when nobody answered.</summary>
internal sealed record SendRecord(
    DateTimeOffset At, World.DeliveryKind Kind, string Url, string? OutTradeNo, string? ContractId, int Send, int Status, bool Acknowledged,
    string Request, string? Response, Faults.FaultKind? Fault);

/// <summary>The journal of what came in and what went out: the latest of each, for people and for tests.</summary>
internal sealed class Traffic(SimulatorOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<RequestRecord> _requests = new();
    private readonly Queue<SendRecord> _sends = new();

    public bool IsKept => options.KeepJournal;

    public void Add(RequestRecord request) => Add(_requests, request);

    public void Add(SendRecord send) => Add(_sends, send);

    public RequestRecord[] Requests(string? path)
    {
        lock (_gate)
        {
            return [.. _requests.Where(r => path is null || r.Path == path)];
        }
    }

    public SendRecord[] Sends(string? outTradeNo)
    {
        lock (_gate)
        {
            return [.. _sends.Where(s => outTradeNo is null || s.OutTradeNo == outTradeNo)];
        }
    }

    private void Add<T>(Queue<T> queue, T item)
    {
        if (!options.KeepJournal)
        {
            return;
        }

        lock (_gate)
        {
            queue.Enqueue(item);
            while (queue.Count > options.JournalLength)
            {
                queue.Dequeue();
            }
        }
    }
}
