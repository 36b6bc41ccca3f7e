using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Papaya.Samples;

/// <summary>What only the simulator has: a user with a phone, and a clock that can be moved. In production real people do this.</summary>
internal sealed class SimulatorPhone(HttpClient http, Uri simulator)
{
    /// <summary>The user opens the cashier, pays, and agrees to the contract. Gives WeChat's contract number.</summary>
    public async Task<string> PayAndSignAsync(string prepayId, string openid, CancellationToken ct = default)
    {
        using var answer = await PostAsync($"/_sim/cashier/{prepayId}", new JsonObject { ["openid"] = openid, ["action"] = "pay", ["sign"] = true }, ct);
        return answer.RootElement.TryGetProperty("contract_id", out var id) && id.GetString() is { } contract
            ? contract
            : throw new InvalidOperationException("The user did not sign: " + answer.RootElement);
    }

    /// <summary>The simulator's time.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken ct = default)
    {
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(simulator, "/_sim/clock"), ct));
        return answer.RootElement.GetProperty("now").GetDateTimeOffset();
    }

    /// <summary>Moves the simulator's clock; what falls due on the way happens.</summary>
    public async Task AdvanceAsync(TimeSpan by, CancellationToken ct = default)
    {
        using var _ = await PostAsync("/_sim/clock", new JsonObject { ["advance_seconds"] = (long)by.TotalSeconds }, ct);
    }

    /// <summary>Bodies of the notifications that WeChat sent about an order.</summary>
    public async Task<IReadOnlyList<byte[]>> NotificationsAsync(string orderNumber, CancellationToken ct = default)
    {
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(simulator, $"/_sim/notifications?out_trade_no={orderNumber}"), ct));
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(n => Encoding.UTF8.GetBytes(n.GetProperty("request").GetString()!))];
    }

    private async Task<JsonDocument> PostAsync(string path, JsonObject body, CancellationToken ct)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(simulator, path), content, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw new InvalidOperationException($"{path}: HTTP {(int)response.StatusCode} {text}");
    }
}
