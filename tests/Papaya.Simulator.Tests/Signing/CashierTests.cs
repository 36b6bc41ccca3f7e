using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Signing;

public sealed class CashierTests
{
    [Theory]
    [InlineData("zh", "自动续费", "之后每月不高于 ¥50.00", "月度会员 / 月", "支付成功 ¥25.00", "已开通自动续费")]
    [InlineData("en", "Renew automatically", "then at most ¥50.00 per month", "月度会员 / month", "Paid ¥25.00", "Automatic renewal is on")]
    public async Task A_person_sees_the_merchant_s_strings_ticks_and_pays(string lang, string tick, string later, string service, string paid, string signed)
    {
        await using var world = await World.StartAsync();
        var order = await world.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"), ("body", "会员 & <月卡>"));
        var address = $"/cashier/{order["prepay_id"]}?lang={lang}";

        var page = await world.PageAsync(address);
        foreach (var text in (string[])["会员 & <月卡>", "¥25.00", "张三", service, later, tick])
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
        }

        Assert.Contains("type=\"checkbox\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("checked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Equal(page, await world.PageAsync(address));

        var result = await world.PageAsync(address, Form(("openid", "oSimUser0001"), ("sign", "on"), ("action", "pay")));
        Assert.Contains(paid, result, StringComparison.Ordinal);
        Assert.Contains(signed, result, StringComparison.Ordinal);
        Assert.Equal("0", (await world.ContractQueryByCodeAsync("C1"))["contract_state"]);
        Assert.Contains(lang == "zh" ? "订单已支付" : "already paid", await world.PageAsync(address), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "暂无法开通 当前使用人数较多")]
    [InlineData(false, "零钱余额不足")]
    public async Task A_first_amount_that_cannot_be_taken_opens_no_renewal(bool signs, string words)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(balance: 2_499);
        var order = await world.ContractOrderAsync(openid);
        var form = Form(("openid", openid), ("action", "pay"), signs ? ("sign", "on") : ("other", ""));
        Assert.Contains(words, await world.PageAsync("/cashier/" + order["prepay_id"], form), StringComparison.Ordinal);
        Assert.Equal("NOTPAY", (string?)(await world.SeeAsync("/orders/" + order["out_trade_no"]))["state"]);
    }

    [Fact]
    public async Task Unticked_pays_without_a_contract_and_going_back_pays_nothing()
    {
        await using var world = await World.StartAsync();
        var order = await world.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"), ("out_trade_no", "P1"));
        var address = "/cashier/" + order["prepay_id"];
        Assert.Contains("您已取消", await world.PageAsync(address, Form(("openid", "oSimUser0001"), ("action", "cancel"))), StringComparison.Ordinal);
        Assert.Equal("NOTPAY", (await world.OrderQueryAsync("P1"))["trade_state"]);
        Assert.Contains("未开通自动续费 (未勾选)", await world.PageAsync(address, Form(("openid", "oSimUser0001"), ("action", "pay"))), StringComparison.Ordinal);
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ContractQueryByCodeAsync("C1")).Outcome);
    }

    [Fact]
    public async Task An_h5_link_lives_five_minutes_and_leads_back()
    {
        await using var world = await World.StartAsync();
        var order = await world.ContractOrderAsync(null, ("trade_type", "MWEB"));
        var link = new Uri(order["mweb_url"]!).PathAndQuery + "&redirect_url=https%3A%2F%2Fshop.example%2Fdone";
        Assert.Contains("oSimUser0009", await world.PageAsync(link), StringComparison.Ordinal);
        await world.AdvanceAsync(TimeSpan.FromMinutes(6));
        var late = await world.PageAsync(link);
        Assert.Contains("支付请求已失效", late, StringComparison.Ordinal);
        Assert.Contains("href=\"https://shop.example/done\"", late, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript:", await world.PageAsync("/cashier/none?redirect_url=javascript:alert(1)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_without_an_order_says_so()
    {
        await using var world = await World.StartAsync();
        Assert.Contains("没有这个订单", await world.PageAsync("/cashier/wx1"), StringComparison.Ordinal);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
}
