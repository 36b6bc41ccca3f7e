using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Journal;

public sealed class SnapshotTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-snapshots-");

    private string Journal => Path.Combine(_folder.FullName, "simulator.journal");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_restored_world_is_what_it_was_and_goes_the_same_way_again()
    {
        await using var world = await World.StartAsync(ownsClock: true);
        var contract = await world.SignedAsync("oSimUser0001", changes: [("out_trade_no", "P1"), ("contract_code", "C1")]);
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        await world.FaultAsync("debit", "drop", times: 1);
        await world.DoAsync("/switches", new JsonObject { ["orderquery_waiting"] = "ACCEPT" });
        var before = world.State.Fingerprint();
        var at = world.Now;
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "before-the-debit" });
        string[] endings = new string[2];
        for (var run = 0; run < 2; run++)
        {
            Assert.Equal("ACCEPT", (await world.OrderQueryAsync("D1"))["trade_state"]);
            await world.AdvanceAsync(TimeSpan.FromHours(25));
            Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
            await world.ApplyAsync(contract, "D2");
            await world.DoAsync("/switches", new JsonObject { ["orderquery_waiting"] = "ORDERNOTEXIST" });
            endings[run] = (await world.SeeAsync("/orders/D1"))["transaction_id"]!.ToString();
            await world.DoAsync("/snapshots/before-the-debit/restore", new JsonObject());
            Assert.Equal(at, world.Now);
            Assert.Equal(before, world.State.Fingerprint());
            Assert.DoesNotContain((await world.SeeAsync("/requests"))["data"]!.AsArray(), r => (string?)r!["out_trade_no"] == "D2");
        }

        Assert.Equal(endings[0], endings[1]);
    }

    [Fact]
    public async Task Where_others_live_by_the_clock_time_does_not_go_back()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "start" });
        await world.ApplyAsync(await world.SignedAsync(), "D1");
        await world.AdvanceAsync(TimeSpan.FromDays(2));
        var later = world.Now;
        Assert.Equal(409, (await world.ControlAsync(HttpMethod.Post, "/snapshots/start/restore")).Status);
        await world.DoAsync("/snapshots/start/restore", new JsonObject { ["clock"] = "keep" });
        Assert.Equal(later, world.Now);
        Assert.Empty(await world.LedgerAsync());
    }

    [Fact]
    public async Task What_is_overdue_in_a_restored_world_happens_at_once_when_time_stays()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "waiting" });
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        await world.DoAsync("/snapshots/waiting/restore", new JsonObject { ["clock"] = "keep" });
        await world.SettleAsync();
        Assert.Single(await world.LedgerAsync(), e => (string?)e!["out_trade_no"] == "D1");
    }

    [Fact]
    public async Task Snapshots_are_listed_named_well_and_outlive_the_process()
    {
        await using (var world = await World.StartAsync(Journal, ownsClock: true))
        {
            await world.SignedAsync("oSimUser0001");
            Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, "/snapshots", new JsonObject { ["name"] = "../evil" })).Status);
            await world.DoAsync("/snapshots", new JsonObject { ["name"] = "signed" });
            await world.DoAsync("/reset", new JsonObject());
            Assert.Empty((await world.SeeAsync("/contracts"))["data"]!.AsArray());
        }

        await using var again = await World.StartAsync(Journal, ownsClock: true);
        Assert.Equal("signed", (string?)(await again.SeeAsync("/snapshots"))["data"]![0]!["name"]);
        Assert.Equal(404, (await again.ControlAsync(HttpMethod.Post, "/snapshots/other/restore")).Status);
        await again.DoAsync("/snapshots/signed/restore", new JsonObject());
        Assert.Single((await again.SeeAsync("/contracts"))["data"]!.AsArray());
        var restored = again.State.Fingerprint();
        var copy = Journal + ".killed";
        File.Copy(Journal, copy);
        await using var third = await World.StartAsync(copy);
        Assert.Equal(restored, third.State.Fingerprint());
    }

    [Fact]
    public async Task A_reset_leaves_what_was_there_at_the_start()
    {
        await using var world = await World.StartAsync();
        var before = world.State.Fingerprint();
        await world.SignedAsync("oSimUser0001");
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109" });
        await world.DoAsync("/switches", new JsonObject { ["ack_strictness"] = "exact" });
        await world.FaultAsync("/pay/pappayapply", "timeout_before");
        await world.DoAsync("/reset", new JsonObject());
        Assert.Equal(before, world.State.Fingerprint());
        Assert.Empty((await world.SeeAsync("/requests"))["data"]!.AsArray());
        Assert.NotEmpty(await world.SignedAsync("oSimUser0001"));
    }

    [Fact]
    public async Task One_merchant_begins_anew_beside_the_others()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync("oSimUser0001", changes: ("out_trade_no", "P1"));
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109" });
        await world.DoAsync("/reset", new JsonObject { ["mch_id"] = "1900000109" });
        Assert.Single(await world.LedgerAsync());
        await world.DoAsync("/reset", new JsonObject { ["mch_id"] = World.MchId });
        Assert.Empty(await world.LedgerAsync());
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Get, "/orders/P1")).Status);
        Assert.NotEmpty(await world.SignedAsync("oSimUser0001", changes: ("out_trade_no", "P1")));
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Post, "/reset", new JsonObject { ["mch_id"] = "77" })).Status);
    }

    [Fact]
    public async Task Without_a_seed_no_number_is_given_twice_over_a_reset()
    {
        await using var world = await World.StartAsync(seed: null);
        var before = await world.SignedAsync("oSimUser0001");
        await world.DoAsync("/reset", new JsonObject());
        Assert.NotEqual(before, await world.SignedAsync("oSimUser0001"));
    }

    [Fact]
    public async Task A_merchant_that_begins_anew_has_no_notices()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync("oSimUser0001");
        using (var op = world.State.Begin())
        {
            world.State.Put(new Simulator.World.Notice { ContractId = contract, MchId = World.MchId, AppId = World.AppId, SentAt = op.Now, Amount = 1, Days = 3 });
        }

        await world.DoAsync("/reset", new JsonObject { ["mch_id"] = World.MchId });
        Assert.Null(world.State.Look(_ => world.State.FindNotice(contract)));
    }

    [Fact]
    public async Task A_restored_world_has_the_default_that_it_had_against_the_start()
    {
        await using var world = await World.StartAsync(ownsClock: true, switches: ("ack_strictness", "exact"));
        await world.DoAsync("/switches", new JsonObject { ["ack_strictness"] = "parsed" });
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "parsed" });
        await world.DoAsync("/switches", new JsonObject { ["ack_strictness"] = "exact" });
        await world.DoAsync("/snapshots/parsed/restore", new JsonObject());
        Assert.Equal("parsed", await ValueAsync(world, "ack_strictness", World.MchId));
    }

    [Fact]
    public async Task Switches_outlive_the_process_and_a_merchant_may_have_its_own()
    {
        await using (var world = await World.StartAsync(Journal))
        {
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109" });
            await world.DoAsync("/switches", new JsonObject { ["orderquery_waiting"] = "ACCEPT", ["mch_id"] = World.MchId });
            await world.DoAsync("/switches", new JsonObject { ["ack_strictness"] = "exact" });
        }

        await using var again = await World.StartAsync(Journal);
        Assert.Equal("ACCEPT", await ValueAsync(again, "orderquery_waiting", World.MchId));
        Assert.Equal("ORDERNOTEXIST", await ValueAsync(again, "orderquery_waiting", "1900000109"));
        Assert.Equal("exact", await ValueAsync(again, "ack_strictness", "1900000109"));
        var contract = await again.SignedAsync();
        await again.AdvanceAsync(TimeSpan.FromHours(13));
        await again.ApplyAsync(contract, "D1");
        Assert.Equal("ACCEPT", (await again.OrderQueryAsync("D1"))["trade_state"]);
        await again.DoAsync("/switches", new JsonObject { ["orderquery_waiting"] = "ORDERNOTEXIST", ["mch_id"] = World.MchId });
        Assert.Equal("ORDERNOTEXIST", (await again.OrderQueryAsync("D1")).Outcome);
        Assert.Equal(404, (await again.ControlAsync(HttpMethod.Post, "/switches", new JsonObject { ["mch_id"] = "77" })).Status);
    }

    [Fact]
    public async Task The_journal_is_written_anew_while_the_world_runs()
    {
        await using (var world = await World.StartAsync(Journal, compactAfter: 2_000))
        {
            var longest = 0L;
            for (var i = 0; i < 200; i++)
            {
                await world.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["balance"] = i });
                longest = Math.Max(longest, new FileInfo(Journal).Length);
            }

            Assert.True(longest < 40_000, $"{longest} bytes");
            await using var again = await World.StartAsync(Copied());
            Assert.Equal(world.State.Fingerprint(), again.State.Fingerprint());
        }

        string Copied()
        {
            File.Copy(Journal, Journal + ".copy");
            return Journal + ".copy";
        }
    }

    private static async Task<string?> ValueAsync(World world, string name, string mchId) =>
        (string?)(await world.SeeAsync("/switches?mch_id=" + mchId))["data"]!.AsArray().Single(s => (string?)s!["name"] == name)!["value"];
}
