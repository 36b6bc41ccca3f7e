using System.Globalization;
using System.Text.Json.Nodes;

namespace Papaya.Cli.Http;

/// <summary>One movement of money as WeChat's side knows it.</summary>
internal sealed record TruthEntry(
    string Kind, string OrderNumber, string TransactionId, string? ContractId, string OpenId, long AmountFen, DateTimeOffset At);

/// <summary>What the user's phone did with a pay-and-sign order.</summary>
internal sealed record CashierAct(bool Paid, bool Signed, string? ContractId, string? Reason);

/// <summary>The simulator's control API, <c>/_sim</c>.</summary>
internal sealed class SimulatorControl(HttpClient http)
{
    private readonly JsonHttp _json = new(http);

    /// <summary>The prepay_id that a checkout's <c>invoke</c> carries: what the phone opens the cashier with.</summary>
    public static string PrepayId(JsonNode? checkout)
    {
        const string name = "prepay_id=";
        var invoke = checkout.Text("invoke");
        var from = invoke.IndexOf(name, StringComparison.Ordinal);
        return from < 0 ? "" : new string([.. invoke[(from + name.Length)..].TakeWhile(char.IsAsciiLetterOrDigit)]);
    }

    public Task<JsonNode?> GetAsync(string path, CancellationToken ct) => _json.RequireAsync(HttpMethod.Get, "/_sim" + path, null, ct);

    public Task<JsonNode?> PostAsync(string path, JsonNode body, CancellationToken ct) => _json.RequireAsync(HttpMethod.Post, "/_sim" + path, body, ct);

    public async Task<DateTimeOffset> NowAsync(CancellationToken ct) => (await GetAsync("/clock", ct)).Instant("now");

    public async Task<DateTimeOffset> AdvanceAsync(TimeSpan by, CancellationToken ct) =>
        (await PostAsync("/clock", new JsonObject { ["advance_seconds"] = (long)by.TotalSeconds }, ct)).Instant("now");

    public async Task<DateTimeOffset> AdvanceToAsync(DateTimeOffset to, CancellationToken ct) =>
        (await PostAsync("/clock", new JsonObject { ["to"] = to.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) }, ct))
        .Instant("now");

    /// <summary>Creates the user or changes what is in the wallet; contracts and history stay.</summary>
    public Task UserAsync(string openid, long balanceFen, CancellationToken ct, string account = "normal", string bank = "ok") =>
        PostAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = balanceFen, ["account"] = account, ["bank"] = bank }, ct);

    public async Task<CashierAct> PayAsync(string prepayId, string openid, bool sign, CancellationToken ct)
    {
        var answer = await PostAsync($"/cashier/{prepayId}", new JsonObject { ["openid"] = openid, ["action"] = "pay", ["sign"] = sign }, ct);
        return new CashierAct(answer.Flag("paid"), answer.Flag("signed"), answer.At("contract_id")?.GetValue<string>(), answer.At("reason")?.GetValue<string>());
    }

    /// <summary>The user ends the contract inside WeChat (mode 2).</summary>
    public Task TerminateAsync(string weChatContractId, CancellationToken ct, int mode = 2) =>
        PostAsync($"/contracts/{weChatContractId}/terminate", new JsonObject { ["mode"] = mode }, ct);

    public Task FaultAsync(JsonObject rule, CancellationToken ct) => PostAsync("/faults", rule, ct);

    public Task ClearFaultsAsync(CancellationToken ct) => _json.RequireAsync(HttpMethod.Delete, "/_sim/faults", null, ct);

    public async Task<IReadOnlyList<TruthEntry>> LedgerAsync(CancellationToken ct) =>
    [
        .. (await GetAsync("/ledger", ct)).List("entries").Select(entry => new TruthEntry(
            entry.Text("kind"), entry.Text("out_trade_no"), entry.Text("transaction_id"), entry.At("contract_id")?.GetValue<string>(),
            entry.Text("openid"), entry.Number("amount"), entry.Instant("at"))),
    ];

    public async Task<IReadOnlyList<JsonNode>> RequestsAsync(string path, CancellationToken ct) =>
        (await GetAsync("/requests?path=" + Uri.EscapeDataString(path), ct)).List("data");

    public async Task<IReadOnlyList<JsonNode>> NotificationsAsync(string orderNumber, CancellationToken ct) =>
        (await GetAsync("/notifications?out_trade_no=" + Uri.EscapeDataString(orderNumber), ct)).List("data");

    public Task<JsonNode?> OrderAsync(string orderNumber, CancellationToken ct) => GetAsync($"/orders/{orderNumber}", ct);
}
