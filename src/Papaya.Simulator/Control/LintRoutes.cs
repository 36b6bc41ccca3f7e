using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Lint;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

internal sealed record ProbeRequest
{
    public required string MchId { get; init; }

    /// <summary>Which kinds of messages; all when absent.</summary>
    public FaultKind[]? Kinds { get; init; }
}

/// <summary>What was sent; the answers to it are in the journal and in the next report.</summary>
internal sealed record ProbeView(string MchId, string OutTradeNo, FaultKind[] Sent);

/// <summary>The lint report, and messages that put a caller to the test.</summary>
internal sealed class LintRoutes(ControlApi api, SimulatorState state, CallJournal journal, LintReport lint)
{
    private const string Label = "lint-probe";

    private static readonly FaultKind[] Probes = [FaultKind.Duplicate, FaultKind.BadSignature, FaultKind.WrongMerchant, FaultKind.WrongAmount];

    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/lint", ReadAsync);
        routes.MapPost("/_sim/lint/probe", http => api.ChangeAsync(http, Json.ProbeRequest, Json.ProbeView, Probe));
    }

    private Task ReadAsync(HttpContext http)
    {
        var severity = ControlApi.Query(http, "severity");
        LintSeverity? wanted = severity switch
        {
            "error" => LintSeverity.Error,
            "warning" => LintSeverity.Warning,
            "info" => LintSeverity.Info,
            _ => null,
        };
        if (severity is not null && wanted is null)
        {
            return http.RefuseAsync(400, "severity is error, warning or info.");
        }

        DateTimeOffset? since = null;
        if (ControlApi.Query(http, "since") is { } text)
        {
            if (!DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                return http.RefuseAsync(400, "since is an RFC 3339 instant.");
            }

            since = at;
        }

        return http.AnswerAsync(new Listing<LintLine>(lint.Read(ControlApi.Query(http, "mch_id"), ControlApi.Query(http, "rule"), wanted, since)), Json.ListingLintLine);
    }

    /// <summary>
    /// The message of a debit that is settled goes out again: twice, forged, as another merchant's, with a wrong amount. A caller who checks nothing
    /// acknowledges them all.
    /// </summary>
    private Outcome<ProbeView> Probe(ProbeRequest request, DateTimeOffset now)
    {
        var kinds = request.Kinds ?? Probes;
        if (kinds.Except(Probes).Any() || kinds.Length == 0)
        {
            return new(400, "kinds are some of duplicate, bad_signature, wrong_merchant, wrong_amount.");
        }

        if (journal.Sends(new() { MchId = request.MchId }).LastOrDefault(s => s is { Kind: DeliveryKind.Debit, IsV3: false, OutTradeNo: not null, Fault: null, Verdict: not CallVerdict.NotSent }) is not { } sent)
        {
            return new(409, "No debit of this merchant was notified yet; debit somebody first.");
        }

        state.Faults.Remove(rule => rule.Name == Label && rule.MchId == request.MchId);
        foreach (var kind in kinds)
        {
            var rule = new FaultRule { On = "debit", Kind = kind, Name = Label, MchId = request.MchId, Number = sent.OutTradeNo, Times = 1, Amount = kind == FaultKind.WrongAmount ? 1 : null };
            if (state.Faults.TryAdd(rule, static _ => false, out _) is { } reason)
            {
                return new(409, reason);
            }

            var delivery = new Delivery
            {
                Id = state.Numbers.Plain(), Kind = DeliveryKind.Debit, MchId = request.MchId, Url = sent.Path, Body = sent.Request, OutTradeNo = sent.OutTradeNo,
                ContractId = sent.ContractId, IsOnce = true,
            };
            state.Schedule(delivery, now);
            state.Put(delivery);
        }

        return new(new ProbeView(request.MchId, sent.OutTradeNo!, kinds));
    }
}
