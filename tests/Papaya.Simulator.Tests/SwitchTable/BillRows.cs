using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of bills.</summary>
internal static class BillRows
{
    private const string Day = "20260115";

    public static IEnumerable<SwitchRow> All =>
    [
        new("bill_layout", "the bill of a day", async w => (await LinesAsync(w, "ALL"))[0].Split(',').Length.ToString(), ("27", "27"), ("24", "24")),
        new("bill_layout", "the bill of a day's payments", async w => (await LinesAsync(w, "SUCCESS"))[1].Split(",`").Length.ToString(), ("27", "20"), ("24", "18")),
        new("bill_default_type", "a bill without bill_type", async w =>
        {
            var lines = await LinesAsync(w, null);
            return $"{lines.Length - 3} {lines[0].Contains("退款", StringComparison.Ordinal)}";
        }, ("ALL", "2 True"), ("SUCCESS", "1 False")),
        new("bill_ready", "a bill in the course of the next day", async w =>
        {
            await w.SignedAsync();
            List<string> told = [];
            foreach (var (hour, minute) in ((int, int)[])[(8, 59), (9, 0), (9, 59), (10, 0), (13, 59), (14, 0)])
            {
                await w.AdvanceAsync(new DateTimeOffset(2026, 1, 16, hour, minute, 0, TimeSpan.FromHours(8)) - w.Now);
                told.Add((await w.BillAsync(Day)).Text.StartsWith('<') ? "no" : "yes");
            }

            return string.Join(' ', told);
        }, ("09:00", "no yes yes yes yes yes"), ("10:00", "no no no yes yes yes"), ("14:00", "no no no no no yes")),
        OfV3("bill_ready", "a bill of V3 in the course of the next day", async (w, shop) =>
        {
            await w.SignedAsync();
            List<string> told = [];
            foreach (var (hour, minute) in ((int, int)[])[(8, 59), (9, 0), (10, 0), (14, 0)])
            {
                await w.AdvanceAsync(new DateTimeOffset(2026, 1, 16, hour, minute, 0, TimeSpan.FromHours(8)) - w.Now);
                told.Add((await shop.GetAsync("/v3/bill/fundflowbill?bill_date=2026-01-15")).Outcome);
            }

            return string.Join(' ', told);
        }, ("09:00", "STATEMENT_CREATING 200 200 200"), ("10:00", "STATEMENT_CREATING STATEMENT_CREATING 200 200"),
            ("14:00", "STATEMENT_CREATING STATEMENT_CREATING STATEMENT_CREATING 200")),
        new("bill_no_bill_text", "the bill of a day without trades", async w => (await w.BillAsync("20260110"))["return_msg"],
            ("No Bill Exist", "No Bill Exist"), ("NO Bill Exist", "NO Bill Exist")),
        new("bill_error_code_name", "the bill of a day without trades", ErrorCodeAsync, ("error_code", "20002 -"), ("err_code", "- 20002")),
        new("bill_error_code_name", "a bill with a wrong sign", async w =>
        {
            var reply = await w.PostAsync("/pay/downloadbill", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", Day)], key: new("ffffffffffffffffffffffffffffffff"));
            return $"{reply["error_code"] ?? "-"} {reply["err_code"] ?? "-"}";
        }, ("error_code", "20001 -"), ("err_code", "- 20001")),
        new("fundflow_failure", "the fund flow of a day without any", async w =>
        {
            (string, string?)[] fields = [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260110"), ("account_type", "Basic")];
            var reply = await w.PostAsync("/pay/downloadfundflow", fields, SignType.HmacSha256, certificate: World.MchId);
            return $"{reply["return_code"]} {reply["result_code"]} {reply["err_code"]} {reply["sign"]?.Length}";
        }, ("unsigned", "FAIL FAIL NO_BILL_EXIST "), ("signed", "SUCCESS FAIL NO_BILL_EXIST 64")),
        new("bill_escape", "a bill with commas and line ends in attach", async w =>
        {
            await w.SignedAsync(changes: ("attach", "a, b,c\nd"));
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            return (await w.BillAsync(Day)).Text.Split("\r\n")[1].Split(",`")[21];
        }, ("off", "a, b,c d"), ("on", "a\\  b\\ c\\nd")),
        new("bill_bom", "the first bytes of a bill", async w => Convert.ToHexString((await BillAsync(w)).Bytes[..3]), ("yes", "EFBBBF"), ("no", "E4BAA4")),
        new("bill_last_line_end", "the last bytes of a bill", async w => (await BillAsync(w)).Text.EndsWith("\r\n", StringComparison.Ordinal).ToString(), ("yes", "True"), ("no", "False")),
    ];

    private static async Task<string?> ErrorCodeAsync(World world)
    {
        var reply = await world.BillAsync("20260110");
        return $"{reply["error_code"] ?? "-"} {reply["err_code"] ?? "-"}";
    }

    private static async Task<Reply> BillAsync(World world, string? type = "ALL")
    {
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 10);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        return await world.BillAsync(Day, type);
    }

    private static async Task<string[]> LinesAsync(World world, string? type) => (await BillAsync(world, type)).Text.TrimEnd().Split("\r\n");
}
