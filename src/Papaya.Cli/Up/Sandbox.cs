using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Papaya.Server;
using Papaya.Server.Hosting;
using Papaya.Server.Merchants;
using Papaya.Server.Storage;
using Papaya.Simulator;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Doors;

namespace Papaya.Cli.Up;

/// <summary>What a sandbox needs to know; a port of 0 takes any free one.</summary>
internal sealed record SandboxOptions(string Folder)
{
    public int Port { get; init; }

    public int SimulatorPort { get; init; }

    /// <summary>Where the simulator speaks https as well; not at all if null.</summary>
    public int? HttpsPort { get; init; }

    /// <summary>Where certificates and keys are written for clients; nowhere if null.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>Drawn when null.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The same seed gives the same ids and order numbers.</summary>
    public int? Seed { get; init; }

    /// <summary>Where the clock begins; the machine's time if null. A folder that remembers a later instant wins.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The server's log on the console.</summary>
    public bool Log { get; init; }

    /// <summary>WeChat refuses more than 150 debit requests in a second; load tests switch that off.</summary>
    public bool FrequencyLimit { get; init; } = true;

    /// <summary>Keeps requests and notifications with their bodies for the control API; load tests switch that off.</summary>
    public bool KeepRequests { get; init; } = true;

    /// <summary>Settings of the server that differ.</summary>
    public Action<PapayaServerOptions>? Configure { get; init; }

    /// <summary>Last word on what the server is made of.</summary>
    public Action<IServiceCollection>? Overrides { get; init; }
}

/// <summary>
/// Server and simulator in one process, sharing one test clock: the only place where the two meet. <c>up</c>, <c>demo</c>, <c>bench</c> and the tests
/// of the whole world run on it.
/// </summary>
internal sealed class Sandbox : IAsyncDisposable
{
    // WeChat's own documentation publishes this number, key and these apps as its example.
    public const string MerchantNumber = "10000100";
    public const string ApiV2Key = "192006250b4c09247ec02edce69f6a2d";
    public const string OfficialAccount = "wxd930ea5d5a258f4f";
    public const string MobileApp = "wx2421b1c4370ec43b";
    public const string MiniProgram = "wx426a3015555a46be";

    private readonly WebApplication _simulator;
    private readonly WebApplication _server;

    private Sandbox(WebApplication simulator, WebApplication server, TestClock clock, Uri simulatorUrl, Uri serverUrl, string apiKey)
    {
        (_simulator, _server, Clock, SimulatorUrl, ServerUrl, ApiKey) = (simulator, server, clock, simulatorUrl, serverUrl, apiKey);
    }

    public TestClock Clock { get; }

    public Uri SimulatorUrl { get; }

    /// <summary>Null when the simulator speaks http only.</summary>
    public Uri? HttpsUrl => _simulator.Urls.Where(url => url.StartsWith("https://", StringComparison.Ordinal)).Select(url => new Uri(url)).FirstOrDefault();

    public Uri ServerUrl { get; }

    public string ApiKey { get; }

    public IServiceProvider Services => _server.Services;

    public static async Task<Sandbox> StartAsync(SandboxOptions options, CancellationToken ct)
    {
        Directory.CreateDirectory(options.Folder);
        const int tries = 5; // Somebody else may take a free port between our look and our use.
        for (var attempt = 1; ; attempt++)
        {
            var clock = new TestClock(options.Start);
            WebApplication? simulator = null, server = null;
            try
            {
                var serverUrl = Loopback(options.Port == 0 ? FreePort() : options.Port);
                var simulatorUrl = Loopback(options.SimulatorPort == 0 ? FreePort() : options.SimulatorPort);
                var apiKey = options.ApiKey ?? "sandbox-" + new Ids().Nonce();
                simulator = SimulatorHost.Build(Simulator(options, serverUrl, simulatorUrl), clock, Addresses(simulatorUrl, options.HttpsPort));
                await simulator.StartAsync(ct);
                server = PapayaServer.Build(Server(options, serverUrl, simulatorUrl, apiKey), [serverUrl.OriginalString], services => Override(services, options, clock));
                await server.StartAsync(ct);
                return new Sandbox(simulator, server, clock, simulatorUrl, serverUrl, apiKey);
            }
            catch (IOException taken) when (taken.InnerException is AddressInUseException or SocketException || taken.Message.Contains("address already in use", StringComparison.Ordinal))
            {
                await StopAsync(server, simulator, clock);
                if (attempt == tries || (options.Port != 0 && options.SimulatorPort != 0))
                {
                    throw new CommandFailedException($"{taken.Message} Choose other ports with --port, --simulator-port and --https-port, or 0 for any free one.");
                }
            }
            catch
            {
                await StopAsync(server, simulator, clock);
                throw;
            }
        }
    }

