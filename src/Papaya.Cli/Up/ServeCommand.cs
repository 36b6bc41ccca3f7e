using System.CommandLine;
using Papaya.Server;
using Papaya.Server.Merchants;

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
        var serve = new Command("serve", "Run the server with the settings of papaya.json and the environment.") { config, urls };
        serve.SetAction(async (parsed, ct) =>
        {
            var options = Settings.Read(parsed.GetRequiredValue(config), mustExist: parsed.GetResult(config) is { Implicit: false });
            WebApplication host;
            try
            {
                host = PapayaServer.Build(options, parsed.GetRequiredValue(urls).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            }
            catch (SettingException wrong)
            {
                throw new CommandFailedException($"{wrong.Message} `papaya doctor` checks all settings at once.");
            }

            await using (host)
            {
                await host.StartAsync(ct);
                await output.WriteLineAsync($"server      {string.Join(", ", host.Urls)}      public address {options.PublicUrl}");
                await output.FlushAsync(ct);
                await StopSignal.WaitAsync(ct);
                await host.StopAsync(CancellationToken.None);
            }

            return PapayaCommand.Ok;
        });
        return serve;
    }
}
