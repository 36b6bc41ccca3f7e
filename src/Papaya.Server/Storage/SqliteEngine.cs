using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Papaya.Server.Storage;

/// <summary>
/// One file in WAL mode. All writes go through one thread that lets every write waiting at that moment share one commit, because the
/// fsync of a commit costs as much as hundreds of statements. Each write stands on its own savepoint, so that a failing one hurts nobody else.
/// </summary>
internal sealed partial class SqliteEngine : Engine
{
    private const int MostIdleReaders = 16;

    private readonly StorageOptions _options;
    private readonly ILogger _log;
    private readonly string _connectionString;
    private readonly PreparedConnection _writer;
    private readonly ConcurrentBag<PreparedConnection> _readers = [];
    private readonly Channel<Job> _queue;
    private readonly SemaphoreSlim _inline = new(1, 1);
    private readonly Thread? _thread;

    public SqliteEngine(StorageOptions options, ILogger? log)
    {
        _options = options;
        _log = log ?? NullLogger.Instance;
        if (Path.GetDirectoryName(Path.GetFullPath(options.SqliteFile)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = options.SqliteFile,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString();
        _writer = Open(SqliteOpenMode.ReadWriteCreate);
        _queue = Channel.CreateBounded<Job>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
        if (!options.Inline)
        {
            _thread = new Thread(Write) { Name = "papaya-writer", IsBackground = true };
            _thread.Start();
        }
    }

    public override Dialect Dialect => Dialect.Sqlite;

    public override async Task<T> WriteAsync<T>(Func<Transaction, Task<T>> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var job = new Job<T>(work, ct);
        if (!_options.Inline)
        {
            await _queue.Writer.WriteAsync(job, ct);
            return await job.Answer;
        }

        await _inline.WaitAsync(ct);
        try
        {
            Commit([job]);
        }
        finally
        {
            _inline.Release();
        }

        return await job.Answer;
    }

    public override async Task<T> ReadAsync<T>(Func<Reader, Task<T>> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!_readers.TryTake(out var connection))
        {
            connection = Open(SqliteOpenMode.ReadOnly);
        }

        var healthy = false;
        try
        {
            // One snapshot for all queries of the work.
            connection.Run("begin");
            try
            {
                return await work(new Reader(connection, null, Dialect));
            }
            finally
            {
                connection.Run("rollback");
                healthy = true;
            }
        }
        finally
        {
            if (healthy && _readers.Count < MostIdleReaders)
            {
                _readers.Add(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    public override Task RunScriptAsync(string sql, Func<Transaction, Task> then, CancellationToken ct) =>
        WriteAsync(
            async tx =>
            {
                using var command = _writer.Inner.CreateCommand();
                command.CommandText = sql;
                command.ExecuteNonQuery();
                await then(tx);
                return true;
            },
            ct);

    public override async Task CheckDurabilityAsync(CancellationToken ct)
    {
        var (journal, synchronous) = await WriteAsync(
            async tx => (await tx.ScalarAsync<string>("pragma journal_mode", ct: ct), await tx.ScalarAsync<long>("pragma synchronous", ct: ct)),
            ct);
        if (journal != "wal" || synchronous != 2)
        {
            throw new InvalidOperationException(
                $"SQLite runs with journal_mode={journal}, synchronous={synchronous}; 'wal' and 2 (FULL) are needed so that no acknowledged write is lost.");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_thread is not null)
        {
            await Task.Run(_thread.Join);
        }

        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync();
        }

        await _writer.DisposeAsync();
        _inline.Dispose();
    }

    private PreparedConnection Open(SqliteOpenMode mode)
    {
        var inner = new SqliteConnection(new SqliteConnectionStringBuilder(_connectionString) { Mode = mode }.ToString());
        inner.Open();
        using var command = inner.CreateCommand();
        command.CommandText = mode == SqliteOpenMode.ReadOnly
            ? "pragma busy_timeout = 10000; pragma query_only = on"
            : """
              pragma busy_timeout = 10000;
              pragma journal_mode = wal;
              pragma synchronous = full;
              pragma foreign_keys = on;
              pragma wal_autocheckpoint = 4000;
              pragma cache_size = -65536;
              pragma temp_store = memory
              """;
        command.ExecuteNonQuery();
        return new PreparedConnection(inner);
    }

    private void Write()
    {
        var group = new List<Job>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < _options.LargestGroup && _queue.Reader.TryRead(out var job))
            {
                group.Add(job);
            }

            Commit(group);
        }
    }

    /// <summary>One transaction for the group. Never throws: every job hears its own outcome.</summary>
    private void Commit(List<Job> group)
    {
        try
        {
            _writer.Run("begin immediate");
            foreach (var job in group)
            {
                RunOnSavepoint(job, alone: group.Count == 1);
            }

            _writer.Run("commit");
        }
        catch (Exception e)
        {
            if (!group.Exists(job => job.Failure?.SourceException == e))
            {
                LogGroupLost(e, group.Count);
            }

            TryRollback();
            foreach (var job in group)
            {
                job.Fail(e);
            }

            return;
        }

        foreach (var job in group)
        {
            try
            {
                job.Succeed();
            }
            catch (Exception e)
            {
                LogAfterCommit(e);
            }
        }
    }

    private void RunOnSavepoint(Job job, bool alone)
    {
        if (alone)
        {
            job.Run(_writer, Dialect);
            if (job.Failure is { } failure)
            {
                failure.Throw();
            }

            return;
        }

        _writer.Run("savepoint job");
        job.Run(_writer, Dialect);
        if (job.Failure is { } own)
        {
            // Disk full and I/O errors end the whole transaction inside SQLite: then nobody's work is left to commit.
            if (raw.sqlite3_get_autocommit(_writer.Inner.Handle) != 0)
            {
                own.Throw();
            }

            _writer.Run("rollback to job");
        }

        _writer.Run("release job");
    }

    private void TryRollback()
    {
        if (raw.sqlite3_get_autocommit(_writer.Inner.Handle) == 0)
        {
            _writer.Run("rollback");
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "A group of {Count} writes was rolled back")]
    private partial void LogGroupLost(Exception e, int count);

    [LoggerMessage(1102, LogLevel.Error, "An action after a commit failed; the commit stands")]
    private partial void LogAfterCommit(Exception e);

    private abstract class Job
    {
        public ExceptionDispatchInfo? Failure { get; protected set; }

        public abstract void Run(PreparedConnection connection, Dialect dialect);

        public abstract void Succeed();

        public abstract void Fail(Exception e);
    }

    private sealed class Job<T>(Func<Transaction, Task<T>> work, CancellationToken ct) : Job
    {
        // Continuations must never run on the writer's thread.
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Transaction? _transaction;
        private T _result = default!; // Set by Run before Succeed reads it.

        public Task<T> Answer => _answer.Task;

        public override void Run(PreparedConnection connection, Dialect dialect)
        {
            try
            {
                ct.ThrowIfCancellationRequested();
                _transaction = new Transaction(connection, null, dialect);
                _result = work(_transaction).GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        public override void Succeed()
        {
            if (Failure is { } failure)
            {
                _answer.TrySetException(failure.SourceException);
                return;
            }

            try
            {
                _transaction!.RunAfterCommit(); // Not null: Run came first.
            }
            finally
            {
                _answer.TrySetResult(_result);
            }
        }

        public override void Fail(Exception e) => _answer.TrySetException(Failure?.SourceException ?? e);
    }
}
