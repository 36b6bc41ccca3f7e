using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Bills;

/// <summary>A merchant's money: takings less fees, settled the day after, paying for refunds.</summary>
public sealed class FundsTests
{
    private const string Funds = "/merchants/10000100/funds";

    [Fact]
    public async Task Takings_less_the_fee_wait_a_day_for_their_settlement()
    {
        await using var world = await World.StartAsync();
        var before = await world.SeeAsync(Funds);
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        var taken = await world.SeeAsync(Funds);
        Assert.Equal((2_485L, (long)before["available"]!), ((long)taken["unsettled"]!, (long)taken["available"]!));
        Assert.Equal(15, (long)Assert.Single(await world.LedgerAsync())!["fee"]!);

        await world.AdvanceAsync(TimeSpan.FromHours(21.9));
        Assert.Equal(2_485, (long)(await world.SeeAsync(Funds))["unsettled"]!);
        await world.AdvanceAsync(TimeSpan.FromHours(0.2));
        var settled = await world.SeeAsync(Funds);
        Assert.Equal((0L, (long)before["available"]! + 2_485), ((long)settled["unsettled"]!, (long)settled["available"]!));
        var row = Assert.Single((await world.SeeAsync("/ledger"))["funds"]!.AsArray(), f => (string?)f!["kind"] == "settlement");
        Assert.Equal((2_485L, "2026-01-15", "2026-01-16T00:00:00Z"), ((long)row!["amount"]!, (string?)row["day"], (string?)row["at"]));
    }

    [Theory]
    [InlineData(0.6, 2_500, 15)]
    [InlineData(0.6, 83, 0)]
    [InlineData(0.6, 84, 1)]
    [InlineData(0, 2_500, 0)]
    [InlineData(1.25, 2_500, 31)]
    public async Task A_merchant_has_a_rate_of_its_own_and_fees_are_whole_fen(double rate, long amount, long fee)
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["fee_rate"] = rate });
        await world.SignedAsync(changes: [("out_trade_no", "P1"), ("total_fee", amount.ToString())]);
        Assert.Equal(fee, (long)Assert.Single(await world.LedgerAsync())!["fee"]!);
    }

    [Fact]
    public async Task Fees_may_come_from_an_account_of_their_own_while_it_lasts()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["fees_apart"] = true });
        await world.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["fees"] = 20 } });
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.SignedAsync(changes: ("out_trade_no", "P2"));
        var funds = await world.SeeAsync(Funds);
        Assert.Equal((5L, 2_500L + 2_485), ((long)funds["fees"]!, (long)funds["unsettled"]!));
        await world.RefundAsync("P1", "R1", 2_500);
        Assert.Equal(20, (long)(await world.SeeAsync(Funds))["fees"]!);
    }

    [Fact]
    public async Task Settlement_may_leave_for_the_bank()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["settles_to_bank"] = true, ["settles_after_days"] = 7 });
        await world.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["available"] = 0 } });
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.AdvanceAsync(TimeSpan.FromDays(6));
        Assert.Equal(2_485, (long)(await world.SeeAsync(Funds))["basic"]!);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(0, (long)(await world.SeeAsync(Funds))["basic"]!);
        Assert.Equal("NOTENOUGH", (await world.RefundAsync("P1", "R1", 2_500)).Outcome);
    }

    [Fact]
    public async Task Money_is_set_or_added_account_by_account_and_never_below_nothing()
    {
        await using var world = await World.StartAsync();
        var funds = await world.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["available"] = 100, ["operation"] = 7 }, ["add"] = new JsonObject { ["unsettled"] = 30 } });
        Assert.Equal((100L, 7L, 30L, 130L), ((long)funds["available"]!, (long)funds["operation"]!, (long)funds["unsettled"]!, (long)funds["basic"]!));
        foreach (var wrong in (JsonObject[])
        [
            new() { ["add"] = new JsonObject { ["available"] = -101 } },
            new() { ["set"] = new JsonObject { ["available"] = -1 } },
            new() { ["set"] = new JsonObject { ["pocket"] = 1 } },
            new() { ["set"] = new JsonObject { ["available"] = long.MaxValue } },
            new() { ["set"] = new JsonObject { ["available"] = 1 }, ["add"] = new JsonObject { ["available"] = 1 } },
            [],
        ])
        {
            Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, Funds, wrong)).Status);
        }

        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Get, "/merchants/1/funds")).Status);
        Assert.Equal(0, (long)(await world.DoAsync(Funds, new JsonObject { ["add"] = new JsonObject { ["available"] = -100 } }))["available"]!);
    }

    [Fact]
    public async Task An_old_merchant_chooses_the_purse_and_a_new_one_has_one()
    {
        foreach (var (flow, unsettled, recharged) in (ValueTuple<string, string, string>[])[("old", "NOTENOUGH", "SUCCESS"), ("new", "SUCCESS", "SUCCESS")])
        {
            await using var world = await World.StartAsync();
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["fund_flow"] = flow });
            await world.SignedAsync(changes: ("out_trade_no", "P1"));
            Assert.Equal("SUCCESS", (await world.RefundAsync("P1", "R0", 100)).Outcome);
            await world.AdvanceAsync(TimeSpan.FromDays(1));
            Assert.Equal(unsettled, (await world.RefundAsync("P1", "R1", 1_000)).Outcome);
            await world.AdvanceAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(recharged, (await world.RefundAsync("P1", "R2", 1_000, changes: ("refund_account", "REFUND_SOURCE_RECHARGE_FUNDS"))).Outcome);
        }
    }

    [Fact]
    public async Task The_fee_of_a_whole_refund_comes_back_whole_in_whatever_parts()
    {
        await using var world = await World.StartAsync();
        var before = (long)(await world.SeeAsync(Funds))["basic"]!;
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        long[] parts = [333, 334, 333, 1, 1_499];
        for (var n = 0; n < parts.Length; n++)
        {
            Assert.Equal("SUCCESS", (await world.RefundAsync("P1", "R" + n, parts[n])).Outcome);
            await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(before, (long)(await world.SeeAsync(Funds))["basic"]!);
        Assert.Equal(15, (await world.LedgerAsync()).Where(e => (string?)e!["kind"] == "refund").Sum(e => (long)e!["fee"]!));
    }

    [Fact]
    public async Task Money_comes_back_with_the_journal()
    {
        var journal = Path.Combine(Directory.CreateTempSubdirectory("papaya").FullName, "world.jsonl");
        string truth;
        await using (var world = await World.StartAsync(journal))
        {
            await world.SignedAsync(changes: ("out_trade_no", "P1"));
            await world.RefundAsync("P1", "R1", 400);
            await world.AdvanceAsync(TimeSpan.FromDays(3));
            await world.SignedAsync(changes: ("out_trade_no", "P2"));
            await world.DoAsync("/refunds", new JsonObject { ["out_trade_no"] = "P2", ["out_refund_no"] = "R2", ["amount"] = 50 });
            truth = (await world.SeeAsync(Funds)).ToJsonString();
        }

        for (var starts = 0; starts < 2; starts++)
        {
            await using var world = await World.StartAsync(journal);
            Assert.Equal(truth, (await world.SeeAsync(Funds)).ToJsonString());
            Assert.Equal(400, (await world.SeeAsync("/orders/P1"))["refunds"]![0]!["amount"]!.GetValue<long>());
        }
    }
}
