using System.Globalization;

namespace Papaya.Simulator.Lint;

/// <summary>How calls come over the network.</summary>
internal static class ConnectionRules
{
    private const int Enough = 20;
    private const double MostFresh = 0.8;

    public static readonly IReadOnlyList<LintRule> All =
    [
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
