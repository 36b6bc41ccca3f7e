using System.Text.Json.Nodes;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Debits;

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
    [InlineData("75000_yuan", "RULELIMIT")]
    [InlineData("none", "SUCCESS")]
    public async Task A_month_may_have_a_sum(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("monthly_cap", value));
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12537, ["monthly_limit"] = 4_999 });
        var contract = await world.SignedAsync(plan: "12537");
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract)).Outcome);
        await world.SettleAsync();
        Assert.Equal(outcome, (await world.ApplyAsync(contract)).Outcome);
    }

    [Theory]
    [InlineData("any_time", "SUCCESS")]
    [InlineData("first_only", "RULELIMIT")]
    public async Task A_first_price_may_be_taken_again(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("fixed_fee_first_amount", value));
        var template = DebitTests.Template(2_500, 7, ("first_amount", 100));
        template["fee"] = "fixed";
        await world.DoAsync("/templates", template);
        var contract = await world.SignedAsync(plan: "7");
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, changes: ("total_fee", "100"))).Outcome);
        await world.SettleAsync();
        Assert.Equal(outcome, (await world.ApplyAsync(contract, changes: ("total_fee", "100"))).Outcome);
    }

    [Theory]
    [InlineData("120s", 21, null)]
    [InlineData("20s", 20, null)]
    [InlineData("20s", 21, "expired")]
    public async Task An_app_has_so_long_to_open_WeChat(string value, int seconds, string? reason)
    {
        await using var world = await World.StartAsync(switches: ("app_open_within", value));
        var reserved = await world.PostAsync("/papay/preentrustweb", World.With(SignOnlyTests.Fields(world, Presets.MobileApp), ("return_app", "Y")));
        await world.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        var done = await SignOnlyTests.EntrustAsync(world, new() { ["pre_entrustweb_id"] = reserved["pre_entrustweb_id"], ["openid"] = "oSimUser0001", ["agree"] = true });
        Assert.Equal((reason is null, reason), ((bool)done["signed"]!, (string?)done["reason"]));
    }

    [Theory]
    [InlineData("0", 0, "CLOSED")]
    [InlineData("60", 59, "PAY_FAIL")]
    [InlineData("60", 60, "CLOSED")]
    [InlineData("3600", 3_599, "PAY_FAIL")]
    [InlineData("3600", 3_600, "CLOSED")]
    public async Task A_failed_debit_is_closed_after_a_while(string value, int seconds, string state)
    {
        await using var world = await World.StartAsync(switches: ("auto_close_after", value));
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        await world.UserAsync(0, openid: openid);
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        Assert.Equal(state, (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
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
    [InlineData("allowed", null)]
    [InlineData("refused", "contract_code_used")]
    public async Task The_code_of_a_contract_that_is_over_may_be_signed_again(string value, string? reason)
    {
        await using var world = await World.StartAsync(switches: ("contract_code_reuse", value));
        await world.DeleteContractAsync(await world.SignedAsync(changes: ("contract_code", "C1")));
        var url = SignOnlyTests.Address("/papay/entrustweb", World.With(SignOnlyTests.Fields(world, World.AppId), ("contract_code", "C1")), SignType.Md5);
        var done = await SignOnlyTests.EntrustAsync(world, new() { ["url"] = "https://api.mch.weixin.qq.com" + url, ["openid"] = "oSimUser0001", ["agree"] = true });
        Assert.Equal((reason is null, reason), ((bool)done["signed"]!, (string?)done["reason"]));
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
