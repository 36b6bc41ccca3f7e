using System.Globalization;

namespace Papaya.Server.Storage;

/// <summary>Stored instants in events, written as the REST API writes them.</summary>
internal static class ApiTime
{
    public static string Text(long micros) => Instant.FromMicros(micros).UtcDateTime.ToString(
        micros % 1_000_000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
        CultureInfo.InvariantCulture);

    public static string? Text(long? micros) => micros is { } known ? Text(known) : null;
}
