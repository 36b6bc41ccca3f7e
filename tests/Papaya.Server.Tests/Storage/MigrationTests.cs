using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.Server.Tests.Storage;

public abstract class MigrationTests(TestDatabase test)
{
    private static readonly Migration Extra = new(9001, "extra", "create table extra (id bigint primary key);\ninsert into extra (id) values (7);\n");

    private readonly Database _db = test.Db;

    [Fact]
    public async Task A_second_start_applies_nothing()
    {
        var before = await AppliedAsync();
        await Migrations.ApplyAsync(_db, test.Clock);
        Assert.Equal(before, await AppliedAsync());
        Assert.Equal(Migrations.Embedded.Count, before.Count);
    }

    [Fact]
    public void The_scripts_of_the_build_are_numbered_without_doubles() =>
        Assert.Equal(Migrations.Embedded.Select(m => m.Version).Distinct().Order(), Migrations.Embedded.Select(m => m.Version));

    [Fact]
    public async Task A_script_of_several_statements_is_applied_whole_or_not_at_all()
    {
        var broken = new Migration(9002, "broken", "create table half (id bigint primary key); insert into nowhere (id) values (1);");
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Migrations.ApplyAsync(_db, [.. Migrations.Embedded, broken], test.Clock, default));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => _db.ReadAsync(r => r.ScalarAsync<long>("select count(*) from half")));
        Assert.DoesNotContain(9002, await AppliedAsync());
    }

    [Fact]
    public async Task A_database_from_the_future_or_with_a_changed_script_is_refused()
    {
        await Migrations.ApplyAsync(_db, [.. Migrations.Embedded, Extra], test.Clock, default);
        Assert.Equal(7, await _db.ReadAsync(r => r.ScalarAsync<long>("select id from extra")));

        var future = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrations.ApplyAsync(_db, test.Clock));
        Assert.Contains("9001_extra", future.Message, StringComparison.Ordinal);
        Assert.Contains("newer", future.Message, StringComparison.Ordinal);

        var changed = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Migrations.ApplyAsync(_db, [.. Migrations.Embedded, Extra with { Sql = "create table other (id bigint)" }], test.Clock, default));
        Assert.Contains("another text", changed.Message, StringComparison.Ordinal);

        await _db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("drop table extra");
            return await tx.ExecuteAsync("delete from schema_migration where version = 9001");
        });
    }

    private Task<IReadOnlyList<long>> AppliedAsync() => _db.ReadAsync(r => r.QueryAsync<long>("select version from schema_migration order by version"));
}

public sealed class MigrationsOnSqlite(SqliteFile db) : MigrationTests(db), IClassFixture<SqliteFile>;

public sealed class MigrationsOnPostgres(PostgresSchema db) : MigrationTests(db), IClassFixture<PostgresSchema>;
