namespace Papaya.Simulator.Lint;

/// <summary>
/// The latest so many of one kind by their key; the oldest are forgotten. It is looked up, never walked: whatever a rule asks costs the same in a
/// young world and in an old one.
/// </summary>
internal sealed class Recent<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byAge = new();

    /// <summary>Told of each entry that had to go.</summary>
    public Action<TValue>? Forgotten { get; init; }

    public int Count => _nodes.Count;

    public bool Has(TKey key) => _nodes.ContainsKey(key);

    public TValue? Find(TKey key) => _nodes.TryGetValue(key, out var node) ? node.Value.Value : default;

    public bool TryFind(TKey key, out TValue value)
    {
        var isThere = _nodes.TryGetValue(key, out var node);
        value = isThere ? node!.Value.Value : default!; // Only looked at when it is there.
        return isThere;
    }

    /// <summary>Adds or replaces; it is the youngest now.</summary>
    public void Put(TKey key, TValue value)
    {
        if (_nodes.TryGetValue(key, out var node))
        {
            node.Value = (key, value);
            _byAge.Remove(node);
            _byAge.AddLast(node);
        }
        else
        {
            Add(key, value);
        }
    }

    /// <summary>Adds unless it is there; then it keeps its value and its age.</summary>
    public bool TryAdd(TKey key, TValue value)
    {
        if (_nodes.ContainsKey(key))
        {
            return false;
        }

        Add(key, value);
        return true;
    }

    public bool TryTake(TKey key, out TValue value)
    {
        if (!_nodes.Remove(key, out var node))
        {
            value = default!; // Only looked at on true.
            return false;
        }

        _byAge.Remove(node);
        value = node.Value.Value;
        return true;
    }

    public bool TryOldest(out TKey key, out TValue value)
    {
        (key, value) = _byAge.First is { } first ? first.Value : default;
        return _byAge.Count > 0;
    }

    private void Add(TKey key, TValue value)
    {
        _nodes.Add(key, _byAge.AddLast((key, value)));
        if (_nodes.Count > most)
        {
            var (oldest, gone) = _byAge.First!.Value; // There is one: more than most, which is at least 1.
            _byAge.RemoveFirst();
            _nodes.Remove(oldest);
            Forgotten?.Invoke(gone);
        }
    }
}

/// <summary>Something that a caller should do before some time is over.</summary>
/// <param name="MchId">Whose.</param>
/// <param name="Number">About which number.</param>
/// <param name="At">Since when.</param>
/// <param name="Record">The record that gave rise to it; 0 when there is none.</param>
/// <param name="IsSend">Whether that was a send.</param>
/// <param name="Detail">What is said when it was not done.</param>
internal sealed record Promise(string MchId, string Number, DateTimeOffset At, long Record, bool IsSend, string Detail);

/// <summary>Promises of one kind, which all have the same time: the oldest is the first to be overdue, so nobody ever looks through them.</summary>
internal sealed class Promises(TimeSpan within, int most)
{
    private readonly Recent<(string MchId, string Number), Promise> _open = new(most);

    public int Count => _open.Count;

    public void Make(Promise promise) => _open.TryAdd((promise.MchId, promise.Number), promise);

    /// <summary>Whether there was one; it is kept now.</summary>
    public bool Keep(string mchId, string? number) => number is not null && _open.TryTake((mchId, number), out _);

    /// <summary>The oldest whose time is over, taken away; null when there is none.</summary>
    public Promise? TakeOverdue(DateTimeOffset now)
    {
        if (!_open.TryOldest(out var key, out var oldest) || oldest.At + within >= now)
        {
            return null;
        }

        _open.TryTake(key, out _);
        return oldest;
    }
}
