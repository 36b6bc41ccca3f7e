using Papaya.Simulator.Journal;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>
/// Hears every call and every send at the moment it is written down and keeps what the rules found. After a restart, a restore or a reset it hears
/// once more what the journal still holds. It has a lock of its own and holds the world's only while a rule looks one thing up.
/// </summary>
internal sealed class LintReport
{
    private readonly Lock _gate = new();
    private readonly SimulatorState _state;
    private readonly CallJournal _journal;
    private readonly LintWorld _world;
    private readonly Dictionary<string, RuleTally> _tallies = LintRules.All.ToDictionary(r => r.Id, _ => new RuleTally(), StringComparer.Ordinal);
    private LintFacts _facts;
    private LintReview _review;

    public LintReport(SimulatorState state, CallJournal journal)
    {
        (_state, _journal, _world) = (state, journal, new(state));
        _facts = new(state.Options.LintMemory);
        _review = new(this, _world, _facts);
        Begin();
        journal.Noted += Hear;
    }

    /// <summary>How many things the rules remember together.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate)
            {
                return _facts.Count;
            }
        }
    }

    /// <summary>Forgets everything and hears what the journal holds.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            foreach (var tally in _tallies.Values)
            {
                tally.Clear();
            }

            _facts = new(_state.Options.LintMemory);
            _review = new(this, _world, _facts);
        }

        foreach (var record in _journal.Calls(new()).Concat(_journal.Sends(new())).OrderBy(r => r.Id))
        {
            Hear(new(
                record,
                !record.IsV3 && V2Message.TryParse(record.Request, out var request, out _) ? request : null,
                !record.IsV3 && !record.IsSend && record.Response is { } bytes && V2Message.TryParse(bytes, out var reply, out _) ? reply : null));
        }
    }

    public void Pass(LintRule rule, string mchId) => _tallies[rule.Id].Pass(mchId);

    public void Fault(LintRule rule, LintFinding finding) => _tallies[rule.Id].Fault(finding);

    /// <summary>One line for each rule; <paramref name="mchId"/> narrows to one merchant, <paramref name="since"/> the findings to later ones.</summary>
    public LintLine[] Read(string? mchId, string? rule, LintSeverity? severity, DateTimeOffset? since)
    {
        lock (_gate)
        {
            Review(LintRules.AtTimes, _state.Now);
            Review(LintRules.AtReports, _state.Now);
            return [.. LintRules.All.Where(r => (rule is null || r.Id == rule) && (severity is null || r.Severity == severity)).Select(r => _tallies[r.Id].Line(r, mchId, since))];
        }
    }

    /// <summary>What was read of the messages comes along: nobody holds a lock while he parses.</summary>
    private void Hear(Noted noted)
    {
        var record = noted.Record;
        // A stranger's number is nobody's: whoever makes numbers up cannot fill the memory.
        if (_world.Merchant(record.MchId, static m => m.MchId) is not { } mchId)
        {
            return;
        }

        lock (_gate)
        {
            Review(LintRules.AtTimes, record.At);
            var heard = new LintCase(this, _world, _facts, record, mchId, noted.Request, noted.Reply);
            foreach (var rule in record.IsSend ? LintRules.OnSends : LintRules.OnCalls)
            {
                (record.IsSend ? rule.OnSend : rule.OnCall)!.Invoke(heard.For(rule)); // The lists hold those that have it.
            }

            new LintLearning(_facts).Learn(heard);
        }
    }

    private void Review(LintRule[] rules, DateTimeOffset now)
    {
        var review = _review.At(now);
        foreach (var rule in rules)
        {
            (rule.OnTime ?? rule.AtReview)!.Invoke(review.For(rule)); // The lists hold those that have one.
        }
    }
}

/// <summary>What one rule has to say about each merchant; bounded by the merchants of the world and by what is kept of findings.</summary>
internal sealed class RuleTally
{
    private const int MostFindings = 100;
    private const int MostInAll = 2_000;

    private readonly Dictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly HashSet<string> _passes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _kept = new(StringComparer.Ordinal);
    private readonly List<LintFinding> _findings = [];

    public void Clear()
    {
        _faults.Clear();
        _passes.Clear();
        _kept.Clear();
        _findings.Clear();
    }

    public void Pass(string mchId) => _passes.Add(mchId);

    /// <summary>The latest are kept: whoever asks what happened since some time is told of them.</summary>
    public void Fault(LintFinding finding)
    {
        _faults[finding.MchId] = _faults.GetValueOrDefault(finding.MchId) + 1;
        if (_kept.GetValueOrDefault(finding.MchId) >= MostFindings)
        {
            Drop(_findings.FindIndex(f => f.MchId == finding.MchId));
        }
        else if (_findings.Count >= MostInAll)
        {
            Drop(0);
        }

        _kept[finding.MchId] = _kept.GetValueOrDefault(finding.MchId) + 1;
        _findings.Add(finding);
    }

    private void Drop(int at)
    {
        _kept[_findings[at].MchId]--;
        _findings.RemoveAt(at);
    }

    public LintLine Line(LintRule rule, string? mchId, DateTimeOffset? since)
    {
        var found = _findings.Where(f => (mchId is null || f.MchId == mchId) && (since is null || f.At >= since)).ToArray();
        var count = since is not null ? found.Length : mchId is null ? _faults.Values.Sum() : _faults.GetValueOrDefault(mchId);
        var verdict = count > 0 ? LintVerdict.Fault
            : (mchId is null ? _passes.Count > 0 : _passes.Contains(mchId)) ? LintVerdict.Pass
            : LintVerdict.NotExercised;
        var worst = found.Length == 0 ? rule.Severity : found.Min(f => f.Severity);
        return new(rule.Id, worst, verdict, rule.Title, rule.Cure, rule.Source, count, found);
    }
}

/// <summary>A rule's verdict and what it found.</summary>
internal sealed record LintLine(
    string Rule, LintSeverity Severity, LintVerdict Verdict, LintText Title, LintText Cure, string Source, int Count, LintFinding[] Findings);
