using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Errors;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of V3's signatures, refusals and callbacks in general.</summary>
internal static class V3WireRows
{
    private const string Certificates = "/v3/certificates";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static IEnumerable<SwitchRow> All => [.. Doors, .. Refusals, .. Callbacks];

    private static IEnumerable<SwitchRow> Doors =>
    [
        OfV3("v3_clock", "a call in the time of the test clock, one in the machine's", async (w, shop) =>
        {
            await w.AdvanceAsync(Hour);
            return $"{(await shop.GetAsync(Certificates)).Status} {(await shop.SendAsync(HttpMethod.Get, Certificates, skew: -Hour)).Status}";
        }, ("both", "200 200"), ("virtual", "200 401"), ("wall", "401 200")),
        OfV3("v3_reply_key", "a call that names no key, one that names the public key", async (_, shop) =>
            $"{KindOf(shop, (await shop.GetAsync(Certificates)).Headers.Serial)} {KindOf(shop, (await AskingAsync(shop, Get(Certificates))).Headers.Serial)}",
            ("as_asked", "certificate public_key"), ("public_key", "public_key public_key"), ("certificate", "certificate certificate")),
        OfV3("v3_error_signature", "a question about no contract", async (_, shop) =>
        {
            var reply = await V3Requests.Of("v3-query-contract").SendAsync(shop);
            return $"{reply.Status} {(reply.Headers.Signature is null ? "unsigned" : "signed")}";
        }, ("on", "404 signed"), ("off", "404 unsigned")),
        OfV3("v3_unknown_path", "a path that is none", async (_, shop) => (await shop.GetAsync("/v3/papay/transactions")) is var reply ? $"{reply.Status} {(string?)reply.Json?["code"]}" : null,
            ("RESOURCE_NOT_EXISTS", "404 RESOURCE_NOT_EXISTS"), ("empty", "404 ")),
        OfV3("v3_certificates", "the platform certificates", async (_, shop) => (await shop.GetAsync(Certificates)).Outcome, ("list", "200"), ("none", "RESOURCE_NOT_EXISTS")),
    ];

