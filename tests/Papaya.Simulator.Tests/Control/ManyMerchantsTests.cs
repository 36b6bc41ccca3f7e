using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Control;

public sealed class ManyMerchantsTests
{
    [Fact]
    public async Task Each_of_many_merchants_signs_and_is_seen_alone()
    {
        await using var world = await World.StartAsync();
        var made = (await world.DoAsync("/merchants/batch", new JsonObject { ["count"] = 20 }))["data"]!.AsArray();
        Assert.Equal(20, made.Select(m => (string)m!["mch_id"]!).Distinct().Count());
        Assert.Equal(20, made.Select(m => (string)m!["key"]!).Distinct().Count());
        var (one, other) = ((string)made[0]!["mch_id"]!, (string)made[1]!["mch_id"]!);
        foreach (var merchant in made.Take(2))
        {
            var mchId = (string)merchant!["mch_id"]!;
            var fields = world.OrderFields("oSimUser0001", ("mch_id", mchId), ("contract_mchid", mchId), ("out_trade_no", "SAME01"), ("contract_code", "SAMECODE"));
            var order = await world.PostAsync("/pay/contractorder", fields, key: new ApiV2Key((string)merchant["key"]!));
            Assert.Equal("SUCCESS", order.Outcome);
            Assert.True((bool)(await world.PayAsync(order, "oSimUser0001"))["signed"]!);
        }

        Assert.Single((await world.SeeAsync("/ledger?mch_id=" + one))["entries"]!.AsArray());
        Assert.Single((await world.SeeAsync("/contracts?mch_id=" + other))["data"]!.AsArray());
        Assert.Single((await world.SeeAsync("/requests?mch_id=" + one))["data"]!.AsArray());
        Assert.Equal(one, (string?)(await world.SeeAsync($"/orders/SAME01?mch_id={one}"))["mch_id"]);
        Assert.Equal(3, (await world.SeeAsync("/templates?mch_id=" + one))["data"]!.AsArray().Count);
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, "/merchants/batch", new JsonObject { ["count"] = 0 })).Status);
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Post, "/merchants/batch", new JsonObject { ["count"] = 1, ["like"] = "77" })).Status);
    }
}
