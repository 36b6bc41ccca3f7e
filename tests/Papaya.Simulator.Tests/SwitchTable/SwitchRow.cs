using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.V3;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>One act over the wire, and what is seen of it under each value of a switch.</summary>
/// <param name="Switch">The name of the switch.</param>
/// <param name="Act">What the merchant or the user does; the row's name in the test report.</param>
/// <param name="See">Does it in a fresh world and gives what came back. Knows nothing of the switch.</param>
/// <param name="Values">Every value of the switch, the default first, with what is seen under it.</param>
internal sealed record SwitchRow(string Switch, string Act, Func<World, Task<string?>> See, params (string Value, string? Seen)[] Values)
{
    /// <summary>Other switches that bring the act about.</summary>
    public (string Name, string Value)[] Beside { get; init; } = [];

    /// <summary>When the world begins, where ten in the morning will not do.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The same act with a V3 client at hand.</summary>
    public static SwitchRow OfV3(string name, string act, Func<World, Shop, Task<string?>> see, params (string Value, string? Seen)[] values) => new(name, act, async world =>
    {
        using var shop = await Shop.OpenAsync(world);
        return await see(world, shop);
    }, values);

    /// <summary>An act of which the merchant is told; what is seen is what arrived.</summary>
    public static SwitchRow Told(string name, string act, Func<World, string, Task> does, Func<Listener, string?> see, params (string Value, string? Seen)[] values) =>
        new(name, act, async world =>
        {
            await using var listener = await Listener.StartAsync(world.Clock);
            await does(world, listener.Url);
            await world.SettleAsync();
            return see(listener);
        }, values);

    public static Task<JsonNode> TemplateAsync(World world, int plan, JsonObject changes)
    {
        (changes["mch_id"], changes["plan_id"]) = (World.MchId, plan);
        return world.DoAsync("/templates", changes);
    }

    public static Task<JsonNode> LimitAsync(World world, params (string Name, int Value)[] limits) => world.DoAsync("/merchants", new JsonObject
    {
        ["mch_id"] = World.MchId, ["limits"] = new JsonObject(limits.Select(limit => KeyValuePair.Create(limit.Name, (JsonNode?)limit.Value))),
    });

    /// <summary>A contract that is so old that its debits wait for 24 hours.</summary>
    public static async Task<string> OldContractAsync(World world)
    {
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        return contract;
    }

    /// <summary>A contract whose user has spent all.</summary>
    public static async Task<string> PoorContractAsync(World world) => await world.SignedAsync(await world.UserAsync(2_500));
}
