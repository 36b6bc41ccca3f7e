using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Debits;

/// <summary>closeorder and debits: those under way, those that have failed, and what the contract may do afterwards.</summary>
public sealed class ClosedDebitTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_failed_debit_is_told_once_and_keeps_its_reason()
    {
        await using var world = await World.StartAsync();
        await using var shop = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.UserAsync(0, openid: openid);
        await world.ApplyAsync(contract, "D1", ("notify_url", shop.Url));
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        Assert.Equal("PAY_FAIL", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal("SUCCESS", (await world.CloseAsync("D1")).Outcome);
        await world.AdvanceAsync(Minute);
        Assert.Equal("NOTENOUGH", Assert.Single(shop.Got.Select((_, n) => shop[n]["err_code"])));
        Assert.Equal("NOTENOUGH", (string?)(await world.SeeAsync("/orders/D1"))["err_code"]);
    }

    [Fact]
    public async Task So_is_one_of_which_WeChat_itself_does_not_know()
    {
        await using var world = await World.StartAsync();
        await using var shop = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await world.DoAsync("/faults", new JsonObject { ["on"] = "execution", ["kind"] = "fail", ["code"] = "SYSTEMERROR" });
        await world.ApplyAsync(contract, "D1", ("notify_url", shop.Url));
        await world.AdvanceAsync(6 * Minute);
        Assert.Equal("SUCCESS", (await world.CloseAsync("D1")).Outcome);
        await world.AdvanceAsync(Minute);
        Assert.Equal("SYSTEMERROR", Assert.Single(shop.Got.Select((_, n) => shop[n]["err_code"])));
    }

    [Fact]
    public async Task One_that_was_under_way_is_told_and_frees_its_contract()
    {
        await using var world = await World.StartAsync(switches: ("notpay_seconds", "600"));
        await using var shop = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1", ("notify_url", shop.Url));
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        Assert.Equal("NOTPAY", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal("SUCCESS", (await world.CloseAsync("D1")).Outcome);
        await world.SettleAsync();
        Assert.Equal("TRADE_ERROR", Assert.Single(shop.Got.Select((_, n) => shop[n]["err_code"])));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D2")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(25));
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D2"))["trade_state"]);
    }

    [Theory]
    [InlineData("short", null)]
    [InlineData("full", "2500")]
    public async Task Both_queries_tell_as_much_about_a_refunded_order(string answer, string? total)
    {
        await using var world = await World.StartAsync(switches: ("refund_state_answer", answer));
        var contract = await world.SignedAsync();
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        await world.RefundAsync("D1", "R1", 1_000);
        foreach (var path in (string[])["/pay/orderquery", "/pay/paporderquery"])
        {
            var reply = await world.OrderQueryAsync("D1", path);
            Assert.Equal(("REFUND", total), (reply["trade_state"], reply["total_fee"]));
        }
    }
}
