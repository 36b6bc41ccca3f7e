using System.CommandLine;
using System.Text.Json.Nodes;

namespace Papaya.Cli.Bench;

/// <summary><c>bench</c>: the product's own load tests. The last line is one JSON object of figures.</summary>
internal static class BenchCommand
{
    public static Command Create(TextWriter output)
    {
        var runs = CountOption("--runs", "Measured runs after the warm-up; the median counts.", 5);
        var http = new Command("http", "The bare wire rate of this machine: a signed apply and a signed notification back, nothing behind them.") { runs };
        http.SetAction((parsed, ct) => PrintAsync(new HttpBench(output).RunAsync(parsed.GetValue(runs), ct), output));
        var contracts = CountOption("--contracts", "Subscriptions that fall due together.", 5_000);
        var debits = new Command("debits", "A debit run over real HTTP and a durable database, counted by the simulator's ledger.") { contracts, runs };
        debits.SetAction((parsed, ct) => PrintAsync(new DebitBench(output).RunAsync(parsed.GetValue(contracts), parsed.GetValue(runs), ct), output));
        var people = CountOption("--contracts", "Contracts that are debited every day.", 10_000);
        var days = CountOption("--days", "Measured days, after one to warm up.", 30);
        var stored = CountOption("--stored", "Contracts in the world whose memory is stated.", 100_000);
        var journal = new Option<bool>("--journal") { Description = "Keep the journal of calls and run the lint rules on each, as `simulate` does." };
        var simulator = new Command("simulator", "The simulator alone: applies a second, days by the clock with their notifications, memory.") { people, days, stored, journal };
        simulator.SetAction((parsed, ct) => PrintAsync(
            new SimulatorBench(output).RunAsync(parsed.GetValue(people), parsed.GetValue(days), parsed.GetValue(stored), parsed.GetValue(journal), ct), output));
        return new Command("bench", "Load tests of the product itself; the last line is one JSON object.") { http, debits, simulator };
    }

    private static Option<int> CountOption(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} is at least 1.");
            }
        });
        return option;
    }

    private static async Task<int> PrintAsync(Task<JsonObject> figures, TextWriter output)
    {
        await output.WriteLineAsync((await figures).ToJsonString());
        return PapayaCommand.Ok;
    }
}
