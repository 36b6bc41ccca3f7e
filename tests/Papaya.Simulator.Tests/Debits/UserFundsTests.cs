using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Debits;

/// <summary>Whose money pays, and what WeChat tells the user.</summary>
public sealed class UserFundsTests
{
    private static readonly JsonObject Debit = new() { ["bank"] = "CMB_DEBIT", ["balance"] = 50_000 };
    private static readonly JsonObject Credit = new() { ["bank"] = "ICBC_CREDIT", ["balance"] = 50_000 };

    [Theory]
    [InlineData(10_000, null, "ok", "OTHERS")]
    [InlineData(10_000, null, "maintenance", "OTHERS")] // The wallet needs no bank.
    [InlineData(10_000, "CMB_DEBIT", "ok", "CMB_DEBIT")]
    [InlineData(10_000, "wallet", "ok", "OTHERS")]
    [InlineData(2_499, null, "ok", "ICBC_CREDIT")] // A credit card before a debit card.
    [InlineData(2_499, "CMB_DEBIT", "ok", "CMB_DEBIT")]
    public async Task The_preferred_method_pays_else_wallet_credit_card_debit_card(long wallet, string? preferred, string bank, string paidBy)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        await world.DoAsync("/users", new JsonObject
        {
            ["openid"] = openid, ["balance"] = wallet, ["bank"] = bank, ["preferred"] = preferred, ["cards"] = new JsonArray(Debit.DeepClone(), Credit.DeepClone()),
        });
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal(("SUCCESS", paidBy), ((await world.OrderQueryAsync("D1"))["trade_state"], (await world.OrderQueryAsync("D1"))["bank_type"]));
        var user = await world.SeeAsync("/users/" + openid);
        var left = (long)user["balance"]! + user["cards"]!.AsArray().Sum(c => (long)c!["balance"]!);
        Assert.Equal(wallet + 100_000 - 2_500, left);
    }

    [Theory]
    [InlineData("maintenance", "ok", "CMB_DEBIT")] // The next method is tried.
    [InlineData("frozen", "ok", "CMB_DEBIT")]
    [InlineData("maintenance", "maintenance", "BANKERROR")]
    [InlineData("frozen", "frozen", "NOTENOUGH")]
    public async Task A_card_that_cannot_pay_is_passed_over(string credit, string debit, string outcome)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        var (one, other) = (Credit.DeepClone(), Debit.DeepClone());
        (one["state"], other["state"]) = (credit, debit);
        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = 0, ["cards"] = new JsonArray(one, other) });
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal(outcome, (string?)(await world.SeeAsync("/orders/D1"))["err_code"] ?? (await world.OrderQueryAsync("D1"))["bank_type"]);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("no_credit", false)]
    public async Task An_order_may_shut_out_credit_cards(string? limit, bool isPaid)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(0);
        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["cards"] = new JsonArray(Credit.DeepClone()) });
        var order = await world.ContractOrderAsync(openid, ("limit_pay", limit));
        Assert.Equal(isPaid, (bool)(await world.PayAsync(order, openid))["paid"]!);
    }

    [Fact]
    public async Task The_user_hears_of_contracts_notices_and_receipts_and_of_no_failure()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(5_000);
        var contract = await world.SignedAsync(openid);
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        await world.ApplyAsync(contract, "D2"); // The wallet is empty now.
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        await world.DeleteContractAsync(contract);
        var messages = (await world.SeeAsync("/users/" + openid))["messages"]!.AsArray();
        Assert.Equal(["signed", "notice", "receipt", "notice", "ended"], messages.Select(m => (string?)m!["kind"]));
        Assert.Equal(("D1", 2_500L, "2026-01-16T15:00:00Z"), ((string?)messages[1]!["out_trade_no"], (long)messages[1]!["amount"]!, (string?)messages[1]!["from"]));
    }

    [Fact]
    public async Task Messages_are_kept_to_the_last_fifty()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        for (var i = 0; i < 30; i++)
        {
            await world.DeleteContractAsync(await world.SignedAsync(openid, changes: ("total_fee", "1")));
        }

        Assert.Equal(50, (await world.SeeAsync("/users/" + openid))["messages"]!.AsArray().Count);
    }

    [Fact]
    public async Task Users_are_listed_by_their_openids()
    {
        await using var world = await World.StartAsync();
        var users = (await world.SeeAsync("/users?after=oSimUser0007"))["data"]!.AsArray();
        Assert.Equal(["oSimUser0008", "oSimUser0009"], users.Select(u => (string?)u!["openid"]));
        Assert.Single((await world.SeeAsync("/users?limit=1"))["data"]!.AsArray());
    }
}
