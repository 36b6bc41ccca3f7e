using System.Globalization;
using System.Text;

namespace Papaya.Simulator.Faults;

/// <summary>The reference page of the faults in either language, written from the catalogue that the checks use.</summary>
internal static class FaultPage
{
    public static string Write(bool isChinese)
    {
        var page = new StringBuilder(isChinese ? FaultPageTexts.ChineseHead : FaultPageTexts.EnglishHead);
        page.Append(isChinese ? "| 种类 | 作用于 | 是否执行 | 参数 | 发生什么 |\n" : "| kind | strikes | carried out | members | what happens |\n").Append("|---|---|---|---|---|\n");
        foreach (var e in FaultCatalogue.All)
        {
            var isCall = (e.Places & (FaultPlaces.Call | FaultPlaces.Query | FaultPlaces.Bill)) != 0;
            var done = !isCall ? "" : isChinese ? e.IsProcessed ? "是" : "否" : e.IsProcessed ? "yes" : "no";
            var members = string.Join(isChinese ? "、" : ", ", e.Members.Select(m => m.EndsWith('!') ? $"`{m[..^1]}`{(isChinese ? "（必填）" : " (needed)")}" : $"`{m}`"));
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{e.Wire}` | {(isChinese ? Chinese(e.Places) : FaultCatalogue.Describe(e.Places))} | {done} | {members} | {(isChinese ? e.Chinese : e.Meaning)} |\n");
        }

        page.Append(isChinese ? "\n## 各处认识的种类\n\n" : "\n## What each place knows\n\n");
        page.Append(isChinese ? "| 位置 | 种类 |\n|---|---|\n" : "| place | kinds |\n|---|---|\n");
        foreach (var (place, chinese, kinds) in Places)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {(isChinese ? chinese : place)} | {FaultCatalogue.Names(kinds)} |\n");
        }

        page.Append(isChinese ? FaultPageTexts.ChineseEnd : FaultPageTexts.EnglishEnd);
        return page.ToString()
            .Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace("{rewritings}", string.Join(", ", FaultCatalogue.Rewritings.Select(r => $"`{r}`")), StringComparison.Ordinal);
    }

    private static (string Place, string Chinese, FaultKind[] Kinds)[] Places =>
    [
        ("V3 paths", "V3 路径", FaultCatalogue.V3Calls),
        ("V3 paths that only ask, besides", "V3 查询路径，另有", [.. FaultCatalogue.V3Queries.Except(FaultCatalogue.V3Calls)]),
        ("`/v3/bill/tradebill`, besides", "`/v3/bill/tradebill`，另有", [.. FaultCatalogue.V3TradeBill.Except(FaultCatalogue.V3Calls)]),
        ("`/v3/bill/fundflowbill`, besides", "`/v3/bill/fundflowbill`，另有", [.. FaultCatalogue.V3FundFlow.Except(FaultCatalogue.V3Calls)]),
        ("`/v3/billdownload/file`", "`/v3/billdownload/file`", FaultCatalogue.V3Files),
        ("V3 messages", "V3 通知", FaultCatalogue.V3Messages),
        ("`/papay/entrustweb`", "`/papay/entrustweb`", FaultCatalogue.SigningPages),
        ("`/papay/h5entrustweb`", "`/papay/h5entrustweb`", FaultCatalogue.H5Calls),
    ];

    private static string Chinese(FaultPlaces places) => string.Join("、", new[]
    {
        places.HasFlag(FaultPlaces.Call) ? "调用" : null,
        places.HasFlag(FaultPlaces.Query) ? "查询" : null,
        places.HasFlag(FaultPlaces.Bill) ? "账单" : null,
        places.HasFlag(FaultPlaces.Message) ? "通知" : null,
        places.HasFlag(FaultPlaces.Execution) ? "execution 扣款执行" : null,
        places.HasFlag(FaultPlaces.RefundExecution) ? "refund_execution 退款执行" : null,
        places.HasFlag(FaultPlaces.Handshake) ? "handshake 握手" : null,
    }.OfType<string>());
}
