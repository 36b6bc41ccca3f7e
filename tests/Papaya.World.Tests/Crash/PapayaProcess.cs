using System.Collections.Concurrent;
using System.Diagnostics;
using Papaya.Cli.Http;

namespace Papaya.World.Tests.Crash;

/// <summary>The built program running <c>up</c> in a process of its own, so that it can be killed.</summary>
internal sealed class PapayaProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();

    private PapayaProcess(Process process, Uri server, Uri simulator, string apiKey, Func<string> nextKey)
    {
        _process = process;
        ServerHttp = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) };
        SimulatorHttp = new HttpClient { BaseAddress = simulator, Timeout = TimeSpan.FromMinutes(5) };
        Papaya = new PapayaApi(ServerHttp, apiKey, nextKey);
        WeChat = new SimulatorControl(SimulatorHttp);
    }

    public HttpClient ServerHttp { get; }

    public HttpClient SimulatorHttp { get; }

    public PapayaApi Papaya { get; }

    public SimulatorControl WeChat { get; }

    /// <summary>Returns when both hosts answer that they are ready.</summary>
    public static async Task<PapayaProcess> StartAsync(string folder, int port, int simulatorPort, string apiKey, Func<string> nextKey, CancellationToken ct)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Repository.Program, "up", "--port", $"{port}", "--simulator-port", $"{simulatorPort}", "--data", folder },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PAPAYA_API_KEY"] = apiKey;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        var running = new PapayaProcess(process, new Uri($"http://127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{simulatorPort}"), apiKey, nextKey);
        running.Listen();
        try
        {
            await running.WhenReadyAsync(ct);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL: the process does nothing more, not even flush.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        ServerHttp.Dispose();
        SimulatorHttp.Dispose();
    }

    private void Listen()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        void Keep(string? line)
        {
            if (line is not null)
            {
                _said.Enqueue(line);
            }
        }
    }

    private async Task WhenReadyAsync(CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < StartLimit)
        {
            if (_process.HasExited)
            {
                break;
            }

            try
            {
                using var server = await ServerHttp.GetAsync("/readyz", ct);
                using var simulator = await SimulatorHttp.GetAsync("/_sim/health", ct);
                if (server.IsSuccessStatusCode && simulator.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
        }

        throw new InvalidOperationException($"The program did not become ready. It said:{Environment.NewLine}{string.Join(Environment.NewLine, _said.TakeLast(40))}");
    }
}
