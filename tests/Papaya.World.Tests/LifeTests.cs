using System.Text.Json.Nodes;
using Papaya.Cli.Http;

namespace Papaya.World.Tests;

/// <summary>What happens to a subscription after the cashier: renewals, declines, endings, refunds, over both hosts.</summary>
public sealed class LifeTests
{
    [Theory]
    [InlineData(2026, 1, 15, 12, 0)]
    [InlineData(2026, 1, 31, 9, 30)]
    [InlineData(2027, 12, 31, 23, 50)]
    [InlineData(2028, 2, 29, 3, 5)]
    public async Task A_year_renews_once_a_month_on_the_anchor_day(int year, int month, int day, int hour, int minute)
    {
        var start = new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.FromHours(8));
        await using var world = await World.StartAsync(start);
        var who = await world.SubscribeAsync();
        for (var renewal = 1; renewal <= 12; renewal++)
        {
            var next = await world.PeriodEndAsync(who);
            await world.AdvanceToAsync(next + TimeSpan.FromHours(14));
            var paid = await world.DebitsAsync(who);
            Assert.Equal(renewal, paid.Count);
            // Money arrives when its period starts, or that morning at seven.
            Assert.InRange(paid[^1].At, next - TimeSpan.FromHours(3), next + TimeSpan.FromHours(5));
        }

