namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>All rows; each capability has its own file.</summary>
internal static class SwitchRows
{
    private static readonly Dictionary<string, SwitchRow> ByKey = new[]
    {
        WireRows.All, SigningRows.All, ContractRows.All, NoticeRows.All, ApplyRows.All, ExecutionRows.All, OrderRows.All, RefundRows.All, BillRows.All, CouponRows.All, V3WireRows.All, V3Rows.All,
    }.SelectMany(rows => rows).ToDictionary(KeyOf, StringComparer.Ordinal);

    public static IEnumerable<SwitchRow> All => ByKey.Values;

    public static SwitchRow Find(string key) => ByKey[key];

    public static string KeyOf(SwitchRow row) => $"{row.Switch}|{row.Act}";
}
