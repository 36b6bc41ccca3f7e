using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Pages;

/// <summary>Three months of a world of which every page of the control room has something to show.</summary>
internal sealed record LivedInWorld(string Contract, string Debit, string RefundedDebit, string WrongCall, DateTimeOffset LastMonth)
{
    private static readonly ApiV2Key WrongKey = new("11111111111111111111111111111111");

    /// <summary>Somebody signed, was debited, could not pay once, got some of it back; somebody else ended it; one call had a wrong sign. Nobody acknowledges anything.</summary>
    public static async Task<LivedInWorld> MakeAsync(World world)
    {
        var contract = await world.SignedAsync("oSimUser0001");
        var other = await world.SignedAsync("oSimUser0002");
        var lastMonth = world.Now;
        for (var month = 1; month <= 3; month++)
        {
            await world.AdvanceAsync(TimeSpan.FromDays(29));
            if (month == 2)
            {
                await world.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["balance"] = 0 });
            }

            lastMonth = world.Now;
            await world.ApplyAsync(contract, $"D2026{month:00}");
            await world.AdvanceAsync(TimeSpan.FromHours(month == 3 ? 26 : 48));
            await world.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["balance"] = 100_000 });
        }

        await world.DoAsync($"/contracts/{other}/terminate", new JsonObject());
        foreach (var (number, fen, outcome) in new[] { ("R1", 500, "success"), ("R2", 700, "abnormal"), ("R3", 300, null) })
        {
            await world.AdvanceAsync(TimeSpan.FromMinutes(1));
            await world.DoAsync("/refunds", new JsonObject { ["out_trade_no"] = "D202601", ["out_refund_no"] = number, ["amount"] = fen });
            if (outcome is not null)
            {
                await world.DoAsync("/refunds/" + number, new JsonObject { ["outcome"] = outcome });
            }
        }

        await world.ApplyAsync(contract, "D202604");
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        using var writer = new V2Writer();
        foreach (var (name, value) in world.ApplyFields(contract, "D202605"))
        {
            writer.Add(name, value);
        }

        await world.SendAsync("/pay/pappayapply", writer.Sign(WrongKey, SignType.Md5).ToArray(), "text/xml");
        await world.FaultAsync("/pay/pappayapply", "timeout_after", times: 1);
        await world.FaultAsync("debit", "duplicate", times: 2);
        await world.DoAsync("/switches", new JsonObject { ["mch_id"] = World.MchId, ["orderquery_waiting"] = "ACCEPT" });
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "three-months" });
        var calls = (await world.SeeAsync("/requests"))["data"]!.AsArray();
        return new(contract, "D202603", "D202601", (string)calls[^1]!["id"]!, lastMonth);
    }
}
