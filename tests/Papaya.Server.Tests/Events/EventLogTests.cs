using System.Text.Json.Nodes;
using Papaya.Server.Events;
using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.Server.Tests.Events;

public abstract class EventLogTests(TestDatabase test)
{
    private readonly EventLog _log = new(new Ids(), test.Clock);

    [Fact]
    public async Task Sequences_stay_gap_free_when_everybody_writes_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => test.Db.WriteAsync(async tx =>
        {
            await _log.AppendAsync(tx, "charge.planned", $"chg_{i % 3}", new JsonObject { ["i"] = i });
            return i % 7 == 0 ? throw new InvalidOperationException("rolled back") : i;
        }).ContinueWith(_ => { }, TaskScheduler.Default)));

        var rows = await test.Db.ReadAsync(r => r.QueryAsync<Row>("select seq, aggregate, sequence from event where aggregate like 'chg!_%' escape '!' order by seq"));
        Assert.Equal(51, rows.Count);
        Assert.Equal(rows.Count, rows.Select(r => r.Seq).Distinct().Count());
        foreach (var aggregate in rows.GroupBy(r => r.Aggregate))
        {
            Assert.Equal(Enumerable.Range(1, aggregate.Count()).Select(n => (long)n), aggregate.Select(r => r.Sequence));
        }
    }

    [Fact]
    public async Task Chinese_text_is_stored_readably()
    {
        await test.Db.WriteAsync(tx => _log.AppendAsync(tx, "contract.suspended", "ctr_readable", new JsonObject { ["reason"] = "连续三次扣款失败" }));
        Assert.Equal(
            "{\"reason\":\"连续三次扣款失败\"}",
            await test.Db.ReadAsync(r => r.ScalarAsync<string>("select data from event where aggregate = 'ctr_readable'")));
    }

    private sealed class Row
    {
        public long Seq { get; set; }

        public string Aggregate { get; set; } = "";

        public long Sequence { get; set; }
    }
}

public sealed class EventLogOnSqlite(SqliteFile db) : EventLogTests(db), IClassFixture<SqliteFile>;

public sealed class EventLogOnPostgres(PostgresSchema db) : EventLogTests(db), IClassFixture<PostgresSchema>;
