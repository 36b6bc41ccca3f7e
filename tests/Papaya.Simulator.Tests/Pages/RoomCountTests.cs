using System.Net;
using System.Text.RegularExpressions;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Tests.Pages;

/// <summary>The room in a world with very much in it: what is kept agrees with what a walk would find, and no page makes more rows than it shows.</summary>
public sealed partial class RoomCountTests : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task The_counts_that_are_kept_are_those_that_a_walk_finds_also_after_a_restore_a_reset_and_a_restart()
    {
        var journal = Path.Combine(Directory.CreateTempSubdirectory("papaya-").FullName, "world.jsonl");
        await using (var world = await World.StartAsync(journal))
        {
            Agree(world.State);
            await LivedInWorld.MakeAsync(world);
            Agree(world.State);
            var (signed, orders) = (world.State.Counts.Signed, world.State.Orders.Count());
            await world.SignedAsync("oSimUser0003");
            Agree(world.State);
            Assert.Equal(signed + 1, world.State.Counts.Signed);
            await world.DoAsync("/snapshots/three-months/restore", new System.Text.Json.Nodes.JsonObject { ["clock"] = "keep" });
            Agree(world.State);
            Assert.Equal((signed, orders), (world.State.Counts.Signed, world.State.Orders.Count()));
        }

        await using (var world = await World.StartAsync(journal))
        {
            Agree(world.State);
            Assert.Equal(1, world.State.Counts.Signed);
            await world.DoAsync("/reset", new System.Text.Json.Nodes.JsonObject { ["mch_id"] = World.MchId });
            Agree(world.State);
            Assert.Equal(0, world.State.Counts.Signed);
            await world.SignedAsync("oSimUser0001");
            await world.DoAsync("/reset", new System.Text.Json.Nodes.JsonObject());
            Agree(world.State);
        }
    }

    [Fact]
    public async Task A_list_of_thousands_is_read_page_by_page()
    {
        await using var world = await World.StartAsync();
        var seeded = world.State.SeedContracts(1_003);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var next = "/room/contracts?plan_id=12535&lang=en";
        var pages = 0;
        while (next is not null)
        {
            var html = await GetAsync(world, next);
            Assert.Contains("of 1,003", html, StringComparison.Ordinal);
            var rows = Contract().Matches(html).Select(m => m.Groups[1].Value).ToArray();
            Assert.InRange(rows.Length, 1, 50);
            Assert.All(rows, row => Assert.True(seen.Add(row), row + " is on two pages"));
            next = Next().Match(html) is { Success: true } found ? found.Groups[1].Value : null;
            pages++;
        }

        Assert.Equal(21, pages);
        Assert.True(seen.SetEquals(seeded.Select(s => s.ContractId)));
        Assert.Contains("<strong>1,003</strong>", await GetAsync(world, "/"), StringComparison.Ordinal);
        Assert.Contains("1,001–1,003 of 1,003", await GetAsync(world, "/room/contracts?page=999&lang=en"), StringComparison.Ordinal);
        Assert.Contains("1–50 of 1,012", await GetAsync(world, "/room/users?page=-1&lang=en"), StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", await GetAsync(world, "/room/users?openid=oSimUser"), StringComparison.Ordinal);
    }

    private static void Agree(SimulatorState state)
    {
        using var op = state.Begin();
        var counts = state.Counts;
        Assert.Equal(state.Contracts.Count(c => c.IsActive), counts.Signed);
        Assert.All(state.Merchants, m => Assert.Equal(state.Contracts.Count(c => c.IsActive && c.MchId == m.MchId), counts.SignedWith(m.MchId)));
        Assert.All(state.Templates, t => Assert.Equal(state.Contracts.Count(c => c.IsActive && c.MchId == t.MchId && c.PlanId == t.PlanId), counts.SignedUnder(t.MchId, t.PlanId)));
        foreach (var one in Enum.GetValues<TradeState>())
        {
            Assert.Equal(state.Orders.Count(o => o.Kind == OrderKind.Debit && o.State == one), counts.Orders(OrderKind.Debit, one));
            Assert.Equal(state.Orders.Count(o => o.State == one), counts.Orders(null, one));
        }

        Assert.All(Enum.GetValues<MovementKind>(), k => Assert.Equal(
            (state.Movements.Count(m => m.Kind == k), state.Movements.Where(m => m.Kind == k).Sum(m => m.Amount)), counts.Movements(k)));
    }

    private async Task<string> GetAsync(World world, string address) => WebUtility.HtmlDecode(await _http.GetStringAsync(new Uri(world.Address, address)));

    [GeneratedRegex("href=\"/room/contracts/([0-9]+)", RegexOptions.None, 1000)]
    private static partial Regex Contract();

    [GeneratedRegex("href=\"([^\"]+)\" rel=\"next\"", RegexOptions.None, 1000)]
    private static partial Regex Next();
}
