using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Papaya.Simulator;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Doors;

namespace Papaya.Cli.Up;

/// <summary><c>simulate</c>: WeChat Pay's side alone, for any SDK.</summary>
internal static class SimulateCommand
{
    private const int UsualHttpsPort = 8443;

    public static Command Create(TextWriter output)
    {
        var port = UpCommand.PortOption("--port", "Port of the simulator; 0 takes a free one.", 8090);
        var httpsPort = UpCommand.OptionalPort("--https-port", $"Port for https under the simulator's own authority; {UsualHttpsPort} if that is free and this is absent.");
        var backupPort = UpCommand.OptionalPort("--backup-port", "A second http port, for clients that fail over to WeChat's second host.");
        var url = new Option<string[]>("--url") { Description = "Where to listen instead, for example http://0.0.0.0:8090 in a container. May be repeated." };
        var data = new Option<string?>("--data") { Description = "Folder that keeps the simulated world, certificates and keys over restarts; in memory and a temporary folder when absent." };
        var seed = new Option<int?>("--seed") { Description = "The same seed gives the same numbers." };
        var start = new Option<string?>("--start") { Description = "Where the clock begins, RFC 3339; the machine's time when absent. A data folder that remembers a later instant wins." };
        var frozen = new Option<bool>("--frozen") { Description = "Time stands until it is moved: with --seed and --start, the same script gives the same bytes." };
        var choice = new Option<string[]>("--switch") { Description = "NAME=VALUE, for a behaviour that WeChat's documents leave open; GET /_sim/switches lists them. May be repeated." };
        var remote = new Option<bool>("--allow-remote-control") { Description = "Let other machines, other names and other sites' pages use the control API; for containers and networks of your own." };
        url.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string[]>()?.FirstOrDefault(u => !IsAddress(u)) is { } wrong)
            {
                result.AddError($"--url {wrong} is not http:// or https:// with an IP address or localhost and a port; 0.0.0.0 listens on every address.");
            }
        });
        start.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TryInstant(text, out _))
            {
                result.AddError($"--start {text} is not an instant such as 2026-01-15T10:00:00+08:00.");
            }
        });
        choice.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string[]>()?.Select(Mistake).FirstOrDefault(m => m is not null) is { } mistake)
            {
                result.AddError($"--switch: {mistake}");
            }
        });
        var simulate = new Command("simulate", "Run the simulated WeChat Pay alone: change your SDK's base URL to it.")
        {
            port, httpsPort, backupPort, url, data, seed, start, frozen, choice, remote,
        };
        simulate.SetAction(async (parsed, ct) =>
        {
            var instant = parsed.GetValue(start) is { } text && TryInstant(text, out var at) ? at : (DateTimeOffset?)null;
            using var clock = new TestClock(instant, frozen: parsed.GetValue(frozen));
            using var folder = Folder.Of(parsed.GetValue(data));
            var options = new SimulatorOptions
            {
                JournalPath = folder.IsKept ? Path.Combine(folder.Path, "simulator.journal") : null,
                KeysFolder = Path.Combine(folder.Path, "keys"),
                BackupUrl = parsed.GetValue(backupPort) is { } backup ? Http(backup) : null,
                Seed = parsed.GetValue(seed),
                OwnsClock = true,
                Switches = (parsed.GetValue(choice) ?? []).Select(c => c.Split('=', 2)).ToDictionary(c => c[0], c => c[1], StringComparer.Ordinal),
                AllowRemoteControl = parsed.GetValue(remote),
            };
            string[] urls = parsed.GetValue(url) is { Length: > 0 } given
                ? [.. given, .. Https(parsed.GetValue(httpsPort))]
                : [Http(parsed.GetValue(port)), .. Https(parsed.GetValue(httpsPort) ?? UsualOrNone(parsed.GetValue(port)))];
            await using var host = SimulatorHost.Build(options, clock, urls);
            try
            {
                await host.StartAsync(ct);
            }
            catch (Exception taken) when (taken is IOException or SocketException or FormatException)
            {
                throw new CommandFailedException($"{taken.Message} Choose another with --port, --https-port, --backup-port or --url; 0 takes any free port.");
            }

            var files = host.Services.GetRequiredService<KeyFiles>().Write(Sandbox.MerchantNumber);
            await output.WriteAsync(SimulatorSheet.Of(host, options, files));
            await output.FlushAsync(ct);
            await StopSignal.WaitAsync(ct);
            await host.StopAsync(CancellationToken.None);
            return PapayaCommand.Ok;
        });
        return simulate;
    }

    private static string[] Https(int? port) => port is { } number ? [$"https://127.0.0.1:{number}"] : [];

    private static string Http(int port) => $"http://127.0.0.1:{port}";

    /// <summary>Several simulators may run beside each other; only the first gets the usual https port, and nobody fails for not having asked.</summary>
    private static int? UsualOrNone(int port)
    {
        if (port == 0)
        {
            return 0;
        }

        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, UsualHttpsPort);
            probe.Start();
            return UsualHttpsPort;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>A name is refused: the web server would take it for every address of the machine.</summary>
    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https" && url.PathAndQuery == "/" && (url.Host == "localhost" || url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6);

    /// <summary>An instant says whose noon it counts from: without an offset ten o'clock would be another one here and in Beijing.</summary>
    private static bool TryInstant(string text, out DateTimeOffset at)
    {
        at = default;
        return text is [.., 'Z' or 'z'] or [.., '+' or '-', _, _, ':', _, _] && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out at);
    }

    private static string? Mistake(string choice) => choice.Split('=', 2) switch
    {
        [var name, var value] => new Switches(new Dictionary<string, string>()).TrySet(name, value),
        _ => $"'{choice}' is not NAME=VALUE.",
    };

    /// <summary>The given folder, or one that goes with the program: it holds private keys.</summary>
    private sealed record Folder(string Path, bool IsKept) : IDisposable
    {
        public static Folder Of(string? given) => given is null
            ? new(Directory.CreateTempSubdirectory("papaya-simulate-").FullName, IsKept: false)
            : new(Directory.CreateDirectory(given).FullName, IsKept: true);

        public void Dispose()
        {
            if (!IsKept)
            {
                Directory.Delete(Path, recursive: true);
            }
        }
    }
}
