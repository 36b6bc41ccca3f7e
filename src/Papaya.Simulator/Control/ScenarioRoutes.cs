using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Scenarios;

namespace Papaya.Simulator.Control;

/// <summary>A scenario as a list shows it.</summary>
internal sealed record ScenarioView(string Name, int[] Pains, string Family, string Title, string Chinese, string Why, string WhyChinese, string Source, int Steps, ParameterView[] Params)
{
    public static ScenarioView Of(Scenario s) => new(
        s.Name, s.Pains, s.Family, s.Title, s.Chinese, s.Why, s.WhyChinese, s.Source, s.Steps.Count,
        [.. s.Parameters.Select(p => new ParameterView(p.Name, p.Default.ToString(), p.Meaning, p.Chinese))]);
}

/// <summary>A value that a run may choose.</summary>
internal sealed record ParameterView(string Name, string Default, string Meaning, string Chinese);

internal sealed record ScenarioRunRequest
{
    public bool WithoutCause { get; init; }

    public Dictionary<string, string>? Params { get; init; }
}

/// <summary>
/// The scenario player. A run has a simulator, a clock and addresses of its own: it neither sees nor moves the world that this API belongs to.
/// </summary>
internal sealed class ScenarioRoutes(ControlApi api)
{
    private static readonly ControlJson Json = ControlJson.Default;

    /// <summary>Runs are whole worlds; a few at once are enough.</summary>
    private readonly SemaphoreSlim _stages = new(4);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/scenarios", http => api.ListAsync(http, Json.ListingScenarioView, () => ScenarioLibrary.All.Select(ScenarioView.Of)));
        routes.MapPost("/_sim/scenarios/{name}/run", RunAsync);
    }

    private async Task RunAsync(HttpContext http)
    {
        var (request, reason) = await http.ReadAsync(Json.ScenarioRunRequest, new());
        if (request is null)
        {
            await http.RefuseAsync(StatusCodes.Status400BadRequest, reason);
            return;
        }

        var name = ControlApi.Route(http, "name");
        if (ScenarioLibrary.Find(name) is not { } scenario)
        {
            await http.RefuseAsync(StatusCodes.Status404NotFound, $"There is no scenario '{name}'; GET /_sim/scenarios lists them.");
            return;
        }

        await _stages.WaitAsync(http.RequestAborted);
        try
        {
            var run = new ScenarioRun { WithoutCause = request.WithoutCause, Parameters = request.Params ?? [] };
            await http.AnswerAsync(await ScenarioPlayer.PlayAsync(scenario, run, http.RequestAborted), Json.ScenarioResult);
        }
        catch (ScenarioFormatException e)
        {
            await http.RefuseAsync(StatusCodes.Status400BadRequest, e.Message);
        }
        finally
        {
            _stages.Release();
        }
    }
}
