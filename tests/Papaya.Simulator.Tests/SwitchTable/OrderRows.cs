using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of questions about orders, and of closing them.</summary>
internal static class OrderRows
{
    public static IEnumerable<SwitchRow> All =>
    [
        new("orderquery_waiting", "orderquery about a debit that waits", async w =>
        {
            await w.ApplyAsync(await OldContractAsync(w), "D1");
            var reply = await w.OrderQueryAsync("D1");
            return reply["trade_state"] ?? reply.Outcome;
        }, ("ORDERNOTEXIST", "ORDERNOTEXIST"), ("ACCEPT", "ACCEPT")),
        new("paporderquery_closed", "paporderquery about a debit that was closed", async w =>
        {
            await w.ApplyAsync(await PoorContractAsync(w), "D1");
            await w.AdvanceAsync(TimeSpan.FromMinutes(2));
            var reply = await w.OrderQueryAsync("D1", "/pay/paporderquery");
            return reply["trade_state"] ?? $"{reply.Outcome} {reply["err_code_des"]}";
        }, ("CLOSED", "CLOSED"), ("not_a_debit", "PARAM_ERROR 订单不是委托代扣场景")),
        new("paporderquery_foreign", "paporderquery about a cashier's order", async w =>
        {
            await w.SignedAsync(changes: ("out_trade_no", "P1"));
            return (await w.OrderQueryAsync("P1", "/pay/paporderquery")).Outcome;
        }, ("PARAM_ERROR", "PARAM_ERROR"), ("ORDERNOTEXIST", "ORDERNOTEXIST")),
        new("failed_debit_state", "both questions about a failed debit, and when it is closed", async w =>
        {
            await w.ApplyAsync(await PoorContractAsync(w), "D1");
            await w.SettleAsync();
            var before = await StatesAsync(w);
            await w.AdvanceAsync(TimeSpan.FromMinutes(2));
            return $"{before}, {await StatesAsync(w)}";
        }, ("by_call", "PAYERROR PAY_FAIL, CLOSED CLOSED"), ("PAY_FAIL", "PAY_FAIL PAY_FAIL, CLOSED CLOSED"), ("PAYERROR", "PAYERROR PAYERROR, CLOSED CLOSED"),
            ("CLOSED", "CLOSED CLOSED, CLOSED CLOSED")),
        new("refund_state_answer", "orderquery about a refunded order", w => RefundedAsync(w, "/pay/orderquery"), ("short", "REFUND -"), ("full", "REFUND 2500")),
        new("refund_state_answer", "paporderquery about a refunded debit", w => RefundedAsync(w, "/pay/paporderquery"), ("short", "REFUND -"), ("full", "REFUND 2500")),
        new("close_too_early", "closeorder after four minutes", async w =>
        {
            await w.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P1"));
            await w.AdvanceAsync(TimeSpan.FromMinutes(4));
            return (await w.CloseAsync("P1")).Outcome;
        }, ("TRADE_STATE_ERROR", "TRADE_STATE_ERROR"), ("return_fail", "FAIL 订单生成后不能马上调用关单接口，最短调用时间间隔为5分钟")),
        new("old_order_after", "two questions after 40 days", w => AskedAfterAsync(w, 40), ("1_month", "SUCCESS FREQUENCY_LIMITED"), ("2_months", "SUCCESS SUCCESS")),
        new("old_order_after", "two questions after 62 days", w => AskedAfterAsync(w, 62), ("1_month", "SUCCESS FREQUENCY_LIMITED"), ("2_months", "SUCCESS FREQUENCY_LIMITED")),
        new("old_order_after", "two questions after 30 days", w => AskedAfterAsync(w, 30), ("1_month", "SUCCESS SUCCESS"), ("2_months", "SUCCESS SUCCESS")),
        new("order_old_month", "two questions about an old order", w => AskedAfterAsync(w, 40), ("FREQUENCY_LIMITED", "SUCCESS FREQUENCY_LIMITED"), ("answered", "SUCCESS SUCCESS")),
        new("orderquery_short_state", "orderquery about an order that nobody paid", async w =>
        {
            await w.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P1"));
            var reply = await w.OrderQueryAsync("P1");
            return $"{reply["out_trade_no"]} {reply["trade_state"]} {reply["trade_state_desc"]}";
        }, ("state_and_desc", "P1 NOTPAY 订单未支付"), ("number_only", "P1  ")),
        new("close_result_msg", "closeorder", async w =>
        {
            await w.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P1"));
            await w.AdvanceAsync(TimeSpan.FromMinutes(6));
            var reply = await w.CloseAsync("P1");
            return $"{reply["result_code"]} {reply["result_msg"]}";
        }, ("absent", "SUCCESS "), ("present", "SUCCESS OK")),
    ];

    private static async Task<string> StatesAsync(World world) =>
        $"{(await world.OrderQueryAsync("D1"))["trade_state"]} {(await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]}";

    private static async Task<string?> RefundedAsync(World world, string path)
    {
        await world.ApplyAsync(await world.SignedAsync(), "D1");
        await world.SettleAsync();
        await world.RefundAsync("D1", "R1", 1_000);
        var reply = await world.OrderQueryAsync("D1", path);
        return $"{reply["trade_state"]} {reply["total_fee"] ?? "-"}";
    }

    private static async Task<string?> AskedAfterAsync(World world, int days)
    {
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await LimitAsync(world, ("old_order_qpm", 1));
        await world.AdvanceAsync(TimeSpan.FromDays(days));
        return $"{(await world.OrderQueryAsync("P1")).Outcome} {(await world.OrderQueryAsync("P1")).Outcome}";
    }
}
