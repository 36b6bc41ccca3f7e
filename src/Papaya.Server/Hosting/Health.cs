using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Papaya.Server.Storage;

namespace Papaya.Server.Hosting;

internal sealed record HealthView(string Status);

[JsonSerializable(typeof(HealthView))]
internal sealed partial class HealthJson : JsonSerializerContext;

internal static class Health
{
    private static readonly Problem NotReady = new(
        "not_ready", StatusCodes.Status503ServiceUnavailable, "Requests that an earlier run left unfinished are still being completed.", Cure: "Ask again in a second.");

    private static readonly Problem NoDatabase = new(
        "database_unavailable", StatusCodes.Status503ServiceUnavailable, "The database cannot be written.", Cure: "Check its disk and connection; the server's log says more.");

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Ok(new HealthView("ok"))).WithTags("Health").WithSummary("The process lives").NeedsNoKey();
        routes.MapGet("/readyz", ReadyAsync).WithTags("Health").WithSummary("The server takes work: database writable, schema current, earlier requests completed").NeedsNoKey();
    }

    private static async Task<Results<Ok<HealthView>, ProblemHttpResult>> ReadyAsync(Database db, UnfinishedRequests unfinished, CancellationToken ct)
    {
        try
        {
            // Migrations ran before the port opened; a write that changes no row still needs the writer and its lock.
            await db.WriteAsync(tx => tx.ExecuteAsync("delete from schema_migration where version < 0"), ct);
        }
        catch (System.Data.Common.DbException)
        {
            return NoDatabase.ToResult();
        }

        return unfinished.IsCaughtUp ? TypedResults.Ok(new HealthView("ok")) : NotReady.ToResult();
    }
}
