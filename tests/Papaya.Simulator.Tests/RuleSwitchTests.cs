using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests;

/// <summary>Switches of signing, contracts and debits: each value makes its difference.</summary>
public sealed class RuleSwitchTests
{
    [Theory]
    [InlineData("contract_notice_appid", "absent", "appid", false)]
    [InlineData("contract_notice_appid", "present", "appid", true)]
    [InlineData("contract_notice_serial", "present", "request_serial", true)]
    [InlineData("contract_notice_serial", "absent", "request_serial", false)]
    public async Task The_notification_of_a_contract_has_what_the_switch_says(string name, string value, string field, bool isThere)
    {
        await using var world = await World.StartAsync(switches: (name, value));
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.SignedAsync(changes: ("contract_notify_url", listener.Url));
        await world.SettleAsync();
        Assert.Equal(isThere, listener[0][field] is not null);
        Assert.True(V2Signature.Verify(listener[0], World.Key).IsValid);
    }

    [Theory]
    [InlineData("debit_notice_trade_state", "present", "trade_state", true)]
    [InlineData("debit_notice_trade_state", "absent", "trade_state", false)]
    [InlineData("debit_notice_cash_fee", "present", "cash_fee", true)]
    [InlineData("debit_notice_cash_fee", "absent", "cash_fee", false)]
    public async Task The_notification_of_a_debit_has_what_the_switch_says(string name, string value, string field, bool isThere)
    {
        await using var world = await World.StartAsync(switches: (name, value));
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.ApplyAsync(await world.SignedAsync(), changes: ("notify_url", listener.Url));
        await world.SettleAsync();
        Assert.Equal(isThere, listener[0][field] is not null);
    }

    [Theory]
    [InlineData("as_signed", 64)]
    [InlineData("MD5", 32)]
    public async Task The_end_of_a_contract_signed_by_HMAC_is_told_by_the_algorithm_of_the_switch(string value, int length)
    {
        await using var world = await World.StartAsync(switches: ("terminate_notice_sign_type", value));
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["terminate_notify_url"] = listener.Url });
        var order = await world.PostAsync("/pay/contractorder", world.OrderFields("oSimUser0001"), SignType.HmacSha256);
        var contract = (string)(await world.PayAsync(order, "oSimUser0001"))["contract_id"]!;
        await world.DeleteContractAsync(contract);
        await world.SettleAsync();
        Assert.Equal(length, listener[0]["sign"]!.Length);
    }

    [Theory]
    [InlineData("widest", "SUCCESS")]
    [InlineData("narrowest", "PARAMETER FAIL")]
    public async Task Lengths_differ_between_documents(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("field_limits", value));
        Assert.Equal(outcome, (await world.ContractOrderAsync("oSimUser0001", ("contract_code", new string('c', 33)))).Outcome);
        Assert.Equal("SUCCESS", (await world.ContractOrderAsync("oSimUser0001")).Outcome);
    }

    [Theory]
    [InlineData("tolerated", "SUCCESS")]
    [InlineData("refused", "LACK_PARAMS")]
    public async Task The_published_sample_has_no_trade_type(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("missing_trade_type", value));
        Assert.Equal(outcome, (await world.ApplyAsync(await world.SignedAsync(), changes: ("trade_type", null))).Outcome);
    }

    [Theory]
    [InlineData("state_1_mode_1", "1", "1")]
    [InlineData("state_0", "0", null)]
    public async Task An_expired_contract_is_asked_about(string value, string state, string? mode)
    {
        await using var world = await World.StartAsync(switches: ("querycontract_expired", value));
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["valid_days"] = 1 });
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var query = await world.ContractQueryAsync(contract);
        Assert.Equal((state, mode), (query["contract_state"], query["contract_termination_mode"]));
    }

    [Theory]
    [InlineData("text", "2026-01-15 10:00:00")]
    [InlineData("unix", "1768442400")]
    public async Task Times_of_querycontract_have_two_forms(string value, string signed)
    {
        await using var world = await World.StartAsync(switches: ("querycontract_times", value));
        Assert.Equal(signed, (await world.ContractQueryAsync(await world.SignedAsync()))["contract_signed_time"]);
    }

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
    [InlineData("notpay_seconds", "600", 10, "NOTPAY")]
    [InlineData("execution_delay", "600", 0, "ACCEPT")]
    public async Task A_debit_may_take_its_time(string name, string value, int minutes, string meanwhile)
    {
        await using var world = await World.StartAsync(switches: (name, value));
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(5));
        Assert.Equal(meanwhile, (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        await world.AdvanceAsync(TimeSpan.FromMinutes(Math.Max(minutes, 5)));
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
    }

    [Theory]
    [InlineData("limits_then_notice", "RULELIMIT")]
    [InlineData("notice_then_limits", "INVALID_REQUEST")]
    public async Task Which_of_two_mistakes_is_told_first(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("apply_check_order", value));
        var contract = await world.SignedAsync(plan: "12536");
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        Assert.Equal(outcome, (await world.ApplyAsync(contract, changes: ("total_fee", "1"))).Outcome);
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
