using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Journal;

/// <summary>A month with one seed goes the same way each time: money, messages and what is written down, faults by chance included.</summary>
public sealed class RepeatTests
{
    private const int Subscribers = 8;

    [Fact]
    public async Task A_month_one_send_at_a_time_repeats_itself_to_the_last_line()
    {
        var (first, second) = (await PlayAsync(7, 1), await PlayAsync(7, 1));
        Assert.Equal(first.Ledger, second.Ledger);
        Assert.Equal(first.Journal, second.Journal);
        Assert.Contains(first.Journal, line => line.Contains("DebitDuplicate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_many_sends_at_once_only_the_order_within_an_instant_is_the_machine_s()
    {
        var (one, many) = (await PlayAsync(7, 1), await PlayAsync(7, 64));
        Assert.Equal(one.Ledger, many.Ledger);
        Assert.Equal(one.Journal.Order(StringComparer.Ordinal), many.Journal.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Another_seed_is_another_month()
    {
        var (one, other) = (await PlayAsync(7, 1), await PlayAsync(8, 1));
        Assert.NotEqual(one.Journal.Count(l => l.Contains("SystemError", StringComparison.Ordinal)) + ":" + string.Join('|', one.Ledger),
            other.Journal.Count(l => l.Contains("SystemError", StringComparison.Ordinal)) + ":" + string.Join('|', other.Ledger));
    }

    /// <summary>The ledger, and the journal without what belongs to the machine: ports, durations, connections.</summary>
    private static async Task<(string[] Ledger, string[] Journal)> PlayAsync(int seed, int sendsAtOnce)
    {
        await using var world = await World.StartAsync(seed: seed, sendsAtOnce: sendsAtOnce);
        await using var shop = await MoodyShop.StartAsync();
        await FaultAsync(world, "/pay/pappayapply", "system_error", 0.3);
        await FaultAsync(world, "debit", "duplicate", 0.3);
        await FaultAsync(world, "notification", "drop", 0.2);
        await FaultAsync(world, "notification", "delay", 0.2);
        await FaultAsync(world, "execution", "fail", 0.1, "BANKERROR");
        await world.DoAsync("/switches", new JsonObject { ["v3_probes"] = "callbacks" });
        using (var v3 = await Shop.OpenAsync(world))
        {
            var page = await v3.Client(v3.PublicKey).Scheduled.PreSignAppAsync(ScheduledTests.Sign("v3", shop.Url));
            await world.DoAsync("/entrust", new JsonObject { ["pre_entrustweb_id"] = page.PreSignId, ["openid"] = await world.UserAsync(), ["action"] = "agree" });
        }

        var contracts = new List<string>();
        for (var i = 0; i < Subscribers; i++)
        {
            contracts.Add(await world.SignedAsync(await world.UserAsync(10_000), changes: [("notify_url", shop.Url), ("contract_notify_url", shop.Url)]));
        }

        for (var week = 0; week < 4; week++)
        {
            await world.AdvanceAsync(TimeSpan.FromDays(7));
            foreach (var contract in contracts)
            {
                await world.ApplyAsync(contract, changes: ("notify_url", shop.Url));
            }
        }

        await world.AdvanceAsync(TimeSpan.FromDays(3));
        var journal = world.Get<CallJournal>();
        var records = journal.Calls(new() { Limit = 1_000 }).Concat(journal.Sends(new() { Limit = 1_000 })).OrderBy(r => r.Id);
        return ([.. (await world.LedgerAsync()).Select(e => e!.ToJsonString())], [.. records.Select(r => Line(r, new Uri(shop.Url).Port))]);
    }

    private static Task FaultAsync(World world, string on, string kind, double probability, string? code = null) =>
        world.DoAsync("/faults", new JsonObject { ["on"] = on, ["kind"] = kind, ["probability"] = probability, ["code"] = code, ["delay_seconds"] = kind == "delay" ? 600 : null });

    private static string Line(CallRecord record, int port) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{record.At:O} {record.Kind}{record.Fault} {record.Path} {record.Delivery} {record.Send} {record.Status} {record.Verdict} {record.ErrCode} ")
        .Replace($":{port}/", "/", StringComparison.Ordinal)
        + (record.IsSend ? string.Join(' ', record.Headers.Select(h => h.Value)) + Encoding.UTF8.GetString(record.Request) : "");

    /// <summary>A merchant's address whose answer depends on the message alone.</summary>
    private sealed class MoodyShop(WebApplication app) : IAsyncDisposable
    {
        public string Url => app.Urls.First() + "/notify";

        public static async Task<MoodyShop> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.WebHost.UseKestrelCore();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            app.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                var isMoody = body.ToArray().Sum(b => b) % 3 == 0;
                await http.Response.Body.WriteAsync(isMoody ? Acknowledgement.Fail("later") : Acknowledgement.Success);
            });
            await app.StartAsync();
            return new(app);
        }

        public async ValueTask DisposeAsync() => await app.DisposeAsync();
    }
}
