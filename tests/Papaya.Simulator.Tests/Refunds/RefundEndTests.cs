using System.Text.Json.Nodes;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Refunds;

/// <summary>Refunds that do not simply arrive: abnormal, closed, made by hand, waiting for the merchant's money.</summary>
public sealed class RefundEndTests
{
    private const string Funds = "/merchants/10000100/funds";

    [Fact]
    public async Task A_user_who_is_gone_makes_it_abnormal_until_somebody_sees_to_it()
    {
        await using var world = await World.StartAsync();
        await using var shop = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync(2_500);
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 1_000, changes: ("notify_url", shop.Url));
        await world.UserAsync(0, account: "closed", openid: openid);
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal("CHANGE", (await AskAsync(world, "R1"))["refund_status_0"]);
        Assert.Null((await AskAsync(world, "R1"))["refund_success_time_0"]);
        Assert.Equal(("CHANGE", null), (Inner(shop[0])["refund_status"], Inner(shop[0])["success_time"]));

        Assert.Equal("SUCCESS", (string?)(await world.DoAsync("/refunds/R1", new JsonObject { ["outcome"] = "success" }))["state"]);
        await world.SettleAsync();
        var row = await AskAsync(world, "R1");
        Assert.Equal(("SUCCESS", "OTHER_BANKCARD"), (row["refund_status_0"], row["refund_channel_0"]));
        Assert.Equal(("SUCCESS", "API"), (Inner(shop[1])["refund_status"], Inner(shop[1])["refund_request_source"]));
        Assert.Equal(0, await world.BalanceAsync(openid));
        Assert.Equal(409, (await world.ControlAsync(HttpMethod.Post, "/refunds/R1", new JsonObject { ["outcome"] = "closed" })).Status);
    }

    [Theory]
    [InlineData("success", 1_000)]
    [InlineData("closed", 0)]
    public async Task What_ends_it_first_is_its_only_end(string outcome, long back)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(2_500);
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 1_000);
        var perform = world.State.OnDue!;
        world.State.OnDue = due =>
        {
            // Its moment has been taken from the agenda; somebody is quicker.
            if (due.What is Refund refund)
            {
                using var op = world.State.Begin();
                RefundDesk.End(world.State, refund, outcome == "success" ? RefundState.Success : RefundState.Closed, op.Now);
            }

            perform(due);
        };
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(back, await world.BalanceAsync(openid));
        Assert.Equal(outcome == "success" ? "SUCCESS" : "REFUNDCLOSE", (await AskAsync(world, "R1"))["refund_status_0"]);
        Assert.Equal(outcome == "success" ? 1_000 : 0, (long)(await world.SeeAsync("/orders/P1"))["refunded"]!);
    }

    [Fact]
    public async Task A_contract_that_is_ended_in_the_instant_of_its_expiry_ends_once()
    {
        await using var world = await World.StartAsync();
        var contract = world.State.FindContract(await world.SignedAsync())!;
        var perform = world.State.OnDue!;
        world.State.OnDue = due =>
        {
            if (due.What == contract)
            {
                using var op = world.State.Begin();
                Contracts.Terminate(world.State, contract, 3, "quicker", op.Now);
            }

            perform(due);
        };
        await world.AdvanceAsync(contract.ExpiresAt - world.Now);
        Assert.Equal((3, "quicker"), (contract.TerminationMode, contract.TerminationRemark));
    }

    [Theory]
    [InlineData("ok", "ok", "SUCCESS", "ORIGINAL")]
    [InlineData("frozen", "ok", "SUCCESS", "BALANCE")]
    [InlineData("frozen", "frozen", "CHANGE", "ORIGINAL")]
    [InlineData("maintenance", "ok", "PROCESSING", "ORIGINAL")]
    public async Task A_card_gets_it_back_within_three_days_or_the_wallet_does_or_nobody(string card, string wallet, string state, string channel)
    {
        await using var world = await World.StartAsync();
        var openid = world.Unique("oCard");
        JsonObject User(string cardState, string account) => new()
        {
            ["openid"] = openid, ["balance"] = 0, ["account"] = account == "ok" ? "normal" : account,
            ["cards"] = new JsonArray(new JsonObject { ["bank"] = "CMB_CREDIT", ["balance"] = 2_500, ["state"] = cardState }),
        };
        await world.DoAsync("/users", User("ok", "ok"));
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 1_000);
        await world.DoAsync("/users", User(card, wallet));
        await world.AdvanceAsync(TimeSpan.FromHours(20));
        Assert.Equal("PROCESSING", (await AskAsync(world, "R1"))["refund_status_0"]);
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        var row = await AskAsync(world, "R1");
        Assert.Equal((state, channel), (row["refund_status_0"], row["refund_channel_0"]));
        Assert.StartsWith(channel == "BALANCE" ? "支付用户零钱" : "招商银行信用卡", row["refund_recv_accout_0"], StringComparison.Ordinal);
        Assert.Equal(channel == "BALANCE" ? 1_000 : 0, await world.BalanceAsync(openid));

        await world.DoAsync("/users", User("ok", "ok"));
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(state == "CHANGE" ? "CHANGE" : "SUCCESS", (await AskAsync(world, "R1"))["refund_status_0"]);
    }

    [Fact]
    public async Task A_closed_refund_gives_the_merchant_its_money_and_the_order_its_remainder_back()
    {
        await using var world = await World.StartAsync();
        await using var shop = await Listener.StartAsync(world.Clock);
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        var before = (long)(await world.SeeAsync(Funds))["basic"]!;
        await world.RefundAsync("P1", "R1", 2_500, changes: ("notify_url", shop.Url));
        Assert.Equal(before - 2_485, (long)(await world.SeeAsync(Funds))["basic"]!);
        await world.DoAsync("/refunds/R1", new JsonObject { ["outcome"] = "closed" });
        await world.SettleAsync();
        Assert.Equal(before, (long)(await world.SeeAsync(Funds))["basic"]!);
        Assert.Equal("REFUNDCLOSE", (await AskAsync(world, "R1"))["refund_status_0"]);
        Assert.Equal(("REFUNDCLOSE", "2500"), (Inner(shop[0])["refund_status"], Inner(shop[0])["refund_fee"]));
        var ledger = await world.SeeAsync("/ledger");
        Assert.Equal(["payment", "refund"], ledger["entries"]!.AsArray().Select(e => (string?)e!["kind"]));
        var closed = ledger["funds"]!.AsArray().Single(f => (string?)f!["kind"] == "refund_closed")!;
        Assert.Equal(("R1", "available"), ((string?)closed["out_refund_no"], (string?)closed["account"]));
        Assert.Equal("REFUND", (await world.OrderQueryAsync("P1"))["trade_state"]);

        // The number is spent; another one takes the whole amount again, with its whole fee.
        Assert.Equal("REFUNDCLOSE", (await AskAsync(world, "R1"))["refund_status_0"]);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("SUCCESS", (await world.RefundAsync("P1", "R2", 2_500)).Outcome);
        Assert.Equal(before - 2_485, (long)(await world.SeeAsync(Funds))["basic"]!);
    }

    [Fact]
    public async Task A_refund_that_the_merchant_cannot_pay_may_wait_a_week()
    {
        await using var world = await World.StartAsync(switches: [("refund_funds_short", "waits_7_days"), ("order_after_closed_refund", "SUCCESS")]);
        var openid = await world.UserAsync(5_000);
        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.SignedAsync(changes: ("out_trade_no", "P2"));
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        await world.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["available"] = 0 } });
        await world.RefundAsync("P1", "R1", 1_000);
        await world.RefundAsync("P2", "R2", 1_000);
        await world.AdvanceAsync(TimeSpan.FromDays(2.5));
        Assert.Equal("PROCESSING", (await AskAsync(world, "R1"))["refund_status_0"]);
        Assert.DoesNotContain(await world.LedgerAsync(), e => (string?)e!["kind"] == "refund");

        await world.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["available"] = 1_000 } });
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(("SUCCESS", "PROCESSING"), ((await AskAsync(world, "R1"))["refund_status_0"], (await AskAsync(world, "R2"))["refund_status_0"]));
        Assert.Equal(3_500, await world.BalanceAsync(openid));
        await world.AdvanceAsync(TimeSpan.FromDays(5));
        Assert.Equal("REFUNDCLOSE", (await AskAsync(world, "R2"))["refund_status_0"]);
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("P2"))["trade_state"]);
        Assert.Single(await world.LedgerAsync(), e => (string?)e!["kind"] == "refund");
    }

    [Fact]
    public async Task A_refund_by_hand_is_told_to_the_merchant_s_address()
    {
        await using var world = await World.StartAsync();
        await using var shop = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["refund_notify_url"] = shop.Url });
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.DoAsync("/refunds", new JsonObject { ["out_trade_no"] = "P1", ["out_refund_no"] = "HAND1", ["amount"] = 100, ["reason"] = "缺货" });
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(("VENDOR_PLATFORM", "SUCCESS", "HAND1"), (Inner(shop[0])["refund_request_source"], Inner(shop[0])["refund_status"], Inner(shop[0])["out_refund_no"]));
        Assert.Equal("缺货", (string?)(await world.SeeAsync("/refunds/HAND1"))["reason"]);
        Assert.Equal(409, (await world.ControlAsync(HttpMethod.Post, "/refunds", new JsonObject { ["out_trade_no"] = "P1", ["out_refund_no"] = "HAND2", ["amount"] = 2_401 })).Status);
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Post, "/refunds", new JsonObject { ["out_trade_no"] = "P9", ["out_refund_no"] = "HAND2", ["amount"] = 1 })).Status);
    }

    private static V2Message Inner(V2Message notice) => V2Message.Parse(RefundCipher.TryDecrypt(notice["req_info"]!, World.Key, out var plain) ? plain : []);

    private static Task<Reply> AskAsync(World world, string number) =>
        world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", number)]);
}
