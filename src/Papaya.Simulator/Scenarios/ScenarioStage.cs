using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Doors;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Scenarios;

/// <summary>A world of its own for one run: a simulator, a clock that stands still, and the merchant's addresses. Nothing outside is touched.</summary>
internal sealed class ScenarioStage : IAsyncDisposable
{
    private const int Seed = 20260302;

    private readonly WebApplication _app;
    private readonly TestClock _clock;
    private readonly HttpClient _http;

    private ScenarioStage(WebApplication app, TestClock clock, Inbox inbox)
    {
        (_app, _clock, Inbox) = (app, clock, inbox);
        _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new(app.Urls.First()) };
    }

    public string Url => _app.Urls.First();

    public Inbox Inbox { get; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <param name="at">When the story begins.</param>
    /// <param name="own">The merchant's own app; null for the scripted one.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<ScenarioStage> OpenAsync(DateTimeOffset at, OwnMerchant? own, CancellationToken ct)
    {
        var machine = new StillMachine(at);
        var inbox = await Inbox.StartAsync([new ApiV2Key(Presets.Key)], machine, ct);
        var clock = new TestClock(at, machine);
        var app = SimulatorHost.Build(
            new() { Seed = Seed, TerminateNotifyUrl = own?.Address.AbsoluteUri ?? inbox.Url + "/contract" }, clock, [$"http://127.0.0.1:{own?.Port ?? 0}", "https://127.0.0.1:0"]);
        await app.StartAsync(ct);
        return new(app, clock, inbox);
    }

    /// <summary>What is due happens, up to then.</summary>
    public Task MoveToAsync(DateTimeOffset to, CancellationToken ct) => _clock.AdvanceToAsync(to, ct);

    /// <summary>A call of the control API; the answer's JSON and status.</summary>
    public async Task<(int Status, JsonNode? Body)> ControlAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, "/_sim" + path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async Task<JsonNode> SeeAsync(string path, CancellationToken ct) =>
        (await ControlAsync(HttpMethod.Get, path, null, ct)) is { Status: 200, Body: { } body }
            ? body
            : throw new ScenarioFormatException($"GET /_sim{path} answered no 200.");

    /// <summary>A call of WeChat's paths or a page; null when the connection was cut.</summary>
    public async Task<(int Status, byte[] Bytes)?> SendAsync(HttpMethod method, string path, byte[]? body, IEnumerable<(string Name, string Value)> headers, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        try
        {
            using var response = await _http.SendAsync(request, ct);
            return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The same over https with the merchant's own certificate, as it is today.</summary>
    public async Task<(int Status, byte[] Bytes)?> SendSecurelyAsync(string path, byte[] body, CancellationToken ct)
    {
        var keys = await SeeAsync("/merchants/" + Presets.MchId, ct);
        using var pair = X509Certificate2.CreateFromPem((string)keys["certificate_pem"]!, (string)keys["private_key_pem"]!);
        // Some systems cannot show a certificate whose key has never been in a store.
        using var certificate = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        using var root = X509Certificate2.CreateFromPem(_app.Services.GetRequiredService<Authority>().CertificatePem);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        handler.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck };
        using var http = new HttpClient(handler) { BaseAddress = new(_app.Urls.Last()) };
        using var content = new ByteArrayContent(body);
        try
        {
            using var response = await http.PostAsync(path, content, ct);
            return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Inbox.DisposeAsync();
        _clock.Dispose();
    }
}
