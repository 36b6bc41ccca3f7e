using System.Globalization;
using System.Text.Json.Nodes;
using Papaya.Cli.Http;
using Papaya.Cli.Up;

namespace Papaya.Cli.Bench;

/// <summary>
/// A debit run from claim to event: many subscriptions fall due at one instant, each is claimed, sent over real HTTP, executed by the simulator a day
/// later, notified, booked and reported. SQLite with synchronous=FULL, both limiters off; what counts is the simulator's ledger.
/// </summary>
internal sealed class DebitBench(TextWriter output)
{
    private const int SignUps = 32;
    private const long PriceFen = 2_500;

    /// <summary>People sign up after the debit window has closed, so that everybody's debit is due at its last moment, 21:30: one great batch.</summary>
    private static readonly DateTimeOffset Evening = new(2026, 1, 15, 23, 0, 0, TimeSpan.FromHours(8));

    public async Task<JsonObject> RunAsync(int contracts, int runs, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("papaya-bench-");
        try
        {
            var options = new SandboxOptions(folder.FullName)
            {
                Start = Evening,
                FrequencyLimit = false,
                KeepRequests = false,
                Configure = server => server.Debits.PermitsPerSecond = 0,
            };
            await using var sandbox = await Sandbox.StartAsync(options, ct);
            using var serverHttp = sandbox.ServerHttp();
            using var simulatorHttp = sandbox.SimulatorHttp();
            var keys = 0;
            var papaya = new PapayaApi(serverHttp, sandbox.ApiKey, () => $"bench-{Interlocked.Increment(ref keys)}");
            var weChat = new SimulatorControl(simulatorHttp);
            var subscription = await SignUpAsync(papaya, weChat, contracts, ct);
            List<double> rates = [];
            for (var run = 0; run <= runs; run++)
            {
                var rate = await MonthAsync(papaya, weChat, subscription, contracts, ct);
                await output.WriteLineAsync(run == 0 ? $"warm-up: {Measurement.Text(rate)} debits/s" : $"run {run}: {Measurement.Text(rate)} debits/s");
                if (run > 0)
                {
                    rates.Add(rate);
                }
            }

            return new JsonObject
            {
                ["bench"] = "debits",
                ["debits_per_second"] = Math.Round(Measurement.Median(rates)),
                ["runs"] = Measurement.Rates(rates),
                ["debits_per_run"] = contracts,
                ["storage"] = "sqlite, synchronous=FULL",
                ["memory"] = Measurement.Memory(),
                ["machine"] = Measurement.Machine(),
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Everybody pays and signs; returns one of the subscriptions, whose calendar is everybody's.</summary>
    private async Task<string> SignUpAsync(PapayaApi papaya, SimulatorControl weChat, int contracts, CancellationToken ct)
    {
        await papaya.PostAsync("/v1/plans", new JsonObject
        {
            ["code"] = "bench", ["name"] = "月度会员", ["template_id"] = 12535, ["mode"] = "delay_24h", ["amount"] = PriceFen, ["fee"] = "capped",
            ["interval"] = new JsonObject { ["unit"] = "month", ["count"] = 1 },
        }, ct);
        var began = TimeProvider.System.GetTimestamp();
        var last = "";
        await Parallel.ForEachAsync(Enumerable.Range(0, contracts), new ParallelOptions { MaxDegreeOfParallelism = SignUps, CancellationToken = ct }, async (i, token) =>
        {
            var openid = string.Create(CultureInfo.InvariantCulture, $"oBench{i:000000}");
            await weChat.UserAsync(openid, 1_000 * PriceFen, token);
            var checkout = await papaya.PostAsync("/v1/checkouts", new JsonObject
            {
                ["plan"] = "bench",
                ["channel"] = "jsapi",
                ["customer"] = new JsonObject { ["external_id"] = openid, ["display_name"] = "压测用户", ["openid"] = openid, ["ip"] = "123.12.12.123" },
            }, token);
            await weChat.PayAsync(SimulatorControl.PrepayId(checkout), openid, sign: true, token);
            last = checkout.Text("id");
        });
        await weChat.AdvanceAsync(TimeSpan.FromMinutes(5), ct);
        await output.WriteLineAsync(
            $"{Measurement.Text(contracts)} people paid and signed, {Measurement.Text(contracts / TimeProvider.System.GetElapsedTime(began).TotalSeconds)} a second");
        return (await papaya.CheckoutAsync(last, ct)).Text("subscription_id");
    }

    private static async Task<double> MonthAsync(PapayaApi papaya, SimulatorControl weChat, string subscription, int contracts, CancellationToken ct)
    {
        var end = (await papaya.SubscriptionAsync(subscription, ct)).Instant("current_period.end");
        await weChat.AdvanceToAsync(end - TimeSpan.FromHours(30), ct);
        var before = await DebitsAsync(weChat, ct);
        var began = TimeProvider.System.GetTimestamp();
        await weChat.AdvanceToAsync(end + TimeSpan.FromHours(2), ct);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var debits = await DebitsAsync(weChat, ct) - before;
        if (debits != contracts || (await papaya.SubscriptionAsync(subscription, ct)).Instant("current_period.end") <= end)
        {
            throw new CommandFailedException($"{debits} of {contracts} debits arrived in the run; the figures would mean nothing.");
        }

        return debits / seconds;
    }

    private static async Task<int> DebitsAsync(SimulatorControl weChat, CancellationToken ct) => (await weChat.LedgerAsync(ct)).Count(entry => entry.Kind == "debit");
}
