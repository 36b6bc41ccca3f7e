using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Papaya.Cli.Up;

/// <summary><c>up</c>: everything a developer needs, on one machine, until Ctrl-C.</summary>
internal static class UpCommand
{
    public const string ApiKeyVariable = "PAPAYA_API_KEY";

    public static Command Create(TextWriter output)
    {
        var port = PortOption("--port", "Port of the server; 0 takes a free one.", 8080);
        var simulatorPort = PortOption("--simulator-port", "Port of the simulator; 0 takes a free one.", 8090);
        var httpsPort = OptionalPort("--https-port", "A port at which the simulator speaks https under its own authority; 0 takes a free one.");
        var data = new Option<string?>("--data") { Description = "Folder that keeps both hosts' state over restarts; a temporary one when absent." };
        var up = new Command("up", "Run the server and a simulated WeChat Pay that share one test clock.") { port, simulatorPort, httpsPort, data };
        up.SetAction(async (parsed, ct) =>
        {
            var folder = parsed.GetValue(data) ?? Directory.CreateTempSubdirectory("papaya-up-").FullName;
            var fixedKey = Environment.GetEnvironmentVariable(ApiKeyVariable);
            folder = Path.GetFullPath(folder);
            var options = new SandboxOptions(folder)
            {
                KeysFolder = parsed.GetValue(httpsPort) is null ? null : Path.Combine(folder, "keys"),
                Port = parsed.GetValue(port),
                SimulatorPort = parsed.GetValue(simulatorPort),
                HttpsPort = parsed.GetValue(httpsPort),
                ApiKey = string.IsNullOrEmpty(fixedKey) ? null : fixedKey,
                Log = true,
            };
            await RunAsync(options, output, ct);
            return PapayaCommand.Ok;
        });
        return up;
    }

    public static Option<int> PortOption(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result => MustBePort(result, name));
        return option;
    }

    public static Option<int?> OptionalPort(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result => MustBePort(result, name));
        return option;
    }

    /// <summary>Looks at the word itself: a value that is no number at all throws here when it is asked for.</summary>
    private static void MustBePort(OptionResult result, string name)
    {
        if (result.Tokens is [{ Value: var word }] && !(int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65_535))
        {
            result.AddError($"{name} is a port number, 0 to 65535.");
        }
    }

    private static async Task RunAsync(SandboxOptions options, TextWriter output, CancellationToken ct)
    {
        await using var sandbox = await Sandbox.StartAsync(options, ct);
        var https = "not served; --https-port takes a port, 0 any free one";
        if (sandbox.HttpsUrl is { } url)
        {
            sandbox.WriteKeys();
            https = $"{url.OriginalString}      certificates and keys in {options.KeysFolder}";
        }

        await output.WriteLineAsync($"""
            server      {sandbox.ServerUrl.OriginalString}      REST API under /v1, described at /openapi/v1.json
            simulator   {sandbox.SimulatorUrl.OriginalString}      WeChat Pay's paths; control API under /_sim
            https       {https}
            API key     {sandbox.ApiKey}      ({ApiKeyVariable} fixes it)
            data        {options.Folder}
            clock       {sandbox.Clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}      POST /_sim/clock moves it

            Ctrl-C stops both.
            """);
        await output.FlushAsync(ct);
        await StopSignal.WaitAsync(ct);
    }
}

/// <summary>Waits until somebody asks the process to end, and lets it end in order.</summary>
internal static class StopSignal
{
    public static async Task WaitAsync(CancellationToken ct)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var canceled = ct.Register(() => asked.TrySetResult());
        await asked.Task;

        void Ask(PosixSignalContext context)
        {
            context.Cancel = true; // We end by ourselves, after the hosts have stopped.
            asked.TrySetResult();
        }
    }
}
