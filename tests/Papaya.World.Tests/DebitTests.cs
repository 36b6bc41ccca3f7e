using System.Text.Json.Nodes;
using Papaya.Cli.Http;

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
