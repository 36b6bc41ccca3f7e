using System.Text.Json.Nodes;
using Papaya.Server.Storage;

namespace Papaya.Server.Events;

/// <summary>
/// Everything that happened, in one order: <c>seq</c> over all, <c>sequence</c> gap-free within an aggregate.
/// Appended in the transaction of the change it tells.
/// </summary>
public sealed class EventLog(Ids ids, TimeProvider clock)
{
    public Task AppendAsync(Transaction tx, string type, string aggregate, JsonObject data) =>
        AppendAsync(tx, type, aggregate, data.ToJsonString(EventJson.Compact));

    /// <param name="data">A JSON object, already serialised.</param>
    public async Task AppendAsync(Transaction tx, string type, string aggregate, string data)
    {
        if (!tx.Dialect.IsSqlite)
        {
            // One appender at a time: readers by seq would otherwise miss an event that commits late. Ends with the transaction.
            await tx.ExecuteAsync("select pg_advisory_xact_lock(7205759403792793)");
        }

        await tx.ExecuteAsync(
            """
            insert into event (seq, id, type, at, aggregate, sequence, data)
            values ((select coalesce(max(seq), 0) + 1 from event), @Id, @Type, @At, @Aggregate,
                    (select coalesce(max(sequence), 0) + 1 from event where aggregate = @Aggregate), @Data)
            """,
            new { Id = ids.New("evt"), Type = type, At = Instant.ToMicros(clock.GetUtcNow()), Aggregate = aggregate, Data = data });
    }
}
