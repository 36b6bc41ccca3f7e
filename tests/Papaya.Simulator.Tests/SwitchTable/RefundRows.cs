using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of refunds.</summary>
internal static class RefundRows
{
    private const string Funds = "/merchants/10000100/funds";

    public static IEnumerable<SwitchRow> All =>
    [
        new("refund_interval", "a second refund within a minute", async w =>
        {
            await PaidAsync(w);
            await w.RefundAsync("P1", "R1", 10);
            await w.AdvanceAsync(TimeSpan.FromSeconds(59));
            return (await w.RefundAsync("P1", "R2", 10)).Outcome;
        }, ("BIZERR_NEED_RETRY", "BIZERR_NEED_RETRY"), ("ERROR", "ERROR"), ("none", "SUCCESS")),
        new("refund_interval", "a second refund after a minute", async w =>
        {
            await PaidAsync(w);
            await w.RefundAsync("P1", "R1", 10);
            await w.AdvanceAsync(TimeSpan.FromSeconds(60));
            return (await w.RefundAsync("P1", "R2", 10)).Outcome;
        }, ("BIZERR_NEED_RETRY", "SUCCESS"), ("ERROR", "SUCCESS"), ("none", "SUCCESS")),
        new("refund_year", "a refund in the last hour of a year that has 366 days", w => RefundedAfterAsync(w, TimeSpan.FromDays(366) - TimeSpan.FromHours(1)),
            ("365_days", "TRADE_OVERDUE"), ("calendar_year", "SUCCESS")) { Start = new(2027, 6, 1, 2, 0, 0, TimeSpan.Zero) },
        new("refund_year", "a refund after 365 days less an hour", w => RefundedAfterAsync(w, TimeSpan.FromDays(365) - TimeSpan.FromHours(1)),
            ("365_days", "SUCCESS"), ("calendar_year", "SUCCESS")) { Start = new(2027, 6, 1, 2, 0, 0, TimeSpan.Zero) },
        new("refund_year", "a refund after 366 days and an hour", w => RefundedAfterAsync(w, TimeSpan.FromDays(366) + TimeSpan.FromHours(1)),
            ("365_days", "TRADE_OVERDUE"), ("calendar_year", "TRADE_OVERDUE")) { Start = new(2027, 6, 1, 2, 0, 0, TimeSpan.Zero) },
        new("refund_funds_short", "a refund that the account cannot pay", async w =>
        {
            await PaidAsync(w);
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            await w.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["available"] = 0 } });
            var answer = await w.RefundAsync("P1", "R1", 1_000);
            var first = await StatusAsync(w);
            await w.AdvanceAsync(TimeSpan.FromDays(6.5));
            var sixth = await StatusAsync(w);
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            return $"{answer.Outcome}: {first} {sixth} {await StatusAsync(w)}";
        }, ("NOTENOUGH", "NOTENOUGH: REFUNDNOTEXIST REFUNDNOTEXIST REFUNDNOTEXIST"), ("waits_7_days", "SUCCESS: PROCESSING PROCESSING REFUNDCLOSE")),
        new("refund_takes", "a refund to a wallet after 12 and 20 minutes", async w =>
        {
            await PaidAsync(w);
            await w.RefundAsync("P1", "R1", 10);
            await w.AdvanceAsync(TimeSpan.FromMinutes(12));
            var early = await StatusAsync(w);
            await w.AdvanceAsync(TimeSpan.FromMinutes(8));
            return $"{early} {await StatusAsync(w)}";
        }, ("spread", "SUCCESS SUCCESS"), ("longest", "PROCESSING SUCCESS")),
        new("settlement_hour", "takings on the morning of the next day", async w =>
        {
            await PaidAsync(w);
            await w.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["available"] = 0 } });
            List<long> available = [];
            foreach (var hour in (int[])[0, 7, 8, 13, 14])
            {
                await w.AdvanceAsync(new DateTimeOffset(2026, 1, 16, hour, 30, 0, TimeSpan.FromHours(8)) - w.Now);
                available.Add((long)(await w.SeeAsync(Funds))["available"]!);
            }

            return string.Join(' ', available);
        }, ("08:00", "0 0 2485 2485 2485"), ("00:00", "2485 2485 2485 2485 2485"), ("14:00", "0 0 0 0 2485")),
        new("refund_fee_returned", "a refund of all", async w =>
        {
            await PaidAsync(w);
            await w.RefundAsync("P1", "R1", 2_500);
            await w.AdvanceAsync(TimeSpan.FromMinutes(10));
            return string.Join(' ', (await w.LedgerAsync()).Select(e => $"{e!["kind"]}:{e["fee"]}"));
        }, ("proportional", "payment:15 refund:15"), ("none", "payment:15 refund:0")),
        new("order_after_closed_refund", "orderquery when the only refund was closed", async w =>
        {
            await PaidAsync(w);
            await w.RefundAsync("P1", "R1", 1_000);
            await w.DoAsync("/refunds/R1", new JsonObject { ["outcome"] = "closed" });
            return (await w.OrderQueryAsync("P1"))["trade_state"];
        }, ("REFUND", "REFUND"), ("SUCCESS", "SUCCESS")),
        new("refund_fee_above_total", "a refund of more than the total", async w =>
        {
            await PaidAsync(w);
            return (await w.RefundAsync("P1", "R1", 2_501)).Outcome;
        }, ("ERROR", "ERROR"), ("invalid_refund_fee", "FAIL invalid refund_fee")),
        new("refundquery_many", "refundquery by number of an order with 21 refunds", async w =>
        {
            await PaidAsync(w);
            for (var n = 0; n < 21; n++)
            {
                await w.RefundAsync("P1", "R" + n, 10);
            }

            var reply = await QueryAsync(w, ("out_trade_no", "P1"));
            return $"{reply.Outcome} {reply["total_refund_count"]} {reply["refund_count"]}";
        }, ("paged", "SUCCESS 21 10"), ("refused_over_20", "PARAM_ERROR  ")) { Beside = [("refund_interval", "none")] },
    ];

    private static Task<string> PaidAsync(World world) => world.SignedAsync(changes: ("out_trade_no", "P1"));

    private static async Task<string?> RefundedAfterAsync(World world, TimeSpan time)
    {
        await PaidAsync(world);
        await world.DoAsync(Funds, new JsonObject { ["add"] = new JsonObject { ["available"] = 10_000 } });
        await world.AdvanceAsync(time);
        return (await world.RefundAsync("P1", "R1", 10)).Outcome;
    }

    private static async Task<string?> StatusAsync(World world)
    {
        var reply = await QueryAsync(world, ("out_refund_no", "R1"));
        return reply["refund_status_0"] ?? reply.Outcome;
    }

    private static Task<Reply> QueryAsync(World world, (string, string?) what) =>
        world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), what]);
}
