using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.V3;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>The codes that every V3 call of delegated debit has.</summary>
internal static class V3CommonRows
{
    /// <summary>Calls whose tables say FREQUENCY_LIMITED.</summary>
    private static readonly string[] SlowCalls = ["v3-deduct-notify", "v3-fail-notify", "v3-refund", "v3-refund-query", "v3-refund-abnormal", "v3-tradebill", "v3-fundflowbill", "v3-billdownload"];

    /// <summary>Calls that need no product; a service provider may ask for its own sub-merchants only.</summary>
    private static readonly Dictionary<string, string> OfSomebodyElse = new()
    {
        ["v3-order-by-out-trade-no"] = $"/v3/pay/partner/transactions/out-trade-no/none01?sp_mchid={World.MchId}&sub_mchid=1900000109",
        ["v3-order-by-id"] = $"/v3/pay/partner/transactions/id/4200000000202601150000000001?sp_mchid={World.MchId}&sub_mchid=1900000109",
        ["v3-tradebill"] = "/v3/bill/tradebill?bill_date=2026-01-14&sub_mchid=1900000109",
    };

    private static readonly Lazy<RSA> Stranger = new(() => RSA.Create(2048));

    public static IEnumerable<ErrorRow> All => V3Requests.All.SelectMany(Of);

    private static IEnumerable<ErrorRow> Of(V3Request request)
    {
        yield return Row(request, "PARAM_ERROR", "a surplus parameter", async (_, shop) => await (request with { Target = Surplus(request.Target) }).SendAsync(shop));
        if (request.Body is not null)
        {
            yield return Row(request, "PARAM_ERROR", "a required member is missing", async (_, shop) => await Shorter(request).SendAsync(shop));
            yield return Row(request, "PARAM_ERROR", "the body is no JSON", async (_, shop) => await (request with { Body = "{\"appid\":" }).SendAsync(shop));
        }

        yield return Row(request, "INVALID_REQUEST", "no Accept header", async (_, shop) => await shop.SendAsync(request.Method, request.Target, request.Body, accept: null));
        yield return Row(
            request, "SIGN_ERROR", "signed with another key", async (_, shop) => await shop.SendAsync(request.Method, request.Target, request.Body, key: Stranger.Value));
        // Everybody may ask for the certificates; whose bill an address is for stands in the address itself.
        if (request.Name is not "v3-certificates" and not "v3-billdownload")
        {
            yield return Row(request, "NO_AUTH", OfSomebodyElse.ContainsKey(request.Name) ? "a sub-merchant of somebody else" : "the product was not granted", async (world, shop) =>
            {
                await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["permissions"] = new JsonArray() });
                return await (request with { Target = OfSomebodyElse.GetValueOrDefault(request.Name) ?? request.Target }).SendAsync(shop);
            });
        }

        var isSlow = SlowCalls.Contains(request.Name);
        yield return Row(request, "RATELIMIT_EXCEEDED", "more calls in a second than allowed", Twice) with { Switches = isSlow ? [("v3_rate_code", "RATELIMIT_EXCEEDED")] : [] };
        if (isSlow)
        {
            yield return Row(request, "FREQUENCY_LIMITED", "more calls in a second than allowed", Twice);
        }

        yield return Row(request, "SYSTEM_ERROR", "an error inside WeChat", async (world, shop) =>
        {
            await world.FaultAsync(V3Requests.TemplateOf(request.Name), "system_error");
            return await request.SendAsync(shop);
        }) with { IsInternal = true };

        async Task<V3Reply> Twice(World world, Shop shop)
        {
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["limits"] = new JsonObject { ["v3_qps"] = 1, ["v3_notice_qps"] = 1 } });
            await request.SendAsync(shop);
            return await request.SendAsync(shop);
        }
    }

    private static ErrorRow Row(V3Request request, string code, string cause, Func<World, Shop, Task<V3Reply>> act) => new(request.Name, code, cause, async world =>
    {
        using var shop = await Shop.OpenAsync(world);
        return ErrorRows.AnswerOf(await act(world, shop));
    });

    private static string Surplus(string target) => target + (target.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "surplus=1";

    private static V3Request Shorter(V3Request request) => request.With((JsonNode.Parse(request.Body!)!.AsObject().First().Key, null));
}
