using System.Text.Json.Nodes;
using Papaya.Billing.Calendar;
using Papaya.Billing.Reconciliation;
using Papaya.Cli.Demo;
using Papaya.Cli.Http;
using Papaya.Cli.Up;
using Papaya.WeChatPay;

namespace Papaya.World.Tests;

/// <summary>Debits and what WeChat can answer to them, over real HTTP and the simulator's own rules.</summary>
public sealed class DebitTests
{
    [Fact]
    public async Task A_use_under_a_pay_later_contract_is_collected_at_once_and_can_be_refunded()
    {
        await using var world = await World.StartAsync();
        var who = await PayLaterAsync(world);
        var charge = await UseAsync(world, who, 888);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        var paid = await ReadAsync(world, charge);
        Assert.Equal("succeeded", paid.Text("status"));
        var truth = Assert.Single(await world.DebitsAsync(who));
        Assert.Equal((888, paid.Text("out_trade_no")), (truth.AmountFen, truth.OrderNumber));
        Assert.Equal(truth.TransactionId, Assert.Single(paid.List("attempts")).Text("transaction_id"));

        var refund = await world.Papaya.PostAsync("/v1/refunds", new JsonObject { ["charge"] = charge, ["amount"] = 888, ["reason"] = "车坏了" }, default);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("succeeded", (await world.Papaya.RefundAsync(refund.Text("id"), default)).Text("status"));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Theory]
    [InlineData("CASH")]
    [InlineData("NO_CASH")]
    public async Task A_renewal_that_a_coupon_pays_in_part_is_paid_refunded_and_in_the_bill(string type)
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.WeChat.PostAsync($"/users/{who.OpenId}/coupons", new JsonObject { ["id"] = "C1", ["amount"] = 500, ["type"] = type }, default);
        var end = await world.PeriodEndAsync(who);
        await world.AdvanceToAsync(end + TimeSpan.FromHours(1));
        Assert.True(await world.PeriodEndAsync(who) > end);
        var charge = (await world.ChargesAsync(who))[0];
        Assert.Equal(("succeeded", 2_500), (charge.Text("status"), charge.Number("amount")));
        var truth = (await world.WeChat.GetAsync("/ledger", default)).List("entries").Single(e => e.Text("kind") == "debit");
        Assert.Equal((2_500, 2_000, type == "CASH" ? 2_500 : 2_000), (truth.Number("amount"), truth.Number("cash_amount"), truth.Number("settlement_amount")));

