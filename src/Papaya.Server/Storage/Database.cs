using Dapper;
using Microsoft.Extensions.Logging;

namespace Papaya.Server.Storage;

/// <summary>
/// The server's memory: SQLite by default, PostgreSQL when configured, the same SQL on both.
/// Inside the function given to <see cref="WriteAsync{T}"/> only its transaction is used: no foreign call, no read through the database.
/// On PostgreSQL the function may run again when the engine gave the transaction up for another one.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private readonly Engine _engine;

    static Database()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;

        // Lists are spread over a few rounded lengths, so that their statements stay prepared too.
        SqlMapper.Settings.PadListExpansions = true;
    }

    private Database(Engine engine) => _engine = engine;

    public Dialect Dialect => _engine.Dialect;

    public static Database Open(StorageOptions options, ILogger<Database>? log = null) =>
        new(string.IsNullOrEmpty(options.Postgres)
            ? new SqliteEngine(options, log)
            : new PostgresEngine(options.Postgres, log));

    /// <summary>Runs the work in one transaction and returns when it is durable. What it throws rolls back its own work only.</summary>
    public Task<T> WriteAsync<T>(Func<Transaction, Task<T>> work, CancellationToken ct = default) => _engine.WriteAsync(work, ct);

    public Task WriteAsync(Func<Transaction, Task> work, CancellationToken ct = default) =>
        _engine.WriteAsync(
            async tx =>
            {
                await work(tx);
                return true;
            },
            ct);

    public Task<T> ReadAsync<T>(Func<Reader, Task<T>> work, CancellationToken ct = default) => _engine.ReadAsync(work, ct);

    /// <summary>Throws when the engine is not as durable as promised (WAL, fsync at every commit).</summary>
    public Task CheckDurabilityAsync(CancellationToken ct = default) => _engine.CheckDurabilityAsync(ct);

    /// <summary>Runs a script of several statements in one transaction of its own.</summary>
    internal Task RunScriptAsync(string sql, Func<Transaction, Task> then, CancellationToken ct) => _engine.RunScriptAsync(sql, then, ct);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}

internal abstract class Engine : IAsyncDisposable
{
    public abstract Dialect Dialect { get; }

    public abstract Task<T> WriteAsync<T>(Func<Transaction, Task<T>> work, CancellationToken ct);

    public abstract Task<T> ReadAsync<T>(Func<Reader, Task<T>> work, CancellationToken ct);

    public abstract Task RunScriptAsync(string sql, Func<Transaction, Task> then, CancellationToken ct);

    public abstract Task CheckDurabilityAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
