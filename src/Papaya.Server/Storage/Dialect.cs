using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Papaya.Server.Storage;

/// <summary>The few places where SQLite and PostgreSQL need different words. Everything else is one SQL text.</summary>
public sealed partial class Dialect
{
    internal static readonly Dialect Sqlite = new(isSqlite: true);
    internal static readonly Dialect Postgres = new(isSqlite: false);

    private static readonly ConcurrentDictionary<string, string> Adapted = new(StringComparer.Ordinal);

    private Dialect(bool isSqlite) => IsSqlite = isSqlite;

    public bool IsSqlite { get; }

    public string Name => IsSqlite ? "sqlite" : "postgres";

    /// <summary>Ends the inner select of a claim. SQLite has one writer, so nobody else can hold the row.</summary>
    public string SkipLocked => IsSqlite ? "" : "for update skip locked";

    /// <summary>Ends a select whose rows this transaction is about to change.</summary>
    public string ForUpdate => IsSqlite ? "" : "for update";

    /// <summary>True when a unique index or primary key refused the row.</summary>
    public bool IsDuplicateKey(Exception e) => e switch
    {
        // 1555 SQLITE_CONSTRAINT_PRIMARYKEY, 2067 SQLITE_CONSTRAINT_UNIQUE (sqlite.org/rescode.html)
        SqliteException { SqliteExtendedErrorCode: 1555 or 2067 } => true,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => true,
        _ => false,
    };

    /// <summary>The engine gave up a transaction that only met another one at a bad moment; the same work may run again.</summary>
    internal static bool IsTransient(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Dapper spreads <c>in @List</c> over one parameter each on SQLite, but hands PostgreSQL an array, which wants <c>any</c>.</summary>
    internal string Adapt(string sql) => IsSqlite
        ? sql
        : Adapted.GetOrAdd(sql, static text => InList().Replace(text, "= any(@$1)"));

    [GeneratedRegex(@"\bin @(\w+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InList();
}
