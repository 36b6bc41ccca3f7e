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
        routes.MapGet("/_sim/switches", http => api.ListAsync(http, Json.ListingSwitchView, Switches));
        routes.MapPost("/_sim/switches", http => api.ChangeAsync(http, Json.DictionaryStringString, Json.ListingSwitchView, SetSwitches));
    }

    private IEnumerable<SwitchView> Switches() =>
        Simulator.Switches.All.Select(s => new SwitchView(s.Name, state.Switches[s.Name], s.Default, s.Values, s.Evidence, s.Source, s.Meaning));

    private Outcome<Listing<SwitchView>> SetSwitches(Dictionary<string, string> values, DateTimeOffset now)
    {
        foreach (var (name, value) in values)
        {
            if (state.Switches.TrySet(name, value) is { } reason)
            {
                return new(400, reason);
            }
        }

        return new(new Listing<SwitchView>([.. Switches()]));
    }
}
