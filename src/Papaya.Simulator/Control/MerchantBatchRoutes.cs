using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

internal sealed record BatchRequest
{
    /// <summary>How many merchants.</summary>
    public required int Count { get; init; }

    /// <summary>Whose settings, apps and templates they get; their numbers and keys are their own.</summary>
    public string Like { get; set; } = Presets.MchId;
}

internal sealed record BatchMember(string MchId, string Name, string Key, AppView[] Apps, long[] PlanIds);

/// <summary>Many merchants at once: a suite whose tests run side by side gives each of them one.</summary>
internal sealed class MerchantBatchRoutes(ControlApi api, SimulatorState state)
{
    private const int Most = 1_000;
    private const ulong EightDigits = 100_000_000;

    // Odd and not divisible by 5: it permutes the eight-digit numbers.
    private const ulong Step = 73_687_619;

    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/_sim/merchants/batch", http => api.ChangeAsync(http, Json.BatchRequest, Json.ListingBatchMember, Make));

    private Outcome<Listing<BatchMember>> Make(BatchRequest request, DateTimeOffset now)
    {
        if (request.Count is < 1 or > Most)
        {
            return new(400, $"count is 1 to {Most}.");
        }

        if (state.FindMerchant(request.Like) is not { } model)
        {
            return new(404, $"There is no merchant {request.Like}.");
        }

        var templates = state.Templates.Where(t => t.MchId == request.Like).OrderBy(t => t.PlanId).ToList();
        return new(new Listing<BatchMember>([.. Enumerable.Range(0, request.Count).Select(_ => Copy(model, templates, now))]));
    }

    private BatchMember Copy(Merchant model, List<Template> templates, DateTimeOffset now)
    {
        string mchId;
        do
        {
            mchId = "19" + ((ulong)state.Numbers.Plain() * Step % EightDigits).ToString("D8", CultureInfo.InvariantCulture);
        }
        while (state.FindMerchant(mchId) is not null);

        // By way of the journal's own form: whatever a merchant or a template will have one day is copied too.
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new() { Merchants = [model], Templates = templates }, WorldJson.Default.Change);
        var copy = JsonSerializer.Deserialize(bytes, WorldJson.Default.Change)!;
        var merchant = copy.Merchants![0];
        (merchant.MchId, merchant.Name, merchant.Key, merchant.PreviousKey, merchant.KeyResetAt) = (mchId, $"商户{mchId}", state.Nonces.Next(), null, null);
        state.Put(merchant);
        Presets.Open(state, mchId, now);
        foreach (var template in copy.Templates ?? [])
        {
            template.MchId = mchId;
            state.Put(template);
        }

        return new(mchId, merchant.Name, merchant.Key, [.. merchant.Apps.Select(a => new AppView(a.AppId, a.Kind))], [.. templates.Select(t => t.PlanId)]);
    }
}
