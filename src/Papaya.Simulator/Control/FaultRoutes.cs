using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Wire;

namespace Papaya.Simulator.Control;

/// <summary>Faults by rule.</summary>
internal sealed class FaultRoutes(ControlApi api, FaultRules faults)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/faults", http => api.ChangeAsync(http, Json.FaultRequest, Json.FaultRule, AddFault));
        routes.MapGet("/_sim/faults", http => api.ListAsync(http, Json.ListingFaultRule, () => faults.All));
        routes.MapDelete("/_sim/faults", http =>
        {
            faults.Clear();
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
    }

    private Outcome<FaultRule> AddFault(FaultRequest request, DateTimeOffset now)
    {
        var rule = new FaultRule
        {
            On = request.On,
            Kind = request.Kind,
            Times = request.Times,
            Probability = request.Probability,
            Seed = request.Seed,
            DelaySeconds = request.DelaySeconds,
            Processed = request.Processed,
        };
        return faults.TryAdd(rule, Gateway.Knows, out var added) is { } reason ? new(400, reason) : new(added!);
    }
}
