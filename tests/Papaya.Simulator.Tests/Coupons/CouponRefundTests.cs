using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Replies;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Coupons;

/// <summary>A refund divides between the user's money and the coupons that had paid.</summary>
public sealed class CouponRefundTests
{
    [Theory]
    [InlineData(1_000, 300, 900, 630)] // The example of WeChat's refund guide.
    [InlineData(1_000, 300, 1_000, 700)]
    [InlineData(1_000, 300, 1, 1)]
    [InlineData(1_000, 999, 1, 0)]
    [InlineData(1_001, 500, 333, 167)] // 166.67
    public async Task The_user_gets_the_part_of_his_money_that_is_refunded_of_the_order(int total, int coupon, int refunded, int cash)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(total - coupon);
        await CouponTests.GiveAsync(world, openid, ("A", coupon, "CASH"));
        await world.SignedAsync(openid, changes: [("out_trade_no", "P1"), ("total_fee", total.ToString())]);
        var reply = await world.RefundAsync("P1", "R1", refunded, total);
        Assert.Equal((cash.ToString(), (refunded - cash).ToString()), (reply["cash_refund_fee"], reply["coupon_refund_fee"]));
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(cash, await world.BalanceAsync(openid));
    }

    [Fact]
    public async Task Parts_of_a_refund_are_together_the_whole_to_the_fen()
    {
        foreach (var seed in Enumerable.Range(1, 6))
        {
            await using var world = await World.StartAsync(switches: [("refund_interval", "none"), ("coupon_refund_spread", seed % 2 == 0 ? "in_order" : "proportional")]);
            var random = new Random(seed);
            var held = (long)(await world.SeeAsync("/merchants/10000100/funds"))["basic"]!;
            var openid = await world.UserAsync(10_000);
            await CouponTests.GiveAsync(world, openid, ("A", random.Next(1, 900), "CASH"), ("B", random.Next(1, 900), "NO_CASH"), ("C", random.Next(1, 700), "CASH"));
            await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
            var (left, n) = (2_500L, 0);
            while (left > 0)
            {
                var part = Math.Min(left, random.Next(1, 400));
                await world.RefundAsync("P1", $"R{++n}", part);
                // Every third comes to nothing and is asked for again.
                if (n % 3 == 0)
                {
                    await world.DoAsync($"/refunds/R{n}", new JsonObject { ["outcome"] = "closed" });
                }
                else
                {
                    left -= part;
                }
            }

            await world.AdvanceAsync(TimeSpan.FromMinutes(30));
            Assert.Equal(10_000, await world.BalanceAsync(openid));
            Assert.Equal("- - -", await CouponTests.SpentOnAsync(world, openid));
            Assert.Equal(held, (long)(await world.SeeAsync("/merchants/10000100/funds"))["basic"]!);
        }
    }

    [Fact]
    public async Task Query_and_notification_name_what_came_back_of_each_coupon()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync(10_000);
        await CouponTests.GiveAsync(world, openid, ("A", 500, "CASH"), ("B", 1_000, "NO_CASH"));
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        var reply = await world.RefundAsync("P1", "R1", 1_250, changes: ("notify_url", listener.Url));
        Assert.Equal(("2500", "1500", "1000", "1250", "750", "500"), (
            reply["total_fee"], reply["settlement_total_fee"], reply["cash_fee"], reply["refund_fee"], reply["settlement_refund_fee"], reply["cash_refund_fee"]));
        Assert.Equal(("750", "2", "NO_CASH", "B", "500", "CASH", "A", "250"), (
            reply["coupon_refund_fee"], reply["coupon_refund_count"], reply["coupon_type_0"], reply["coupon_refund_id_0"], reply["coupon_refund_fee_0"], reply["coupon_type_1"],
            reply["coupon_refund_id_1"], reply["coupon_refund_fee_1"]));
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        var asked = await world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", "P1")]);
        Assert.Equal(("1500", "1000", "750"), (asked["settlement_total_fee"], asked["cash_fee"], asked["settlement_refund_fee_0"]));
        Assert.Equal(("750", "2", "NO_CASH", "B", "500", "A"), (
            asked["coupon_refund_fee_0"], asked["coupon_refund_count_0"], asked["coupon_type_0_0"], asked["coupon_refund_id_0_0"], asked["coupon_refund_fee_0_0"], asked["coupon_refund_id_0_1"]));
        var told = Open(listener[0]);
        Assert.Empty(ReplyTables.Problems("refund", reply.Message).Concat(ReplyTables.Problems("refundquery", asked.Message)).Concat(ReplyTables.Problems("refund notification inside", told)));
        Assert.Equal(("1500", "750", "500", "750", "B"), (
            told["settlement_total_fee"], told["settlement_refund_fee"], told["cash_refund_fee"], told["coupon_refund_fee"], told["coupon_refund_id_0"]));
    }

    [Theory]
    [InlineData("proportional", "B:250 A:125")]
    [InlineData("in_order", "B:375")]
    public async Task Several_coupons_share_by_a_switch(string value, string parts)
    {
        await using var world = await World.StartAsync(switches: ("coupon_refund_spread", value));
        var openid = await world.UserAsync(10_000);
        await CouponTests.GiveAsync(world, openid, ("A", 500, "CASH"), ("B", 1_000, "NO_CASH"));
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 625);
        var refund = await world.SeeAsync("/refunds/R1");
        Assert.Equal(parts, string.Join(' ', refund["coupons"]!.AsArray().Select(c => $"{c!["id"]}:{c["amount"]}")));
        Assert.Equal(250, (long)refund["cash_amount"]!);
    }

    [Theory]
    [InlineData("returned", "-")]
    [InlineData("spent", "P1")]
    public async Task A_coupon_that_came_back_whole_can_be_spent_again_or_not(string value, string spentOn)
    {
        await using var world = await World.StartAsync(switches: ("coupon_after_refund", value));
        var openid = await world.UserAsync(10_000);
        await CouponTests.GiveAsync(world, openid, ("A", 500, "CASH"));
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 2_000);
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal("P1", await CouponTests.SpentOnAsync(world, openid));
        await world.RefundAsync("P1", "R2", 500);
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(spentOn, await CouponTests.SpentOnAsync(world, openid));
        Assert.Equal(10_000, await world.BalanceAsync(openid));
    }

    [Theory]
    [InlineData("NO_CASH", 1_987, false)]
    [InlineData("NO_CASH", 1_988, true)]
    [InlineData("CASH", 2_484, false)]
    [InlineData("CASH", 2_485, true)]
    public async Task The_merchant_gives_back_what_was_settled_and_no_more(string type, long holds, bool isEnough)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(10_000);
        await CouponTests.GiveAsync(world, openid, ("A", 500, type));
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.DoAsync("/merchants/10000100/funds", new JsonObject { ["set"] = new JsonObject { ["unsettled"] = holds, ["available"] = 0 } });
        Assert.Equal(isEnough ? "SUCCESS" : "NOTENOUGH", (await world.RefundAsync("P1", "R1", 2_500)).Outcome);
    }

    [Fact]
    public async Task V3_writes_the_same_in_its_own_words()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        using var shop = await Shop.OpenAsync(world);
        var openid = await world.UserAsync(10_000);
        await CouponTests.GiveAsync(world, openid, ("A", 500, "CASH"), ("B", 1_000, "NO_CASH"));
        await world.SignedAsync(openid, changes: ("out_trade_no", "PAY000001"));
        var order = (await shop.GetAsync($"/v3/pay/transactions/out-trade-no/PAY000001?mchid={World.MchId}")).Json!;
        Assert.Equal((2_500, 1_000), ((long)order["amount"]!["total"]!, (long)order["amount"]!["payer_total"]!));
        Assert.Equal(
            ["B NOCASH 1000 GLOBAL", "A CASH 500 GLOBAL"],
            order["promotion_detail"]!.AsArray().Select(p => $"{p!["coupon_id"]} {p["type"]} {p["amount"]} {p["scope"]}"));

        var refund = (await shop.PostAsync("/v3/refund/domestic/refunds", new JsonObject
        {
            ["out_trade_no"] = "PAY000001", ["out_refund_no"] = "REF1", ["notify_url"] = listener.Url,
            ["amount"] = new JsonObject { ["refund"] = 1_250, ["total"] = 2_500, ["currency"] = "CNY" },
        })).Json!;
        Assert.Equal(
            "total 2500 refund 1250 payer_total 1000 payer_refund 500 settlement_refund 750 settlement_total 1500 discount_refund 750",
            string.Join(' ', refund["amount"]!.AsObject().Where(m => m.Key is not ("currency" or "refund_fee")).Select(m => $"{m.Key} {m.Value}")));
        Assert.Equal(
            ["B DISCOUNT 1000 500", "A COUPON 500 250"],
            refund["promotion_detail"]!.AsArray().Select(p => $"{p!["promotion_id"]} {p["type"]} {p["amount"]} {p["refund_amount"]}"));
        Assert.Empty(ReplyTables.Problems("v3 transaction", order).Concat(ReplyTables.Problems("v3 refund", refund)));
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        var resource = JsonNode.Parse(listener.Got[0].Body)!["resource"]!;
        Assert.True(V3Cipher.TryOpen(new(shop.ApiV3Key), (string)resource["nonce"]!, (string)resource["associated_data"]!, (string)resource["ciphertext"]!, out var plain));
        Assert.Equal("""{"total":2500,"refund":1250,"payer_total":1000,"payer_refund":500}""", JsonNode.Parse(plain)!["amount"]!.ToJsonString());
    }

    private static V2Message Open(V2Message outer) => V2Message.Parse(RefundCipher.TryDecrypt(outer["req_info"]!, World.Key, out var plain) ? plain : []);
}
