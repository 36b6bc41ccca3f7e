using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.Server.Tests.Storage;

public abstract class DatabaseTests(TestDatabase test)
{
    private readonly Database _db = test.Db;

    [Fact]
    public async Task What_was_written_is_read_back_by_everybody()
    {
        Assert.Equal(1, await _db.WriteAsync(tx => InsertAsync(tx, "read-back")));
        Assert.Equal(1, await CountAsync("read-back"));
        Assert.Equal(1, await _db.WriteAsync(tx => tx.ScalarAsync<long>("select count(*) from ledger_entry where cause = 'read-back'")));
    }

    [Fact]
    public async Task A_write_that_throws_leaves_nothing_behind()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => _db.WriteAsync<int>(async tx =>
        {
            await InsertAsync(tx, "thrown");
            throw new InvalidOperationException("on purpose");
        }));
        Assert.Equal("on purpose", e.Message);
        Assert.Equal(0, await CountAsync("thrown"));
    }

    [Fact]
    public async Task Among_a_hundred_writes_at_once_the_failing_ones_hurt_only_themselves()
    {
        var (gate, release) = await Blocked.WriterAsync(_db);
        var writes = Enumerable.Range(0, 100).Select(i => _db.WriteAsync(async tx =>
        {
            await InsertAsync(tx, $"crowd-{i:000}");
            return i % 3 == 0 ? throw new InvalidOperationException($"write {i}") : i;
        })).ToList();
        release.SetResult();
        await gate;
        for (var i = 0; i < writes.Count; i++)
        {
            if (i % 3 == 0)
            {
                var e = await Assert.ThrowsAsync<InvalidOperationException>(() => writes[i]);
                Assert.Equal($"write {i}", e.Message);
            }
            else
            {
                Assert.Equal(i, await writes[i]);
            }
        }

        Assert.Equal(66, await _db.ReadAsync(r => r.ScalarAsync<long>("select count(*) from ledger_entry where cause like 'crowd-%'")));
    }

    [Fact]
    public async Task A_duplicate_key_is_recognised_and_leaves_the_others_alone()
    {
        await _db.WriteAsync(tx => InsertAsync(tx, "twice"));
        var (gate, release) = await Blocked.WriterAsync(_db);
        var duplicate = _db.WriteAsync(tx => InsertAsync(tx, "twice"));
        var other = _db.WriteAsync(tx => InsertAsync(tx, "beside twice"));
        release.SetResult();
        await gate;
        var e = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => duplicate);
        Assert.True(_db.Dialect.IsDuplicateKey(e));
        Assert.Equal(1, await other);
        Assert.Equal(1, await CountAsync("twice"));
    }

    [Fact]
    public async Task A_broken_statement_is_not_taken_for_a_duplicate_key()
    {
        var e = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => _db.WriteAsync(tx => tx.ExecuteAsync("update nothing set x = 1")));
        Assert.False(_db.Dialect.IsDuplicateKey(e));
    }

    [Fact]
    public async Task The_action_after_a_commit_sees_the_row_and_runs_before_the_caller_hears()
    {
        var seen = -1L;
        await _db.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "after");
            // Reading through another connection: only a committed row is visible there.
            tx.AfterCommit(() => seen = CountAsync("after").GetAwaiter().GetResult());
            return true;
        });
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task A_rolled_back_write_runs_no_action()
    {
        var ran = false;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _db.WriteAsync<bool>(tx =>
        {
            tx.AfterCommit(() => ran = true);
            throw new InvalidOperationException();
        }));
        Assert.False(ran);
    }

    [Fact]
    public async Task An_action_that_throws_does_not_undo_the_commit()
    {
        await _db.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "bad action");
            tx.AfterCommit(() => throw new InvalidOperationException());
            return true;
        });
        Assert.Equal(1, await CountAsync("bad action"));
    }

    [Fact]
    public async Task A_step_that_fails_is_undone_alone_with_its_actions()
    {
        var ran = new List<string>();
        var failure = await _db.WriteAsync(async tx =>
        {
            Assert.Null(await tx.TryAsync(async () =>
            {
                await InsertAsync(tx, "step-1");
                tx.AfterCommit(() => ran.Add("step-1"));
            }));
            var failed = await tx.TryAsync(async () =>
            {
                await InsertAsync(tx, "step-2");
                tx.AfterCommit(() => ran.Add("step-2"));
                await InsertAsync(tx, "step-1");
            });
            Assert.Null(await tx.TryAsync(() => InsertAsync(tx, "step-3")));
            return failed;
        });
        Assert.True(_db.Dialect.IsDuplicateKey(failure!));
        Assert.Equal((1, 0, 1), (await CountAsync("step-1"), await CountAsync("step-2"), await CountAsync("step-3")));
        Assert.Equal(["step-1"], ran);
    }

    [Fact]
    public async Task The_same_statement_serves_many_values_nulls_and_lists()
    {
        for (var i = 0; i < 3; i++)
        {
            var resource = i == 1 ? null : $"r{i}";
            await _db.WriteAsync(tx => tx.ExecuteAsync(
                "insert into idempotency_key (route, key, request_hash, state, resource, status, created_at) values ('/many', @Key, 'h', 'done', @Resource, @Status, 1)",
                new { Key = $"k{i}", Resource = resource, Status = i == 2 ? (long?)null : i }));
        }

        var rows = await _db.ReadAsync(r => r.QueryAsync<Row>(
            "select key, resource, status from idempotency_key where route = '/many' and key in @Keys order by key", new { Keys = new[] { "k0", "k1", "k2" } }));
        Assert.Equal([("k0", "r0", 0L), ("k1", null, 1L), ("k2", "r2", null)], rows.Select(r => (r.Key, r.Resource, r.Status)));
        Assert.Null(await _db.ReadAsync(r => r.SingleOrDefaultAsync<Row>("select key from idempotency_key where route = '/none'")));
    }

    [Fact]
    public async Task A_cancelled_write_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _db.WriteAsync(tx => InsertAsync(tx, "cancelled"), cancelled.Token));
        Assert.Equal(0, await CountAsync("cancelled"));
    }

    [Fact]
    public Task The_engine_is_as_durable_as_promised() => _db.CheckDurabilityAsync();

    private static Task<int> InsertAsync(Transaction tx, string cause) => tx.ExecuteAsync(
        "insert into ledger_entry (cause, step, line, account, amount, posted_at) values (@Cause, 'test', 1, 'suspense', 0, 1)", new { Cause = cause });

    private Task<long> CountAsync(string cause) =>
        _db.ReadAsync(r => r.ScalarAsync<long>("select count(*) from ledger_entry where cause = @Cause", new { Cause = cause }));

    private sealed class Row
    {
        public string Key { get; set; } = "";

        public string? Resource { get; set; }

        public long? Status { get; set; }
    }
}

