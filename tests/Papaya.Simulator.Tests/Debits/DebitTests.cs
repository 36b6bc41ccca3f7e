using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Debits;

public sealed class DebitTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    [Fact]
    public async Task Within_twelve_hours_of_signing_a_debit_runs_at_once_and_once()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(10_000);
        var contract = await world.SignedAsync(openid);
        await world.AdvanceAsync(TimeSpan.FromHours(12));

        var applied = await world.ApplyAsync(contract, "D1");
        Assert.Equal("SUCCESS", applied.Outcome);
        Assert.Null(applied["transaction_id"]);
        Assert.Equal("NOTPAY", (await world.OrderQueryAsync("D1"))["trade_state"]);
        await world.SettleAsync();

        var order = await world.OrderQueryAsync("D1", "/pay/paporderquery");
        Assert.Equal(("SUCCESS", "2500", "PAP", contract), (order["trade_state"], order["total_fee"], order["trade_type"], order["contract_id"]));
        Assert.Equal("ORDERPAID", (await world.ApplyAsync(contract, "D1")).Outcome);
        Assert.Equal(5_000, await world.BalanceAsync(openid));
        Assert.Single(await world.LedgerAsync(), e => (string?)e!["kind"] == "debit");
    }

    [Fact]
    public async Task Later_a_debit_waits_24_hours_and_only_one_waits()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(12) + TimeSpan.FromSeconds(1));

        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
        Assert.Equal("ORDER_ACCEPTED", (await world.ApplyAsync(contract, "D1")).Outcome);
        Assert.Equal("ORDER_ACCEPTED", (await world.ApplyAsync(contract, "D2")).Outcome);
        Assert.Equal("ACCEPT", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("D1")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.CloseAsync("D1")).Outcome);

        await world.AdvanceAsync(Day - TimeSpan.FromSeconds(1));
        Assert.Equal("ACCEPT", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("D2", "/pay/paporderquery")).Outcome);
    }

    [Fact]
    public async Task What_waits_may_be_seen_by_orderquery_too_and_a_repeat_may_succeed_by_switch()
    {
        await using var world = await World.StartAsync(switches: [("orderquery_waiting", "ACCEPT"), ("repeated_apply", "SUCCESS")]);
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");

        Assert.Equal("ACCEPT", (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
        await world.AdvanceAsync(2 * Day);
        Assert.Single(await world.LedgerAsync(), e => (string?)e!["out_trade_no"] == "D1");
    }

    [Theory]
    [InlineData("wallet", "NOTENOUGH")]
    [InlineData("account", "USER_ACCOUNT_ABNORMAL")]
    [InlineData("closed", "USER_NOT_EXIST")]
    [InlineData("bank", "BANKERROR")]
    [InlineData("cancelled", "CONTRACT_NOT_EXIST")]
    public async Task A_debit_that_cannot_be_taken_fails_and_its_number_is_spent(string cause, string code)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        await (cause switch
        {
            "wallet" => world.UserAsync(2_499, openid: openid),
            "account" => world.UserAsync(100_000, "abnormal", openid: openid),
            "closed" => world.UserAsync(100_000, "closed", openid: openid),
            "bank" => world.UserAsync(2_499, bank: "maintenance", openid: openid),
            _ => (Task)world.DoAsync($"/contracts/{contract}/terminate", new JsonObject()),
        });

        await world.AdvanceAsync(Day);

        Assert.Equal("PAY_FAIL", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal("PAYERROR", (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.Equal(code, (string?)(await world.SeeAsync("/orders/D1"))["err_code"]);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("CLOSED", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal("CLOSED", (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.DoesNotContain(await world.LedgerAsync(), e => (string?)e!["kind"] == "debit");
        Assert.Equal("OUT_TRADE_NO_USED", (await world.ApplyAsync(contract, "D1")).Outcome);
    }

    [Fact]
    public async Task After_a_failure_a_new_number_succeeds()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(2_500);
        var contract = await world.SignedAsync(openid);
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        await world.UserAsync(10_000, openid: openid);

        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D2")).Outcome);
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D2"))["trade_state"]);
    }

    [Fact]
    public async Task A_periodic_contract_succeeds_once_a_Beijing_day()
    {
        await using var world = await World.StartAsync(start: new(2026, 1, 15, 15, 0, 0, TimeSpan.Zero)); // 23:00 in Beijing
        var contract = await world.SignedAsync();
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, "D2")).Outcome);

        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D3")).Outcome);
    }

    [Fact]
    public async Task Two_immediate_debits_accepted_at_once_are_one_success_and_one_rule_limit()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.ApplyAsync(contract, "D1");
        await world.ApplyAsync(contract, "D2");
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.Equal("RULELIMIT", (string?)(await world.SeeAsync("/orders/D2"))["err_code"]);
    }

    [Fact]
    public async Task A_pay_later_contract_is_always_immediate_and_succeeds_five_times_a_day()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync(plan: "12537");
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D" + i)).Outcome);
            await world.SettleAsync();
            Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D" + i))["trade_state"]);
        }

        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, "D6")).Outcome);
        await world.AdvanceAsync(Day);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D7")).Outcome);
    }

    [Theory]
    [InlineData("12535", 5_000, "SUCCESS")]
    [InlineData("12535", 5_001, "RULELIMIT")]
    [InlineData("12536", 2_500, "SUCCESS")]
    [InlineData("12536", 2_499, "RULELIMIT")]
    [InlineData("12537", 50_000, "SUCCESS")]
    [InlineData("12537", 50_001, "RULELIMIT")]
    public async Task The_template_s_price_holds(string plan, long amount, string outcome)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync(plan: plan);
        Assert.Equal(outcome, (await world.ApplyAsync(contract, changes: ("total_fee", amount.ToString()))).Outcome);
    }

    [Fact]
    public async Task The_day_s_sum_and_the_single_limit_hold()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/templates", Template(20_000, 7, ("single_limit", 15_000), ("daily_limit", 25_000)));
        var contract = await world.SignedAsync(plan: "7");
        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, changes: ("total_fee", "15001"))).Outcome);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, changes: ("total_fee", "15000"))).Outcome);
        await world.SettleAsync();
        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, changes: ("total_fee", "10001"))).Outcome);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, changes: ("total_fee", "10000"))).Outcome);
    }

    [Fact]
    public async Task A_first_price_is_allowed_beside_the_fixed_one()
    {
        await using var world = await World.StartAsync();
        var template = Template(2_500, 8, ("first_amount", 100));
        template["fee"] = "fixed";
        await world.DoAsync("/templates", template);
        var contract = await world.SignedAsync(plan: "8");
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, changes: ("total_fee", "100"))).Outcome);
        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, changes: ("total_fee", "101"))).Outcome);
    }

    [Fact]
    public async Task Three_hundred_applies_a_day_are_the_most()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(2_500);
        var contract = await world.SignedAsync(openid);
        for (var i = 0; i < 300; i++)
        {
            // Too high an amount is refused, but counted.
            Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, changes: ("total_fee", "5001"))).Outcome);
            await world.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract)).Outcome);
        await world.AdvanceAsync(Day);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract)).Outcome);
    }

    [Fact]
    public async Task More_than_150_applies_in_a_sliding_second_are_throttled_and_not_accepted()
    {
        await using var world = await World.StartAsync();
        var contracts = world.State.SeedContracts(151);
        for (var i = 0; i < 150; i++)
        {
            Assert.Equal("SUCCESS", (await world.ApplyAsync(contracts[i].ContractId)).Outcome);
        }

        Assert.Equal("FREQUENCY_LIMITED", (await world.ApplyAsync(contracts[150].ContractId, "LATE")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("LATE", "/pay/paporderquery")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contracts[150].ContractId, "LATE")).Outcome);
    }

    [Fact]
    public async Task A_benchmark_switches_the_throttle_off()
    {
        await using var world = await World.StartAsync(frequencyLimit: false);
        foreach (var contract in world.State.SeedContracts(200))
        {
            Assert.Equal("SUCCESS", (await world.ApplyAsync(contract.ContractId)).Outcome);
        }
    }

    [Fact]
    public async Task A_pre_notice_contract_needs_a_notice_from_the_thirteenth_hour_on()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync(plan: "12536");
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var refused = await world.ApplyAsync(contract);
        Assert.Equal(("INVALID_REQUEST", "需要先下发扣费前通知才能发起扣费"), (refused.Outcome, refused["err_code_des"]));
    }

    [Fact]
    public async Task Contracts_that_are_unknown_foreign_terminated_or_expired_are_refused()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/templates", Template(5_000, 9, ("valid_days", 1)));
        var expiring = await world.SignedAsync(plan: "9");
        var ended = await world.SignedAsync();
        await world.DeleteContractAsync(ended);

        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ApplyAsync("202601010000000000")).Outcome);
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ApplyAsync(ended)).Outcome);
        await world.AdvanceAsync(Day);
        Assert.Equal("CONTRACTERROR", (await world.ApplyAsync(expiring)).Outcome);
        Assert.Equal("1", (await world.ContractQueryAsync(expiring))["contract_termination_mode"]);
    }

    [Fact]
    public async Task Signing_again_restarts_the_twelve_hours_under_a_new_contract_id()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var first = await world.SignedAsync(openid);
        await world.AdvanceAsync(TimeSpan.FromHours(20));
        await world.DoAsync($"/contracts/{first}/terminate", new JsonObject { ["mode"] = 2 });
        var second = await world.SignedAsync(openid);

        Assert.NotEqual(first, second);
        await world.ApplyAsync(second, "D1");
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
    }

    [Fact]
    public async Task A_number_means_one_thing_for_ever()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var order = await world.ContractOrderAsync(openid, ("out_trade_no", "P1"));
        var contract = (string)(await world.PayAsync(order, openid))["contract_id"]!;
        Assert.Equal("OUT_TRADE_NO_USED", (await world.ApplyAsync(contract, "P1")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        Assert.Equal("OUT_TRADE_NO_USED", (await world.ApplyAsync(contract, "D1", ("total_fee", "2600"))).Outcome);
        Assert.Equal("OUT_TRADE_NO_USED", (await world.ContractOrderAsync(openid, ("out_trade_no", "D1"))).Outcome);
    }

    [Fact]
    public async Task Without_the_permission_nothing_is_debited()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["may_debit"] = false });
        Assert.Equal("NOAUTH", (await world.ApplyAsync(contract)).Outcome);
        Assert.Equal("MERCHANT PERMISSION ERROR", (await world.ContractOrderAsync("oSimUser0001")).Outcome);
    }

    [Fact]
    public async Task Hours_may_be_enforced_in_every_mode()
    {
        await using var world = await World.StartAsync(switches: ("debit_hours", "all"));
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(12)); // 22:00 in Beijing
        Assert.Equal("INVALID_REQUEST", (await world.ApplyAsync(contract)).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(9));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract)).Outcome);
    }

    [Theory]
    [InlineData("immediate_only", "SUCCESS")]
    [InlineData("always", "RULELIMIT")]
    public async Task The_daily_limit_may_be_counted_at_apply_in_24_hour_mode_too(string value, string outcome)
    {
        await using var world = await World.StartAsync(start: new(2026, 1, 14, 17, 0, 0, TimeSpan.Zero), switches: ("daily_limit_at_apply", value)); // 01:00 in Beijing
        var contract = await world.SignedAsync();
        await world.ApplyAsync(contract);
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        Assert.Equal(outcome, (await world.ApplyAsync(contract)).Outcome);
    }

    [Fact]
    public async Task Paporderquery_reaches_back_a_month_and_knows_no_cashier_orders()
    {
        await using var world = await World.StartAsync(switches: ("paporderquery_closed", "not_a_debit"));
        var openid = await world.UserAsync(2_500);
        var order = await world.ContractOrderAsync(openid, ("out_trade_no", "P1"));
        var contract = (string)(await world.PayAsync(order, openid))["contract_id"]!;
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("订单不是委托代扣场景", (await world.OrderQueryAsync("P1", "/pay/paporderquery"))["err_code_des"]);
        Assert.Equal("订单不是委托代扣场景", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["err_code_des"]);
        Assert.Equal("CLOSED", (await world.OrderQueryAsync("D1"))["trade_state"]);
        await world.AdvanceAsync(TimeSpan.FromDays(32));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("D1", "/pay/paporderquery")).Outcome);
    }

    internal static JsonObject Template(long amount, int planId, params (string Name, long Value)[] more)
    {
        var template = new JsonObject
        {
            ["mch_id"] = World.MchId, ["plan_id"] = planId, ["name"] = "测试模版", ["kind"] = "pay_later", ["cycle"] = "month", ["fee"] = "capped",
            ["amount"] = amount, ["mode"] = "delay_24h",
        };
        foreach (var (name, value) in more)
        {
            template[name] = value;
        }

        return template;
    }
}
