using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Faults;

/// <summary>Which request or message a rule strikes.</summary>
public sealed class FaultMatchingTests
{
    private const string Apply = "/pay/pappayapply";
    private const string Query = "/pay/orderquery";

    [Theory]
    [InlineData("A1", "A1", true)]
    [InlineData("A1", "A10", false)]
    [InlineData("A*", "A10", true)]
    [InlineData("A*", "B10", false)]
    public async Task A_number_is_exact_or_a_beginning(string pattern, string number, bool strikes)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, Apply, "system_error", ("number", pattern), ("processed", false));
        Assert.Equal(strikes ? "SYSTEMERROR" : "SUCCESS", (await world.ApplyAsync(contract, number)).Outcome);
    }

    [Fact]
    public async Task A_rule_of_one_contract_or_one_merchant_leaves_the_others_alone()
    {
        await using var world = await World.StartAsync();
        var (mine, other) = (await world.SignedAsync(), await world.SignedAsync());
        await AddAsync(world, Apply, "system_error", ("number", mine));
        await AddAsync(world, "*", "frequency_limited", ("mch_id", "10000101"));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(other)).Outcome);
        Assert.Equal("SYSTEMERROR", (await world.ApplyAsync(mine)).Outcome);
    }

    [Fact]
    public async Task The_first_matches_may_pass_and_the_next_ones_be_struck()
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, "*", "system_error", ("skip", 1), ("times", 2));
        var outcomes = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            outcomes.Add((await world.OrderQueryAsync("X")).Outcome);
        }

        Assert.Equal(["ORDERNOTEXIST", "SYSTEMERROR", "SYSTEMERROR", "ORDERNOTEXIST"], outcomes);
        var rule = (await world.SeeAsync("/faults"))["data"]![0]!;
        Assert.Equal((3, 2), ((int)rule["looked"]!, (int)rule["struck"]!));
    }

    [Fact]
    public async Task A_rule_for_everything_passes_by_where_it_has_nothing_to_strike()
    {
        await using var world = await World.StartAsync();
        using var shop = await V3.Shop.OpenAsync(world);
        await AddAsync(world, "*", "return_fail", ("text", "系统繁忙"), ("times", 1));
        await AddAsync(world, "*", "probe", ("times", 1));
        var v3 = await shop.GetAsync("/v3/certificates");
        Assert.StartsWith(WeChatPay.Wire.V3Signature.ProbePrefix, v3.Headers.Signature);
        Assert.Equal("FAIL 系统繁忙", (await world.OrderQueryAsync("X")).Outcome);
        Assert.Equal([1, 1], (await world.SeeAsync("/faults"))["data"]!.AsArray().Select(r => (int)r!["struck"]!));
    }

    [Fact]
    public async Task A_refunds_message_is_found_by_the_refunds_number()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await AddAsync(world, "refund", "drop", ("number", "R1"), ("times", 1));
        await world.RefundAsync("P1", "R1", 10, changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(1, (int)(await world.SeeAsync("/faults"))["data"]![0]!["struck"]!);
    }

    [Fact]
    public async Task A_rule_has_its_hours()
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, Query, "system_error", ("from", World.Start.AddHours(1).ToString("O")), ("until", World.Start.AddHours(2).ToString("O")));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("X")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("SYSTEMERROR", (await world.OrderQueryAsync("X")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("X")).Outcome);
    }

    [Fact]
    public async Task Chance_does_not_depend_on_the_order_in_which_numbers_arrive()
    {
        var runs = new List<string>();
        foreach (var backwards in (bool[])[false, true])
        {
            await using var world = await World.StartAsync();
            await AddAsync(world, Query, "system_error", ("probability", 0.5));
            var outcomes = new SortedDictionary<int, char>();
            foreach (var n in backwards ? Enumerable.Range(0, 40).Reverse() : Enumerable.Range(0, 40))
            {
                outcomes[n] = (await world.OrderQueryAsync($"N{n}")).Outcome == "SYSTEMERROR" ? '!' : '.';
            }

            runs.Add(new([.. outcomes.Values]));
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.InRange(runs[0].Count(c => c == '!'), 10, 30);
    }

    [Fact]
    public async Task Chance_repeats_itself_in_a_world_that_begins_anew()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "empty" });
        var first = await RunAsync();
        Assert.InRange((await world.ControlAsync(HttpMethod.Post, "/reset", new JsonObject())).Status, 200, 204);
        Assert.Equal(first, await RunAsync());
        await world.DoAsync("/snapshots/empty/restore", new JsonObject { ["clock"] = "keep" });
        Assert.Equal(first, await RunAsync());

        // Without one merchant the world goes on: no id is given twice.
        Assert.InRange((await world.ControlAsync(HttpMethod.Delete, "/faults?id=1")).Status, 200, 204);
        Assert.InRange((await world.ControlAsync(HttpMethod.Post, "/reset", new JsonObject { ["mch_id"] = World.MchId })).Status, 200, 204);
        await AddAsync(world, Query, "html");
        Assert.Equal(2, (int)Assert.Single((await world.SeeAsync("/faults"))["data"]!.AsArray())!["id"]!);

        async Task<string> RunAsync()
        {
            await AddAsync(world, Query, "system_error", ("probability", 0.5));
            var outcomes = new System.Text.StringBuilder();
            for (var n = 0; n < 30; n++)
            {
                outcomes.Append((await world.OrderQueryAsync($"N{n}")).Outcome == "SYSTEMERROR" ? '!' : '.');
            }

            return outcomes.ToString();
        }
    }

    [Fact]
    public async Task A_rule_is_removed_by_its_name_or_its_id()
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, Query, "system_error", ("name", "one"));
        await AddAsync(world, Apply, "system_error", ("name", "two"));
        await AddAsync(world, Apply, "html");
        Assert.Equal(204, (await world.ControlAsync(HttpMethod.Delete, "/faults?name=one")).Status);
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Delete, "/faults?name=one")).Status);
        Assert.Equal(204, (await world.ControlAsync(HttpMethod.Delete, "/faults?id=2")).Status);
        Assert.Equal("html", (string?)Assert.Single((await world.SeeAsync("/faults"))["data"]!.AsArray())!["kind"]);
    }

    [Fact]
    public async Task Rules_and_their_counts_survive_a_restart()
    {
        var journal = Path.Combine(Directory.CreateTempSubdirectory("papaya-faults").FullName, "world");
        await using (var before = await World.StartAsync(journal))
        {
            await AddAsync(before, Query, "system_error", ("times", 2), ("name", "kept"));
            await AddAsync(before, Query, "html", ("name", "removed"));
            await AddAsync(before, Apply, "html", ("probability", 0.5));
            await before.ControlAsync(HttpMethod.Delete, "/faults?name=removed");
            Assert.Equal("SYSTEMERROR", (await before.OrderQueryAsync("X")).Outcome);
            await before.ApplyAsync("1", "A1");
        }

        for (var starts = 0; starts < 2; starts++)
        {
            // The second start reads what the first one wrote as a whole.
            await using var after = await World.StartAsync(journal);
            var rules = (await after.SeeAsync("/faults"))["data"]!.AsArray();
            Assert.Equal(["kept", null], rules.Select(r => (string?)r!["name"]));
            Assert.Equal([1, 1], rules.Select(r => (int)r!["looked"]!));
            Assert.Equal(1, after.State.Faults.All[1].Seen!["A1"]);
        }

        await using var last = await World.StartAsync(journal);
        Assert.Equal("SYSTEMERROR", (await last.OrderQueryAsync("X")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await last.OrderQueryAsync("X")).Outcome);
        await AddAsync(last, Query, "html");
        Assert.Equal(4, (int)(await last.SeeAsync("/faults"))["data"]![2]!["id"]!);
    }

    [Fact]
    public async Task A_message_that_is_reordered_follows_the_next_one()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await AddAsync(world, "payment", "reorder", ("times", 1));
        var contract = await world.SignedAsync(changes: [("notify_url", listener.Url), ("contract_notify_url", listener.Url)]);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("ADD,", $"{listener[0]["change_type"]},{listener[1]["change_type"]}");

        // Nobody overtakes it: it goes by itself.
        await AddAsync(world, "notification", "reorder", ("times", 1));
        await world.ApplyAsync(contract, "A1", ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromSeconds(59));
        Assert.Equal(2, listener.Got.Count);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(3, listener.Got.Count);
    }

    [Theory]
    [InlineData("""{"on":"debit","kind":"drop","skip":-1}""")]
    [InlineData("""{"on":"debit","kind":"drop","number":"*"}""")]
    [InlineData("""{"on":"debit","kind":"drop","site":"third"}""")]
    [InlineData("""{"on":"debit","kind":"drop","from":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"on":"*","kind":"drop"}""")]
    [InlineData("""{"on":"notification","kind":"html"}""")]
    public async Task A_match_that_makes_no_sense_is_refused(string rule)
    {
        await using var world = await World.StartAsync();
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, "/faults", JsonNode.Parse(rule))).Status);
    }

    private static Task AddAsync(World world, string on, string kind, params (string Name, JsonNode? Value)[] members)
    {
        var rule = new JsonObject { ["on"] = on, ["kind"] = kind };
        foreach (var (name, value) in members)
        {
            rule[name] = value;
        }

        return world.DoAsync("/faults", rule);
    }
}
