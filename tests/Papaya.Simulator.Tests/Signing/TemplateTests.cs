using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Signing;

public sealed class TemplateTests
{
    [Fact]
    public async Task What_a_change_leaves_out_stays()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/templates", DebitTests.Template(20_000, 7, ("single_limit", 15_000), ("valid_days", 30)));
        var changed = await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 7, ["first_amount"] = 100 });
        Assert.Equal(("测试模版", "pay_later", 20_000L, 100L, 15_000L, 30), ((string)changed["name"]!, (string)changed["kind"]!, (long)changed["amount"]!,
            (long)changed["first_amount"]!, (long)changed["single_limit"]!, (int)changed["valid_days"]!));
    }

    [Fact]
    public async Task A_whole_template_replaces_the_known_one()
    {
        await using var world = await World.StartAsync();
        var template = DebitTests.Template(20_000, 7, ("first_amount", 100), ("single_limit", 15_000), ("successes_per_cycle", 1), ("valid_days", 30));
        (template["terminate_notify_url"], template["signing_blocked"]) = ("http://127.0.0.1:9/end", true);
        await world.DoAsync("/templates", template);

        var replaced = await world.DoAsync("/templates", DebitTests.Template(600, 7));
        Assert.All(["first_amount", "successes_per_cycle", "terminate_notify_url"], member => Assert.Null(replaced[member]));
        Assert.Equal((600L, 50_000L, 250_000L, 3650), ((long)replaced["amount"]!, (long)replaced["single_limit"]!, (long)replaced["daily_limit"]!, (int)replaced["valid_days"]!));
        Assert.Equal("SUCCESS", (await world.ContractOrderAsync("oSimUser0001", ("plan_id", "7"))).Outcome);
    }

    [Fact]
    public async Task What_a_change_says_is_null_is_taken_away()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/templates", DebitTests.Template(20_000, 7, ("first_amount", 100), ("single_limit", 15_000), ("successes_per_cycle", 1), ("valid_days", 30)));
        var changed = await world.DoAsync("/templates", new JsonObject
        {
            ["mch_id"] = World.MchId, ["plan_id"] = 7, ["first_amount"] = null, ["single_limit"] = null, ["valid_days"] = null, ["name"] = null,
        });
        Assert.Null(changed["first_amount"]);
        Assert.Equal(("测试模版", 20_000L, 50_000L, 1, 3650), ((string)changed["name"]!, (long)changed["amount"]!, (long)changed["single_limit"]!,
            (int)changed["successes_per_cycle"]!, (int)changed["valid_days"]!));
    }

    [Fact]
    public async Task A_disabled_template_stays_disabled_and_a_test_template_keeps_its_name_when_replaced()
    {
        await using var world = await World.StartAsync();
        var template = DebitTests.Template(10, 7);
        template["is_test"] = true;
        await world.DoAsync("/templates", template);
        var again = await world.DoAsync("/templates", DebitTests.Template(9, 7));
        Assert.True((bool)again["is_test"]!);
        template["name"] = "另一个名字";
        Assert.Equal(409, await StatusAsync(world, template));

        await world.DoAsync("/templates/7/disable", new JsonObject());
        again = await world.DoAsync("/templates", DebitTests.Template(8, 7));
        Assert.Equal((true, 8L), ((bool)again["disabled"]!, (long)again["amount"]!));
    }

    [Fact]
    public async Task A_disabled_template_is_disabled_for_ever_and_its_contracts_go_on()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        var disabled = await world.DoAsync("/templates/12535/disable", new JsonObject());
        Assert.True((bool)disabled["disabled"]!);
        Assert.Equal("INVALID PLAN_ID", (await world.ContractOrderAsync("oSimUser0002")).Outcome);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract)).Outcome);
        Assert.Equal("SUCCESS", (await world.DeleteContractAsync(contract)).Outcome);

        Assert.Equal(409, await StatusAsync(world, new() { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["disabled"] = false }));
        Assert.Equal(200, await StatusAsync(world, new() { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["first_amount"] = 1 }));
        Assert.Equal(409, (await world.ControlAsync(HttpMethod.Post, "/templates/12535/disable")).Status);
    }

    [Theory]
    [InlineData("mode", "pre_notice", 400)] // Of a pay-later template.
    [InlineData("cycle", "fortnight", 400)]
    [InlineData("terminate_notify_url", "localhost", 400)]
    [InlineData("name", "另一个名字", 409)] // Of a test template.
    [InlineData("name", "测试模版", 200)]
    [InlineData("cycle", "quarter", 200)]
    public async Task What_WeChat_would_not_review_is_refused(string member, string value, int status)
    {
        await using var world = await World.StartAsync();
        var template = DebitTests.Template(10, 7);
        template["is_test"] = true;
        await world.DoAsync("/templates", template);
        Assert.Equal(status, await StatusAsync(world, new() { ["mch_id"] = World.MchId, ["plan_id"] = 7, [member] = value }));
    }

    [Fact]
    public async Task A_new_template_says_what_it_is()
    {
        await using var world = await World.StartAsync();
        var (status, json) = await world.ControlAsync(HttpMethod.Post, "/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 7, ["name"] = "x" });
        Assert.Equal((400, "A new template needs name, kind, fee and amount."), (status, (string)json!["reason"]!));
    }

    [Theory]
    [InlineData("10_fen", 10, "SUCCESS")]
    [InlineData("10_fen", 11, "RULELIMIT")]
    [InlineData("1_fen", 1, "SUCCESS")]
    [InlineData("1_fen", 2, "RULELIMIT")]
    public async Task A_test_template_takes_some_fen(string value, long amount, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("test_template_cap", value));
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["is_test"] = true });
        var contract = await world.SignedAsync();
        Assert.Equal(outcome, (await world.ApplyAsync(contract, changes: ("total_fee", amount.ToString()))).Outcome);
        await world.SettleAsync();
        Assert.Equal(outcome, (await world.ApplyAsync(contract, changes: ("total_fee", amount.ToString()))).Outcome);
    }

    [Theory]
    [InlineData("authorised")]
    [InlineData("password_free")]
    [InlineData("pay_later")]
    public async Task Who_gets_something_first_is_debited_at_once_whenever_the_contract_was_signed(string kind)
    {
        await using var world = await World.StartAsync();
        var template = DebitTests.Template(5_000, 7);
        template["kind"] = kind;
        await world.DoAsync("/templates", template);
        var contract = await world.SignedAsync(plan: "7");
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
    }

    private static async Task<int> StatusAsync(World world, JsonObject body) => (await world.ControlAsync(HttpMethod.Post, "/templates", body)).Status;
}
