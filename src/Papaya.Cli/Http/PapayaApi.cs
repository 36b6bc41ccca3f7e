using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Papaya.Cli.Http;

/// <summary>The server's REST API, <c>/v1</c>, as a merchant's back end calls it.</summary>
/// <param name="nextKey">Idempotency keys come from the caller, so that a run with a seed repeats them.</param>
internal sealed class PapayaApi(HttpClient http, string apiKey, Func<string> nextKey)
{
    private const int PageSize = 200;

    private readonly JsonHttp _json = new(http, request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey));

    public Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct, string? idempotencyKey = null) =>
        _json.SendAsync(method, path, body, ct, idempotencyKey);

    public Task<JsonNode?> GetAsync(string path, CancellationToken ct) => _json.RequireAsync(HttpMethod.Get, path, null, ct);

    public Task<JsonNode?> PostAsync(string path, JsonNode body, CancellationToken ct, string? idempotencyKey = null) =>
        _json.RequireAsync(HttpMethod.Post, path, body, ct, idempotencyKey ?? nextKey());

    /// <summary>All pages of a list.</summary>
    public async Task<IReadOnlyList<JsonNode>> AllAsync(string path, CancellationToken ct)
    {
        List<JsonNode> rows = [];
        var after = "";
        while (true)
        {
            var page = await GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={PageSize}{after}", ct);
            rows.AddRange(page.List("data"));
            if (page.Text("next") is not { Length: > 0 } next || next == "null")
            {
                return rows;
            }

            after = "&after=" + Uri.EscapeDataString(next);
        }
    }

    public Task<JsonNode?> CheckoutAsync(string id, CancellationToken ct) => GetAsync($"/v1/checkouts/{id}", ct);

    public Task<JsonNode?> ContractAsync(string id, CancellationToken ct) => GetAsync($"/v1/contracts/{id}", ct);

    public Task<JsonNode?> SubscriptionAsync(string id, CancellationToken ct) => GetAsync($"/v1/subscriptions/{id}", ct);

    public Task<JsonNode?> ChargeAsync(string id, CancellationToken ct) => GetAsync($"/v1/charges/{id}", ct);

    public Task<JsonNode?> RefundAsync(string id, CancellationToken ct) => GetAsync($"/v1/refunds/{id}", ct);

    /// <summary>The charges of a subscription, each as its own page shows it, attempts included.</summary>
    public async Task<IReadOnlyList<JsonNode>> ChargesAsync(string subscriptionId, CancellationToken ct)
    {
        List<JsonNode> charges = [];
        foreach (var row in await AllAsync($"/v1/charges?subscription={Uri.EscapeDataString(subscriptionId)}", ct))
        {
            charges.Add((await ChargeAsync(row.Text("id"), ct))!);
        }

        return charges;
    }
}
