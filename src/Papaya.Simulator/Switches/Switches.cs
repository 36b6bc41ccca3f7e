using System.Collections.Concurrent;

namespace Papaya.Simulator;

/// <summary>The named switches with their values; the first value of each is the default.</summary>
internal sealed class Switches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        .. WireSwitches.All,
        .. SigningSwitches.All,
        .. ContractSwitches.All,
        .. NoticeSwitches.All,
        .. DebitSwitches.All,
        .. MoneySwitches.All,
        .. CouponSwitches.All,
        .. V3Switches.All,
    ];

    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string MchId, string Name), string> _ofMerchants = new();
    private readonly IReadOnlyDictionary<string, string> _atStart;
    private readonly AsyncLocal<string?> _merchant = new();

    public Switches(IReadOnlyDictionary<string, string> values)
    {
        _atStart = values;
        Reset();
    }

    /// <summary>The value for the merchant of this operation, if one is named, else for everybody.</summary>
    public string this[string name] => this[name, _ofMerchants.IsEmpty ? null : _merchant.Value];

    public string this[string name, string? mchId] => mchId is not null && _ofMerchants.TryGetValue((mchId, name), out var own) ? own : _values[name];

    public bool Is(string name, string value) => this[name] == value;

    /// <summary>Whose switches are read from here on in this operation.</summary>
    public void ActFor(string? mchId)
    {
        if (!_ofMerchants.IsEmpty || _merchant.Value is not null)
        {
            _merchant.Value = mchId;
        }
    }

    /// <summary>Null, or why not.</summary>
    public string? TrySet(string name, string value, string? mchId = null)
    {
        if (All.FirstOrDefault(s => s.Name == name) is not { } known)
        {
            return $"There is no switch '{name}'; GET /_sim/switches lists them.";
        }

        if (!known.Values.Contains(value, StringComparer.Ordinal))
        {
            return $"Switch '{name}' takes one of: {string.Join(", ", known.Values)}.";
        }

        if (mchId is null)
        {
            _values[name] = value;
        }
        else
        {
            _ofMerchants[(mchId, name)] = value;
        }

        return null;
    }

    /// <summary>As at the start: defaults, and what the options say.</summary>
    public void Reset()
    {
        _ofMerchants.Clear();
        foreach (var known in All)
        {
            _values[known.Name] = known.Default;
        }

        ApplyOptions();
    }

    /// <summary>What was asked for at this start is stronger than what an earlier run has left.</summary>
    public void ApplyOptions()
    {
        foreach (var (name, value) in _atStart)
        {
            if (TrySet(name, value) is { } reason)
            {
                throw new ArgumentException(reason, nameof(name));
            }
        }
    }

    /// <summary>One merchant's own values are gone.</summary>
    public void Forget(string mchId)
    {
        foreach (var key in _ofMerchants.Keys.Where(k => k.MchId == mchId))
        {
            _ofMerchants.TryRemove(key, out _);
        }
    }

    /// <summary>A journal may be older or newer than this program: what is unknown here is left.</summary>
    public void Recall(World.Change line) => line.Switches?.ForEach(s => _ = TrySet(s.Name, s.Value, s.MchId));

    public World.Change? Snapshot()
    {
        List<World.SwitchValue> set =
        [
            // What the start asked for is written even where it was set back to its default.
            .. All.Where(s => _values[s.Name] != s.Default || _atStart.ContainsKey(s.Name)).Select(s => new World.SwitchValue(s.Name, _values[s.Name], null)),
            .. _ofMerchants.OrderBy(m => m.Key.MchId, StringComparer.Ordinal).ThenBy(m => m.Key.Name, StringComparer.Ordinal)
                .Select(m => new World.SwitchValue(m.Key.Name, m.Value, m.Key.MchId)),
        ];
        return set.Count == 0 ? null : new() { Switches = set };
    }
}
