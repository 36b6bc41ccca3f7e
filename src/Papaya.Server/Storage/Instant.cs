namespace Papaya.Server.Storage;

/// <summary>How instants and business dates stand in columns: µs since 1970 UTC, and yyyymmdd of the Beijing day.</summary>
public static class Instant
{
    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    public static long ToMicros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static long? ToMicros(DateTimeOffset? at) => at is { } known ? ToMicros(known) : null;

    public static DateTimeOffset FromMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(checked(micros * TimeSpan.TicksPerMicrosecond));

    public static DateTimeOffset? FromMicros(long? micros) => micros is { } known ? FromMicros(known) : null;

    /// <summary>The Beijing day of an instant as yyyymmdd.</summary>
    public static long BeijingDay(DateTimeOffset at)
    {
        var local = at.ToOffset(Beijing);
        return (local.Year * 10_000L) + (local.Month * 100) + local.Day;
    }
}
