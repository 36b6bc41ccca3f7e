using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of coupons.</summary>
internal static class CouponRows
{
    public static IEnumerable<SwitchRow> All =>
    [
        new("coupons_and_debits", "a debit of a user with a coupon", w => DebitedAsync(w, ("A", 100)), ("spent", "cash 2400"), ("kept", "cash 2500")),
        new("coupons_and_debits", "a payment of a user with a coupon", async w =>
        {
            await PaidAsync(w, "http://127.0.0.1:9/pay", ("A", 100));
            return (await w.OrderQueryAsync("P1"))["cash_fee"];
        }, ("spent", "2400"), ("kept", "2400")),
        new("coupons_at_once", "a debit of a user with two coupons", w => DebitedAsync(w, ("A", 100), ("B", 200)), ("20", "cash 2200"), ("1", "cash 2300")),
        new("coupons_pay_all", "a debit of a user with a coupon of its amount", w => DebitedAsync(w, ("A", 2_500)), ("no", "cash 2500"), ("yes", "cash 0")),
        new("coupon_refund_spread", "a quarter of an order back that two coupons paid", async w =>
        {
            await PaidAsync(w, "http://127.0.0.1:9/pay", ("A", 500), ("B", 1_000));
            var reply = await w.RefundAsync("P1", "R1", 625);
            return $"{reply["coupon_refund_id_0"]} {reply["coupon_refund_fee_0"]} {reply["coupon_refund_id_1"]} {reply["coupon_refund_fee_1"]}";
        }, ("proportional", "B 250 A 125"), ("in_order", "B 375  ")),
        new("coupon_after_refund", "a coupon of which all was refunded", async w =>
        {
            var openid = await PaidAsync(w, "http://127.0.0.1:9/pay", ("A", 500));
            await w.RefundAsync("P1", "R1", 2_500);
            await w.AdvanceAsync(TimeSpan.FromMinutes(20));
            return await Coupons.CouponTests.SpentOnAsync(w, openid);
        }, ("returned", "-"), ("spent", "P1")),
        SwitchRow.Told("coupon_notice_form", "a payment of a user with one coupon", (w, url) => PaidAsync(w, url, ("A", 500)),
            l => $"{l[0]["coupon_id_0"]}/{l[0]["coupon_id"]}", ("numbered", "A/"), ("one_without_number", "/A")),
        new("orderquery_version_coupons", "orderquery with a version", async w =>
        {
            await PaidAsync(w, "http://127.0.0.1:9/pay", ("A", 500));
            var reply = await w.PostAsync("/pay/orderquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", "P1"), ("version", "1.0")]);
            return $"{reply["promotion_detail"] is not null} {reply["coupon_fee"]} {reply["settlement_total_fee"]}";
        }, ("promotion_detail", "True  "), ("both", "True 500 2500")),
        SwitchRow.Told("refund_notice_coupons", "the message of a refund", async (w, url) =>
        {
            await PaidAsync(w, "http://127.0.0.1:9/pay", ("A", 500));
            await w.RefundAsync("P1", "R1", 1_250, changes: ("notify_url", url));
            await w.AdvanceAsync(TimeSpan.FromMinutes(20));
        }, Refunded, ("present", "250 1"), ("absent", " ")),
    ];

    private static async Task<string> PaidAsync(World world, string url, params (string Id, long Amount)[] coupons)
    {
        var openid = await world.UserAsync();
        await GiveAsync(world, openid, coupons);
        await world.SignedAsync(openid, changes: [("out_trade_no", "P1"), ("notify_url", url)]);
        return openid;
    }

    private static async Task<string?> DebitedAsync(World world, params (string Id, long Amount)[] coupons)
    {
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        await GiveAsync(world, openid, coupons);
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        return "cash " + (await world.OrderQueryAsync("D1"))["cash_fee"];
    }

    private static async Task GiveAsync(World world, string openid, (string Id, long Amount)[] coupons)
    {
        foreach (var (id, amount) in coupons)
        {
            await world.DoAsync($"/users/{openid}/coupons", new JsonObject { ["id"] = id, ["amount"] = amount });
        }
    }

    private static string? Refunded(Listener listener)
    {
        var inner = V2Message.Parse(RefundCipher.TryDecrypt(listener[0]["req_info"]!, World.Key, out var plain) ? plain : []);
        return $"{inner["coupon_refund_fee"]} {inner["coupon_refund_count"]}";
    }
}
