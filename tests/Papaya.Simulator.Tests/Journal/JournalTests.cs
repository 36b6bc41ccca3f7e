using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Journal;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-journal-");

    private string Journal => Path.Combine(_folder.FullName, "simulator.journal");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task After_the_process_died_everything_is_as_it_was()
    {
        string before;
        DateTimeOffset at;
        var copy = Journal + ".killed";
        await using (var world = await World.StartAsync(Journal))
        {
            await LiveAsync(world);
            (before, at) = (world.State.Fingerprint(), world.Now);
            // What a kill leaves behind: the file as it is, nobody closes anything.
            File.Copy(Journal, copy);
        }

        await using var again = await World.StartAsync(copy);
        Assert.Equal(before, again.State.Fingerprint());
        Assert.Equal(at, again.Now);

        // And once more from the compacted file.
        File.Copy(copy, Journal, overwrite: true);
        await using var third = await World.StartAsync(Journal);
        Assert.Equal(before, third.State.Fingerprint());
    }

    [Fact]
    public async Task Every_cut_of_the_journal_is_a_world_and_a_torn_line_is_dropped()
    {
        await using (var world = await World.StartAsync(Journal))
        {
            await LiveAsync(world);
        }

        var bytes = await File.ReadAllBytesAsync(Journal);
        var ends = Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == '\n').ToArray();
        foreach (var end in ends.Chunk(3).Select(c => c[0]))
        {
            var whole = Path.Combine(_folder.FullName, "whole");
            var torn = Path.Combine(_folder.FullName, "torn");
            await File.WriteAllBytesAsync(whole, bytes[..(end + 1)]);
            await File.WriteAllBytesAsync(torn, bytes[..Math.Min(bytes.Length, end + 30)]);
            await using var one = await World.StartAsync(whole);
            await using var two = await World.StartAsync(torn);
            Assert.Equal(one.State.Fingerprint(), two.State.Fingerprint());
        }
    }

    [Fact]
    public async Task A_damaged_line_names_itself()
    {
        await using (var world = await World.StartAsync(Journal))
        {
            await world.UserAsync();
        }

        await File.AppendAllTextAsync(Journal, "{nonsense}\n");
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => World.StartAsync(Journal));
        Assert.Contains("line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_scheduled_happens_after_the_restart()
    {
        string contract;
        await using var listener = await Listener.StartAsync(TimeProvider.System);
        listener.Acknowledges = false;
        await using (var world = await World.StartAsync(Journal))
        {
            contract = await world.SignedAsync(await world.UserAsync(10_000, openid: "oKept"), changes: ("out_trade_no", "P1"));
            await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", "OPEN"));
            await world.RefundAsync("P1", "R1", 100);
            await world.AdvanceAsync(TimeSpan.FromMinutes(2));
            await world.AdvanceAsync(TimeSpan.FromHours(13));
            await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
            await world.AdvanceAsync(TimeSpan.FromHours(24));
        }

        Assert.Single(listener.Got);
        listener.Acknowledges = true;
        await using var again = await World.StartAsync(Journal);
        Assert.Equal(World.Start + TimeSpan.FromMinutes(2) + TimeSpan.FromHours(37), again.Now);
        await again.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, listener.Got.Count);
        Assert.Equal("CLOSED", (await again.OrderQueryAsync("OPEN"))["trade_state"]);
        Assert.Equal(10_000 - 2_500 - 2_500 + 100, await again.BalanceAsync("oKept"));
        Assert.Equal("ORDERPAID", (await again.ApplyAsync(contract, "D1")).Outcome);
        await again.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(2, listener.Got.Count);
    }

    [Fact]
    public async Task A_debit_that_waits_is_executed_once_whenever_the_process_dies()
    {
        string contract;
        await using (var world = await World.StartAsync(Journal))
        {
            contract = await world.SignedAsync();
            await world.AdvanceAsync(TimeSpan.FromHours(13));
            await world.ApplyAsync(contract, "D1");
        }

        var waiting = await File.ReadAllBytesAsync(Journal);
        await using (var world = await World.StartAsync(Journal))
        {
            await world.AdvanceAsync(TimeSpan.FromHours(24));
            Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        }

        var executed = await File.ReadAllBytesAsync(Journal);
        foreach (var file in (byte[][])[waiting, executed])
        {
            await File.WriteAllBytesAsync(Journal, file);
            await using var world = await World.StartAsync(Journal);
            await world.AdvanceAsync(TimeSpan.FromHours(25));
            Assert.Single(await world.LedgerAsync(), e => (string?)e!["out_trade_no"] == "D1");
            Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        }
    }

    [Fact]
    public async Task Numbers_are_never_given_twice_after_a_restart()
    {
        var seen = new HashSet<string>();
        for (var run = 0; run < 3; run++)
        {
            await using var world = await World.StartAsync(Journal);
            for (var i = 0; i < 20; i++)
            {
                Assert.True(seen.Add((await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", $"P{run}-{i}")))["prepay_id"]!));
            }
        }
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_numbers()
    {
        var ids = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var world = await World.StartAsync();
            ids.Add(await world.SignedAsync("oSimUser0002"));
        }

        Assert.Equal(ids[0], ids[1]);
    }

    private static async Task LiveAsync(World world)
    {
        var openid = await world.UserAsync(20_000);
        var contract = await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        await world.RefundAsync("P1", "R1", 1_000);
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D2");
        await world.SignedAsync(plan: "12537");
        await world.ContractOrderAsync("oSimUser0003");
        await world.AdvanceAsync(TimeSpan.FromHours(25));
        await world.ApplyAsync(contract, "D3");
        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject { ["mode"] = 2 });
        await world.SignedAsync(openid, changes: ("contract_code", "AGAIN"));
        await world.AdvanceAsync(TimeSpan.FromMinutes(7));
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109", ["may_debit"] = false });
    }
}
