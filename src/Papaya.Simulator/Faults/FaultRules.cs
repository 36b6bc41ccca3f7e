using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

/// <summary>
/// Faults by rule; the oldest rule that strikes wins. The rules are part of the world: they are used under its lock and written into its
/// journal. Chance depends on the seed, the rule and the number concerned, never on the order in which unrelated calls arrive.
/// </summary>
internal sealed class FaultRules(SimulatorState state)
{
    private static readonly IReadOnlyList<string> NoNumbers = [];

    private readonly List<FaultRule> _rules = [];
    private volatile bool _any;

    /// <summary>False is the usual case, and asking needs no lock.</summary>
    public bool Any => _any;

    public IReadOnlyList<FaultRule> All => _rules;

    /// <summary>The latest rule's id. Chance depends on it: a world that is to repeat itself counts anew.</summary>
    public int Given { get; set; }

    /// <summary>Null, or why the rule makes no sense. Under the lock.</summary>
    public string? TryAdd(FaultRule rule, Func<string, bool> isPath, out FaultRule? added)
    {
        added = null;
        if (FaultChecks.WhyNot(rule, isPath) is { } reason)
        {
            return reason;
        }

        if (rule.On == FaultCatalogue.Handshake && !state.HasHttps)
        {
            return "There are handshakes on an https port only; start the simulator with --https-port.";
        }

        added = rule with { Id = ++Given, Looked = 0, Struck = 0, Seen = null };
        _rules.Add(added);
        _any = true;
        state.Put(added);
        return null;
    }

    /// <summary>Removes what fits; how many. Under the lock.</summary>
    public int Remove(Predicate<FaultRule> fits)
    {
        foreach (var rule in _rules.Where(r => fits(r)))
        {
            state.PutGone(rule);
        }

        var removed = _rules.RemoveAll(fits);
        _any = _rules.Count > 0;
        return removed;
    }

    /// <summary>Whether something goes wrong here. Under the lock.</summary>
    public FaultHit? Hit(in FaultPoint point, DateTimeOffset now)
    {
        if (!_any)
        {
            return null;
        }

        foreach (var rule in _rules)
        {
            if (Matches(rule, point, now) && Strikes(rule, point))
            {
                return new(rule);
            }
        }

        return null;
    }

    /// <summary>A rule, or what became of one, as the journal remembers it.</summary>
    public void Recall(Change line)
    {
        line.Faults?.ForEach(rule =>
        {
            _rules.RemoveAll(r => r.Id == rule.Id);
            _rules.Add(rule);
            Given = Math.Max(Given, rule.Id);
        });
        line.FaultMarks?.ForEach(mark =>
        {
            if (_rules.Find(r => r.Id == mark.Id) is { } rule)
            {
                (rule.Looked, rule.Struck) = (mark.Looked, mark.Struck);
                if (mark.Number is { } number)
                {
                    (rule.Seen ??= new(StringComparer.Ordinal))[number] = mark.Seen;
                }
            }
        });
        line.FaultsGone?.ForEach(id => _rules.RemoveAll(r => r.Id == id));
        _any = _rules.Count > 0;
    }

    /// <summary>Before another world is read; nothing is written down.</summary>
    public void Forget()
    {
        _rules.Clear();
        _any = false;
    }

    /// <summary>All rules with their counts.</summary>
    public Change? Snapshot() => _rules.Count == 0
        ? null
        : new()
        {
            Faults = [.. _rules],
            FaultMarks = [.. _rules.Where(r => r.Seen is not null).SelectMany(r => r.Seen!.OrderBy(s => s.Key, StringComparer.Ordinal)
                .Select(s => new FaultMark(r.Id, r.Looked, r.Struck, s.Key, s.Value)))],
        };

    /// <summary>The same message with another sign; refund messages, which have none, lose a character of their secret.</summary>
    public static string Spoil(string message)
    {
        const string CData = "<![CDATA[";
        foreach (var tag in (string[])["<sign>", "<req_info>"])
        {
            var at = message.IndexOf(tag, StringComparison.Ordinal);
            if (at >= 0)
            {
                at += tag.Length;
                at += message.AsSpan(at).StartsWith(CData) ? CData.Length : 0;
                return string.Concat(message.AsSpan(0, at), message[at] == '0' ? "1" : "0", message.AsSpan(at + 1));
            }
        }

        return message;
    }

    private static bool Matches(FaultRule rule, in FaultPoint point, DateTimeOffset now) =>
        (rule.On == point.On || rule.On == (point.On[0] == '/' ? "*" : FaultCatalogue.IsMessage(point.On) ? "notification" : ""))
        && FaultCatalogue.Knows(point.On, rule.Kind)
        && (rule.Kind != FaultKind.Shape || point.IsFailure)
        && (rule.Host is null || rule.Host.Equals(point.Host, StringComparison.OrdinalIgnoreCase))
        && !(point.IsHeldBack && rule.Kind is FaultKind.Delay or FaultKind.Reorder or FaultKind.Late)
        && rule.Struck < (rule.Times ?? int.MaxValue)
        && (rule.MchId is null || rule.MchId == point.MchId)
        && (rule.Number is not { } number || (point.Numbers ?? NoNumbers).Any(n => number[^1] == '*' ? n.AsSpan().StartsWith(number.AsSpan()[..^1]) : n == number))
        && (rule.Site is null || rule.Site == point.Site)
        && !(now < rule.From) && !(now >= rule.Until);

    /// <summary>Counts the match; whether it is one that strikes.</summary>
    private bool Strikes(FaultRule rule, in FaultPoint point)
    {
        rule.Looked++;
        string? number = null;
        var seen = 0;
        if (rule.Probability is not null)
        {
            number = point.Numbers is [var first, ..] ? first : point.On;
            var counts = rule.Seen ??= new(StringComparer.Ordinal);
            counts[number] = seen = counts.GetValueOrDefault(number) + 1;
        }

        var strikes = rule.Looked > (rule.Skip ?? 0) && (rule.Probability is not { } probability || Dice(rule, number!, seen) < probability);
        rule.Struck += strikes ? 1 : 0;
        state.Put(new FaultMark(rule.Id, rule.Looked, rule.Struck, number, seen));
        return strikes;
    }

    /// <summary>From 0 to below 1, the same for the same seed, rule, number and count.</summary>
    private double Dice(FaultRule rule, string number, int seen)
    {
        var seed = rule.Seed ?? (state.Options.Seed ?? 0) ^ rule.Id;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{rule.Id}/{number}/{seen}"), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