    /// <summary>Writes the preset merchant's certificate and keys into <see cref="SandboxOptions.KeysFolder"/>.</summary>
    public void WriteKeys() => _simulator.Services.GetRequiredService<KeyFiles>().Write(MerchantNumber);

    public HttpClient ServerHttp() => new() { BaseAddress = ServerUrl, Timeout = Timeout.InfiniteTimeSpan };

    public HttpClient SimulatorHttp() => new() { BaseAddress = SimulatorUrl, Timeout = Timeout.InfiniteTimeSpan };

    public Task WaitForShutdownAsync(CancellationToken ct) => _server.WaitForShutdownAsync(ct);

    public async ValueTask DisposeAsync() => await StopAsync(_server, _simulator, Clock);

    private static async Task StopAsync(WebApplication? server, WebApplication? simulator, TestClock clock)
    {
        foreach (var host in (WebApplication?[])[server, simulator])
        {
            if (host is not null)
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
                await host.StopAsync(limit.Token);
                await host.DisposeAsync();
            }
        }

        clock.Dispose();
    }

    private static SimulatorOptions Simulator(SandboxOptions options, Uri serverUrl, Uri simulatorUrl) => new()
    {
        TerminateNotifyUrl = $"{serverUrl.OriginalString}/wechat/{MerchantNumber}/contract",
        PublicUrl = simulatorUrl.OriginalString,
        JournalPath = Path.Combine(options.Folder, "simulator.journal"),
        KeysFolder = options.KeysFolder,
        Seed = options.Seed,
        FrequencyLimit = options.FrequencyLimit,
        KeepJournal = options.KeepRequests,
    };

    private static PapayaServerOptions Server(SandboxOptions options, Uri serverUrl, Uri simulatorUrl, string apiKey)
    {
        var server = Preset(options.Folder, serverUrl, simulatorUrl, apiKey);
        options.Configure?.Invoke(server);
        return server;
    }

    private static PapayaServerOptions Preset(string folder, Uri serverUrl, Uri simulatorUrl, string apiKey) => new()
    {
        PublicUrl = serverUrl.OriginalString,
        ApiKeys = [apiKey],
        Storage = new StorageOptions { SqliteFile = Path.Combine(folder, "papaya.db") },
        SandboxClockUrl = $"{simulatorUrl.OriginalString}/_sim/clock",
        Merchants =
        [
            new MerchantOptions
            {
                Number = MerchantNumber,
                ApiV2Key = ApiV2Key,
                BaseUrl = simulatorUrl.OriginalString,
                Apps =
                [
                    new AppOptions { AppId = OfficialAccount, Kind = "official_account" },
                    new AppOptions { AppId = MobileApp, Kind = "mobile_app" },
                    new AppOptions { AppId = MiniProgram, Kind = "mini_program" },
                ],
                Templates =
                [
                    new TemplateOptions { PlanId = 12535, Name = "月度会员", Kind = "periodic", Mode = "delay_24h", Fee = "capped", Amount = 5_000 },
                    new TemplateOptions { PlanId = 12536, Name = "固定价包月", Kind = "periodic", Mode = "pre_notice", Fee = "fixed", Amount = 2_500 },
                    new TemplateOptions { PlanId = 12537, Name = "先享后付", Kind = "pay_later", Mode = "pay_later", Fee = "capped", Amount = 50_000 },
                ],
            },
        ],
    };

    private static void Override(IServiceCollection services, SandboxOptions options, TestClock clock)
    {
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IWorkInFlight>(new CountedByTheClock(clock));
        if (options.Seed is { } seed)
        {
            services.AddSingleton(new Ids(seed));
        }

        if (!options.Log)
        {
            services.AddLogging(logging => logging.ClearProviders());
        }

        options.Overrides?.Invoke(services);
    }

    private static string[] Addresses(Uri http, int? httpsPort) =>
        httpsPort is { } port ? [http.OriginalString, $"https://127.0.0.1:{port}"] : [http.OriginalString];

    private static Uri Loopback(int port) => new($"http://127.0.0.1:{port}");

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    /// <summary>The server does not know the test clock; this is how it tells it of its work.</summary>
    private sealed class CountedByTheClock(TestClock clock) : IWorkInFlight
    {
        public IDisposable Enter() => clock.Enter();
    }
}
