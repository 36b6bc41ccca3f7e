using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Cli.Http;
using Papaya.Cli.Up;
using Papaya.Server;
using Papaya.Server.Ledger;
using Papaya.Server.Storage;

namespace Papaya.World.Tests;

/// <summary>
/// Server and simulator in this process on free ports, one test clock, SQLite in a folder of its own; everything goes over HTTP. A test says
/// <c>await using var world = await World.StartAsync();</c> and acts with the verbs below.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public const int MonthlyTemplate = 12535;
    public const int PayLaterTemplate = 12537;

    private readonly Sandbox _sandbox;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _serverHttp;
    private readonly HttpClient _simulatorHttp;
    private int _names;

    private World(Sandbox sandbox, DirectoryInfo folder)
    {
        (_sandbox, _folder) = (sandbox, folder);
        _serverHttp = sandbox.ServerHttp();
        _simulatorHttp = sandbox.SimulatorHttp();
        Papaya = new PapayaApi(_serverHttp, sandbox.ApiKey, () => Unique("key"));
        WeChat = new SimulatorControl(_simulatorHttp);
    }

    /// <summary>The server's REST API.</summary>
    public PapayaApi Papaya { get; }

    /// <summary>The simulator's control API.</summary>
    public SimulatorControl WeChat { get; }

    public Sandbox Sandbox => _sandbox;

    /// <summary>The server's services, for what has no HTTP interface (the invariant check, a look into the database).</summary>
    public IServiceProvider Services => _sandbox.Services;

    public DateTimeOffset Now => _sandbox.Clock.GetUtcNow();

    /// <param name="start">Where the clock begins; noon in Beijing on 15 January 2026 unless a test says otherwise, so that no run depends on today.</param>
    public static async Task<World> StartAsync(DateTimeOffset? start = null, int? seed = null, Action<IServiceCollection>? overrides = null, Action<PapayaServerOptions>? configure = null)
    {
        var folder = Directory.CreateTempSubdirectory("papaya-world-");
        var options = new SandboxOptions(folder.FullName)
        {
            Start = start ?? new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.FromHours(8)),
            Seed = seed,
            Overrides = overrides,
            Configure = configure,
        };
        return new World(await Sandbox.StartAsync(options, CancellationToken.None), folder);
    }

    public string Unique(string prefix) => $"{prefix}{Interlocked.Increment(ref _names):00000}";

    public Task AdvanceAsync(TimeSpan by) => WeChat.AdvanceAsync(by, default);

    public Task AdvanceToAsync(DateTimeOffset to) => WeChat.AdvanceToAsync(to, default);

    /// <summary>A WeChat user with this much in the wallet.</summary>
    public async Task<string> UserAsync(long balanceFen = 100_000)
    {
        var openid = Unique("oWorld");
        await TopUpAsync(openid, balanceFen);
        return openid;
    }

    /// <summary>Sets the wallet's balance.</summary>
    public Task TopUpAsync(string openid, long balanceFen) => WeChat.UserAsync(openid, balanceFen, default);

    /// <summary>A plan for a month at 25.00 yuan, unless changed.</summary>
    public async Task<string> PlanAsync(Action<JsonObject>? change = null)
    {
        var body = new JsonObject
        {
            ["code"] = Unique("plan-"),
            ["name"] = "月度会员",
            ["template_id"] = MonthlyTemplate,
            ["mode"] = "delay_24h",
            ["amount"] = 2_500,
            ["fee"] = "capped",
            ["interval"] = new JsonObject { ["unit"] = "month", ["count"] = 1 },
        };
        change?.Invoke(body);
        return (await Papaya.PostAsync("/v1/plans", body, default)).Text("code");
    }

    public static JsonObject CheckoutBody(string plan, string openid, string channel = "jsapi") => new()
    {
        ["plan"] = plan,
        ["channel"] = channel,
        ["customer"] = new JsonObject { ["external_id"] = "u-" + openid, ["display_name"] = "世界用户", ["openid"] = openid, ["ip"] = "123.12.12.123" },
    };

    public async Task<JsonNode> CheckoutAsync(string plan, string openid, string channel = "jsapi") =>
        (await Papaya.PostAsync("/v1/checkouts", CheckoutBody(plan, openid, channel), default))!;

    /// <summary>What the phone uses to open the cashier.</summary>
    public static string PrepayIdOf(JsonNode checkout) => SimulatorControl.PrepayId(checkout);

    public Task<CashierAct> PayAsync(JsonNode checkout, string openid, bool sign = true) => WeChat.PayAsync(PrepayIdOf(checkout), openid, sign, default);

    /// <summary>Checkout, payment, signing; returns when both legs are known.</summary>
    public async Task<Subscribed> SubscribeAsync(string? openid = null, string? plan = null, bool sign = true)
    {
        openid ??= await UserAsync();
        plan ??= await PlanAsync();
        var checkout = await CheckoutAsync(plan, openid);
        var act = await PayAsync(checkout, openid, sign);
        await AdvanceAsync(sign ? TimeSpan.FromMinutes(1) : TimeSpan.FromMinutes(20));
        var settled = (await Papaya.CheckoutAsync(checkout.Text("id"), default))!;
        return new Subscribed(openid, plan, settled.Text("id"), settled.Text("subscription_id"), settled.Text("contract.id"), act.ContractId ?? "");
    }

    public async Task<JsonNode> CheckoutAsync(Subscribed who) => (await Papaya.CheckoutAsync(who.CheckoutId, default))!;

    public async Task<JsonNode> SubscriptionAsync(Subscribed who) => (await Papaya.SubscriptionAsync(who.SubscriptionId, default))!;

    public async Task<JsonNode> ContractAsync(Subscribed who) => (await Papaya.ContractAsync(who.ContractId, default))!;

    /// <summary>Charges in the order of their periods, each as its own page shows it.</summary>
    public async Task<IReadOnlyList<JsonNode>> ChargesAsync(Subscribed who) =>
        [.. (await Papaya.ChargesAsync(who.SubscriptionId, default)).OrderBy(charge => charge.Instant("period.start"))];

    /// <summary>What WeChat really debited from this user.</summary>
    public async Task<IReadOnlyList<TruthEntry>> DebitsAsync(Subscribed who) =>
        [.. (await WeChat.LedgerAsync(default)).Where(entry => entry.Kind == "debit" && entry.OpenId == who.OpenId).OrderBy(entry => entry.At)];

    /// <summary>The end of the period that is paid for.</summary>
    public async Task<DateTimeOffset> PeriodEndAsync(Subscribed who) => (await SubscriptionAsync(who)).Instant("current_period.end");

    /// <summary>Types of the events that mention this text, in their order.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string mention) =>
        [.. (await Papaya.AllAsync("/v1/events", default)).Where(e => e.ToJsonString().Contains(mention, StringComparison.Ordinal)).Select(e => e.Text("type"))];

    /// <summary>Promises that the server's database breaks; none, at any moment.</summary>
    public Task<IReadOnlyList<Violation>> ViolationsAsync() => InvariantCheck.RunAsync(Services.GetRequiredService<Database>());

    public Task FaultAsync(string on, string kind, int times) =>
        WeChat.FaultAsync(new JsonObject { ["on"] = on, ["kind"] = kind, ["times"] = times }, default);

    public async ValueTask DisposeAsync()
    {
        _serverHttp.Dispose();
        _simulatorHttp.Dispose();
        await _sandbox.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Somebody who has been at the cashier.</summary>
internal sealed record Subscribed(string OpenId, string Plan, string CheckoutId, string SubscriptionId, string ContractId, string WeChatContractId);
