using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>A rule as it is set; <see cref="FaultRule"/> says what each member means.</summary>
internal sealed record FaultRequest
{
    public required string On { get; init; }

    public required FaultKind Kind { get; init; }

    public string? Name { get; init; }

    public string? MchId { get; init; }

    public string? Number { get; init; }

    public string? Site { get; init; }

    public int? Skip { get; init; }

    public int? Times { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? Until { get; init; }

    public double? Probability { get; init; }

    public int? Seed { get; init; }

    public double? DelaySeconds { get; init; }

    public bool? Processed { get; init; }

    public int? Status { get; init; }

    public string? Code { get; init; }

    public string? Text { get; init; }

    public string? How { get; init; }

    public string? Field { get; init; }

    public long? Amount { get; init; }

    public int? Copies { get; init; }

    public long? Rows { get; init; }

    public int? SkewSeconds { get; init; }

    public string? Host { get; init; }

    public string? At { get; init; }

    public JsonElement? Do { get; init; }
}

/// <summary>Faults by rule.</summary>
internal sealed class FaultRoutes(ControlApi api, SimulatorState state, FaultRules faults)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/faults", http => api.ChangeAsync(http, Json.FaultRequest, Json.FaultRule, AddFault));
        routes.MapGet("/_sim/faults", http => api.ListAsync(http, Json.ListingFaultRule, () => faults.All.Where(f => ControlApi.Query(http, "mch_id") is not { } mchId || f.MchId == mchId)));
        routes.MapDelete("/_sim/faults", RemoveAsync);
    }

    private Outcome<FaultRule> AddFault(FaultRequest request, DateTimeOffset now)
    {
        var rule = new FaultRule
        {
            On = request.On,
            Kind = request.Kind,
            Name = request.Name,
            MchId = request.MchId,
            Number = request.Number,
            Site = request.Site,
            Skip = request.Skip,
            Times = request.Times,
            From = request.From,
            Until = request.Until,
            Probability = request.Probability,
            Seed = request.Seed,
            DelaySeconds = request.DelaySeconds,
            Processed = request.Processed,
            Status = request.Status,
            Code = request.Code,
            Text = request.Text,
            How = request.How,
            Field = request.Field,
            Amount = request.Amount,
            Copies = request.Copies,
            Rows = request.Rows,
            SkewSeconds = request.SkewSeconds,
            Host = request.Host,
            At = request.At,
            Do = request.Do,
        };
        return faults.TryAdd(rule, Gateway.Knows, out var added) is { } reason ? new(400, reason) : new(added!);
    }

    /// <summary>All rules, or those of an id or a name; what they have delayed stays scheduled.</summary>
    private Task RemoveAsync(HttpContext http)
    {
        var id = ControlApi.Query(http, "id");
        var name = ControlApi.Query(http, "name");
        int removed;
        using (state.Begin())
        {
            removed = faults.Remove(r => (id is null || r.Id.ToString(CultureInfo.InvariantCulture) == id) && (name is null || r.Name == name));
        }

        if (removed == 0 && (id ?? name) is not null)
        {
            return http.RefuseAsync(StatusCodes.Status404NotFound, "There is no such fault; GET /_sim/faults lists them.");
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
