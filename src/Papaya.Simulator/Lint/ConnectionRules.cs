using System.Globalization;
using Papaya.Simulator.Faults;

namespace Papaya.Simulator.Lint;

/// <summary>How calls come over the network.</summary>
internal static class ConnectionRules
{
    private const int Enough = 20;
    private const double MostFresh = 0.8;

    /// <summary>Who waits less than this for an answer hears nothing of what was done.</summary>
    private const double ShortestPatience = 5_000;

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("timeout-too-short", LintSeverity.Info,
            new("调用方超时过短", "The caller hung up before the answer"), new("读取超时至少 5 秒；挂断后按结果未知处理", "Wait for 5 seconds at least; who hangs up does not know the outcome"), "docs/reference/wechat-rules.md §7")
        {
            OnCall = c =>
            {
                if (c.Record.Fault == FaultKind.Drip)
                {
                    c.Judge(!c.Record.HungUp || c.Record.DurationMs >= ShortestPatience, "It hung up while the answer was on its way.");
                }
            },
        },
        new("connection-per-call", LintSeverity.Info,
            new("每次调用新建连接", "A new connection for each call"), new("复用 HTTP 连接", "Keep connections open"), "pain 53 of docs/reference/scenarios.md")
        {
            AtReview = r =>
            {
                foreach (var (mchId, facts) in r.Facts.Merchants)
                {
                    if (facts.Calls <= Enough)
                    {
                        continue;
                    }

                    if (facts.FreshConnections <= MostFresh * facts.Calls)
                    {
                        r.Pass(mchId);
                    }
                    else if (!facts.IsToldOfConnections)
                    {
                        facts.IsToldOfConnections = true;
                        r.Fault(mchId, "connections", r.Now, string.Create(CultureInfo.InvariantCulture, $"{facts.FreshConnections} connections for {facts.Calls} calls."), LintCase.Name(facts.LastCall, isSend: false));
                    }
                }
            },
        },
    ];
}
