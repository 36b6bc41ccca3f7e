using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Papaya.Simulator.Testing;

/// <summary>The simulator did not do what it was asked; the message is its reason.</summary>
public sealed class SimulatorRefusedException : Exception
{
    internal SimulatorRefusedException(string call, int status, string reason)
        : base($"{call}: {status} {reason}") => (Status, Reason) = (status, reason);

    /// <summary>The HTTP status, 400 to 499.</summary>
    public int Status { get; }

    /// <summary>Why, and what to do instead.</summary>
    public string Reason { get; }
}

/// <summary>The control API over HTTP: what a test can do, a program in any language can do.</summary>
internal sealed class ControlClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    public Uri BaseAddress => address;

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct) =>
        Read(await CallAsync(HttpMethod.Get, path, null, ct), type);

    public async Task<TReply> PostAsync<TRequest, TReply>(string path, TRequest body, JsonTypeInfo<TRequest> request, JsonTypeInfo<TReply> reply, CancellationToken ct) =>
        Read(await CallAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body, request), ct), reply);

    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken ct) =>
        await CallAsync(method, path, body?.ToJsonString(), ct) is { Length: > 0 } text ? JsonNode.Parse(text) : null;

    public Task<string> TextAsync(string path, CancellationToken ct) => CallAsync(HttpMethod.Get, path, null, ct);

    public void Dispose() => _http.Dispose();

    private static T Read<T>(string text, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(text, type) ?? throw new JsonException("The simulator answered null.");

    private async Task<string> CallAsync(HttpMethod method, string path, string? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, "/_sim" + path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        using var response = await _http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode ? text : throw new SimulatorRefusedException($"{method} /_sim{path}", (int)response.StatusCode, Reason(text));
    }

    private static string Reason(string text)
    {
        try
        {
            return (string?)JsonNode.Parse(text)?["reason"] ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
