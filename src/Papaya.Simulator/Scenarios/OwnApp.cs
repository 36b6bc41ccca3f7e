using System.Text;
using System.Text.Json.Nodes;

namespace Papaya.Simulator.Scenarios;

/// <summary>What a run with the merchant's own app needs.</summary>
/// <param name="Address">Where terminations are told; everything else goes to the addresses that the app gives in its requests.</param>
/// <param name="Port">Where WeChat Pay is played; 0 for any free port.</param>
/// <param name="Patience">How long one step waits for the app, in real time.</param>
/// <param name="Tell">Gets a line for a person before each wait.</param>
internal sealed record OwnMerchant(Uri Address, int Port, TimeSpan Patience, Func<string, Task> Tell);

/// <summary>
/// The merchant's own app in the place of the scripted one: what the script would send is waited for. The app chooses its own numbers, so the names that the
/// scenario uses stand for them from then on.
/// </summary>
internal sealed class OwnApp(ScenarioStage stage, OwnMerchant merchant)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private static readonly string[] Numbers = ["out_trade_no", "out_refund_no", "contract_code"];

    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Null, or why a step cannot be left to an app.</summary>
    public static string? WhyNot(Step step) => step.Verb switch
    {
        "v3" or "page" or "entrust" or "inbox" => $"the app would have to do '{step.Verb}' exactly as the script says",
        "call" or "order" or "sign" when (step.Body as JsonObject)?["how"] is not null => "the script spoils the request on purpose (how)",
        "repeat" when (step.Body as JsonObject)?["steps"] is JsonArray steps && steps.Any(s => s?["call"] is not null) => "the script repeats a call very often",
        _ => null,
    };

    /// <summary>The next request of the app on a path: its answer, as the scripted merchant reads it.</summary>
    public async Task<JsonObject> WaitAsync(string name, JsonObject with, CancellationToken ct)
    {
        var path = ScriptedMerchant.Paths[name];
        await merchant.Tell($"{stage.Url}{path}{(with.Count == 0 ? "" : $" (in the story: {string.Join(", ", with.Select(f => $"{f.Key}={f.Value}"))})")}");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var gaveUp = Task.Delay(merchant.Patience, TimeProvider.System, patience.Token);
        while (!gaveUp.IsCompleted)
        {
            var calls = (await stage.SeeAsync("/requests?path=" + Uri.EscapeDataString(path), ct))["data"]!.AsArray();
            if (calls.Count > _seen.GetValueOrDefault(path))
            {
                var call = calls[(_seen[path] = _seen.GetValueOrDefault(path) + 1) - 1]!;
                await patience.CancelAsync();
                return await ReadAsync(call, with, ct);
            }

            await Task.Delay(Glance, TimeProvider.System, ct);
        }

        ct.ThrowIfCancellationRequested();
        throw new ScenarioFormatException($"the app has not called {path} within {merchant.Patience.TotalSeconds:0} seconds.");
    }

    /// <summary>A step in which the names of the story are the app's numbers.</summary>
    public JsonNode? Fill(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Fill(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Fill)]),
        JsonValue value when value.TryGetValue<string>(out var text) =>
            text.StartsWith('/') ? string.Join('/', text.Split('/').Select(part => _names.GetValueOrDefault(part, part))) : _names.GetValueOrDefault(text, text),
        _ => node?.DeepClone(),
    };

    private async Task<JsonObject> ReadAsync(JsonNode call, JsonObject with, CancellationToken ct)
    {
        var whole = await stage.SeeAsync($"/requests/{call["id"]}", ct);
        var asked = ScriptedMerchant.Read(200, Encoding.UTF8.GetBytes((string?)whole["request"] ?? ""));
        foreach (var name in Numbers)
        {
            if ((string?)with[name] is { } known && (string?)asked[name] is { } own)
            {
                _names[known] = own;
            }
        }

        return (int)call["status"]! == 0
            ? new() { ["outcome"] = "cut" }
            : ScriptedMerchant.Read((int)call["status"]!, Encoding.UTF8.GetBytes((string?)whole["response"] ?? ""));
    }
}
