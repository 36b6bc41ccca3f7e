using System.Diagnostics;
using System.Text.Json.Nodes;
using Papaya.World.Tests.Samples;

namespace Papaya.World.Tests.Clients;

/// <summary><c>papaya simulate</c> as a process of its own, on free ports: what a program in another language talks to.</summary>
public sealed class SimulatorProcess : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-clients-");
    private Process? _process;

    public string Http { get; private set; } = "";

    public string Https { get; private set; } = "";

    public string Keys => Path.Combine(_folder.FullName, "keys");

    public async Task InitializeAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Program, "simulate", "--port", "0", "--https-port", "0", "--data", _folder.FullName])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        var complaints = _process.StandardError.ReadToEndAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("simulator ", StringComparison.Ordinal))
            {
                Http = Address(line);
            }
            else if (line.StartsWith("https ", StringComparison.Ordinal))
            {
                Https = Address(line);
            }
            else if (line.StartsWith("Ctrl-C", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("papaya simulate did not start: " + await complaints);
    }

    /// <summary>Runs a program with the environment that the clients' scripts read.</summary>
    internal async Task<Command> RunAsync(string program, string baseUrl, string folder, params string[] arguments)
    {
        using var http = new HttpClient();
        var merchant = JsonNode.Parse(await http.GetStringAsync($"{Http}/_sim/merchants/10000100"))!;
        return await Command.RunAsync(program, Path.Combine(Repository.Root, folder), new()
        {
            ["SIM_CONTROL"] = Http,
            ["SIM_BASE_URL"] = baseUrl,
            ["SIM_KEYS"] = Keys,
            ["SIM_APIV3_KEY"] = (string)merchant["apiv3_key"]!,
            ["SIM_MERCHANT_SERIAL"] = (string)merchant["certificate_serial"]!,
            ["NODE_EXTRA_CA_CERTS"] = Path.Combine(Keys, "ca.pem"),
        }, arguments);
    }

    public async Task DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Address(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
}
