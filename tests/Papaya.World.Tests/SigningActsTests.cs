using System.Text.Json.Nodes;
using Papaya.Cli.Http;

namespace Papaya.World.Tests;

/// <summary>What merchants and users do with a contract, and messages that come late, twice or in the wrong order.</summary>
public sealed class SigningActsTests
{
    [Fact]
    public async Task A_held_contract_is_not_debited_until_it_is_resumed()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        var end = await world.PeriodEndAsync(who);
        var held = await world.Papaya.PostAsync($"/v1/contracts/{who.ContractId}/suspend", new JsonObject { ["reason"] = "查证中" }, default);
        Assert.Equal(("suspended", "查证中"), (held.Text("status"), held.Text("reason")));
        await world.AdvanceToAsync(end + TimeSpan.FromDays(2));
        Assert.Empty(await world.DebitsAsync(who));
        await world.Papaya.PostAsync($"/v1/contracts/{who.ContractId}/resume", new JsonObject(), default);
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Single(await world.DebitsAsync(who));
        Assert.Equal("active", (await world.SubscriptionAsync(who)).Text("status"));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Theory]
    [InlineData("period_end", "active")]
    [InlineData("now", "canceled")]
    public async Task A_canceled_subscription_ends_its_contract_at_once_at_both_sides(string when, string status)
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        var end = await world.PeriodEndAsync(who);
        var answer = await world.Papaya.PostAsync($"/v1/subscriptions/{who.SubscriptionId}/cancel", new JsonObject { ["when"] = when }, default);
        Assert.Equal((status, false), (answer.Text("status"), answer.Flag("auto_renew")));
        Assert.Null(answer.At("next_charge"));
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        var contract = await world.ContractAsync(who);
        Assert.Equal(("terminated", "3"), (contract.Text("status"), contract.Text("termination_mode")));
        Assert.NotEmpty(await world.WeChat.RequestsAsync("/papay/deletecontract", default));
        await world.AdvanceToAsync(end + TimeSpan.FromDays(40));
        Assert.Empty(await world.DebitsAsync(who));
        Assert.Equal("canceled", (await world.SubscriptionAsync(who)).Text("status"));
    }

    [Fact]
    public async Task The_same_termination_twice_has_one_effect_and_one_answer()
    {
        await using var world = await World.StartAsync();
        var who = await world.SubscribeAsync();
        var path = $"/v1/contracts/{who.ContractId}/terminate";
        var one = await world.Papaya.SendAsync(HttpMethod.Post, path, new JsonObject { ["reason"] = "用户申请" }, default, "end-1");
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        var two = await world.Papaya.SendAsync(HttpMethod.Post, path, new JsonObject { ["reason"] = "用户申请" }, default, "end-1");
        Assert.Equal((200, one.Text), (one.Status, two.Text));
        Assert.Single(await world.EventsAsync(who.ContractId), "contract.terminating");
    }

    [Fact]
    public async Task Contracts_are_listed_by_customer_plan_and_status_page_by_page()
    {
        await using var world = await World.StartAsync();
        var plan = await world.PlanAsync();
        var first = await world.SubscribeAsync(plan: plan);
        await world.SubscribeAsync(plan: plan);
        var elsewhere = await world.SubscribeAsync();
        await world.WeChat.TerminateAsync(first.WeChatContractId, default);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(2, (await world.Papaya.AllAsync($"/v1/contracts?plan={plan}", default)).Count);
        Assert.Equal(elsewhere.ContractId, Assert.Single(await world.Papaya.AllAsync($"/v1/contracts?customer=u-{elsewhere.OpenId}", default)).Text("id"));
        Assert.Equal(first.ContractId, Assert.Single(await world.Papaya.AllAsync("/v1/contracts?status=terminated", default)).Text("id"));
        var page = await world.Papaya.GetAsync("/v1/contracts?limit=2", default);
        Assert.Equal(2, page.List("data").Count);
        var rest = await world.Papaya.GetAsync($"/v1/contracts?limit=2&after={page.Text("next")}", default);
        Assert.Equal(elsewhere.ContractId, Assert.Single(rest.List("data")).Text("id"));
        Assert.Null(rest.At("next"));
    }

    [Theory]
    [InlineData("payment", "duplicate")]
    [InlineData("contract", "duplicate")]
    [InlineData("payment", "delay")]
    [InlineData("contract", "delay")]
    public async Task Messages_that_come_twice_or_late_make_one_subscription(string kind, string fault)
    {
        await using var world = await World.StartAsync();
        await world.WeChat.FaultAsync(new JsonObject { ["on"] = kind, ["kind"] = fault, ["times"] = 1, ["delay_seconds"] = 3_600 }, default);
        var who = await world.SubscribeAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal("complete", (await world.CheckoutAsync(who)).Text("outcome"));
        Assert.True((await world.SubscriptionAsync(who)).Flag("auto_renew"));
        var events = await world.EventsAsync(who.CheckoutId);
        Assert.Single(events, "checkout.paid");
        Assert.Single(events, "checkout.signed");
        Assert.DoesNotContain("contradiction.found", await world.EventsAsync("chk_"));
        Assert.Empty(await world.ViolationsAsync());
    }

    [Fact]
    public async Task An_end_that_overtakes_its_beginning_stays_an_end()
    {
        await using var world = await World.StartAsync();
        await world.WeChat.FaultAsync(new JsonObject { ["on"] = "contract", ["kind"] = "delay", ["times"] = 1, ["delay_seconds"] = 7_200 }, default);
        var openid = await world.UserAsync();
        var checkout = await world.CheckoutAsync(await world.PlanAsync(), openid);
        var act = await world.PayAsync(checkout, openid);
        await world.WeChat.TerminateAsync(act.ContractId!, default);
        await world.AdvanceAsync(TimeSpan.FromHours(4));
        var settled = (await world.Papaya.CheckoutAsync(checkout.Text("id"), default))!;
        Assert.Equal(("complete", "signed"), (settled.Text("outcome"), settled.Text("contract.status")));
        Assert.Equal("terminated", (await world.Papaya.ContractAsync(settled.Text("contract.id"), default)).Text("status"));
        Assert.False((await world.Papaya.SubscriptionAsync(settled.Text("subscription_id"), default)).Flag("auto_renew"));
        await world.AdvanceAsync(TimeSpan.FromDays(40));
        Assert.DoesNotContain(await world.WeChat.LedgerAsync(default), entry => entry.Kind == "debit");
    }

    [Fact]
    public async Task An_order_that_nobody_pays_is_closed_at_both_sides_after_two_hours()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var checkout = await world.CheckoutAsync(await world.PlanAsync(), openid);
        await world.AdvanceAsync(TimeSpan.FromHours(3));
        var closed = (await world.Papaya.CheckoutAsync(checkout.Text("id"), default))!;
        Assert.Equal(("failed", "closed"), (closed.Text("outcome"), closed.Text("payment.status")));
        Assert.Null(closed.At("invoke"));
        Assert.Equal("canceled", (await world.Papaya.SubscriptionAsync(closed.Text("subscription_id"), default)).Text("status"));
        Assert.DoesNotContain(await world.WeChat.LedgerAsync(default), entry => entry.OpenId == openid);
    }

    [Fact]
    public async Task A_refused_order_tells_the_code_and_is_stored_as_failed()
    {
        await using var world = await World.StartAsync(overrides: null);
        await world.WeChat.PostAsync("/templates", new JsonObject
        {
            ["mch_id"] = "10000100", ["plan_id"] = 12537, ["name"] = "停用", ["kind"] = "pay_later", ["cycle"] = "month", ["fee"] = "capped",
            ["amount"] = 50_000, ["mode"] = "delay_24h", ["disabled"] = true,
        }, default);
        var plan = await world.PlanAsync(body => (body["template_id"], body["mode"]) = (World.PayLaterTemplate, "pay_later"));
        var answer = await world.Papaya.SendAsync(HttpMethod.Post, "/v1/checkouts", World.CheckoutBody(plan, await world.UserAsync()), default, "refused-1");
        Assert.Equal((502, "wechat_refused", "INVALID PLAN_ID"), (answer.Status, answer.Body.Text("code"), answer.Body.Text("wechat_code")));
        Assert.Equal("failed", (await world.Papaya.CheckoutAsync(answer.Body.Text("checkout"), default)).Text("outcome"));
    }
}
