using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.World.Tests;

/// <summary>One SQL text, two engines: a year's events in a month, told over real HTTP on PostgreSQL.</summary>
public sealed class PostgresTests(PostgresSchema schema) : IClassFixture<PostgresSchema>
{
    [Fact]
    public async Task The_main_story_holds_on_postgres_too()
    {
        await using var world = await World.StartAsync(configure: server => server.Storage = schema.Options);
        Assert.False(world.Services.GetRequiredService<Database>().Dialect.IsSqlite);
        var renews = await world.SubscribeAsync();
        var unticked = await world.SubscribeAsync(sign: false);
        var poor = await world.SubscribeAsync(await world.UserAsync(balanceFen: 2_500));
        var leaves = await world.SubscribeAsync();
        await world.WeChat.TerminateAsync(leaves.WeChatContractId, default);

        var end = await world.PeriodEndAsync(renews);
        await world.AdvanceToAsync(end + TimeSpan.FromHours(36));
        Assert.Single(await world.DebitsAsync(renews));
        Assert.Empty(await world.DebitsAsync(poor));
        await world.TopUpAsync(poor.OpenId, 50_000);
        await world.AdvanceAsync(TimeSpan.FromDays(6));
        Assert.Single(await world.DebitsAsync(poor));
        Assert.Empty(await world.DebitsAsync(unticked));
        Assert.Empty(await world.DebitsAsync(leaves));
        Assert.Equal("active", (string?)(await world.SubscriptionAsync(poor))["status"]);
        Assert.Equal("terminated", (string?)(await world.ContractAsync(leaves))["status"]);

        var refund = await world.Papaya.PostAsync("/v1/refunds", new JsonObject { ["checkout"] = renews.CheckoutId, ["amount"] = 1_000, ["reason"] = "太多" }, default);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("succeeded", (string?)(await world.Papaya.RefundAsync((string)refund!["id"]!, default))!["status"]);
        Assert.Empty(await world.ViolationsAsync());
    }
}
