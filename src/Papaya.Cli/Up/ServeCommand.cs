using System.CommandLine;
using System.Net.Sockets;
using Papaya.Server;

namespace Papaya.Cli.Up;

/// <summary><c>serve</c>: the server for real money.</summary>
internal static class ServeCommand
{
    public const string DefaultFile = "papaya.json";

    public static Option<string> ConfigOption() => new("--config")
    {
        Description = $"Settings; variables such as PAPAYA__public_url win over the file.",
        DefaultValueFactory = _ => DefaultFile,
    };

    public static Command Create(TextWriter output)
    {
        var config = ConfigOption();
        var urls = new Option<string>("--urls") { Description = "Where to listen, for example http://0.0.0.0:8080.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        urls.Validators.Add(result =>
        {
            if (!Addresses(result.GetValueOrDefault<string>()).All(url => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)))
            {
                result.AddError("--urls are http:// addresses with a semicolon between them; a reverse proxy in front ends TLS.");
            }
        });
        var serve = new Command("serve", "Run the server with the settings of papaya.json and the environment.") { config, urls };
        serve.SetAction(async (parsed, ct) =>
        {
            var options = Settings.Read(parsed.GetRequiredValue(config), mustExist: parsed.GetResult(config) is { Implicit: false });
            await using var host = PapayaServer.Build(options, Addresses(parsed.GetRequiredValue(urls)));
            try
            {
                await host.StartAsync(ct);
            }
            catch (Exception wrong) when (wrong is IOException or SocketException or FormatException)
            {
                throw new CommandFailedException($"{wrong.Message} Choose another address or port with --urls.");
            }

            await output.WriteLineAsync($"server      {string.Join(", ", host.Urls)}      public address {options.PublicUrl}");
            await output.FlushAsync(ct);
            await StopSignal.WaitAsync(ct);
            await host.StopAsync(CancellationToken.None);
            return PapayaCommand.Ok;
        });
        return serve;
    }

    private static string[] Addresses(string? urls) => (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
