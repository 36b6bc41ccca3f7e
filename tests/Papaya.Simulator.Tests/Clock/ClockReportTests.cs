using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Clock;

public sealed class ClockReportTests
{
    [Fact]
    public async Task An_advance_tells_what_happened()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var rich = await world.SignedAsync();
        var poor = await world.SignedAsync(await world.UserAsync(2_500));
        await world.ContractOrderAsync("oSimUser0002");
        await world.AdvanceAsync(TimeSpan.FromHours(30));
        await world.ApplyAsync(rich, "D1", ("notify_url", listener.Url));
        await world.ApplyAsync(poor, "D2", ("notify_url", listener.Url));
        var answer = await world.DoAsync("/clock", new JsonObject { ["advance_seconds"] = 86_400 });
        var happened = answer["happened"]!;
        Assert.Equal(1, (int)happened["debits"]!);
        Assert.Equal(1, (int)happened["failed_debits"]!);
        Assert.Equal(2, (int)happened["notifications"]!["sent"]!);
        Assert.Equal(2, (int)happened["notifications"]!["acknowledged"]!);
        Assert.Equal(World.Start + TimeSpan.FromHours(54), (DateTimeOffset)happened["first"]!);
        var nothing = (await world.DoAsync("/clock", new JsonObject { ["advance_seconds"] = 0 }))["happened"]!;
        Assert.Equal(0, (int)nothing["debits"]!);
        Assert.Null(nothing["first"]);
    }

    [Fact]
    public async Task The_clock_goes_to_the_next_event()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(30));
        await world.ApplyAsync(contract, "D1");
        Assert.Equal(world.Now + TimeSpan.FromHours(24), (DateTimeOffset)(await world.SeeAsync("/clock"))["next_event"]!);
        var answer = await world.DoAsync("/clock", new JsonObject { ["next"] = true });
        Assert.Equal(1, (int)answer["happened"]!["debits"]!);
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
    }

    [Fact]
    public async Task A_frozen_clock_stands_until_it_is_moved()
    {
        await using var world = await World.StartAsync();
        Assert.True((bool)(await world.DoAsync("/clock", new JsonObject { ["frozen"] = true }))["frozen"]!);
        await world.DoAsync("/clock", new JsonObject { ["advance_seconds"] = 60 });
        Assert.True((bool)(await world.SeeAsync("/clock"))["frozen"]!);
        Assert.Equal(World.Start + TimeSpan.FromMinutes(1), world.Now);
        Assert.False((bool)(await world.DoAsync("/clock", new JsonObject { ["frozen"] = false }))["frozen"]!);
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, "/clock", new JsonObject())).Status);
    }
}
