using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Papaya.Server.Storage;

/// <summary>Section <c>storage</c>: where the server keeps everything.</summary>
public sealed class StorageOptions
{
    /// <summary>SQLite file, made when absent. Used when <see cref="Postgres"/> is not set.</summary>
    [ConfigurationKeyName("sqlite_file")]
    public string SqliteFile { get; set; } = "papaya.db";

    /// <summary>Npgsql connection string; wins over <see cref="SqliteFile"/>.</summary>
    [ConfigurationKeyName("postgres")]
    public string? Postgres { get; set; }

    /// <summary>Most writes that share one SQLite commit.</summary>
    [ConfigurationKeyName("largest_group")]
    [Range(1, 10_000)]
    public int LargestGroup { get; set; } = 256;

    /// <summary>Most writes that wait for the SQLite writer; more callers wait before they are queued.</summary>
    [ConfigurationKeyName("queue_length")]
    [Range(1, 1_000_000)]
    public int QueueLength { get; set; } = 10_000;

    /// <summary>Runs SQLite writes on the caller's thread, one commit each: a simulation stays deterministic.</summary>
    [ConfigurationKeyName("inline")]
    public bool Inline { get; set; }
}
