using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Papaya.Cli.Up;
using Papaya.Simulator;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Lint;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Cli.Bench;

/// <summary>
/// The simulator alone, in memory; its journal of calls, with the lint rules that read it, is off unless it is asked for. Applies come over real HTTP from signed bytes made before; then days go by on the clock:
/// every contract is debited once a day, and each debit's notification goes to an HTTP listener in the same process, which reads and acknowledges it.
/// </summary>
internal sealed class SimulatorBench(TextWriter output)
{
    private const int Connections = 32;
    private const long PlanId = 12599;
    private const int WarmUp = 5_000;

    /// <summary>Ten in the morning in Beijing.</summary>
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 2, 0, 0, TimeSpan.Zero);

    private static readonly ApiV2Key Key = new(Sandbox.ApiV2Key);

    private string _notifyUrl = "";
    private int _notified;

    public async Task<JsonObject> RunAsync(int contracts, int days, int stored, bool journal, CancellationToken ct)
    {
        await using var merchant = Listener();
        await merchant.StartAsync(ct);
        _notifyUrl = merchant.Urls.First() + "/notify";
        var memory = await MeasureMemoryAsync(stored, ct);

        using var clock = new TestClock(Start);
        await using var host = SimulatorHost.Build(new() { FrequencyLimit = false, KeepJournal = journal, Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await host.StartAsync(ct);
        using var http = new HttpClient { BaseAddress = new(host.Urls.First()) };
        await MakeTemplateAsync(http, ct);
        var state = host.Services.GetRequiredService<SimulatorState>();
        var people = state.SeedContracts(contracts, planId: PlanId);
        await using var load = new BenchLoad(new(host.Urls.First()), Connections);

        await RefusedAsync(load, people, ct);
        List<double> applies = [];
        double onTheClock = 0, applying = 0, processor = 0;
        for (var day = 0; day <= days; day++)
        {
            var bodies = people.Select(p => Apply(p, day)).ToList();
            var began = TimeProvider.System.GetTimestamp();
            var accepted = await load.SendAsync("/pay/pappayapply", bodies, "<result_code><![CDATA[SUCCESS]]>"u8.ToArray(), ct);
            var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            Expect(accepted, contracts, "applies were accepted");
            _notified = 0;
            began = TimeProvider.System.GetTimestamp();
            var worked = Environment.CpuUsage.TotalTime;
            await clock.AdvanceAsync(TimeSpan.FromDays(1), ct);
            worked = Environment.CpuUsage.TotalTime - worked;
            var advanced = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            Expect(_notified, contracts, "notifications arrived");
            // The first day warms up.
            if (day > 0)
            {
                applies.Add(contracts / seconds);
                applying += seconds;
                onTheClock += advanced;
                processor += worked.TotalSeconds;
            }

            await output.WriteLineAsync(
                $"day {day}: {Measurement.Text(contracts / seconds)} applies/s, then {Measurement.Text(contracts / advanced)} debits and notifications/s by the clock");
        }

        var journalMemory = journal ? MeasureJournal(host.Services) : null;
        return new JsonObject
        {
            ["bench"] = "simulator",
            ["journal_of_calls"] = journal,
            ["applies_per_second"] = Math.Round(Measurement.Median(applies)),
            ["contracts"] = contracts,
            ["days"] = days,
            ["clock_seconds"] = Math.Round(onTheClock, 2),
            ["debits_with_notification_per_second"] = Math.Round(contracts * days / onTheClock),
            ["clock_processor_seconds"] = Math.Round(processor, 2),
            ["processor_us_per_debit_with_notification"] = Math.Round(processor * 1e6 / contracts / days, 1),
            ["apply_seconds"] = Math.Round(applying, 2),
            ["memory_of_contracts"] = memory,
            ["memory_of_journal"] = journalMemory,
            ["memory"] = Measurement.Memory(),
            ["machine"] = Measurement.Machine(),
        };
    }

    /// <summary>What the journal's records weigh, and what the lint rules remember; both are gone afterwards.</summary>
    private static JsonObject MeasureJournal(IServiceProvider services)
    {
        var (journal, lint) = (services.GetRequiredService<CallJournal>(), services.GetRequiredService<LintReport>());
        var (calls, sends, remembered) = (journal.Calls(new()).Length, journal.Sends(new()).Length, lint.Remembered);
        var full = GC.GetTotalMemory(forceFullCollection: true);
        journal.Clear(null);
        var withoutRecords = GC.GetTotalMemory(forceFullCollection: true);
        lint.Begin();
        var withoutLint = GC.GetTotalMemory(forceFullCollection: true);
        return new()
        {
            ["calls"] = calls,
            ["sends"] = sends,
            ["records_mb"] = Math.Round((full - withoutRecords) / 1_048_576.0, 1),
            ["lint_entries"] = remembered,
            ["lint_mb"] = Math.Round((withoutRecords - withoutLint) / 1_048_576.0, 1),
        };
    }

    /// <summary>What a world of so many contracts, each with a user of its own, weighs when it is still.</summary>
    private static async Task<JsonObject> MeasureMemoryAsync(int contracts, CancellationToken ct)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var clock = new TestClock(Start);
        await using var host = SimulatorHost.Build(new() { KeepJournal = false, Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await host.StartAsync(ct);
        var state = host.Services.GetRequiredService<SimulatorState>();
        state.SeedContracts(contracts);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(state);
        return new()
        {
            ["contracts"] = contracts,
            ["heap_mb"] = Math.Round((after - before) / 1_048_576.0, 1),
            ["bytes_per_contract"] = (after - before) / contracts,
        };
    }

    private static async Task MakeTemplateAsync(HttpClient http, CancellationToken ct)
    {
        var template = new JsonObject
        {
            ["mch_id"] = Sandbox.MerchantNumber, ["plan_id"] = PlanId, ["name"] = "每日会员", ["kind"] = "periodic", ["cycle"] = "day", ["fee"] = "capped",
            ["amount"] = 5_000, ["mode"] = "delay_24h",
        };
        using var content = new StringContent(template.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/_sim/templates", content, ct);
        if (!answer.IsSuccessStatusCode)
        {
            throw new CommandFailedException(await answer.Content.ReadAsStringAsync(ct));
        }
    }

    /// <summary>Queries about nothing warm the path up without changing the world.</summary>
    private static async Task RefusedAsync(BenchLoad load, IReadOnlyList<SeededContract> people, CancellationToken ct)
    {
        var asked = Math.Min(WarmUp, people.Count);
        var bodies = Enumerable.Range(0, asked).Select(i =>
        {
            using var message = new V2Writer();
            message.Add("appid"u8, Sandbox.OfficialAccount).Add("mch_id"u8, Sandbox.MerchantNumber).Add("nonce_str"u8, "warm")
                .Add("out_trade_no"u8, string.Create(CultureInfo.InvariantCulture, $"W{i:0000000}"));
            return message.Sign(Key, SignType.Md5).ToArray();
        }).ToList();
        Expect(await load.SendAsync("/pay/orderquery", bodies, "ORDERNOTEXIST"u8.ToArray(), ct), asked, "queries were answered");
    }

    private byte[] Apply(SeededContract person, int day)
    {
        using var message = new V2Writer();
        message.Add("appid"u8, Sandbox.OfficialAccount).Add("mch_id"u8, Sandbox.MerchantNumber)
            .Add("nonce_str"u8, "5K8264ILTKCH16CQ2502SI8ZNMTM67VS").Add("body"u8, "会员续费")
            .Add("out_trade_no"u8, string.Create(CultureInfo.InvariantCulture, $"B{person.ContractCode}D{day:00}")).Add("total_fee"u8, 2_500)
            .Add("spbill_create_ip"u8, "8.8.8.8").Add("notify_url"u8, _notifyUrl).Add("trade_type"u8, "PAP").Add("contract_id"u8, person.ContractId);
        return message.Sign(Key, SignType.Md5).ToArray();
    }

    private WebApplication Listener()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        var app = builder.Build();
        app.Run(async context =>
        {
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            Interlocked.Increment(ref _notified);
            context.Response.ContentType = Acknowledgement.ContentType;
            context.Response.ContentLength = Acknowledgement.Success.Length;
            await context.Response.Body.WriteAsync(Acknowledgement.Success);
        });
        return app;
    }

    private static void Expect(int found, int expected, string what)
    {
        if (found != expected)
        {
            throw new CommandFailedException($"{found} of {expected} {what}; the figures would mean nothing.");
        }
    }
}