        var refund = await world.Papaya.PostAsync("/v1/refunds", new JsonObject { ["charge"] = charge.Text("id"), ["amount"] = 2_500, ["reason"] = "退" }, default);
        await world.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal("succeeded", (await world.Papaya.RefundAsync(refund.Text("id"), default)).Text("status"));
        Assert.Null((await world.WeChat.GetAsync($"/users/{who.OpenId}", default)).List("coupons")[0].At("spent_on"));

        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var (number, transaction, day) = (charge.Text("out_trade_no"), truth.Text("transaction_id"), truth.Instant("at"));
        using var http = world.Sandbox.SimulatorHttp();
        var merchant = new MerchantCredentials { MerchantNumber = Sandbox.MerchantNumber, ApiV2Keys = [new(Sandbox.ApiV2Key)] };
        var bill = await new BillDesk(new(http, merchant, world.Sandbox.SimulatorUrl, world.Sandbox.Clock), Sandbox.OfficialAccount).DownloadAsync(Beijing.DateOf(day), default);
        var matched = BillMatching.Match(
            bill.Lines,
            [
                new(MovementKind.Debit, number, transaction, 2_500, day, IsSettled: true),
                new(MovementKind.Refund, number, transaction, 2_500, day, IsSettled: true, RefundNumber: refund.Text("out_refund_no")),
            ],
            bill.Totals);
        Assert.True(matched.IsClean, string.Join(';', matched.Differences));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task A_bank_under_maintenance_costs_a_try_and_the_next_day_brings_the_money()
    {
        await using var world = await World.StartAsync();
        var who = await PayLaterAsync(world);
        await world.WeChat.UserAsync(who.OpenId, 50, default, bank: "maintenance");
        var charge = await UseAsync(world, who, 100);
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));
        var waiting = await ReadAsync(world, charge);
        Assert.Equal(("retry_wait", "BANKERROR"), (waiting.Text("status"), waiting.Text("code")));
        await world.WeChat.UserAsync(who.OpenId, 100_000, default);
        await world.AdvanceAsync(TimeSpan.FromHours(23));
        Assert.Empty(await world.DebitsAsync(who));
        await world.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal(["failed", "succeeded"], (await ReadAsync(world, charge)).List("attempts").Select(attempt => attempt.Text("status")));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task An_abnormal_account_suspends_the_contract_until_an_operator_resumes_it()
    {
        await using var world = await World.StartAsync();
        var who = await PayLaterAsync(world);
        await world.WeChat.UserAsync(who.OpenId, 100_000, default, account: "abnormal");
        var charge = await UseAsync(world, who, 100);
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal("exhausted", (await ReadAsync(world, charge)).Text("status"));
        Assert.Equal("suspended", (await world.ContractAsync(who)).Text("status"));
        await world.WeChat.UserAsync(who.OpenId, 100_000, default);
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Empty(await world.DebitsAsync(who));

        await world.Papaya.PostAsync($"/v1/contracts/{who.ContractId}/resume", new JsonObject(), default);
        await world.Papaya.PostAsync($"/v1/charges/{charge}/retry", new JsonObject(), default);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal("succeeded", (await ReadAsync(world, charge)).Text("status"));
        Assert.Single(await world.DebitsAsync(who));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task A_user_who_cancels_between_acceptance_and_execution_is_not_debited()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) - TimeSpan.FromHours(6));
        Assert.Equal("in_attempt", Assert.Single(await world.ChargesAsync(who)).Text("status"));
        await world.WeChat.TerminateAsync(who.WeChatContractId, default);
        await world.AdvanceAsync(TimeSpan.FromDays(4));
        var charge = Assert.Single(await world.ChargesAsync(who));
        Assert.Equal("canceled", charge.Text("status"));
        Assert.Equal("CONTRACT_NOT_EXIST", Assert.Single(charge.List("attempts")).Text("code"));
        Assert.Empty(await world.DebitsAsync(who));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Theory]
    [InlineData("duplicate")]
    [InlineData("delay")]
    [InlineData("drop")]
    public async Task Notifications_in_any_number_and_order_bring_one_period(string fault)
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.WeChat.FaultAsync(new JsonObject { ["on"] = "debit", ["kind"] = fault, ["times"] = 50, ["delay_seconds"] = 36 * 3600 }, default);
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) + TimeSpan.FromDays(3));
        Assert.Single(await world.DebitsAsync(who));
        Assert.Equal("succeeded", (await world.ChargesAsync(who))[0].Text("status"));
        Assert.Single(await world.EventsAsync(who.SubscriptionId), type => type == "subscription.renewed");
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task A_throttled_debit_goes_out_again_under_its_number()
    {
        await using var world = await World.StartAsync();
        var who = await PayLaterAsync(world);
        await world.FaultAsync("/pay/pappayapply", "frequency_limited", 3);
        var charge = await UseAsync(world, who, 100);
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal("succeeded", Assert.Single((await ReadAsync(world, charge)).List("attempts")).Text("status"));
        Assert.Single(await world.DebitsAsync(who));
    }

    [Fact]
    public async Task What_is_asked_for_at_night_is_debited_at_seven()
    {
        await using var world = await World.StartAsync(new DateTimeOffset(2026, 1, 15, 21, 0, 0, TimeSpan.FromHours(8)));
        var who = await PayLaterAsync(world);
        await world.AdvanceToAsync(new DateTimeOffset(2026, 1, 15, 22, 30, 0, TimeSpan.FromHours(8)));
        var charge = await UseAsync(world, who, 100);
        await world.AdvanceToAsync(new DateTimeOffset(2026, 1, 16, 6, 59, 59, TimeSpan.FromHours(8)));
        Assert.Empty(await world.DebitsAsync(who));
        Assert.Equal("due", (await ReadAsync(world, charge)).Text("status"));
        await world.AdvanceToAsync(new DateTimeOffset(2026, 1, 16, 7, 1, 0, TimeSpan.FromHours(8)));
        Assert.Single(await world.DebitsAsync(who));
    }

    private static async Task<Subscribed> PayLaterAsync(World world) => await world.SubscribeAsync(plan: await world.PlanAsync(body =>
        (body["template_id"], body["mode"]) = (World.PayLaterTemplate, "pay_later")));

    private static async Task<string> UseAsync(World world, Subscribed who, long amount) => (await world.Papaya.PostAsync(
        "/v1/charges", new JsonObject { ["contract"] = who.ContractId, ["amount"] = amount, ["description"] = "骑行 12 分钟" }, default)).Text("id");

    private static async Task<JsonNode> ReadAsync(World world, string charge) => (await world.Papaya.ChargeAsync(charge, default))!;
}
