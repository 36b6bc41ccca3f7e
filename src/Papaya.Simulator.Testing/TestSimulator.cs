using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Papaya.Simulator.Clock;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Sending;

namespace Papaya.Simulator.Testing;

/// <summary>
/// WeChat Pay's side of delegated debit, in this process on a free port: point any client at <see cref="BaseAddress"/>. One per test or one per
/// class; several may run side by side. What people and time do in real life is a method here.
/// </summary>
public sealed class TestSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestClock _clock;
    private readonly ControlClient _control;
    private readonly List<HttpClient> _clients = [];

    private TestSimulator(WebApplication app, TestClock clock, ControlClient control)
    {
        (_app, _clock, _control) = (app, clock, control);
        Faults = new(control);
    }

    /// <summary>The base URL for the code under test, http on loopback.</summary>
    public Uri BaseAddress => _control.BaseAddress;

    /// <summary>The same over https, if <see cref="TestSimulatorOptions.Https"/> was set; clients have to trust <see cref="AuthorityPemAsync"/>.</summary>
    public Uri? HttpsAddress => _app.Urls.Where(url => url.StartsWith("https://", StringComparison.Ordinal)).Select(url => new Uri(url)).FirstOrDefault();

    /// <summary>The virtual clock. Give it to the code under test, so that both live in the same time; it waits only on this clock.</summary>
    public TimeProvider Time => _clock;

    /// <summary>The merchant that is there from the start, with an app of each kind and three templates.</summary>
    public required TestMerchant Merchant { get; init; }

    /// <summary>What goes wrong, on request.</summary>
    public TestFaults Faults { get; }

    /// <summary>Starts a simulator on a free port.</summary>
    /// <param name="options">How it is set up; null takes the defaults.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<TestSimulator> StartAsync(TestSimulatorOptions? options = null, CancellationToken ct = default)
    {
        options ??= new();
        var clock = new TestClock(options.Start);
        var app = SimulatorHost.Build(
            new()
            {
                Seed = options.Seed, OwnsClock = true, TerminateNotifyUrl = options.TerminateNotifyUrl?.OriginalString, FrequencyLimit = options.FrequencyLimit, Switches = options.Switches,
            },
            clock, options.Https ? ["http://127.0.0.1:0", "https://127.0.0.1:0"] : ["http://127.0.0.1:0"]);
        try
        {
            await app.StartAsync(ct);
            var control = new ControlClient(new(app.Urls.First(url => url.StartsWith("http://", StringComparison.Ordinal))));
            return new TestSimulator(app, clock, control) { Merchant = await FindAsync(control, ct) };
        }
        catch
        {
            await app.DisposeAsync();
            clock.Dispose();
            throw;
        }
    }

    /// <summary>A client of Papaya.WeChatPay for a merchant of this simulator, on its clock; the simulator disposes of its connections.</summary>
    /// <param name="merchant">Who calls; null takes <see cref="Merchant"/>.</param>
    /// <param name="options">Settings of the client; null takes its defaults.</param>
    public PapayClient CreateClient(TestMerchant? merchant = null, PapayClientOptions? options = null)
    {
        var credentials = (merchant ?? Merchant).Credentials;
        var http = new HttpClient(Connections.Handler(null, BaseAddress)) { Timeout = Timeout.InfiniteTimeSpan };
        _clients.Add(http);
        return new(http, credentials, BaseAddress, Time, options ?? new() { GlobalBaseUrl = BaseAddress });
    }

    // ---- the scene ------------------------------------------------------------------------------------------------------

    /// <summary>Makes a user or changes one; contracts and history stay.</summary>
    public Task<TestUser> UserAsync(string openid, long? balance = null, UserAccount? account = null, UserBank? bank = null, CancellationToken ct = default) =>
        _control.PostAsync("/users", new UserSetup(openid, balance, account, bank), TestJson.Default.UserSetup, TestJson.Default.TestUser, ct);

    /// <summary>Gives a user a coupon, which his next payment or debit spends if it fits.</summary>
    public Task<TestUser> GiveCouponAsync(string openid, TestCoupon coupon, CancellationToken ct = default) =>
        _control.PostAsync($"/users/{Uri.EscapeDataString(openid)}/coupons", coupon, TestJson.Default.TestCoupon, TestJson.Default.TestUser, ct);

    /// <summary>A user as he is now.</summary>
    public Task<TestUser> FindUserAsync(string openid, CancellationToken ct = default) => _control.GetAsync("/users/" + Uri.EscapeDataString(openid), TestJson.Default.TestUser, ct);

    /// <summary>Makes a template or replaces it.</summary>
    public Task<TestTemplate> TemplateAsync(TestTemplate template, CancellationToken ct = default) =>
        _control.PostAsync("/templates", template, TestJson.Default.TestTemplate, TestJson.Default.TestTemplate, ct);

    /// <summary>Makes another merchant, so that tests that run side by side do not meet, or changes one.</summary>
    /// <param name="number">8 to 10 digits.</param>
    /// <param name="apiV2Key">Null draws one.</param>
    /// <param name="appIds">Apps that are bound to it; the first is an official account, the second a mobile app, the third a mini program.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<TestMerchant> MerchantAsync(string number, string? apiV2Key = null, IReadOnlyList<string>? appIds = null, CancellationToken ct = default) =>
        TestMerchant.Of(await _control.PostAsync(
            "/merchants", new MerchantSetup(number, apiV2Key, appIds?.Select((id, at) => new AppView(id, AppView.Kinds[at % AppView.Kinds.Length])).ToArray()),
            TestJson.Default.MerchantSetup, TestJson.Default.MerchantView, ct));

    /// <summary>
    /// The same merchant with its API certificate, its APIv3 key and WeChat Pay's public key, for calls by V3 and for https. Making the keys takes a moment.
    /// </summary>
    /// <param name="merchant">Null takes <see cref="Merchant"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<TestMerchant> WithKeysAsync(TestMerchant? merchant = null, CancellationToken ct = default) =>
        TestMerchant.Of(await _control.GetAsync("/merchants/" + (merchant ?? Merchant).Number, TestJson.Default.MerchantView, ct));

    /// <summary>Decides a point that WeChat's documents leave open (<c>docs/reference/fidelity.md</c>).</summary>
    public Task SwitchAsync(string name, string value, CancellationToken ct = default) => SendAsync(HttpMethod.Post, "/switches", new JsonObject { [name] = value }, ct);

    // ---- what users do --------------------------------------------------------------------------------------------------

    /// <summary>The user opens the cashier of a pay-and-sign order and pays; with <paramref name="sign"/> the auto-renew box is ticked.</summary>
    public Task<CashierResult> PayAsync(string prepayId, string openid, bool sign = true, CancellationToken ct = default) =>
        _control.PostAsync("/cashier/" + prepayId, new(openid, "pay", sign), TestJson.Default.CashierAct, TestJson.Default.CashierResult, ct);

    /// <summary>The user leaves the cashier without paying.</summary>
    public Task<CashierResult> CancelAsync(string prepayId, string openid, CancellationToken ct = default) =>
        _control.PostAsync("/cashier/" + prepayId, new(openid, "cancel", false), TestJson.Default.CashierAct, TestJson.Default.CashierResult, ct);

    /// <summary>The user acts on a page of signing without payment.</summary>
    /// <param name="page">The address of official-account signing, the <c>redirect_url</c> of H5 signing, or the <c>pre_entrustweb_id</c> of an app.</param>
    /// <param name="openid">Who.</param>
    /// <param name="agree">False: he leaves the page.</param>
    /// <param name="ct">Cancels.</param>
    public Task<SigningResult> SignAsync(string page, string openid, bool agree = true, CancellationToken ct = default) =>
        SignAsync(page.Contains('/', StringComparison.Ordinal) ? new(openid, agree, Url: page) : new SigningAct(openid, agree, PreEntrustwebId: page), ct);

    /// <summary>The user acts on the mini program of signing without payment.</summary>
    /// <param name="extraData">What the merchant's mini program hands over.</param>
    /// <param name="openid">Who.</param>
    /// <param name="agree">False: he leaves it.</param>
    /// <param name="ct">Cancels.</param>
    public Task<SigningResult> SignAsync(IReadOnlyDictionary<string, string> extraData, string openid, bool agree = true, CancellationToken ct = default) =>
        SignAsync(new SigningAct(openid, agree, ExtraData: extraData), ct);

    /// <summary>The user cancels the contract inside WeChat.</summary>
    public Task<TestContract> TerminateAsync(string contractId, CancellationToken ct = default) =>
        _control.PostAsync($"/contracts/{contractId}/terminate", new JsonObject(), TestJson.Default.JsonObject, TestJson.Default.TestContract, ct);

    // ---- time -----------------------------------------------------------------------------------------------------------

    /// <summary>
    /// Lets time pass: everything that falls due on the way happens in order, and the call returns when nothing is in flight. Zero settles what is due now.
    /// </summary>
    public Task AdvanceAsync(TimeSpan by, CancellationToken ct = default) => _clock.AdvanceAsync(by, ct);

    /// <summary>As <see cref="AdvanceAsync"/>, up to an instant; time never runs backwards.</summary>
    public Task AdvanceToAsync(DateTimeOffset to, CancellationToken ct = default) => _clock.AdvanceToAsync(to, ct);

    // ---- the truth ------------------------------------------------------------------------------------------------------

    /// <summary>Every movement of money, oldest first.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> LedgerAsync(CancellationToken ct = default) =>
        (await _control.GetAsync("/ledger", TestJson.Default.LedgerView, ct)).Entries;

    /// <summary>Contracts, of one user and one template if these are given.</summary>
    public async Task<IReadOnlyList<TestContract>> ContractsAsync(string? openid = null, long? planId = null, CancellationToken ct = default) =>
        (await _control.GetAsync($"/contracts?openid={Uri.EscapeDataString(openid ?? "")}&plan_id={planId?.ToString(CultureInfo.InvariantCulture)}", TestJson.Default.ListingTestContract, ct)).Data;

    /// <summary>Notifications as they were sent, each repetition by itself, oldest first.</summary>
    public async Task<IReadOnlyList<SentNotification>> NotificationsAsync(string? outTradeNo = null, CancellationToken ct = default) =>
        (await _control.GetAsync("/notifications?out_trade_no=" + Uri.EscapeDataString(outTradeNo ?? ""), TestJson.Default.ListingSentNotification, ct)).Data;

    /// <summary>Requests as they were received, oldest first.</summary>
    /// <param name="path">An exact path such as <c>/pay/pappayapply</c>; null for all.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<ReceivedRequest>> RequestsAsync(string? path = null, CancellationToken ct = default) =>
        (await _control.GetAsync("/requests?path=" + Uri.EscapeDataString(path ?? ""), TestJson.Default.ListingReceivedRequest, ct)).Data;

    /// <summary>What WeChat accepts today and its quality checklist would fault, rule by rule.</summary>
    public async Task<IReadOnlyList<LintResult>> LintAsync(CancellationToken ct = default) =>
        (await _control.GetAsync("/lint", TestJson.Default.ListingLintResult, ct)).Data;

    /// <summary>What has no method here: any call of the control API (<c>docs/reference/simulator.md</c>).</summary>
    /// <param name="method">GET, POST or DELETE.</param>
    /// <param name="path">Behind <c>/_sim</c>, for example <c>/orders/A1</c>.</param>
    /// <param name="body">The JSON body; null for none.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The JSON answer; null when there is none.</returns>
    /// <exception cref="SimulatorRefusedException">The simulator refused, and says why.</exception>
    public Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body = null, CancellationToken ct = default) => _control.SendAsync(method, path, body, ct);

    /// <summary>The certificate of the authority that signed the https door's.</summary>
    public Task<string> AuthorityPemAsync(CancellationToken ct = default) => _control.TextAsync("/ca.pem", ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static http => http.Dispose());
        _control.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _clock.Dispose();
    }

    /// <summary>Asking for the merchant would make its keys; a change that changes nothing does not.</summary>
    private static async Task<TestMerchant> FindAsync(ControlClient control, CancellationToken ct) => TestMerchant.Of(await control.PostAsync(
        "/merchants", new(TestMerchant.PresetNumber, null, null), TestJson.Default.MerchantSetup, TestJson.Default.MerchantView, ct));

    private Task<SigningResult> SignAsync(SigningAct act, CancellationToken ct) => _control.PostAsync("/entrust", act, TestJson.Default.SigningAct, TestJson.Default.SigningResult, ct);
}
