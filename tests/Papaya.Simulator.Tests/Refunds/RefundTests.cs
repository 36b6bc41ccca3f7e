using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Refunds;

public sealed class RefundTests
{
    private static readonly (string, string?)[] Who = [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n")];

    [Fact]
    public async Task A_refund_is_accepted_at_once_and_reaches_the_wallet_within_twenty_minutes()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(2_500);
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));

        var accepted = await world.RefundAsync("P1", "R1", 1_000);
        Assert.Equal(("SUCCESS", "1000", "2500", "R1"), (accepted.Outcome, accepted["refund_fee"], accepted["total_fee"], accepted["out_refund_no"]));
        Assert.Equal("REFUND", (await world.OrderQueryAsync("P1"))["trade_state"]);
        Assert.Equal("PROCESSING", (await AskAsync(world, ("out_refund_no", "R1")))["refund_status_0"]);
        Assert.Equal(0, await world.BalanceAsync(openid));

        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        var done = await AskAsync(world, ("out_refund_no", "R1"));
        Assert.Equal(("SUCCESS", "1", "1000", "支付用户零钱"), (done["refund_status_0"], done["refund_count"], done["refund_fee_0"], done["refund_recv_accout_0"]));
        Assert.NotNull(done["refund_success_time_0"]);
        Assert.Equal(1_000, await world.BalanceAsync(openid));
        var entry = Assert.Single(await world.LedgerAsync(), e => (string?)e!["kind"] == "refund");
        Assert.Equal(("P1", 1000L), ((string?)entry!["out_trade_no"], (long)entry["amount"]!));
    }

    [Fact]
    public async Task The_same_number_is_one_refund_and_its_amounts_do_not_change()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(2_500);
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        var first = await world.RefundAsync("P1", "R1", 1_000);
        var again = await world.RefundAsync("P1", "R1", 1_000);
        Assert.Equal(first["refund_id"], again["refund_id"]);
        Assert.Equal("REFUND_FEE_MISMATCH", (await world.RefundAsync("P1", "R1", 1_001)).Outcome);
        Assert.Equal("REFUND_FEE_MISMATCH", (await world.RefundAsync("P1", "R1", 1_000, total: 2_501)).Outcome);
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(1_000, await world.BalanceAsync(openid));
    }

    [Fact]
    public async Task Never_more_than_was_paid_and_at_most_fifty_parts()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("SUCCESS", (await world.RefundAsync("P1", "R" + i, 10)).Outcome);
            await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("ERROR", (await world.RefundAsync("P1", "R50", 10)).Outcome);
        await world.SignedAsync(changes: ("out_trade_no", "P2"));
        Assert.Equal("SUCCESS", (await world.RefundAsync("P2", "S1", 2_000)).Outcome);
        Assert.Equal("ERROR", (await world.RefundAsync("P2", "S2", 501)).Outcome);
        Assert.Equal("BIZERR_NEED_RETRY", (await world.RefundAsync("P2", "S3", 500)).Outcome);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("SUCCESS", (await world.RefundAsync("P2", "S3", 500)).Outcome);
        Assert.Equal("ERROR", (await world.RefundAsync("P2", "S4", 1)).Outcome);
    }

    [Fact]
    public async Task Many_refunds_are_paged_by_ten()
    {
        await using var world = await World.StartAsync(switches: ("refund_interval", "none"));
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        for (var i = 0; i < 25; i++)
        {
            await world.RefundAsync("P1", $"R{i:00}", 10);
        }

        var first = await AskAsync(world, ("out_trade_no", "P1"));
        Assert.Equal(("10", "25", "R00"), (first["refund_count"], first["total_refund_count"], first["out_refund_no_0"]));
        var rest = await AskAsync(world, ("out_trade_no", "P1"), ("offset", "24"));
        Assert.Equal(("1", "R24"), (rest["refund_count"], rest["out_refund_no_0"]));
        Assert.Equal("PARAM_ERROR", (await AskAsync(world, ("out_trade_no", "P1"), ("offset", "26"))).Outcome);
    }

    [Fact]
    public async Task What_cannot_be_refunded_says_why()
    {
        await using var world = await World.StartAsync(frequencyLimit: false);
        var openid = await world.UserAsync();
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.ContractOrderAsync(openid, ("out_trade_no", "UNPAID"));
        Assert.Equal("CERT_ERROR", (await world.RefundAsync("P1", "R1", 10, certificate: null)).Outcome);
        Assert.Equal("CERT_ERROR", (await world.RefundAsync("P1", "R1", 10, certificate: "10000999")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.RefundAsync("UNPAID", "R1", 10)).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.RefundAsync("NONE", "R1", 10)).Outcome);
        Assert.Equal("INVALID_TRANSACTIONID", (await world.RefundAsync("P1", "R1", 10, changes: ("transaction_id", "4200000000202601010000000001"))).Outcome);
        Assert.Equal("PARAM_ERROR", (await world.RefundAsync("P1", "R1", 10, total: 2_400)).Outcome);
        Assert.Equal("PARAM_ERROR", (await world.RefundAsync("P1", "有", 10)).Outcome);
        Assert.Equal("PARAM_ERROR", (await world.RefundAsync("P1", "R1", 10, changes: ("refund_account", "MINE"))).Outcome);
        Assert.Equal("LACK_PARAMS", (await world.RefundAsync("P1", "R1", 10, changes: ("out_trade_no", null))).Outcome);
        Assert.Equal("REFUNDNOTEXIST", (await AskAsync(world, ("out_refund_no", "R1"))).Outcome);
        Assert.Equal("REFUNDNOTEXIST", (await AskAsync(world, ("out_trade_no", "P1"))).Outcome);
        Assert.Equal("INVALID_TRANSACTIONID", (await AskAsync(world, ("transaction_id", "1"))).Outcome);
        Assert.Equal("PARAM_ERROR", (await AskAsync(world)).Outcome);

        await world.UserAsync(account: "closed", openid: openid);
        Assert.Equal("USER_ACCOUNT_ABNORMAL", (await world.RefundAsync("P1", "R1", 10)).Outcome);
        await world.UserAsync(openid: openid);
        await world.AdvanceAsync(TimeSpan.FromDays(366));
        Assert.Equal("TRADE_OVERDUE", (await world.RefundAsync("P1", "R1", 10)).Outcome);
    }

    [Fact]
    public async Task Refund_id_wins_over_other_names_and_empty_elements_are_legal()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        var one = await world.RefundAsync("P1", "R1", 10);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        await world.RefundAsync("P1", "R2", 20);
        Assert.Equal("R1", (await AskAsync(world, ("refund_id", one["refund_id"]), ("out_refund_no", "R2")))["out_refund_no_0"]);
        var byTransaction = await AskAsync(world, ("refund_id", ""), ("out_refund_no", ""), ("transaction_id", one["transaction_id"]));
        Assert.Equal("2", byTransaction["refund_count"]);
        Assert.Equal("R1", (await world.SeeAsync("/orders/P1"))["refunds"]!.AsArray()[0]!["out_refund_no"]!.ToString());
    }

    [Fact]
    public async Task A_refunded_order_may_be_shown_in_full_by_switch()
    {
        foreach (var (value, fee) in (ValueTuple<string, string?>[])[("short", null), ("full", "2500")])
        {
            await using var world = await World.StartAsync(switches: ("refund_state_answer", value));
            await world.SignedAsync(changes: ("out_trade_no", "P1"));
            await world.RefundAsync("P1", "R1", 10);
            Assert.Equal(("REFUND", fee), ((await world.OrderQueryAsync("P1"))["trade_state"], (await world.OrderQueryAsync("P1"))["total_fee"]));
        }
    }

    [Fact]
    public async Task Switches_of_queries_and_closings()
    {
        await using var world = await World.StartAsync(switches:
        [
            ("orderquery_short_state", "number_only"), ("close_result_msg", "present"), ("refundquery_many", "refused_over_20"), ("refund_interval", "none"),
            ("refund_fee_above_total", "invalid_refund_fee"), ("refund_fee_returned", "none"),
        ]);
        var openid = await world.UserAsync();
        await world.ContractOrderAsync(openid, ("out_trade_no", "OPEN1"));
        var open = await world.OrderQueryAsync("OPEN1");
        Assert.Equal(("OPEN1", null), (open["out_trade_no"], open["trade_state"]));
        await world.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.Equal("OK", (await world.CloseAsync("OPEN1"))["result_msg"]);

        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        Assert.Equal("FAIL invalid refund_fee", (await world.RefundAsync("P1", "R", 2_501)).Outcome);
        for (var n = 0; n < 21; n++)
        {
            Assert.Equal("SUCCESS", (await world.RefundAsync("P1", "R" + n, 10)).Outcome);
        }

        Assert.Equal("PARAM_ERROR", (await AskAsync(world, ("out_trade_no", "P1"))).Outcome);
        Assert.Equal("SUCCESS", (await AskAsync(world, ("out_refund_no", "R3"))).Outcome);
        Assert.Equal(0, (await world.LedgerAsync()).Where(e => (string?)e!["kind"] == "refund").Sum(e => (long)e!["fee"]!));
    }

    [Fact]
    public async Task A_provider_s_order_for_one_sub_merchant_is_nobody_else_s()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject
        {
            ["mch_id"] = World.MchId, ["sub_merchants"] = new JsonArray(new JsonObject { ["sub_mch_id"] = "1900000101" }, new JsonObject { ["sub_mch_id"] = "1900000102" }),
        });
        var contract = await world.SignedAsync();
        var signed = world.State.FindContract(contract)!;
        signed.SubMchId = "1900000101";
        var paid = await world.PostAsync("/pay/partner/pappayapply", world.ApplyFields(contract, "SUB1", ("sub_mch_id", "1900000101")));
        Assert.Equal("SUCCESS", paid.Outcome);
        await world.SettleAsync();

        (string, string?)[] mine = [.. Who, ("out_trade_no", "SUB1"), ("sub_mch_id", "1900000101")];
        (string, string?)[] other = [.. Who, ("out_trade_no", "SUB1"), ("sub_mch_id", "1900000102")];
        var order = await world.PostAsync("/pay/orderquery", mine);
        Assert.Equal(("SUCCESS", "1900000101"), (order["trade_state"], order["sub_mch_id"]));
        Assert.Equal("SUCCESS", (await world.PostAsync("/pay/partner/paporderquery", mine))["trade_state"]);
        Assert.Equal("ORDERNOTEXIST", (await world.PostAsync("/pay/orderquery", other)).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("SUB1")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.RefundAsync("SUB1", "SR1", 10)).Outcome);
        Assert.Equal("SUCCESS", (await world.RefundAsync("SUB1", "SR1", 10, changes: ("sub_mch_id", "1900000101"))).Outcome);
        Assert.Equal("SUCCESS", (await world.PostAsync("/pay/refundquery", [.. Who, ("out_refund_no", "SR1"), ("sub_mch_id", "1900000101")])).Outcome);
        Assert.Equal("REFUNDNOTEXIST", (await world.PostAsync("/pay/refundquery", [.. Who, ("out_refund_no", "SR1"), ("sub_mch_id", "1900000102")])).Outcome);
    }

    private static Task<Reply> AskAsync(World world, params (string, string?)[] by) => world.PostAsync("/pay/refundquery", [.. Who, .. by]);
}
