using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Journal;

/// <summary>A record that is complete, with what was read of its messages; those are good while it is being told of.</summary>
internal readonly record struct Noted(CallRecord Record, V2Message? Request, V2Message? Reply);

/// <summary>
/// The journal of what came in and what went out: the latest of each, for people, for tests and for lint. With a data folder it is kept in a file
/// of its own, bounded like the memory: losing it loses no money.
/// </summary>
internal sealed class CallJournal : IDisposable
{
    private readonly SimulatorOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<CallRecord> _calls = new();
    private readonly Queue<CallRecord> _sends = new();
    private readonly CallFile? _file;
    private long _ids;

    public CallJournal(SimulatorOptions options)
    {
        _options = options;
        if (options is { KeepJournal: true, JournalPath: { } world })
        {
            _file = new(Path.ChangeExtension(world, ".traffic"), options.JournalLength, record =>
            {
                _ids = Math.Max(_ids, record.Id);
                Keep(record);
            });
        }
    }

    /// <summary>Told of each record when it is complete; nothing of the world is locked then.</summary>
    public event Action<Noted>? Noted;

    /// <summary>Whether anybody keeps what is noted; benchmarks switch it off.</summary>
    public bool IsKept => _options.KeepJournal;

    /// <summary>Writes a record down under the next id.</summary>
    /// <param name="record">The record.</param>
    /// <param name="request">What was read of its request, if that is a V2 message.</param>
    /// <param name="reply">What was read of its answer, if that is a V2 message.</param>
    public void Note(CallRecord record, V2Message? request = null, V2Message? reply = null)
    {
        if (!IsKept)
        {
            return;
        }

        lock (_gate)
        {
            record.Id = ++_ids;
            Keep(record);
            _file?.Append(record);
        }

        Noted?.Invoke(new(record, request, reply));
    }

    /// <summary>Calls, oldest first.</summary>
    public CallRecord[] Calls(CallFilter filter) => Read(_calls, filter);

    /// <summary>Sends, oldest first.</summary>
    public CallRecord[] Sends(CallFilter filter) => Read(_sends, filter);

    public CallRecord? FindCall(long id) => Find(_calls, id);

    public CallRecord? FindSend(long id) => Find(_sends, id);

    /// <summary>All sends of one delivery that are still remembered.</summary>
    public CallRecord[] SendsOf(long delivery)
    {
        lock (_gate)
        {
            return [.. _sends.Where(s => s.Delivery == delivery)];
        }
    }

    /// <summary>How many calls are remembered.</summary>
    public int CallCount
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>The id of the latest record.</summary>
    public long Latest
    {
        get
        {
            lock (_gate)
            {
                return _ids;
            }
        }
    }

    /// <summary>Forgets what came after a record; ids go on from there.</summary>
    public void CutAfter(long id)
    {
        lock (_gate)
        {
            Keep(r => r.Id <= id);
            _ids = Math.Min(_ids, id);
        }
    }

    /// <summary>Forgets everything, or one merchant's part; ids go on.</summary>
    public void Clear(string? mchId)
    {
        lock (_gate)
        {
            Keep(r => mchId is not null && r.MchId != mchId);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Keep(Func<CallRecord, bool> stays)
    {
        foreach (var queue in (Queue<CallRecord>[])[_calls, _sends])
        {
            var rest = queue.Where(stays).ToArray();
            queue.Clear();
            foreach (var record in rest)
            {
                queue.Enqueue(record);
            }
        }

        _file?.StartFrom(_calls.Concat(_sends).OrderBy(r => r.Id));
    }

    private CallRecord[] Read(Queue<CallRecord> queue, CallFilter filter)
    {
        lock (_gate)
        {
            return [.. queue.Where(filter.Takes).Take(filter.Limit).TakeLast(filter.Last ?? int.MaxValue)];
        }
    }

    private CallRecord? Find(Queue<CallRecord> queue, long id)
    {
        lock (_gate)
        {
            return queue.FirstOrDefault(r => r.Id == id);
        }
    }

    private void Keep(CallRecord record)
    {
        var queue = record.IsSend ? _sends : _calls;
        queue.Enqueue(record);
        while (queue.Count > _options.JournalLength)
        {
            queue.Dequeue();
        }
    }
}
