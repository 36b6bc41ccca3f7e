using Papaya.Server.Storage;

namespace Papaya.Server.Hosting;

internal sealed class IdempotencyRow
{
    public string Route { get; set; } = "";

    public string Key { get; set; } = "";

    public string RequestHash { get; set; } = "";

    public string State { get; set; } = "";

    public string? Resource { get; set; }

    public long? Status { get; set; }

    public string? Body { get; set; }

    public string? Location { get; set; }
}

internal static class IdempotencyStore
{
    private const string Columns = "route, key, request_hash, state, resource, status, body, location";

    public static Task<IdempotencyRow?> FindAsync(Reader reader, string route, string key) =>
        reader.SingleOrDefaultAsync<IdempotencyRow>(
            $"select {Columns} from idempotency_key where route = @Route and key = @Key", new { Route = route, Key = key });

    public static Task<IReadOnlyList<IdempotencyRow>> UnfinishedAsync(Reader reader) =>
        reader.QueryAsync<IdempotencyRow>($"select {Columns} from idempotency_key where state = 'running' order by created_at");

    public static async Task CompleteAsync(Transaction tx, IdempotentRequest request, int status, string body, string? location, long now)
    {
        var rows = await tx.ExecuteAsync(
            """
            insert into idempotency_key (route, key, request_hash, state, resource, status, body, location, created_at)
            values (@Route, @Key, @RequestHash, 'done', @Resource, @Status, @Body, @Location, @Now)
            on conflict (route, key) do update
               set state = 'done', status = excluded.status, body = excluded.body, location = excluded.location
             where idempotency_key.state = 'running' and idempotency_key.request_hash = excluded.request_hash
            """,
            new { request.Route, request.Key, request.RequestHash, request.Resource, Status = (long)status, Body = body, Location = location, Now = now });
        if (rows != 1)
        {
            // Somebody else answered this key first: roll this effect back.
            throw new ProblemException(IdempotencyProblems.StillRunning);
        }
    }
}
