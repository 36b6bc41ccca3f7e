using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests;

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
    [InlineData(10, "SUCCESS")]
    [InlineData(11, "RULELIMIT")]
    public async Task A_test_template_takes_ten_fen(long amount, string outcome)
    {
        await using var world = await World.StartAsync();
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
