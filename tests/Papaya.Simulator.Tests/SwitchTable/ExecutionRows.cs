using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of debits that are carried out: when, how they fail, and what is told of them.</summary>
internal static class ExecutionRows
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IEnumerable<SwitchRow> All => [.. Failures, .. Times, .. Messages];

    private static IEnumerable<SwitchRow> Failures =>
    [
        Poor("immediate_failure", [], ("notification", "SUCCESS, told: FAIL NOTENOUGH"), ("synchronous", "NOTENOUGH, told: ")),
        Poor("not_enough_answer", [], ("NOTENOUGH", "SUCCESS, told: FAIL NOTENOUGH"), ("ORDERNOTEXIST", "ORDERNOTEXIST, told: ")),
        Poor("debit_notice_sync_fail", [("immediate_failure", "synchronous")], ("none", "NOTENOUGH, told: "), ("sent", "NOTENOUGH, told: FAIL NOTENOUGH")),
        Told("debit_failure_notification", "a debit without money", async (w, url) => await w.ApplyAsync(await PoorContractAsync(w), changes: ("notify_url", url)),
            told => string.Join(' ', new[] { "result_code", "err_code", "trade_state", "bank_type", "transaction_id" }.Select(name => told[0][name] ?? "-")),
            ("F1", "FAIL NOTENOUGH - - -"), ("F2", "SUCCESS - PAY_FAIL - -"), ("F3", "SUCCESS - - CFT -"), ("F1p", "FAIL 0 - - -")),
        Told("closed_debit_notification", "a debit closed while it is carried out", async (w, url) =>
        {
            await w.ApplyAsync(await w.SignedAsync(), "D1", ("notify_url", url));
            await w.AdvanceAsync(TimeSpan.FromMinutes(6));
            await w.CloseAsync("D1");
        }, told => string.Join(' ', told.Got.Select((_, i) => told[i]["err_code"])), ("TRADE_ERROR", "TRADE_ERROR"), ("none", "")) with { Beside = [("notpay_seconds", "600")] },
        Told("pending_debit_on_terminate", "the contract ends while its debit waits", async (w, url) =>
        {
            var contract = await OldContractAsync(w);
            await w.ApplyAsync(contract, changes: ("notify_url", url));
            await w.DeleteContractAsync(contract);
            await w.AdvanceAsync(2 * Day);
        }, told => $"{told[0]["err_code"]} {Math.Round((told.Got.Single().At - World.Start).TotalHours)}", ("fails_at_execution", "CONTRACT_NOT_EXIST 37"), ("fails_at_once", "CONTRACT_NOT_EXIST 13")),
    ];

    private static IEnumerable<SwitchRow> Times =>
    [
        new("auto_close_after", "a failed debit is watched", async w =>
        {
            await w.ApplyAsync(await PoorContractAsync(w), "D1");
            return await WatchAsync(w, 0, 59, 60, 3_599, 3_600);
        }, ("60", "PAY_FAIL PAY_FAIL CLOSED CLOSED CLOSED"), ("0", "CLOSED CLOSED CLOSED CLOSED CLOSED"), ("3600", "PAY_FAIL PAY_FAIL PAY_FAIL PAY_FAIL CLOSED")),
        new("execution_delay", "a debit that waits is watched", async w =>
        {
            await w.ApplyAsync(await OldContractAsync(w), "D1");
            return await WatchAsync(w, 86_399, 86_400, 86_999, 87_000, 97_199, 97_200);
        }, ("0", "ACCEPT SUCCESS SUCCESS SUCCESS SUCCESS SUCCESS"), ("600", "ACCEPT ACCEPT ACCEPT SUCCESS SUCCESS SUCCESS"), ("10800", "ACCEPT ACCEPT ACCEPT ACCEPT ACCEPT SUCCESS")),
        new("notpay_seconds", "a debit that waits is watched", async w =>
        {
            await w.ApplyAsync(await OldContractAsync(w), "D1");
            return await WatchAsync(w, 86_400, 86_429, 86_430, 86_999, 87_000);
        }, ("0", "SUCCESS SUCCESS SUCCESS SUCCESS SUCCESS"), ("30", "NOTPAY NOTPAY SUCCESS SUCCESS SUCCESS"), ("600", "NOTPAY NOTPAY NOTPAY NOTPAY SUCCESS")),
        new("notpay_seconds", "an immediate debit is watched", async w =>
        {
            await w.ApplyAsync(await w.SignedAsync(), "D1");
            return await WatchAsync(w, 0, 29, 30, 599, 600);
        }, ("0", "SUCCESS SUCCESS SUCCESS SUCCESS SUCCESS"), ("30", "NOTPAY NOTPAY SUCCESS SUCCESS SUCCESS"), ("600", "NOTPAY NOTPAY NOTPAY NOTPAY SUCCESS")),
    ];

    private static IEnumerable<SwitchRow> Messages =>
    [
        Told("debit_notice_trade_state", "a debit", ApplyAsync, told => $"{told[0]["result_code"]} {told[0]["trade_state"]}", ("present", "SUCCESS SUCCESS"), ("absent", "SUCCESS ")),
        Told("debit_notice_cash_fee", "a debit", ApplyAsync, told => $"{told[0]["total_fee"]} {told[0]["cash_fee"]}", ("present", "2500 2500"), ("absent", "2500 ")),
    ];

    private static async Task ApplyAsync(World world, string url) => await world.ApplyAsync(await world.SignedAsync(), changes: ("notify_url", url));

    /// <summary>The answer to an immediate debit without money, and the messages about it.</summary>
    private static SwitchRow Poor(string name, (string, string)[] beside, params (string, string?)[] values) => new(name, "an immediate debit without money", async w =>
    {
        await using var listener = await Listener.StartAsync(w.Clock);
        var answer = await w.ApplyAsync(await PoorContractAsync(w), changes: ("notify_url", listener.Url));
        await w.SettleAsync();
        return $"{answer.Outcome}, told: {string.Join(' ', listener.Got.Select((_, i) => listener[i]["result_code"] + " " + listener[i]["err_code"]))}";
    }, values) { Beside = beside };

    /// <summary>What paporderquery says so many seconds from now.</summary>
    private static async Task<string?> WatchAsync(World world, params int[] seconds)
    {
        var from = world.Now;
        List<string?> states = [];
        foreach (var at in seconds)
        {
            await world.AdvanceAsync(from + (at * Second) - world.Now);
            states.Add((await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        }

        return string.Join(' ', states);
    }
}