    private static IEnumerable<SwitchRow> Refusals =>
    [
        OfV3("v3_foreign_appid", "a reminder with somebody else's appid", async (_, shop) =>
            Told(await V3Requests.Reminder(V3Requests.NoContract).With(("appid", "wx0000000000000000")).SendAsync(shop)),
            ("NO_AUTH", "403 NO_AUTH"), ("APPID_MCHID_NOT_MATCH", "400 APPID_MCHID_NOT_MATCH")),
        OfV3("v3_path_id_in_body", "a notice with its contract_id in the body too", async (w, shop) =>
            (await V3Requests.Notice(await w.SignedAsync(plan: "12536")).With(("contract_id", "1")).SendAsync(shop)).Outcome,
            ("refused", "PARAM_ERROR"), ("tolerated", "204")),
        OfV3("v3_path_id_in_body", "a notice with another surplus member", async (w, shop) =>
            (await V3Requests.Notice(await w.SignedAsync(plan: "12536")).With(("contract_id", "1"), ("surplus", "1")).SendAsync(shop)).Outcome,
            ("refused", "PARAM_ERROR"), ("tolerated", "PARAM_ERROR")),
        OfV3("v3_rate_code", "two notices in a second", (w, shop) => TwiceAsync(w, shop, V3Requests.Of("v3-deduct-notify")),
            ("by_call", "429 FREQUENCY_LIMITED"), ("RATELIMIT_EXCEEDED", "429 RATELIMIT_EXCEEDED"), ("FREQUENCY_LIMITED", "429 FREQUENCY_LIMITED"),
            ("FREQUENCY_LIMITED_EXCEED", "429 FREQUENCY_LIMITED_EXCEED")),
        OfV3("v3_rate_code", "two questions in a second", (w, shop) => TwiceAsync(w, shop, V3Requests.Of("v3-query-contract")),
            ("by_call", "429 RATELIMIT_EXCEEDED"), ("RATELIMIT_EXCEEDED", "429 RATELIMIT_EXCEEDED"), ("FREQUENCY_LIMITED", "429 FREQUENCY_LIMITED"),
            ("FREQUENCY_LIMITED_EXCEED", "429 FREQUENCY_LIMITED_EXCEED")),
        OfV3("v3_null", "a notice with a null", async (w, shop) =>
        {
            var notice = V3Requests.Notice(await w.SignedAsync(plan: "12536"));
            return (await shop.PostAsync(notice.Target, Nulled(notice.Body!))).Outcome;
        }, ("refused", "PARAM_ERROR"), ("ignored", "204")),
        OfV3("v3_status_contract_not_exist", "a notice about no contract", async (_, shop) => Told(await V3Requests.Of("v3-deduct-notify").SendAsync(shop)),
            ("404", "404 CONTRACT_NOT_EXIST"), ("400", "400 CONTRACT_NOT_EXIST")),
        OfV3("v3_status_rulelimit", "a notice to a user whom risk control refuses", async (w, shop) =>
        {
            var contract = await w.SignedAsync("oSimUser0001", "12536");
            await w.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["risk"] = "refuse" });
            return Told(await V3Requests.Notice(contract).SendAsync(shop));
        }, ("403", "403 RULELIMIT"), ("400", "400 RULELIMIT")),
        OfV3("v3_status_already_exists", "the same notice twice", async (w, shop) =>
        {
            var notice = V3Requests.Notice(await w.SignedAsync(plan: "12536"));
            await notice.SendAsync(shop);
            return Told(await notice.SendAsync(shop));
        }, ("400", "400 RESOURCE_ALREADY_EXISTS"), ("409", "409 RESOURCE_ALREADY_EXISTS")),
        OfV3("v3_status_already_exists", "a number applied twice", async (w, shop) =>
        {
            var apply = V3Requests.Apply(await V3OwnRows.DueAsync(w, shop), "apply1");
            await apply.SendAsync(shop);
            return Told(await apply.SendAsync(shop));
        }, ("400", "400 ALREADY_EXISTS"), ("409", "409 ALREADY_EXISTS")),
    ];

    private static IEnumerable<SwitchRow> Callbacks =>
    [
        Listened("v3_callback_key", "callbacks after a call that names no key, and after one that names the public key", async (w, shop, listener) =>
        {
            await SignAsync(w, listener, request => shop.SendAsync(request.Method, request.Target, request.Body), "c1", "oSimUser0001");
            await SignAsync(w, listener, request => AskingAsync(shop, request), "c2", "oSimUser0002");
            return string.Join(' ', listener.Got.Select(g => KindOf(shop, g.Headers.Serial)));
        }, ("as_asked", "certificate public_key"), ("public_key", "public_key public_key"), ("certificate", "certificate certificate")),
        Listened("v3_associated_data", "a contract is signed", async (w, shop, listener) =>
        {
            await SignAsync(w, listener, request => request.SendAsync(shop), "c1", "oSimUser0001");
            return (string?)JsonNode.Parse(listener.Got.Single().Body)!["resource"]!["associated_data"];
        }, ("original_type", "entrust"), ("empty", "")),
        Listened("v3_probes", "a contract is signed, and a call made", async (w, shop, listener) =>
        {
            await SignAsync(w, listener, request => request.SendAsync(shop), "c1", "oSimUser0001");
            return $"{string.Join(' ', listener.Got.Select(g => KindOf(g.Headers.Signature)))}, {KindOf((await shop.GetAsync(Certificates)).Headers.Signature)}";
        }, ("off", "true, true"), ("callbacks", "false true, true"), ("replies", "true, false"), ("both", "false true, false")),
    ];

    /// <summary>An act with a listener for V3 callbacks.</summary>
    public static SwitchRow Listened(string name, string act, Func<World, Shop, V3Listener, Task<string?>> see, params (string, string?)[] values) => OfV3(name, act, async (w, shop) =>
    {
        await using var listener = await V3Listener.StartAsync();
        return await see(w, shop, listener);
    }, values);

    /// <summary>A contract for one scheduled debit, of which the listener is told.</summary>
    public static async Task<string> SignAsync(World world, V3Listener listener, Func<V3Request, Task<V3Reply>> send, string code, string openid)
    {
        var page = await send(V3Requests.PreSign("app", code).With(("contract_notify_url", listener.Url)));
        var done = await world.DoAsync("/entrust", new JsonObject { ["session"] = (string?)page.Json!["pre_entrustweb_id"], ["openid"] = openid, ["action"] = "agree" });
        await world.SettleAsync();
        return (string)done["contract_id"]!;
    }

    private static V3Request Get(string target) => new("", HttpMethod.Get, target, null);

    private static Task<V3Reply> AskingAsync(Shop shop, V3Request request) => shop.SendAsync(request.Method, request.Target, request.Body, platformSerial: shop.PublicKey.Id);

    private static string KindOf(Shop shop, string? serial) => serial == shop.PublicKey.Id ? "public_key" : serial == shop.Certificate.Id ? "certificate" : "unsigned";

    private static string KindOf(string? signature) => signature!.StartsWith(V3Signature.ProbePrefix, StringComparison.Ordinal) ? "false" : "true";

    private static string Told(V3Reply reply) => $"{reply.Status} {reply.Outcome}";

    private static async Task<string?> TwiceAsync(World world, Shop shop, V3Request request)
    {
        await LimitAsync(world, ("v3_qps", 1), ("v3_notice_qps", 1));
        await request.SendAsync(shop);
        return Told(await request.SendAsync(shop));
    }

    /// <summary>The body with one member more, whose value is null.</summary>
    private static JsonNode Nulled(string body)
    {
        var json = JsonNode.Parse(body)!;
        json["deduct_duration"] = null;
        return json;
    }
}
