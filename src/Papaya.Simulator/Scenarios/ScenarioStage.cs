using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Papaya.Simulator.Clock;
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

    public Inbox Inbox { get; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public static async Task<ScenarioStage> OpenAsync(DateTimeOffset at, CancellationToken ct)
    {
        var inbox = await Inbox.StartAsync([new ApiV2Key(Presets.Key)], ct);
        var clock = new TestClock(at, new StillMachine(at));
        var app = SimulatorHost.Build(new() { Seed = Seed, TerminateNotifyUrl = inbox.Url + "/contract" }, clock, ["http://127.0.0.1:0"]);
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

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Inbox.DisposeAsync();
        _clock.Dispose();
    }
}
