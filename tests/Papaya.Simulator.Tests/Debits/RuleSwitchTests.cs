using System.Text.Json.Nodes;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Debits;

/// <summary>What switches of signing and debits bring with them; that each value makes its difference is shown in <c>SwitchTable</c>.</summary>
public sealed class RuleSwitchTests
{
    [Theory]
    [InlineData("same_prepay_id", true)]
    [InlineData("fresh_prepay_id", false)]
    public async Task The_same_order_again_may_get_another_prepay_id(string value, bool isSame)
    {
        await using var world = await World.StartAsync(switches: ("contractorder_same_again", value));
        var fields = world.OrderFields("oSimUser0001");
        var (first, again) = (await world.PostAsync("/pay/contractorder", fields), await world.PostAsync("/pay/contractorder", fields));
        Assert.Equal(isSame, first["prepay_id"] == again["prepay_id"]);
        Assert.True((bool)(await world.PayAsync(again, "oSimUser0001"))["signed"]!);
    }

    [Fact]
    public async Task An_order_whose_contract_part_failed_is_answered_the_same_again()
    {
        await using var world = await World.StartAsync(switches: ("already_signed", "contract_part_fails"));
        await world.SignedAsync("oSimUser0001");
        var fields = world.OrderFields("oSimUser0001");
        foreach (var _ in (int[])[1, 2])
        {
            var reply = await world.PostAsync("/pay/contractorder", fields);
            Assert.Equal(("SUCCESS", "FAIL", "Fail", "已签约"), (reply["result_code"], reply["contract_result_code"], reply["contract_err_code"], reply["contract_err_code_des"]));
        }
    }

    [Theory]
    [InlineData("number_first", "ORDERPAID")]
    [InlineData("limit_first", "RULELIMIT")]
    public async Task An_apply_that_is_refused_counts_too(string value, string known)
    {
        await using var world = await World.StartAsync(frequencyLimit: false, switches: ("apply_limit_and_number", value));
        var contract = await world.SignedAsync(plan: "12537");
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
        await world.SettleAsync();
        for (var i = 1; i < 300; i++)
        {
            Assert.Equal("ORDERPAID", (await world.ApplyAsync(contract, "D1")).Outcome);
        }

        Assert.Equal("RULELIMIT", (await world.ApplyAsync(contract, "D2")).Outcome);
        Assert.Equal(known, (await world.ApplyAsync(contract, "D1")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D3")).Outcome);
    }

    [Theory]
    [InlineData("notification", "SUCCESS")]
    [InlineData("synchronous", "BANKERROR")]
    public async Task Without_money_there_is_no_order_and_other_failures_are_told_as_ever(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: [("not_enough_answer", "ORDERNOTEXIST"), ("immediate_failure", value)]);
        await using var listener = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        await world.UserAsync(0, openid: openid);
        Assert.Equal("ORDERNOTEXIST", (await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url))).Outcome);

        await world.DoAsync("/users", new JsonObject
        {
            ["openid"] = openid, ["bank"] = "maintenance", ["cards"] = new JsonArray(new JsonObject { ["bank"] = "CMB_DEBIT", ["balance"] = 100_000 }),
        });
        Assert.Equal(outcome, (await world.ApplyAsync(contract, "D2", ("notify_url", listener.Url))).Outcome);
        await world.SettleAsync();
        Assert.Equal(outcome == "SUCCESS" ? ["BANKERROR"] : [], listener.Got.Select((_, i) => listener[i]["err_code"]));
    }

    [Theory]
    [InlineData(null, "张三")]
    [InlineData("http://shop.example.com/buy", "张三")]
    [InlineData("http://other.example.org/buy", "商家服务异常，请联系商家处理")]
    public async Task H5_signing_begins_on_a_registered_domain(string? from, string text)
    {
        await using var world = await World.StartAsync();
        if (from is not null)
        {
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["signing_domains"] = new JsonArray("example.com") });
        }

        var fields = World.With(SignOnlyTests.Fields(world, World.AppId), ("clientip", "12.1.1.12"));
        var reply = await world.SendAsync(SignOnlyTests.Address("/papay/h5entrustweb", fields, SignType.HmacSha256), [], null, method: HttpMethod.Get);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, reply["redirect_url"]);
        request.Headers.Referrer = from is null ? null : new(from);
        using var page = await http.SendAsync(request);
        Assert.Contains(text, System.Net.WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()));
    }
}
