using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.Server.Storage;

/// <summary>One numbered script, <c>Storage/Migrations/NNNN_name.sql</c>.</summary>
internal sealed record Migration(long Version, string Name, string Sql)
{
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
}

/// <summary>Brings the schema up to date: in order, one transaction each, never past a schema it does not know.</summary>
internal static class Migrations
{
    /// <summary>All scripts of this build, by version.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Load(typeof(Migrations).Assembly);

    public static Task ApplyAsync(Database db, TimeProvider clock, CancellationToken ct = default) => ApplyAsync(db, Embedded, clock, ct);

    public static async Task ApplyAsync(Database db, IReadOnlyList<Migration> migrations, TimeProvider clock, CancellationToken ct)
    {
        await db.RunScriptAsync(
            """
            create table if not exists schema_migration (
                version bigint primary key,
                name text not null,
                checksum text not null,
                applied_at bigint not null)
            """,
            _ => Task.CompletedTask,
            ct);
        var applied = await db.ReadAsync(reader => reader.QueryAsync<Row>("select version, name, checksum from schema_migration", ct: ct), ct);
        Check(applied, migrations);
        var done = applied.Select(row => row.Version).ToHashSet();
        foreach (var migration in migrations.Where(m => !done.Contains(m.Version)))
        {
            await db.RunScriptAsync(
                migration.Sql,
                tx => tx.ExecuteAsync(
                    "insert into schema_migration (version, name, checksum, applied_at) values (@Version, @Name, @Checksum, @AppliedAt)",
                    new { migration.Version, migration.Name, migration.Checksum, AppliedAt = Instant.ToMicros(clock.GetUtcNow()) },
                    ct),
                ct);
        }
    }

    private static void Check(IReadOnlyList<Row> applied, IReadOnlyList<Migration> migrations)
    {
        var known = migrations.ToDictionary(m => m.Version);
        foreach (var row in applied)
        {
            if (!known.TryGetValue(row.Version, out var migration))
            {
                throw new InvalidOperationException(
                    $"The database has migration {row.Version:0000}_{row.Name}, which this program does not know: it was written by a newer one. Start that one, or restore a backup from before the upgrade.");
            }

            if (migration.Checksum != row.Checksum)
            {
                throw new InvalidOperationException(
                    $"Migration {row.Version:0000}_{row.Name} was applied with another text than this program carries. A released migration never changes: add a new one instead.");
            }
        }
    }

    private static List<Migration> Load(Assembly assembly)
    {
        const string folder = ".Storage.Migrations.";
        var all = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.Contains(folder, StringComparison.Ordinal) && n.EndsWith(".sql", StringComparison.Ordinal)))
        {
            var file = resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..^".sql".Length];
            using var stream = assembly.GetManifestResourceStream(resource)!; // The name comes from the assembly itself.
            using var reader = new StreamReader(stream, Encoding.UTF8);
            all.Add(new Migration(long.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd()));
        }

        return [.. all.OrderBy(m => m.Version)];
    }

    private sealed class Row
    {
        public long Version { get; set; }

        public string Name { get; set; } = "";

        public string Checksum { get; set; } = "";
    }
}
