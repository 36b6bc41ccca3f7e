using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>Behaviour that WeChat's documents leave open.</summary>
internal sealed class SwitchRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/switches", http => api.ListAsync(http, Json.ListingSwitchView, () => List(ControlApi.Query(http, "mch_id"))));
        routes.MapPost("/_sim/switches", http => api.ChangeAsync(http, Json.DictionaryStringString, Json.ListingSwitchView, SetSwitches));
    }

    private IEnumerable<SwitchView> List(string? mchId) =>
        Switches.All.Select(s => new SwitchView(s.Name, state.Switches[s.Name, mchId], s.Default, s.Values, s.Evidence, s.Source, s.Meaning, s.Chinese));

    /// <summary>The member <c>mch_id</c> is no switch: it says whose values the others are.</summary>
    private Outcome<Listing<SwitchView>> SetSwitches(Dictionary<string, string> values, DateTimeOffset now)
    {
        if (values.Remove("mch_id", out var mchId) && state.FindMerchant(mchId) is null)
        {
            return new(404, $"There is no merchant {mchId}.");
        }

        foreach (var (name, value) in values)
        {
            if (state.Switches.TrySet(name, value, mchId) is { } reason)
            {
                return new(400, reason);
            }

            state.Put(new SwitchValue(name, value, mchId));
        }

        return new(new Listing<SwitchView>([.. List(mchId)]));
    }
}
