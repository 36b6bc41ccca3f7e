using System.Data.Common;
using Dapper;

namespace Papaya.Server.Storage;

/// <summary>
/// Reads from one consistent connection. Parameters are written <c>@Name</c> exactly like the property they come from
/// (SQLite compares them by letter case); a list is asked with <c>in @Names</c>. Rows are classes with settable properties; <c>snake_case</c> columns find them.
/// </summary>
public class Reader
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;

    internal Reader(DbConnection connection, DbTransaction? transaction, Dialect dialect)
    {
        _connection = connection;
        _transaction = transaction;
        Dialect = dialect;
    }

    public Dialect Dialect { get; }

    private protected DbConnection Connection => _connection;

    private protected DbTransaction? Underlying => _transaction;

    // SQLite's driver is synchronous underneath: the synchronous calls spare a state machine per statement.
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args = null, CancellationToken ct = default) =>
        Dialect.IsSqlite
            ? _connection.Query<T>(sql, args).AsList()
            : (await _connection.QueryAsync<T>(Command(sql, args, ct))).AsList();

    public async Task<T?> SingleOrDefaultAsync<T>(string sql, object? args = null, CancellationToken ct = default) =>
        Dialect.IsSqlite
            ? _connection.QuerySingleOrDefault<T>(sql, args)
            : await _connection.QuerySingleOrDefaultAsync<T>(Command(sql, args, ct));

    /// <summary>The first column of the first row, e.g. a count; default when there is no row or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, object? args = null, CancellationToken ct = default) =>
        Dialect.IsSqlite
            ? _connection.ExecuteScalar<T>(sql, args)
            : await _connection.ExecuteScalarAsync<T>(Command(sql, args, ct));

    private protected CommandDefinition Command(string sql, object? args, CancellationToken ct) =>
        new(Dialect.Adapt(sql), args, _transaction, cancellationToken: ct);
}

/// <summary>One unit of work: everything in it is durable together or not at all.</summary>
public sealed class Transaction : Reader
{
    private List<Action>? _afterCommit;

    internal Transaction(DbConnection connection, DbTransaction? transaction, Dialect dialect)
        : base(connection, transaction, dialect)
    {
    }

    /// <summary>Runs one statement; the row count is the answer.</summary>
    public async Task<int> ExecuteAsync(string sql, object? args = null, CancellationToken ct = default) =>
        Dialect.IsSqlite
            ? Connection.Execute(sql, args)
            : await Connection.ExecuteAsync(Command(sql, args, ct));

    /// <summary>Runs when (and only when) this work is durable, before its caller hears of it. Must be quick and not throw.</summary>
    public void AfterCommit(Action action) => (_afterCommit ??= []).Add(action);

    /// <summary>
    /// Runs one step of a batch on a savepoint of its own: when it throws, only the step is undone and the exception is returned.
    /// </summary>
    public async Task<Exception?> TryAsync(Func<Task> step)
    {
        await ExecuteAsync("savepoint step");
        var actions = _afterCommit?.Count ?? 0;
        try
        {
            await step();
        }
        catch (Exception e) when (!Dialect.IsTransient(e))
        {
            // Fails, and so fails the whole transaction, when the engine has already given it up.
            await ExecuteAsync("rollback to savepoint step");
            await ExecuteAsync("release savepoint step");
            _afterCommit?.RemoveRange(actions, _afterCommit.Count - actions);
            return e;
        }

        await ExecuteAsync("release savepoint step");
        return null;
    }

    internal void RunAfterCommit()
    {
        if (_afterCommit is null)
        {
            return;
        }

        foreach (var action in _afterCommit)
        {
            action();
        }
    }
}
