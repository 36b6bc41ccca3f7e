using System.Text.Json;
using System.Text.Json.Serialization;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Events;

internal sealed record EventView(string Id, string Type, DateTimeOffset At, string Aggregate, long Sequence, JsonElement Data);

[JsonSerializable(typeof(Page<EventView>))]
internal sealed partial class EventViewJson : JsonSerializerContext;

internal sealed class EventRow
{
    public long Seq { get; set; }

    public string Id { get; set; } = "";

    public string Type { get; set; } = "";

    public long At { get; set; }

    public string Aggregate { get; set; } = "";

    public long Sequence { get; set; }

    public string Data { get; set; } = "{}";

    public EventView ToView()
    {
        using var data = JsonDocument.Parse(Data);
        return new EventView(Id, Type, Instant.FromMicros(At), Aggregate, Sequence, data.RootElement.Clone());
    }
}

internal static class EventEndpoints
{
    public static IServiceCollection AddEvents(this IServiceCollection services) => services.AddSingleton<EventLog>().AddJson(EventViewJson.Default);

    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/events", ListAsync)
            .WithTags("Events")
            .WithSummary("Everything that happened, in order")
            .WithDescription("after takes the 'next' of the page before, or the id of the last event you have seen; so a consumer that reached the end goes on from there.")
            .Produces<Page<EventView>>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> ListAsync(HttpRequest request, Database db, CancellationToken ct)
    {
        var seen = request.Query["after"] is [{ } id, ..] && id.StartsWith("evt_", StringComparison.Ordinal) ? id : null;
        var page = PageQuery.Read(request.Query, ignoreAfter: seen is not null);
        var (start, rows) = await db.ReadAsync(
            async reader =>
            {
                var from = seen is null
                    ? Math.Max(page.At, 0)
                    : await reader.ScalarAsync<long?>("select seq from event where id = @Seen", new { Seen = seen });
                return (from, from is null
                    ? []
                    : await reader.QueryAsync<EventRow>(
                        "select seq, id, type, at, aggregate, sequence, data from event where seq > @From order by seq limit @Fetch",
                        new { From = from.Value, page.Fetch }));
            },
            ct);
        return start is null
            ? Problem.Invalid("after", "after is not an event of this server.", "Pass the id of an event, or the 'next' of the page before.").ToResult()
            : TypedResults.Ok(Page<EventView>.From(page, rows, row => row.ToView(), row => new Cursor(row.Seq, "")));
    }
}