internal static class Blocked
{
    /// <summary>Holds the writer until released, so that the writes that follow queue up and share one commit.</summary>
    public static async Task<(Task<bool> Write, TaskCompletionSource Release)> WriterAsync(Database db)
    {
        var (running, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var write = db.WriteAsync(async _ =>
        {
            running.SetResult();
            await release.Task;
            return true;
        });
        await running.Task;
        return (write, release);
    }
}

public sealed class DatabaseOnSqlite(SqliteFile db) : DatabaseTests(db), IClassFixture<SqliteFile>;

public sealed class DatabaseOnPostgres(PostgresSchema db) : DatabaseTests(db), IClassFixture<PostgresSchema>;

public sealed class SqliteGroupCommitTests : IAsyncLifetime
{
    private readonly SqliteFile _file = new();

    public Task InitializeAsync() => _file.InitializeAsync();

    public Task DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task Writes_commit_in_the_order_they_were_queued()
    {
        var (first, opened) = await Blocked.WriterAsync(_file.Db);
        var order = new List<int>();
        var writes = Enumerable.Range(0, 50).Select(i => _file.Db.WriteAsync(tx =>
        {
            tx.AfterCommit(() => order.Add(i));
            return Task.FromResult(i);
        })).ToList();
        opened.SetResult();
        await first;
        await Task.WhenAll(writes);
        Assert.Equal(Enumerable.Range(0, 50), order);
    }

    [Fact]
    public async Task When_the_commit_fails_every_write_of_the_group_hears_it()
    {
        await _file.Db.WriteAsync(tx => tx.ExecuteAsync("create table child (id bigint primary key, parent text references plan (id) deferrable initially deferred)"));
        var (first, opened) = await Blocked.WriterAsync(_file.Db);
        var ran = false;
        var innocent = _file.Db.WriteAsync(tx =>
        {
            tx.AfterCommit(() => ran = true);
            return tx.ExecuteAsync("insert into child (id, parent) values (1, null)");
        });

        // A deferred foreign key is checked only by the commit itself.
        var guilty = _file.Db.WriteAsync(tx => tx.ExecuteAsync("insert into child (id, parent) values (2, 'nobody')"));
        opened.SetResult();
        await first;
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => innocent);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => guilty);
        Assert.False(ran);
        Assert.Equal(0, await _file.Db.ReadAsync(r => r.ScalarAsync<long>("select count(*) from child")));
        Assert.Equal(1, await _file.Db.WriteAsync(tx => tx.ExecuteAsync("insert into child (id, parent) values (3, null)")));
    }

    [Fact]
    public async Task A_failing_write_inside_a_group_is_rolled_back_to_its_own_beginning()
    {
        var (first, opened) = await Blocked.WriterAsync(_file.Db);
        var before = _file.Db.WriteAsync(tx => Insert(tx, "g1"));
        var failing = _file.Db.WriteAsync<int>(async tx =>
        {
            await Insert(tx, "g2");
            throw new InvalidOperationException();
        });
        var after = _file.Db.WriteAsync(async tx => await tx.ScalarAsync<long>("select count(*) from ledger_entry where cause = 'g2'"));
        opened.SetResult();
        await first;
        Assert.Equal(1, await before);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal(0, await after);
    }

    [Fact]
    public async Task The_inline_writer_runs_on_the_callers_thread()
    {
        await using var db = Database.Open(new StorageOptions { SqliteFile = _file.Options.SqliteFile, Inline = true });
        var here = Environment.CurrentManagedThreadId;
        var there = 0;
        var write = db.WriteAsync(tx =>
        {
            there = Environment.CurrentManagedThreadId;
            return Insert(tx, "inline");
        });
        Assert.True(write.IsCompletedSuccessfully);
        Assert.Equal(1, await write);
        Assert.Equal(here, there);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_for_another_process()
    {
        await _file.Db.WriteAsync(tx => Insert(tx, "durable"));
        await using var other = Database.Open(_file.Options);
        Assert.Equal(1, await other.ReadAsync(r => r.ScalarAsync<long>("select count(*) from ledger_entry where cause = 'durable'")));
    }

    private static Task<int> Insert(Transaction tx, string cause) => tx.ExecuteAsync(
        "insert into ledger_entry (cause, step, line, account, amount, posted_at) values (@Cause, 'test', 1, 'suspense', 0, 1)", new { Cause = cause });
}
