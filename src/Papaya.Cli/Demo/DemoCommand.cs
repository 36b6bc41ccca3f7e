using System.CommandLine;
using Papaya.Cli.Http;
using Papaya.Cli.Up;
using Papaya.Server.Ledger;
using Papaya.Server.Storage;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Wire;
using Spectre.Console;

namespace Papaya.Cli.Demo;

/// <summary><c>demo</c>: the whole product in under a minute, on real HTTP, a real database and the test clock.</summary>
internal static class DemoCommand
{
    private const int DefaultSeed = 20_260_115;

    /// <param name="prepare">A last hand on the simulated WeChat before the story begins: a test breaks something on purpose.</param>
    /// <param name="told">Sees the story when it is over.</param>
    public static Command Create(TextWriter output, Func<SimulatorControl, Task>? prepare = null, Action<DemoStory>? told = null)
    {
        var seed = new Option<int>("--seed") { Description = "Changes every number, name and amount; the same seed tells the same story.", DefaultValueFactory = _ => DefaultSeed };
        var demo = new Command("demo", "A year of a small merchant: renewals, a decline, a cancel, refunds, reconciled bills. Exit code 0 only if every promise held.") { seed };
        demo.SetAction(async (parsed, ct) =>
        {
            var (story, held) = await RunAsync(parsed.GetValue(seed), output, prepare, ct);
            told?.Invoke(story);
            return held && story.Differences.Count == 0 ? PapayaCommand.Ok : PapayaCommand.Failed;
        });
        return demo;
    }

    private static async Task<(DemoStory Story, bool Held)> RunAsync(int seed, TextWriter output, Func<SimulatorControl, Task>? prepare, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("papaya-demo-");
        try
        {
            await using var sandbox = await Sandbox.StartAsync(new SandboxOptions(folder.FullName) { Seed = seed }, ct);
            using var serverHttp = sandbox.ServerHttp();
            using var simulatorHttp = sandbox.SimulatorHttp();
            var cast = new Cast(seed);
            var weChat = new SimulatorControl(simulatorHttp);
            var merchant = new MerchantCredentials { MerchantNumber = Sandbox.MerchantNumber, ApiV2Keys = [new ApiV2Key(Sandbox.ApiV2Key)] };
            var bills = new BillDesk(new PapayClient(simulatorHttp, merchant, sandbox.SimulatorUrl, sandbox.Clock), Sandbox.OfficialAccount);
            var console = Paper(output);
            if (prepare is not null)
            {
                await prepare(weChat);
            }

            var story = new DemoStory(new PapayaApi(serverHttp, sandbox.ApiKey, cast.NextKey), weChat, bills, cast, console);
            var database = sandbox.Services.GetRequiredService<Database>();
            var held = await story.TellAsync(
                async token => [.. (await InvariantCheck.RunAsync(database, token)).Select(violation => violation.ToString())], ct);
            return (story, held);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A person's terminal gets colours and its own width; a file gets plain text in lines that hold the table.</summary>
    private static IAnsiConsole Paper(TextWriter output)
    {
        const int widthOfTheTable = 150;
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
        {
            console.Profile.Width = widthOfTheTable;
        }

        return console;
    }
}
