using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Replies;

namespace Papaya.Simulator.Tests.Coupons;

/// <summary>What users' coupons pay, and what each message and answer says about it.</summary>
public sealed class CouponTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-coupons-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_payment_spends_the_largest_that_fit_and_every_answer_says_so()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync(10_000);
        await GiveAsync(world, openid, ("A", 500, "CASH"), ("B", 700, "NO_CASH"), ("C", 300, "CASH"));
        await world.SignedAsync(openid, changes: [("out_trade_no", "P1"), ("notify_url", listener.Url)]);
        await world.SettleAsync();

        Assert.Equal(10_000 - 1_000, await world.BalanceAsync(openid));
        var told = listener[0];
        Assert.Equal(("2500", "1800", "1000", "1500", "3"), (told["total_fee"], told["settlement_total_fee"], told["cash_fee"], told["coupon_fee"], told["coupon_count"]));
        Assert.Equal(("NO_CASH", "B", "700"), (told["coupon_type_0"], told["coupon_id_0"], told["coupon_fee_0"]));
        Assert.Equal(("CASH", "C", "300"), (told["coupon_type_2"], told["coupon_id_2"], told["coupon_fee_2"]));
        var asked = await world.OrderQueryAsync("P1");
        Assert.Equal(("2500", "1800", "1000", "1500", "3"), (asked["total_fee"], asked["settlement_total_fee"], asked["cash_fee"], asked["coupon_fee"], asked["coupon_count"]));
        Assert.Equal("A", asked["coupon_id_1"]);
        Assert.Empty(ReplyTables.Problems("payment notification", told).Concat(ReplyTables.Problems("orderquery", asked.Message)));
        var entry = Assert.Single(await world.LedgerAsync())!;
        Assert.Equal((2_500, 1_000, 1_800, 11), ((long)entry["amount"]!, (long)entry["cash_amount"]!, (long)entry["settlement_amount"]!, (long)entry["fee"]!));
        Assert.Equal(1_800 - 11, (long)(await world.SeeAsync("/merchants/10000100/funds"))["unsettled"]!);
        Assert.Equal("P1 P1 P1", await SpentOnAsync(world, openid));
    }

    [Fact]
    public async Task A_debit_spends_them_and_its_limits_count_the_whole_amount()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync(2_500 + 2_000);
        var contract = await world.SignedAsync(openid);
        await GiveAsync(world, openid, ("A", 500, "CASH"));
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.Equal(0, await world.BalanceAsync(openid));
        var told = listener[0];
        Assert.Equal(("2500", "2000", "500", "1", "CASH", "A", "500"), (
            told["total_fee"], told["cash_fee"], told["coupon_fee"], told["coupon_count"], told["coupon_type_0"], told["coupon_id_0"], told["coupon_fee_0"]));
        Assert.Null(told["settlement_total_fee"]);
        var asked = await world.OrderQueryAsync("D1", "/pay/paporderquery");
        Assert.Empty(ReplyTables.Problems("debit notification", told).Concat(ReplyTables.Problems("paporderquery", asked.Message)));
        Assert.Equal(("2000", "2500", "A"), (asked["cash_fee"], asked["settlement_total_fee"], asked["coupon_id_0"]));
        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, "D2", ("total_fee", "5001"))).Outcome);
    }

    [Fact]
    public async Task A_debit_that_fails_spends_none()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(2_500 + 1_999);
        var contract = await world.SignedAsync(openid);
        await GiveAsync(world, openid, ("A", 500, "CASH"));
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal("NOTENOUGH", (string?)(await world.SeeAsync("/orders/D1"))["err_code"]);
        Assert.Equal("-", await SpentOnAsync(world, openid));
        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = 2_000 });
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        await world.ApplyAsync(contract, "D2");
        await world.AdvanceAsync(TimeSpan.FromDays(1.1));
        Assert.Equal("D2", await SpentOnAsync(world, openid));
    }

    [Theory]
    [InlineData("minimum", 2_501, false)]
    [InlineData("minimum", 2_500, true)]
    [InlineData("mch_id", "10000101", false)]
    [InlineData("mch_id", World.MchId, true)]
    [InlineData("goods_tag", "OTHER", false)]
    [InlineData("goods_tag", "VIP", true)]
    [InlineData("amount", 2_500, false)]
    [InlineData("amount", 2_499, true)]
    public async Task A_coupon_pays_only_for_what_it_is_for(string member, object value, bool isSpent)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        await world.DoAsync($"/users/{openid}/coupons", new JsonObject { ["amount"] = 100, [member] = JsonValue.Create(value) });
        await world.SignedAsync(openid, changes: [("out_trade_no", "P1"), ("goods_tag", "VIP")]);
        Assert.Equal(isSpent ? "P1" : "-", await SpentOnAsync(world, openid));
    }

    [Theory]
    [InlineData("no", "2500", null)]
    [InlineData("yes", "0", "OTHERS")]
    public async Task Coupons_pay_all_only_where_the_switch_says_so(string value, string cash, string? bank)
    {
        await using var world = await World.StartAsync(switches: ("coupons_pay_all", value));
        var openid = await world.UserAsync(2_500);
        await GiveAsync(world, openid, ("A", 2_500, "NO_CASH"));
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        var asked = await world.OrderQueryAsync("P1");
        Assert.Equal((cash, bank ?? "OTHERS"), (asked["cash_fee"], asked["bank_type"]));
        Assert.Equal(value == "yes" ? 2_500 : 0, await world.BalanceAsync(openid));
        Assert.Equal(value == "yes" ? 0 : 2_485, (long)(await world.SeeAsync("/merchants/10000100/funds"))["unsettled"]!);
        Assert.Equal("SUCCESS", (await world.RefundAsync("P1", "R1", 2_500)).Outcome);
    }

    [Theory]
    [InlineData("promotion_detail", null)]
    [InlineData("both", "600")]
    public async Task With_a_version_the_query_answers_with_promotions(string form, string? couponFee)
    {
        await using var world = await World.StartAsync(switches: ("orderquery_version_coupons", form));
        var openid = await world.UserAsync();
        await GiveAsync(world, openid, ("A", 500, "CASH"), ("B", 100, "NO_CASH"));
        await world.DoAsync($"/users/{openid}/coupons", new JsonObject { ["amount"] = 1, ["mch_id"] = World.MchId, ["name"] = "立减 & 一分", ["minimum"] = 3_000 });
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        var asked = await world.PostAsync("/pay/orderquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", "P1"), ("version", "1.0")]);
        Assert.Equal((couponFee, couponFee is null, "1900"), (asked["coupon_fee"], asked["settlement_total_fee"] is null, asked["cash_fee"]));
        var details = JsonNode.Parse(asked["promotion_detail"]!)!["promotion_detail"]!.AsArray();
        Assert.Equal(2, details.Count);
        Assert.Equal(("A", "GLOBAL", "COUPON", 500, 500, 0), (
            (string?)details[0]!["promotion_id"], (string?)details[0]!["scope"], (string?)details[0]!["type"], (long)details[0]!["amount"]!, (long)details[0]!["wxpay_contribute"]!,
            (long)details[0]!["merchant_contribute"]!));
        Assert.Equal(("DISCOUNT", 12), ((string?)details[1]!["type"], ((string)details[1]!["activity_id"]!).Length));
        Assert.Null((await world.OrderQueryAsync("P1"))["promotion_detail"]);
    }

    [Fact]
    public async Task Coupons_are_given_one_by_one_and_set_together()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var user = await world.DoAsync($"/users/{openid}/coupons", new JsonObject { ["id"] = "A", ["amount"] = 100, ["type"] = "NO_CASH", ["count"] = 3 });
        Assert.Equal(["A", "A-2", "A-3"], user["coupons"]!.AsArray().Select(c => (string?)c!["id"]));
        user = await world.DoAsync($"/users/{openid}/coupons", new JsonObject { ["amount"] = 100 });
        Assert.Equal((4, 12), (user["coupons"]!.AsArray().Count, ((string)user["coupons"]![3]!["id"]!).Length));
        var same = await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["coupons"] = user["coupons"]!.DeepClone() });
        Assert.Equal(user["coupons"]!.ToJsonString(), same["coupons"]!.ToJsonString());
        Assert.Empty((await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["coupons"] = new JsonArray() }))["coupons"]!.AsArray());
    }

    [Theory]
    [InlineData("amount", 0)]
    [InlineData("minimum", -1)]
    [InlineData("count", 0)]
    [InlineData("count", 1_001)]
    [InlineData("type", "DISCOUNT")]
    [InlineData("goods_tag", "")]
    [InlineData("id", "A")]
    [InlineData("id", "123456789012345678901")]
    public async Task What_cannot_be_a_coupon_is_refused(string member, object value)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        await GiveAsync(world, openid, ("A", 500, "CASH"));
        var (status, json) = await world.ControlAsync(HttpMethod.Post, $"/users/{openid}/coupons", new JsonObject { ["amount"] = 100, [member] = JsonValue.Create(value) });
        Assert.True(status == 400 && json!["reason"] is not null, $"{status} {json}");
        Assert.Single((await world.SeeAsync("/users/" + openid))["coupons"]!.AsArray());
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Post, "/users/nobody/coupons", new JsonObject { ["amount"] = 100 })).Status);
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("""[{"amount":1,"count":600,"id":"A"},{"amount":1,"count":600,"id":"B"}]""")]
    public async Task Coupons_that_cannot_be_given_together_are_refused(string coupons)
    {
        await using var world = await World.StartAsync();
        var (status, json) = await world.ControlAsync(HttpMethod.Post, "/users", new JsonObject { ["openid"] = "oUser1", ["coupons"] = JsonNode.Parse(coupons) });
        Assert.True(status == 400 && json!["reason"] is not null, $"{status} {json}");
    }

    [Fact]
    public async Task Coupons_outlive_a_snapshot_and_a_restart()
    {
        var journal = Path.Combine(_folder.FullName, "simulator.journal");
        string before;
        await using (var world = await World.StartAsync(journal, ownsClock: true))
        {
            await GiveAsync(world, "oSimUser0001", ("A", 500, "CASH"), ("B", 700, "NO_CASH"));
            await world.DoAsync("/snapshots", new JsonObject { ["name"] = "unspent" });
            await world.SignedAsync("oSimUser0001", changes: ("out_trade_no", "P1"));
            await world.RefundAsync("P1", "R1", 1_250);
            Assert.Equal("P1 P1", await SpentOnAsync(world, "oSimUser0001"));
            before = world.State.Fingerprint();
        }

        await using var again = await World.StartAsync(journal, ownsClock: true);
        Assert.Equal(before, again.State.Fingerprint());
        Assert.Equal("600", (await again.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", "R1")]))["coupon_refund_fee_0"]);
        await again.DoAsync("/snapshots/unspent/restore", new JsonObject());
        Assert.Equal("- -", await SpentOnAsync(again, "oSimUser0001"));
    }

    internal static async Task GiveAsync(World world, string openid, params (string Id, long Amount, string Type)[] coupons)
    {
        foreach (var (id, amount, type) in coupons)
        {
            await world.DoAsync($"/users/{openid}/coupons", new JsonObject { ["id"] = id, ["amount"] = amount, ["type"] = type });
        }
    }

    /// <summary>The orders that his coupons paid for, one by one; a dash stands for a coupon that can be spent.</summary>
    internal static async Task<string> SpentOnAsync(World world, string openid) =>
        string.Join(' ', (await world.SeeAsync("/users/" + openid))["coupons"]!.AsArray().Select(c => (string?)c!["spent_on"] ?? "-"));
}
