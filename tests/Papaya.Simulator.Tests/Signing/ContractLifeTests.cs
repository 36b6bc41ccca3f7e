using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Signing;

/// <summary>How contracts end and what begins anew.</summary>
public sealed class ContractLifeTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_contract_ends_when_its_time_is_over(bool restarted)
    {
        var journal = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var world = await World.StartAsync(journal);
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["valid_days"] = 2, ["terminate_notify_url"] = listener.Url });
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        if (restarted)
        {
            await world.DisposeAsync();
            world = await World.StartAsync(journal);
            await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["terminate_notify_url"] = listener.Url });
        }

        await world.AdvanceAsync(2 * Day);
        var message = Assert.Single(listener.Got, g => g.Body.Contains("DELETE", StringComparison.Ordinal)).Body;
        Assert.Contains("<contract_termination_mode>1</contract_termination_mode>", message);
        var query = await world.ContractQueryAsync(contract);
        Assert.Equal(("1", "1", "2026-01-17 10:00:00"), (query["contract_state"], query["contract_termination_mode"], query["contract_terminated_time"]));
        Assert.Equal("terminated", (string?)(await world.SeeAsync($"/contracts?openid={openid}"))["data"]![0]!["state"]);
        Assert.Equal("CONTRACTERROR", (await world.ApplyAsync(contract)).Outcome);

        // The user is free to sign again.
        Assert.NotEqual(contract, await world.SignedAsync(openid, changes: [("out_trade_no", "AGAIN"), ("contract_code", "AGAIN")]));
        await world.DisposeAsync();
        File.Delete(journal);
    }

    [Fact]
    public async Task A_closed_account_ends_all_its_contracts()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var first = await world.SignedAsync(openid);
        var second = await world.SignedAsync(openid, "12537");
        await world.UserAsync(0, "closed", openid: openid);
        foreach (var contract in (string[])[first, second])
        {
            var query = await world.ContractQueryAsync(contract);
            Assert.Equal(("1", "5"), (query["contract_state"], query["contract_termination_mode"]));
        }

        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ApplyAsync(first)).Outcome);
    }

    [Theory]
    [InlineData("user", "2")]
    [InlineData("merchant_platform", "3")]
    [InlineData("customer_service", "7")]
    public async Task Who_ended_a_contract_is_told_by_its_mode(string by, string mode)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject { ["by"] = by, ["remark"] = "不再需要" });
        var query = await world.ContractQueryAsync(contract);
        Assert.Equal((mode, "不再需要"), (query["contract_termination_mode"], query["contract_termination_remark"]));
    }

    [Fact]
    public async Task A_mode_that_nobody_documents_is_refused()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, $"/contracts/{contract}/terminate", new JsonObject { ["mode"] = 6 })).Status);
    }

    [Theory]
    [InlineData("no", "RULELIMIT")]
    [InlineData("yes", "SUCCESS")]
    public async Task Signing_again_does_not_begin_the_day_s_counters_anew(string resets, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("sign_unsign_resets_limits", resets));
        var openid = await world.UserAsync();
        var first = await world.SignedAsync(openid);
        await world.ApplyAsync(first);
        await world.SettleAsync();
        await world.DeleteContractAsync(first);
        Assert.Equal(outcome, (await world.ApplyAsync(await world.SignedAsync(openid))).Outcome);
    }

    [Fact]
    public async Task Two_debits_of_a_cycle_succeed_and_the_next_cycle_has_two_more()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(Day);
        for (var i = 1; i <= 3; i++)
        {
            await world.ApplyAsync(contract, "D" + i);
            await world.AdvanceAsync(2 * Day);
        }

        foreach (var (number, state) in (List<(string, string)>)[("D1", "SUCCESS"), ("D2", "SUCCESS"), ("D3", "CLOSED")])
        {
            Assert.Equal(state, (await world.OrderQueryAsync(number))["trade_state"]);
        }

        Assert.Equal("RULELIMIT", (string?)(await world.SeeAsync("/orders/D3"))["err_code"]);
        await world.AdvanceAsync(25 * Day);
        await world.ApplyAsync(contract, "D4");
        await world.AdvanceAsync(Day);
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D4"))["trade_state"]);
    }

    [Fact]
    public async Task A_debit_that_waits_may_fail_as_soon_as_its_contract_has_ended()
    {
        await using var world = await World.StartAsync(switches: ("pending_debit_on_terminate", "fails_at_once"));
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        await world.DeleteContractAsync(contract);
        await world.SettleAsync();
        Assert.Equal("CONTRACT_NOT_EXIST", (string?)(await world.SeeAsync("/orders/D1"))["err_code"]);
    }

    [Fact]
    public async Task An_old_key_is_accepted_for_fifteen_days()
    {
        await using var world = await World.StartAsync();
        var fresh = new ApiV2Key("11111111111111111111111111111111");
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["key"] = "11111111111111111111111111111111" });
        (string, string?)[] fields = [("appid", World.AppId), ("mch_id", World.MchId), ("contract_id", "1"), ("version", "1.0")];
        await world.AdvanceAsync((15 * Day) - TimeSpan.FromSeconds(1));
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.PostAsync("/papay/querycontract", fields, key: fresh)).Outcome);
        using var writer = new V2Writer();
        foreach (var (name, value) in fields)
        {
            writer.Add(name, value);
        }

        // WeChat signs with the new key.
        var old = writer.Sign(World.Key, SignType.Md5).ToArray();
        var reply = await world.SendAsync("/papay/querycontract", old, "text/xml");
        Assert.True(V2Signature.Verify(reply.Message, fresh).IsValid);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("FAIL 签名错误，请检查后再试", (await world.SendAsync("/papay/querycontract", old, "text/xml")).Outcome);
    }

    [Fact]
    public async Task A_merchant_keeps_what_a_change_leaves_out()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["refund_notify_url"] = "http://127.0.0.1:9/r", ["penalised"] = true });
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["name"] = "另一个" });
        var merchant = world.State.FindMerchant(World.MchId)!;
        Assert.Equal(("http://127.0.0.1:9/r", true, "另一个", 3), (merchant.RefundNotifyUrl, merchant.Penalised, merchant.Name, merchant.Apps.Count));
    }
}
