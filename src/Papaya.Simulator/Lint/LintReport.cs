using Papaya.Simulator.Journal;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Lint;

/// <summary>
/// Hears every call and every send at the moment it is written down and keeps what the rules found. After a restart, a restore or a reset it hears
/// once more what the journal still holds.
/// </summary>
internal sealed class LintReport
{
    private const int MostFindings = 100;

    private readonly Lock _gate = new();
    private readonly SimulatorState _state;
    private readonly CallJournal _journal;
    private readonly Dictionary<string, List<LintFinding>> _findings = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Rule, string MchId), int> _faults = [];
    private readonly HashSet<(string Rule, string Key)> _known = [];
    private readonly HashSet<(string Rule, string MchId)> _passes = [];
    private LintFacts _facts = new();

    public LintReport(SimulatorState state, CallJournal journal)
    {
        (_state, _journal) = (state, journal);
        Begin();
        journal.Noted += Hear;
    }

    /// <summary>Forgets everything and hears what the journal holds.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _findings.Clear();
            _faults.Clear();
            _known.Clear();
            _passes.Clear();
            _facts = new();
        }

        foreach (var record in _journal.Calls(new()).Concat(_journal.Sends(new())).OrderBy(r => r.Id))
        {
            Hear(record);
        }
    }

    public void Pass(LintRule rule, string? mchId) => _passes.Add((rule.Id, mchId ?? ""));

    public void Pass(LintRule rule, string mchId, string key)
    {
        if (!_known.Contains((rule.Id, key)))
        {
            Pass(rule, mchId);
        }
    }

    /// <param name="rule">The rule.</param>
    /// <param name="finding">What it found.</param>
    /// <param name="key">Tells the finding from others of this rule: a report that looks again does not count again.</param>
    public void Fault(LintRule rule, LintFinding finding, string key)
    {
        if (!_known.Add((rule.Id, key)))
        {
            return;
        }

        _faults[(rule.Id, finding.MchId)] = _faults.GetValueOrDefault((rule.Id, finding.MchId)) + 1;
        if (!_findings.TryGetValue(rule.Id, out var list))
        {
            _findings[rule.Id] = list = [];
        }

        if (list.Count < MostFindings)
        {
            list.Add(finding);
        }
    }

    /// <summary>One line for each rule; <paramref name="mchId"/> narrows to one merchant, <paramref name="since"/> the findings to later ones.</summary>
    public LintLine[] Read(string? mchId, string? rule, LintSeverity? severity, DateTimeOffset? since) => _state.Look(now =>
    {
        lock (_gate)
        {
            var review = new LintReview(this, _state, _facts, now);
            foreach (var known in LintRules.All)
            {
                known.AtReview?.Invoke(review.For(known));
            }

            return LintRules.All.Where(r => (rule is null || r.Id == rule) && (severity is null || r.Severity == severity)).Select(r => Line(r, mchId, since)).ToArray();
        }
    });

    private void Hear(CallRecord record) => _state.Look(_ =>
    {
        lock (_gate)
        {
            var heard = new LintCase(this, _state, _facts, record);
            foreach (var rule in LintRules.All)
            {
                (record.IsSend ? rule.OnSend : rule.OnCall)?.Invoke(heard.For(rule));
            }

            _facts.Learn(heard);
            return true;
        }
    });

    private LintLine Line(LintRule rule, string? mchId, DateTimeOffset? since)
    {
        var found = _findings.GetValueOrDefault(rule.Id) is { } list
            ? list.Where(f => (mchId is null || f.MchId == mchId) && (since is null || f.At >= since)).ToArray()
            : [];
        var count = since is null ? _faults.Where(f => f.Key.Rule == rule.Id && (mchId is null || f.Key.MchId == mchId)).Sum(f => f.Value) : found.Length;
        var verdict = count > 0 ? LintVerdict.Fault
            : _passes.Any(p => p.Rule == rule.Id && (mchId is null || p.MchId == mchId)) ? LintVerdict.Pass
            : LintVerdict.NotExercised;
        var worst = found.Length == 0 ? rule.Severity : found.Min(f => f.Severity);
        return new(rule.Id, worst, verdict, rule.Title, rule.Cure, rule.Source, count, found);
    }
}

/// <summary>A rule's verdict and what it found.</summary>
internal sealed record LintLine(
    string Rule, LintSeverity Severity, LintVerdict Verdict, LintText Title, LintText Cure, string Source, int Count, LintFinding[] Findings);
