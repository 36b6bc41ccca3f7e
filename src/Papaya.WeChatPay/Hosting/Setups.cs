using System.Runtime.CompilerServices;

namespace Papaya.WeChatPay.Hosting;

/// <summary>What became of each merchant's options: read once, so that files and certificates are opened once, and closed with the program.</summary>
internal sealed class Setups(TimeProvider clock) : IDisposable
{
    // By the options themselves: when a program loads its configuration again, that is another setup, and the client keeps the one it has.
    private readonly ConditionalWeakTable<WeChatPayOptions, Setup> _read = [];
    private readonly Lock _lock = new();

    public Setup Of(WeChatPayOptions options)
    {
        lock (_lock)
        {
            if (!_read.TryGetValue(options, out var setup))
            {
                _read.Add(options, setup = Setup.Read(options, clock.GetUtcNow()));
            }

            return setup;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (_, setup) in _read)
            {
                setup.Dispose();
            }

            _read.Clear();
        }
    }
}
