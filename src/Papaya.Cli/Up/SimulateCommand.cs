using System.CommandLine;
using Papaya.Simulator;
using Papaya.Simulator.Clock;

namespace Papaya.Cli.Up;

/// <summary><c>simulate</c>: WeChat Pay's side alone, for any SDK.</summary>
internal static class SimulateCommand
{
    public static Command Create(TextWriter output)
    {
        var port = UpCommand.PortOption("--port", "Port of the simulator; 0 takes a free one.", 8090);
        var data = new Option<string?>("--data") { Description = "Folder that keeps the simulated world over restarts; in memory only when absent." };
        var simulate = new Command("simulate", "Run the simulated WeChat Pay alone: change your SDK's base URL to it.") { port, data };
        simulate.SetAction(async (parsed, ct) =>
        {
            using var clock = new TestClock();
            var folder = parsed.GetValue(data);
            if (folder is not null)
            {
                Directory.CreateDirectory(folder);
            }

            var options = new SimulatorOptions { JournalPath = folder is null ? null : Path.Combine(folder, "simulator.journal") };
            await using var host = SimulatorHost.Build(options, clock, [$"http://127.0.0.1:{parsed.GetValue(port)}"]);
            try
            {
                await host.StartAsync(ct);
            }
            catch (IOException taken)
            {
                throw new CommandFailedException($"{taken.Message} Choose another port with --port, or 0 for any free one.");
            }

            await output.WriteLineAsync($"""
                simulator   {host.Urls.First()}      WeChat Pay's paths; control API under /_sim
                merchant    {Sandbox.MerchantNumber}, APIv2 key {Sandbox.ApiV2Key}
                apps        {Sandbox.OfficialAccount} (official account), {Sandbox.MobileApp} (mobile app), {Sandbox.MiniProgram} (mini program)
                templates   12535 (24 h, up to 50.00), 12536 (pre-notice, 25.00), 12537 (pay later, up to 500.00)
                users       oSimUser0001 to oSimUser0009, 1,000 yuan each

                Ctrl-C stops it.
                """);
            await output.FlushAsync(ct);
            await StopSignal.WaitAsync(ct);
            return PapayaCommand.Ok;
        });
        return simulate;
    }
}
