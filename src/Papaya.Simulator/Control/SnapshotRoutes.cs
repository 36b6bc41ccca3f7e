using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

internal sealed record SnapshotRequest
{
    public required string Name { get; init; }
}

internal sealed record RestoreRequest
{
    /// <summary><c>snapshot</c>: time goes back too; <c>keep</c>: it stays, and what is overdue happens at once.</summary>
    public string Clock { get; set; } = "snapshot";
}

internal sealed record ResetRequest
{
    /// <summary>Only what this merchant did; everything when absent.</summary>
    public string? MchId { get; init; }
}

internal sealed record SnapshotView(string Name, DateTimeOffset At, long Bytes);

internal sealed record RestoredView(DateTimeOffset Now);

/// <summary>Worlds put aside, taken back, and begun anew. Who asks waits until nothing is under way; he is not work himself.</summary>
internal sealed class SnapshotRoutes(ControlApi api, SimulatorState state, TestClock clock, CallJournal journal, Courier courier, Lint.LintReport lint)
{
    private static readonly ControlJson Json = ControlJson.Default;

    /// <summary>Whether a request waits for all work and therefore must not be counted as work.</summary>
    public static bool Waits(string method, PathString path) =>
        HttpMethods.IsPost(method) && (path.StartsWithSegments("/_sim/snapshots") || path == "/_sim/reset");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/snapshots", http => api.ListAsync(http, Json.ListingSnapshotView, () => state.Snapshots.All.Select(View)));
        routes.MapPost("/_sim/snapshots", SaveAsync);
        routes.MapPost("/_sim/snapshots/{name}/restore", RestoreAsync);
        routes.MapPost("/_sim/reset", ResetAsync);
    }

    private static SnapshotView View(SavedWorld s) => new(s.Name, s.At, s.Lines.Length);

    private async Task SaveAsync(HttpContext http)
    {
        var (request, reason) = await http.ReadAsync(Json.SnapshotRequest);
        if (request is null)
        {
            await http.RefuseAsync(400, reason);
            return;
        }

        string? refusal = null;
        await clock.RunAloneAsync(
            () =>
            {
                refusal = state.Save(request.Name, journal.Latest);
                return null;
            },
            http.RequestAborted);
        if (refusal is not null)
        {
            await http.RefuseAsync(400, refusal);
            return;
        }

        await http.AnswerAsync(View(state.Snapshots.Find(request.Name)!), Json.SnapshotView);
    }

    private async Task RestoreAsync(HttpContext http)
    {
        var (request, reason) = await http.ReadAsync(Json.RestoreRequest, new());
        if (request is not { Clock: "snapshot" or "keep" })
        {
            await http.RefuseAsync(400, request is null ? reason : "clock is snapshot or keep.");
            return;
        }

        if (state.Snapshots.Find(ControlApi.Route(http, "name")) is not { } saved)
        {
            await http.RefuseAsync(404, "There is no snapshot of this name; GET /_sim/snapshots lists them.");
            return;
        }

        var keepsTime = request.Clock == "keep";
        if (!keepsTime && !state.Options.OwnsClock)
        {
            await http.RefuseAsync(409, "Others live by this clock, and for them time never runs backwards; send {\"clock\": \"keep\"} to restore the world at the present time.");
            return;
        }

        await clock.RunAloneAsync(
            () =>
            {
                courier.Forget();
                journal.CutAfter(saved.Calls);
                state.Restore(saved, keepsTime ? state.Now : saved.At);
                lint.Begin();
                return keepsTime ? null : saved.At;
            },
            http.RequestAborted);
        state.Arm();
        await http.AnswerAsync(new RestoredView(clock.GetUtcNow()), Json.RestoredView);
    }

    private async Task ResetAsync(HttpContext http)
    {
        var (request, reason) = await http.ReadAsync(Json.ResetRequest, new());
        if (request is null)
        {
            await http.RefuseAsync(400, reason);
            return;
        }

        if (request.MchId is { } mchId && state.FindMerchant(mchId) is null)
        {
            await http.RefuseAsync(404, $"There is no merchant {mchId}.");
            return;
        }

        await clock.RunAloneAsync(
            () =>
            {
                courier.Forget();
                journal.Clear(request.MchId);
                state.Reset(request.MchId);
                lint.Begin();
                return null;
            },
            http.RequestAborted);
        state.Arm();
        await http.AnswerAsync(new RestoredView(clock.GetUtcNow()), Json.RestoredView);
    }
}
