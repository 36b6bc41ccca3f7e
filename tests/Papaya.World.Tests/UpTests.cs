using Papaya.Cli.Http;

namespace Papaya.World.Tests;

public sealed class UpTests
{
    [Fact]
    public async Task Both_hosts_share_one_clock_that_can_be_moved()
    {
        await using var world = await World.StartAsync();
        var before = await world.WeChat.NowAsync(default);
        Assert.Equal(new DateTime(2026, 1, 15), before.ToOffset(TimeSpan.FromHours(8)).Date);
        await world.AdvanceAsync(TimeSpan.FromDays(31));
        Assert.InRange(world.Now - before, TimeSpan.FromDays(31), TimeSpan.FromDays(32));
    }

    [Fact]
    public async Task The_server_is_ready_and_its_api_is_closed_without_a_key()
    {
        await using var world = await World.StartAsync();
        using var http = world.Sandbox.ServerHttp();
        using var ready = await http.GetAsync("/readyz");
        using var closed = await http.GetAsync("/v1/plans");
        Assert.True(ready.IsSuccessStatusCode);
        Assert.Equal(401, (int)closed.StatusCode);
        Assert.Contains(await world.PlanAsync(), (await world.Papaya.AllAsync("/v1/plans", default)).Select(plan => plan.Text("code")));
    }
}
