namespace Papaya.Testing;

/// <summary>A clock that stands until a test moves it; its timers never fire. Also the stopped machine under a test clock.</summary>
public sealed class StillClock(DateTimeOffset at) : TimeProvider
{
    public StillClock()
        : this(new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero))
    {
    }

    public DateTimeOffset Now { get; set; } = at;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silent();

    private sealed class Silent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
