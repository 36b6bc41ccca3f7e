namespace Papaya.Simulator.Clock;

/// <summary>A machine whose time never passes: a clock on it moves only when it is moved.</summary>
internal sealed class StillMachine(DateTimeOffset at) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => at;

    private long _passed;

    public override long GetTimestamp() => Interlocked.Read(ref _passed);

    /// <summary>Somebody is slow: so much of the machine's time goes by while he works.</summary>
    public void Pass(TimeSpan time) => Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
