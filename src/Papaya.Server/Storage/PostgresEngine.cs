using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Papaya.Server.Storage;

/// <summary>A transaction per write; the server groups commits itself.</summary>
internal sealed partial class PostgresEngine : Engine
{
    private const int MostTries = 5;

    private readonly NpgsqlDataSource _source;
    private readonly ILogger _log;

    public PostgresEngine(string connectionString, ILogger? log)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.MaxAutoPrepare == 0)
        {
            settings.MaxAutoPrepare = 300;
            settings.AutoPrepareMinUsages = 2;
        }

        _source = NpgsqlDataSource.Create(settings);
        _log = log ?? NullLogger.Instance;
    }

    public override Dialect Dialect => Dialect.Postgres;

    public override async Task<T> WriteAsync<T>(Func<Transaction, Task<T>> work, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await WriteOnceAsync(work, ct);
            }
            catch (Exception e) when (Dialect.IsTransient(e) && tries < MostTries)
            {
                LogGivenUp(e, tries);
            }
        }
    }

    public override async Task<T> ReadAsync<T>(Func<Reader, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        return await work(new Reader(connection, null, Dialect));
    }

    public override Task RunScriptAsync(string sql, Func<Transaction, Task> then, CancellationToken ct) =>
        WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(sql, ct: ct);
                await then(tx);
                return true;
            },
            ct);

    public override async Task CheckDurabilityAsync(CancellationToken ct)
    {
        var setting = await ReadAsync(reader => reader.ScalarAsync<string>("show synchronous_commit", ct: ct), ct);
        if (setting is "off" or "local")
        {
            throw new InvalidOperationException(
                $"PostgreSQL runs with synchronous_commit={setting}; set it to 'on' so that no acknowledged write is lost.");
        }
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<T> WriteOnceAsync<T>(Func<Transaction, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var underlying = await connection.BeginTransactionAsync(ct);
        var transaction = new Transaction(connection, underlying, Dialect);
        var result = await work(transaction);

        // Once the commit is under way its outcome must be known: a caller that gives up would not learn it.
        await underlying.CommitAsync(CancellationToken.None);
        try
        {
            transaction.RunAfterCommit();
        }
        catch (Exception e)
        {
            LogAfterCommit(e);
        }

        return result;
    }

    [LoggerMessage(1111, LogLevel.Information, "PostgreSQL gave a transaction up (try {Tries}); it runs again")]
    private partial void LogGivenUp(Exception e, int tries);

    [LoggerMessage(1112, LogLevel.Error, "An action after a commit failed; the commit stands")]
    private partial void LogAfterCommit(Exception e);
}
