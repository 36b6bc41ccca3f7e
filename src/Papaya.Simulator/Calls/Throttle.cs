namespace Papaya.Simulator.Calls;

/// <summary>So many calls of a kind in a sliding time for each merchant. Used under the world's lock.</summary>
internal sealed class Throttle
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string MchId, string What), (DateTimeOffset[] Latest, int Next)> _calls = [];

    private readonly Dictionary<(string MchId, string What), DateTimeOffset> _blocked = [];

    /// <summary>Nothing of the kind is taken until then.</summary>
    public void Block(string mchId, string what, DateTimeOffset until) => _blocked[(mchId, what)] = until;

    public bool IsBlocked(string mchId, string what, DateTimeOffset now) => _blocked.TryGetValue((mchId, what), out var until) && now < until;

    public void Forget()
    {
        _calls.Clear();
        _blocked.Clear();
    }

    /// <summary>Whether one more is allowed; it is counted then.</summary>
    /// <param name="mchId">Whose call.</param>
    /// <param name="what">Which limit.</param>
    /// <param name="most">So many, at least 1; a change begins a new count.</param>
    /// <param name="now">The instant.</param>
    /// <param name="within">In this time; a second when it is not given.</param>
    public bool Allows(string mchId, string what, int most, DateTimeOffset now, TimeSpan? within = null)
    {
        if (!_calls.TryGetValue((mchId, what), out var known) || known.Latest.Length != most)
        {
            known = (new DateTimeOffset[most], 0);
        }

        var (latest, next) = known;
        if (now - latest[next] < (within ?? Second))
        {
            return false;
        }

        latest[next] = now;
        _calls[(mchId, what)] = (latest, (next + 1) % most);
        return true;
    }
}