        var debits = await world.DebitsAsync(who);
        Assert.Equal(12, debits.Select(debit => debit.OrderNumber).Distinct(StringComparer.Ordinal).Count());
        var end = (await world.PeriodEndAsync(who)).ToOffset(TimeSpan.FromHours(8));
        // The thirteenth month ends on the anchor's day, or the last day of a shorter month.
        var expected = start.AddMonths(13);
        Assert.Equal((expected.Year, expected.Month, Math.Min(day, DateTime.DaysInMonth(expected.Year, expected.Month))), (end.Year, end.Month, end.Day));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task The_customer_is_told_before_every_debit()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) + TimeSpan.FromHours(14));
        var told = (await world.Papaya.AllAsync("/v1/events", default)).Where(e => e.Text("type") == "renewal.upcoming").ToList();
        var debit = Assert.Single(await world.DebitsAsync(who));
        Assert.True(debit.At - Assert.Single(told).Instant("at") >= TimeSpan.FromDays(5));
    }

    [Fact]
    public async Task A_declined_renewal_recovers_under_a_new_number()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync(await world.UserAsync(2_500));
        var end = await world.PeriodEndAsync(who);
        await world.AdvanceToAsync(end + TimeSpan.FromHours(14));
        Assert.Equal("past_due", (await world.SubscriptionAsync(who)).Text("status"));
        await world.TopUpAsync(who.OpenId, 100_000);
        await world.AdvanceToAsync(end + TimeSpan.FromDays(3));
        var charge = (await world.ChargesAsync(who))[0];
        Assert.Equal("succeeded", charge.Text("status"));
        Assert.Equal(["failed", "succeeded"], charge.List("attempts").Select(attempt => attempt.Text("status")));
        Assert.Equal("active", (await world.SubscriptionAsync(who)).Text("status"));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task Three_failed_debits_in_a_row_suspend_the_contract()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync(await world.UserAsync(2_500));
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) + TimeSpan.FromDays(20));
        Assert.Equal("suspended", (await world.ContractAsync(who)).Text("status"));
        Assert.Equal("on_hold", (await world.SubscriptionAsync(who)).Text("status"));
        Assert.Equal(3, (await world.ChargesAsync(who))[0].List("attempts").Count);
        Assert.Equal("exhausted", (await world.ChargesAsync(who))[0].Text("status"));
    }

    [Theory]
    [InlineData("timeout_before")]
    [InlineData("timeout_after")]
    [InlineData("system_error")]
    [InlineData("http_500")]
    public async Task A_lost_answer_never_doubles_a_debit(string fault)
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.FaultAsync("/pay/pappayapply", fault, 3);
        await world.FaultAsync("debit", "drop", 50);
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) + TimeSpan.FromDays(5));
        Assert.Single(await world.DebitsAsync(who));
        Assert.Equal("active", (await world.SubscriptionAsync(who)).Text("status"));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task A_cancel_inside_WeChat_stops_debits()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.WeChat.TerminateAsync(who.WeChatContractId, default);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        var contract = await world.ContractAsync(who);
        Assert.Equal(("terminated", "2"), (contract.Text("status"), contract.Text("termination_mode")));
        Assert.False((await world.SubscriptionAsync(who)).Flag("auto_renew"));
        await world.AdvanceAsync(TimeSpan.FromDays(70));
        Assert.Empty(await world.DebitsAsync(who));
        Assert.Equal("canceled", (await world.SubscriptionAsync(who)).Text("status"));
    }

    [Fact]
    public async Task A_cancel_by_the_merchant_reaches_WeChat_and_is_driven_on_when_the_answer_is_lost()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.FaultAsync("/papay/deletecontract", "timeout_after", 1);
        await world.Papaya.PostAsync($"/v1/contracts/{who.ContractId}/terminate", new JsonObject { ["reason"] = "用户申请" }, default);
        await world.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal("terminated", (await world.ContractAsync(who)).Text("status"));
        await world.AdvanceAsync(TimeSpan.FromDays(40));
        Assert.Empty(await world.DebitsAsync(who));
    }

    [Fact]
    public async Task A_refund_is_paid_back_once_and_never_exceeds_what_was_paid()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.FaultAsync("/secapi/pay/refund", "timeout_after", 1);
        var refund = await world.Papaya.PostAsync("/v1/refunds", new JsonObject { ["checkout"] = who.CheckoutId, ["amount"] = 1_000, ["reason"] = "演练" }, default);
        await world.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal("succeeded", (await world.Papaya.RefundAsync(refund.Text("id"), default)).Text("status"));
        var tooMuch = await world.Papaya.SendAsync(
            HttpMethod.Post, "/v1/refunds", new JsonObject { ["checkout"] = who.CheckoutId, ["amount"] = 1_501, ["reason"] = "演练" }, default, "too-much");
        Assert.Contains(tooMuch.Status, (int[])[409, 422]);
        var back = Assert.Single(await world.WeChat.LedgerAsync(default), entry => entry.Kind == "refund");
        Assert.Equal(1_000, Math.Abs(back.AmountFen));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task A_renewal_can_be_refunded()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) + TimeSpan.FromHours(14));
        var charge = (await world.ChargesAsync(who))[0];
        var refund = await world.Papaya.PostAsync("/v1/refunds", new JsonObject { ["charge"] = charge.Text("id"), ["amount"] = 2_500, ["reason"] = "演练" }, default);
        await world.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal("succeeded", (await world.Papaya.RefundAsync(refund.Text("id"), default)).Text("status"));
        Assert.Equal(2_500, Math.Abs(Assert.Single(await world.WeChat.LedgerAsync(default), entry => entry.Kind == "refund").AmountFen));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task A_forged_or_false_notification_changes_nothing()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var checkout = await world.CheckoutAsync(await world.PlanAsync(), openid);
        using var http = world.Sandbox.ServerHttp();
        using var forged = new StringContent(
            $"<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code><mch_id>10000100</mch_id><out_trade_no>{checkout.Text("payment.out_trade_no")}</out_trade_no><transaction_id>4200000000202601010000000001</transaction_id><total_fee>2500</total_fee><time_end>20260115120000</time_end><sign>00000000000000000000000000000000</sign></xml>");
        using var answer = await http.PostAsync("/wechat/10000100/payment", forged);
        Assert.True((int)answer.StatusCode is >= 400 and < 500);
        Assert.Contains("FAIL", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("pending", (await world.Papaya.CheckoutAsync(checkout.Text("id"), default)).Text("payment.status"));
    }
}
