using Microsoft.AspNetCore.Builder;
using Papaya.Simulator;
using Papaya.Simulator.Clock;

namespace Papaya.World.Tests.Samples;

/// <summary>A simulator in this process on a free port, without the server: what a program that uses only the client talks to.</summary>
public sealed class SimulatorAlone : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private WebApplication? _app;

    public string Address => _app!.Urls.First();

    public async Task InitializeAsync()
    {
        _app = SimulatorHost.Build(new() { TerminateNotifyUrl = "https://pay.example/terminated" }, _clock, ["http://127.0.0.1:0"]);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _clock.Dispose();
    }
}
