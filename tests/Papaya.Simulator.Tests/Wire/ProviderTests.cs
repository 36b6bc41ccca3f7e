using System.Text.Json.Nodes;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Wire;

/// <summary>A service provider calls for its sub-merchant.</summary>
public sealed class ProviderTests
{
    private const string Sub = "20000200";

    [Fact]
    public async Task A_provider_signs_debits_queries_and_terminates_for_its_sub_merchant()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["sub_merchants"] = new JsonArray(new JsonObject { ["sub_mch_id"] = Sub }) });
        var fields = World.With(SignOnlyTests.Fields(world, World.AppId), ("sub_mch_id", Sub));
        var done = await SignOnlyTests.EntrustAsync(world, new()
        {
            ["url"] = SignOnlyTests.Address("/papay/partner/entrustweb", fields, SignType.Md5), ["openid"] = "oSimUser0001", ["action"] = "agree",
        });
        var contract = (string)done["contract_id"]!;

        var apply = World.With(world.ApplyFields(contract, "D1", ("notify_url", listener.Url)), ("sub_mch_id", Sub));
        Assert.Equal("SUCCESS", (await world.PostAsync("/pay/partner/pappayapply", apply)).Outcome);
        await world.SettleAsync();
        Assert.Equal(Sub, listener[0]["sub_mch_id"]);

        (string, string?)[] query = [("appid", World.AppId), ("mch_id", World.MchId), ("sub_mch_id", Sub), ("contract_id", contract), ("version", "1.0")];
        var asked = await world.PostAsync("/papay/partner/querycontract", query);
        Assert.Equal(("0", Sub), (asked["contract_state"], asked["sub_mch_id"]));

        // The merchant's own calls do not see it.
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ContractQueryAsync(contract)).Outcome);
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ApplyAsync(contract)).Outcome);
        Assert.Equal("SUCCESS", (await world.PostAsync("/papay/partner/deletecontract", [.. query, ("contract_termination_remark", "测试")])).Outcome);
    }

    [Fact]
    public async Task A_contracts_message_names_the_sub_merchant_and_the_user_under_its_app()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["sub_merchants"] = new JsonArray(new JsonObject { ["sub_mch_id"] = Sub }) });
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["terminate_notify_url"] = listener.Url });
        var fields = World.With(SignOnlyTests.Fields(world, World.AppId, listener.Url), ("sub_mch_id", Sub), ("sub_appid", "wxsub0000000000001"));
        var done = await SignOnlyTests.EntrustAsync(world, new()
        {
            ["url"] = SignOnlyTests.Address("/papay/partner/entrustweb", fields, SignType.Md5), ["openid"] = "oSimUser0001", ["action"] = "agree",
        });
        await world.PostAsync("/papay/partner/deletecontract", [
            ("appid", World.AppId), ("mch_id", World.MchId), ("sub_mch_id", Sub), ("contract_id", (string)done["contract_id"]!), ("version", "1.0"),
            ("contract_termination_remark", "测试"),
        ]);
        await world.SettleAsync();

        // Both fall due at one instant, and nobody promises an order.
        Assert.Equal(["ADD", "DELETE"], ((int[])[0, 1]).Select(i => listener[i]["change_type"]).Order());
        Assert.All((int[])[0, 1], i =>
        {
            Assert.Equal((Sub, "wxsub0000000000001", "oSimUser0001"), (listener[i]["sub_mch_id"], listener[i]["sub_appid"], listener[i]["openid"]));
            Assert.Equal(User.OpenidUnder("wxsub0000000000001", "oSimUser0001"), listener[i]["sub_openid"]);
        });
    }

    [Fact]
    public async Task A_provider_calls_for_nobody_else()
    {
        await using var world = await World.StartAsync();
        var fields = World.With(SignOnlyTests.Fields(world, Presets.MobileApp), ("sub_mch_id", Sub));
        Assert.Equal("NOAUTH", (await world.PostAsync("/papay/partner/preentrustweb", fields)).Outcome);
        Assert.Equal("LACK_PARAMS", (await world.PostAsync("/papay/partner/preentrustweb", SignOnlyTests.Fields(world, Presets.MobileApp))).Outcome);
    }
}
