using Npgsql;
using Papaya.Server.Storage;

namespace Papaya.Testing;

/// <summary>
/// A fresh, migrated database. A store suite is an abstract class that takes one, with one line for each engine:
/// <c>sealed class XTestsOnSqlite(SqliteFile db) : XTests(db), IClassFixture&lt;SqliteFile&gt;</c>, and the same with <see cref="PostgresSchema"/>.
/// All tests of a class share it, so each uses names of its own.
/// </summary>
public abstract class TestDatabase : IAsyncLifetime
{
    private Database? _db;

    public Database Db => _db ?? throw new InvalidOperationException("The database is opened by xunit before the first test.");

    public StorageOptions Options { get; private set; } = new();

    public StillClock Clock { get; } = new();

    public async Task InitializeAsync()
    {
        Options = await PrepareAsync();
        _db = Database.Open(Options);
        await Migrations.ApplyAsync(_db, Clock);
    }

    public async Task DisposeAsync()
    {
        if (_db is not null)
        {
            await _db.DisposeAsync();
        }

        await CleanAsync();
    }

    protected abstract Task<StorageOptions> PrepareAsync();

    protected abstract Task CleanAsync();
}

public sealed class SqliteFile : TestDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("papaya-test-").FullName;

    protected override Task<StorageOptions> PrepareAsync() => Task.FromResult(new StorageOptions { SqliteFile = Path.Combine(_folder, "papaya.db") });

    protected override Task CleanAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>A schema of its own in the server that PAPAYA_TEST_POSTGRES names; ./test starts a private one.</summary>
public sealed class PostgresSchema : TestDatabase
{
    private const string Variable = "PAPAYA_TEST_POSTGRES";

    private readonly string _schema = "t_" + Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);

    private static string Server => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } server
        ? server
        : throw new InvalidOperationException(
            $"{Variable} is not set, so nothing can be tested on PostgreSQL. Run ./test, which starts a private server, or set it to a connection string of a scratch database.");

    protected override async Task<StorageOptions> PrepareAsync()
    {
        await RunAsync($"create schema {_schema}");
        return new StorageOptions { Postgres = new NpgsqlConnectionStringBuilder(Server) { SearchPath = _schema, MaxPoolSize = 20 }.ToString() };
    }

    protected override Task CleanAsync() => RunAsync($"drop schema if exists {_schema} cascade");

    private static async Task RunAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ToString());
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
