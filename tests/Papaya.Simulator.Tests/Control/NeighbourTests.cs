using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Errors;
using Papaya.Simulator.Tests.Signing;
using Papaya.Simulator.Tests.V3;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Control;

/// <summary>Two merchants do the same at the same time; one has a switch of its own, and the other keeps the default, at every door.</summary>
public sealed class NeighbourTests : IAsyncDisposable
{
    private static readonly Dictionary<string, Neighbour> All = new[]
    {
        new Neighbour("V2, before the sign is known to hold", "sign_error", "result", (w, p) => Now(async () => (await p.WronglySignedAsync(w)).Outcome), "SIGN_ERROR", "FAIL 签名错误，请检查后再试"),
        new("V2", "contract_not_found", "RESULT NULL", (w, p) => Now(async () => (await p.PostAsync(w, "/papay/querycontract", ("contract_id", "1"), ("version", "1.0"))).Outcome),
            "RESULT NULL", "CONTRACT_NOT_EXIST"),
        new("V3", "v3_unknown_path", "empty", (w, p) => Now(async () =>
        {
            using var shop = await Shop.OpenAsync(w, p.MchId);
            return (await shop.GetAsync("/v3/nothing")).Text.Length == 0 ? "empty" : "words";
        }), "empty", "words"),
        new("V3, below the merchant's own certificate", "v3_order_not_found", "ORDER_NOT_EXIST", (w, p) => Now(async () =>
        {
            using var shop = await Shop.OpenAsync(w, p.MchId);
            return (await shop.GetAsync("/v3/pay/transactions/out-trade-no/none01?mchid=" + p.MchId)).Outcome;
        }), "ORDER_NOT_EXIST", "NOT_FOUND"),
        new("signing page", "papay_nonce", "refused", (w, p) => Now(async () =>
        {
            var page = await w.PageAsync(SignOnlyTests.Address("/papay/entrustweb", World.With(p.Signing(w, World.AppId), ("nonce_str", "x")), SignType.Md5, p.Key));
            return page.Contains("不识别的参数nonce_str", StringComparison.Ordinal) ? "refused" : "shown";
        }), "refused", "shown"),
        new("signing page, asked by the server", "h5_reply_text", "error_texts", (w, p) => Now(async () =>
        {
            var address = SignOnlyTests.Address("/papay/h5entrustweb", World.With(p.Signing(w, World.AppId), ("clientip", "12.1.1.12")), SignType.HmacSha256, p.Key);
            return (await w.SendAsync(address, [], null, method: HttpMethod.Get))["return_msg"];
        }), "PARAM_ERROR", "OK"),
        new("a session opened by the user", "app_open_within", "20s", async (w, p) =>
        {
            var session = (await p.PostFieldsAsync(w, "/papay/preentrustweb", p.Signing(w, Presets.MobileApp)))["pre_entrustweb_id"];
            await w.AdvanceAsync(TimeSpan.FromSeconds(30));
            return async () => (string?)(await SignOnlyTests.EntrustAsync(w, new() { ["pre_entrustweb_id"] = session, ["openid"] = "oSimUser0001", ["action"] = "agree" }))["reason"];
        }, "expired", null),
        new("cashier", "paid_not_signed", "never", async (w, p) =>
        {
            await w.PayAsync(await p.OrderAsync(w), "oSimUser0001");
            var again = await p.OrderAsync(w);
            return async () => (await w.PayAsync(again, "oSimUser0001"))["paid"]!.ToString();
        }, "false", "true"),
        new("agenda: a debit that fails", "auto_close_after", "0", async (w, p) =>
        {
            var contract = await p.SignedAsync(w, await w.UserAsync(2_500));
            await p.PostFieldsAsync(w, "/pay/pappayapply", World.With(w.ApplyFields(contract, "D1"), ("mch_id", p.MchId)));
            return async () => (await p.PostAsync(w, "/pay/paporderquery", ("nonce_str", "n"), ("out_trade_no", "D1")))["trade_state"];
        }, "CLOSED", "PAY_FAIL"),
        new("bills", "bill_bom", "no", async (w, p) =>
        {
            await p.SignedAsync(w, "oSimUser0001");
            return async () =>
            {
                await w.AdvanceAsync(new DateTimeOffset(2026, 1, 16, 9, 0, 0, TimeSpan.FromHours(8)) - w.Now);
                return (await p.PostAsync(w, "/pay/downloadbill", ("nonce_str", "n"), ("bill_date", "20260115"))).Bytes[0] == 0xEF ? "BOM" : "none";
            };
        }, "none", "BOM"),
        new("settlement", "settlement_hour", "00:00", async (w, p) =>
        {
            await w.DoAsync($"/merchants/{p.MchId}/funds", new JsonObject { ["set"] = new JsonObject { ["available"] = 0 } });
            await p.SignedAsync(w, "oSimUser0001");
            return async () =>
            {
                await w.AdvanceAsync(new DateTimeOffset(2026, 1, 16, 1, 0, 0, TimeSpan.FromHours(8)) - w.Now);
                return (await w.SeeAsync($"/merchants/{p.MchId}/funds"))["available"]!.ToString();
            };
        }, "2485", "0"),
        new("the user ends a contract", "pending_debit_on_terminate", "fails_at_once", async (w, p) =>
        {
            var contract = await p.SignedAsync(w, await w.UserAsync());
            await w.AdvanceAsync(TimeSpan.FromHours(13));
            await p.PostFieldsAsync(w, "/pay/pappayapply", World.With(w.ApplyFields(contract, "D1"), ("mch_id", p.MchId)));
            await w.DoAsync($"/contracts/{contract}/terminate", new JsonObject());
            return async () => (await p.PostAsync(w, "/pay/paporderquery", ("nonce_str", "n"), ("out_trade_no", "D1")))["trade_state"];
        }, "CLOSED", "ACCEPT"),
    }.ToDictionary(n => n.Door, StringComparer.Ordinal);

