using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Text.Json.Nodes;
using Papaya.Server.Events;
using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.Server.Tests.Events;

public sealed partial class EventTypeTests
{
    /// <summary>Every text constant of the server that has the form of an event type: what is emitted is what is promised.</summary>
    [Fact]
    public void The_server_tells_these_types_and_no_others()
    {
        using var file = new PEReader(File.OpenRead(typeof(PapayaServer).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            if (EventType().IsMatch(metadata.GetUserString(handle)))
            {
                found.Add(metadata.GetUserString(handle));
            }
        }

        Assert.Equal(
            [
                "charge.canceled", "charge.due", "charge.exhausted", "charge.failed", "charge.planned", "charge.succeeded",
                "checkout.closed", "checkout.completed", "checkout.created", "checkout.not_signed", "checkout.paid", "checkout.signed",
                "contract.refused", "contract.resumed", "contract.signed", "contract.suspended", "contract.terminated", "contract.terminating",
                "contradiction.found", "refund.abnormal", "refund.closed", "refund.created", "refund.succeeded", "renewal.upcoming",
                "subscription.activated", "subscription.auto_renew_off", "subscription.cancel_scheduled", "subscription.canceled",
                "subscription.on_hold", "subscription.past_due", "subscription.renewed",
            ],
            found);
    }

    [GeneratedRegex("^(checkout|contract|subscription|renewal|charge|refund|contradiction)\\.[a-z_]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex EventType();
}

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
