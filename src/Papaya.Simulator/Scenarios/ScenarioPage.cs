using System.Globalization;
using System.Text;

namespace Papaya.Simulator.Scenarios;

/// <summary>The reference page of the scenarios, written from the scenarios themselves.</summary>
internal static class ScenarioPage
{
    /// <summary>The pains that no simulator can stage, with the reason.</summary>
    public static readonly IReadOnlyDictionary<int, string> NotStaged = new Dictionary<int, string>
    {
        [51] = "A file name taken for a certificate fails before any byte leaves the caller's machine.",
        [58] = "A wish for what this simulator is.",
        [61] = "A wish for a feature of WeChat's.",
    };

    private static readonly IReadOnlyDictionary<int, string> NotStagedInChinese = new Dictionary<int, string>
    {
        [51] = "把文件名当成证书：报文还没离开调用方的机器就失败了。",
        [58] = "希望有这样一个模拟器。",
        [61] = "希望微信增加的功能。",
    };

    private static readonly Dictionary<string, string> Families = new(StringComparer.Ordinal)
    {
        ["signing-and-signatures"] = "签名与验签", ["v3"] = "V3", ["pay-and-sign"] = "支付中签约", ["notifications"] = "通知", ["undecided"] = "结果未知",
        ["contracts-and-limits"] = "协议与限额", ["refunds-and-bills"] = "退款与账单",
    };

    public static string Write(IReadOnlyList<Scenario> scenarios, bool isChinese)
    {
        var page = new StringBuilder(isChinese ? ScenarioPageTexts.Chinese : ScenarioPageTexts.English);
        foreach (var family in scenarios.GroupBy(s => s.Family))
        {
            page.Append(CultureInfo.InvariantCulture, $"### {(isChinese ? Families.GetValueOrDefault(family.Key, family.Key) : family.Key.Replace('-', ' '))}\n\n");
            page.Append(isChinese ? "| 痛点 | 名称 | 说明什么 |\n|---|---|---|\n" : "| pain | name | what it shows |\n|---|---|---|\n");
            foreach (var s in family)
            {
                var told = isChinese ? $"{s.Chinese}。{s.WhyChinese}{Parameters(s, isChinese)}" : $"{s.Title} · {s.Chinese}. {s.Why}{Parameters(s, isChinese)}";
                page.Append(CultureInfo.InvariantCulture, $"| {string.Join(", ", s.Pains)} | `{s.Name}` | {told} |\n");
            }

            page.Append('\n');
        }

        page.Append(isChinese ? "## 没有上演的\n\n| 痛点 | 原因 |\n|---|---|\n" : "## Not staged\n\n| pain | why |\n|---|---|\n");
        foreach (var (pain, why) in isChinese ? NotStagedInChinese : NotStaged)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {pain} | {why} |\n");
        }

        return page.Replace("\r\n", "\n").ToString();
    }

    private static string Parameters(Scenario s, bool isChinese) => string.Concat(s.Parameters.Select(p =>
        isChinese ? $" 参数 `{p.Name}`（默认 {p.Default}）：{p.Chinese}。" : $" Parameter `{p.Name}` ({p.Default}): {p.Meaning}."));
}