    private World? _world;

    public static TheoryData<string> Doors => [.. All.Keys];

    public async ValueTask DisposeAsync() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task One_has_its_value_and_the_other_the_default(string door)
    {
        var (world, own, other) = await OpenAsync(All[door].Switch, All[door].Value);
        var (first, second) = (await All[door].Do(world, own), await All[door].Do(world, other));
        await world.SettleAsync();
        Assert.Equal((All[door].Own, All[door].Default), (await first(), await second()));
    }

    [Fact]
    public async Task Messages_of_both_are_acknowledged_each_in_its_way()
    {
        var (world, own, other) = await OpenAsync("ack_strictness", "exact");
        await using var mine = await Listener.StartAsync(world.Clock);
        await using var its = await Listener.StartAsync(world.Clock);
        foreach (var listener in (Listener[])[mine, its])
        {
            listener.Next(200, "\n<xml><return_code>SUCCESS</return_code></xml>");
        }

        // The other merchant's event comes last: what leaves at this instant must not be read with its values.
        await world.PayAsync(await own.OrderAsync(world, ("notify_url", mine.Url)), "oSimUser0001");
        await world.PayAsync(await other.OrderAsync(world, ("notify_url", its.Url)), "oSimUser0001");
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((2, 1), (mine.Got.Count, its.Got.Count));
    }

    [Fact]
    public async Task Callbacks_of_both_are_written_each_in_its_way()
    {
        var (world, own, other) = await OpenAsync("v3_associated_data", "empty");
        await using var listener = await V3Listener.StartAsync();
        foreach (var party in (Party[])[own, other])
        {
            using var shop = await Shop.OpenAsync(world, party.MchId);
            var page = await V3Requests.PreSign("app", "c1").With(("contract_notify_url", listener.Url)).SendAsync(shop);
            await world.DoAsync("/entrust", new JsonObject { ["session"] = (string?)page.Json!["pre_entrustweb_id"], ["openid"] = "oSimUser0001", ["action"] = "agree" });
        }

        await world.SettleAsync();
        Assert.Equal(["", "entrust"], listener.Got.Select(g => (string?)JsonNode.Parse(g.Body)!["resource"]!["associated_data"]).Order(StringComparer.Ordinal));
    }

    /// <summary>A world in which one of two merchants has a value of its own.</summary>
    private async Task<(World World, Party Own, Party Other)> OpenAsync(string name, string value)
    {
        _world = await World.StartAsync();
        var made = (await _world.DoAsync("/merchants/batch", new JsonObject { ["count"] = 2 }))["data"]!.AsArray()
            .Select(m => new Party((string)m!["mch_id"]!, new((string)m["key"]!))).ToArray();
        await _world.DoAsync("/switches", new JsonObject { [name] = value, ["mch_id"] = made[0].MchId });
        return (_world, made[0], made[1]);
    }

    private static Task<Func<Task<string?>>> Now(Func<Task<string?>> see) => Task.FromResult(see);

    /// <summary>What both do, and afterwards see: the one with its own value, the other with the default.</summary>
    private sealed record Neighbour(string Door, string Switch, string Value, Func<World, Party, Task<Func<Task<string?>>>> Do, string? Own, string? Default);

    private sealed record Party(string MchId, ApiV2Key Key)
    {
        public Task<Reply> PostFieldsAsync(World world, string path, IEnumerable<(string, string?)> fields) => world.PostAsync(path, fields, key: Key);

        public Task<Reply> PostAsync(World world, string path, params (string, string?)[] fields) => PostFieldsAsync(world, path, [("appid", World.AppId), ("mch_id", MchId), .. fields]);

        public Task<Reply> OrderAsync(World world, params (string, string?)[] changes) =>
            PostFieldsAsync(world, "/pay/contractorder", world.OrderFields("oSimUser0001", [("mch_id", MchId), ("contract_mchid", MchId), .. changes]));

        public Task<Reply> WronglySignedAsync(World world)
        {
            using var writer = new V2Writer();
            writer.Add("appid", World.AppId).Add("mch_id", MchId);
            return world.SendAsync("/pay/contractorder", writer.Sign(new(new string('f', 32)), SignType.Md5).ToArray(), "text/xml");
        }

        public async Task<string> SignedAsync(World world, string openid) =>
            (string)(await world.PayAsync(await OrderAsync(world, ("openid", openid)), openid))["contract_id"]!;

        public List<(string Name, string? Value)> Signing(World world, string appId) => World.With(SignOnlyTests.Fields(world, appId), ("mch_id", MchId));
    }
}
