namespace Papaya.Server.Hosting;

/// <summary>
/// Tells whoever owns the clock that something is being done, so that a test clock never advances past unfinished work.
/// Never wait on the clock between <see cref="Enter"/> and its end.
/// </summary>
public interface IWorkInFlight
{
    IDisposable Enter();
}

/// <summary>For real clocks: nobody asks.</summary>
public sealed class UncountedWork : IWorkInFlight, IDisposable
{
    public IDisposable Enter() => this;

    public void Dispose()
    {
    }
}
