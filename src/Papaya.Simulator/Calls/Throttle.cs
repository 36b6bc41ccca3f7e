namespace Papaya.Simulator.Calls;

/// <summary>150 applies in a sliding second for each merchant. Used under the world's lock.</summary>
internal sealed class Throttle
{
    private const int MostInASecond = 150;

    private readonly Dictionary<string, (DateTimeOffset[] Latest, int Next)> _merchants = new(StringComparer.Ordinal);

    public bool Allows(string mchId, DateTimeOffset now)
    {
        var (latest, next) = _merchants.TryGetValue(mchId, out var known) ? known : (new DateTimeOffset[MostInASecond], 0);
        if (now - latest[next] < TimeSpan.FromSeconds(1))
        {
            return false;
        }

        latest[next] = now;
        _merchants[mchId] = (latest, (next + 1) % MostInASecond);
        return true;
    }
}
