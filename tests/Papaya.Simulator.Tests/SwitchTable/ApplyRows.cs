using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Debits;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of applies for debits: what is accepted, and what a refusal says.</summary>
internal static class ApplyRows
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly (string, string) AtOnce = ("daily_limit_at_apply", "always");

    public static IEnumerable<SwitchRow> All =>
    [
        new("missing_trade_type", "an apply without trade_type", async w => (await w.ApplyAsync(await w.SignedAsync(), changes: ("trade_type", null))).Outcome,
            ("tolerated", "SUCCESS"), ("refused", "LACK_PARAMS")),
        new("repeated_apply", "the same apply twice", async w =>
        {
            var contract = await OldContractAsync(w);
            await w.ApplyAsync(contract, "D1");
            var again = await w.ApplyAsync(contract, "D1");
            await w.AdvanceAsync(Day);
            return $"{again.Outcome}, debits: {(await w.LedgerAsync()).Count(e => (string?)e!["kind"] == "debit")}";
        }, ("ORDER_ACCEPTED", "ORDER_ACCEPTED, debits: 1"), ("SUCCESS", "SUCCESS, debits: 1")),
        new("apply_check_order", "a wrong amount without notice", async w =>
        {
            var contract = await w.SignedAsync(plan: "12536");
            await w.AdvanceAsync(TimeSpan.FromHours(13));
            return (await w.ApplyAsync(contract, changes: ("total_fee", "1"))).Outcome;
        }, ("limits_then_notice", "RULELIMIT"), ("notice_then_limits", "INVALID_REQUEST")),
        new("apply_limit_and_number", "a paid number after 300 applies", async w =>
        {
            await LimitAsync(w, ("apply_qps", 1_000));
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract, "D1");
            await w.SettleAsync();
            for (var i = 1; i < 300; i++)
            {
                await w.ApplyAsync(contract, "D1");
            }

            return (await w.ApplyAsync(contract, "D1")).Outcome;
        }, ("number_first", "ORDERPAID"), ("limit_first", "RULELIMIT")),
        new("apply_closed_number", "a number that WeChat closed", async w =>
        {
            var contract = await PoorContractAsync(w);
            await w.ApplyAsync(contract, "D1");
            await w.AdvanceAsync(TimeSpan.FromMinutes(2));
            return (await w.ApplyAsync(contract, "D1")).Outcome;
        }, ("by_cause", "OUT_TRADE_NO_USED"), ("OUT_TRADE_NO_USED", "OUT_TRADE_NO_USED"), ("ORDERCLOSED", "ORDERCLOSED")),
        new("apply_closed_number", "a number that the merchant closed", async w =>
        {
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract, "D1");
            await w.AdvanceAsync(TimeSpan.FromMinutes(6));
            await w.CloseAsync("D1");
            return (await w.ApplyAsync(contract, "D1")).Outcome;
        }, ("by_cause", "ORDERCLOSED"), ("OUT_TRADE_NO_USED", "OUT_TRADE_NO_USED"), ("ORDERCLOSED", "ORDERCLOSED")) { Beside = [("notpay_seconds", "600")] },
        new("daily_limit_at_apply", "an apply for tomorrow on a day with a success", async w =>
        {
            var contract = await w.SignedAsync();
            await w.AdvanceAsync(TimeSpan.FromHours(1));
            await w.ApplyAsync(contract);
            await w.AdvanceAsync(TimeSpan.FromHours(12));
            return (await w.ApplyAsync(contract)).Outcome;
        }, ("immediate_only", "SUCCESS"), ("always", "RULELIMIT")),
        new("debit_hours", "an apply at night", async w => (await w.ApplyAsync(await w.SignedAsync())).Outcome,
            ("pre_notice_only", "SUCCESS"), ("all", "INVALID_REQUEST")) { Start = new(2026, 1, 15, 15, 0, 0, TimeSpan.Zero) },
        new("successes_per_cycle", "a debit a day in one month", async w =>
        {
            await TemplateAsync(w, 12535, new() { ["cycle"] = "month" });
            return await OneADayAsync(w, await w.SignedAsync(), 4);
        }, ("2", "SUCCESS SUCCESS RULELIMIT RULELIMIT"), ("1", "SUCCESS RULELIMIT RULELIMIT RULELIMIT"), ("unlimited", "SUCCESS SUCCESS SUCCESS SUCCESS")) { Beside = [AtOnce] },
        new("cycle_start", "two debits in January, one at the start of February", async w =>
        {
            await TemplateAsync(w, 12535, new() { ["cycle"] = "month" });
            var contract = await w.SignedAsync();
            await OneADayAsync(w, contract, 2);
            await w.AdvanceAsync(new DateTimeOffset(2026, 2, 2, 2, 0, 0, TimeSpan.Zero) - w.Now);
            return (await w.ApplyAsync(contract)).Outcome;
        }, ("signing", "RULELIMIT"), ("calendar", "SUCCESS")) { Beside = [AtOnce] },
        new("cycle_start", "two debits in January, one a month after signing", async w =>
        {
            await TemplateAsync(w, 12535, new() { ["cycle"] = "month" });
            var contract = await w.SignedAsync();
            await OneADayAsync(w, contract, 2);
            await w.AdvanceAsync(new DateTimeOffset(2026, 2, 15, 2, 0, 0, TimeSpan.Zero) - w.Now);
            return (await w.ApplyAsync(contract)).Outcome;
        }, ("signing", "SUCCESS"), ("calendar", "SUCCESS")) { Beside = [AtOnce] },
        new("monthly_cap", "more in a month than the template's sum", async w =>
        {
            await TemplateAsync(w, 12537, new() { ["monthly_limit"] = 4_999 });
            var contract = await w.SignedAsync(plan: "12537");
            await w.ApplyAsync(contract);
            await w.SettleAsync();
            return (await w.ApplyAsync(contract)).Outcome;
        }, ("75000_yuan", "RULELIMIT"), ("none", "SUCCESS")),
        new("test_template_cap", "ten fen of a test template", w => TestDebitAsync(w, 10), ("10_fen", "SUCCESS"), ("1_fen", "RULELIMIT")),
        new("test_template_cap", "one fen of a test template", w => TestDebitAsync(w, 1), ("10_fen", "SUCCESS"), ("1_fen", "SUCCESS")),
        new("test_template_cap", "eleven fen of a test template", w => TestDebitAsync(w, 11), ("10_fen", "RULELIMIT"), ("1_fen", "RULELIMIT")),
        new("fixed_fee_mismatch", "a debit that is not the fixed price", async w => (await w.ApplyAsync(await w.SignedAsync(plan: "12536"), changes: ("total_fee", "2499"))).Outcome,
            ("RULELIMIT", "RULELIMIT"), ("PARAM_ERROR", "PARAM_ERROR")),
        new("fixed_fee_mismatch", "a debit above the cap", async w => (await w.ApplyAsync(await w.SignedAsync(), changes: ("total_fee", "5001"))).Outcome,
            ("RULELIMIT", "RULELIMIT"), ("PARAM_ERROR", "RULELIMIT")),
        new("refund_resets_day_limit", "a second debit after the first was refunded", async w =>
        {
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract, "D1");
            await w.SettleAsync();
            await w.RefundAsync("D1", "R1", 2_500);
            return (await w.ApplyAsync(contract, "D2")).Outcome;
        }, ("no", "RULELIMIT"), ("yes", "SUCCESS")),
        new("refund_resets_day_limit", "a second debit after a part of the first was refunded", async w =>
        {
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract, "D1");
            await w.SettleAsync();
            await w.RefundAsync("D1", "R1", 2_499);
            return (await w.ApplyAsync(contract, "D2")).Outcome;
        }, ("no", "RULELIMIT"), ("yes", "RULELIMIT")),
        new("fixed_fee_first_amount", "the first price twice", async w =>
        {
            var template = DebitTests.Template(2_500, 7, ("first_amount", 100));
            template["fee"] = "fixed";
            await w.DoAsync("/templates", template);
            var contract = await w.SignedAsync(plan: "7");
            var first = await w.ApplyAsync(contract, changes: ("total_fee", "100"));
            await w.SettleAsync();
            return $"{first.Outcome} {(await w.ApplyAsync(contract, changes: ("total_fee", "100"))).Outcome}";
        }, ("any_time", "SUCCESS SUCCESS"), ("first_only", "SUCCESS RULELIMIT")),
    ];

    private static async Task<string?> OneADayAsync(World world, string contract, int days)
    {
        List<string> told = [];
        for (var day = 0; day < days; day++)
        {
            told.Add((await world.ApplyAsync(contract)).Outcome);
            await world.AdvanceAsync(day == 0 ? Day : 2 * Day);
        }

        return string.Join(' ', told);
    }

    private static async Task<string?> TestDebitAsync(World world, int fen)
    {
        await TemplateAsync(world, 12535, new JsonObject { ["is_test"] = true });
        return (await world.ApplyAsync(await world.SignedAsync(), changes: ("total_fee", fen.ToString()))).Outcome;
    }
}
