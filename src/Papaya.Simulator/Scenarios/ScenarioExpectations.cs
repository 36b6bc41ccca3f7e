using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Scenarios;

/// <summary>Looks at the truth and at the journal, through the control API like everybody else.</summary>
internal sealed class ScenarioExpectations(ScenarioStage stage)
{
    /// <summary>Null, or the first thing that is not as expected.</summary>
    public async Task<string?> CheckAsync(JsonObject expected, JsonNode? reply, CancellationToken ct)
    {
        foreach (var (what, wanted) in expected)
        {
            var members = wanted as JsonObject ?? [];
            var reason = what switch
            {
                "ledger" => await LedgerAsync(wanted, ct),
                "order" => await OneAsync($"/orders/{members["number"]}", members, "order", ct),
                "refund" => await OneAsync($"/refunds/{members["number"]}", members, "refund", ct),
                "user" => await OneAsync($"/users/{(string?)members["openid"] ?? "ann"}", members, "user", ct),
                "contract" => await ContractAsync(members, ct),
                "contracts" => await ContractsAsync(members, ct),
                "reply" => Likeness.Difference(wanted, reply, "the answer"),
                "calls" => await CallsAsync(members, ct),
                "messages" => await MessagesAsync(members, ct),
                "lint" => await LintAsync(members, ct),
                _ => throw new ScenarioFormatException($"'{what}' is nothing that can be expected; ledger, order, refund, user, contract, contracts, reply, calls, messages and lint are."),
            };
            if (reason is not null)
            {
                return reason;
            }
        }

        return null;
    }

    /// <summary>Counts by kind, or the entries one by one.</summary>
    private async Task<string?> LedgerAsync(JsonNode? wanted, CancellationToken ct)
    {
        var entries = (await stage.SeeAsync("/ledger", ct))["entries"]!.AsArray();
        if (wanted is JsonArray)
        {
            return Likeness.Difference(wanted, entries, "the ledger");
        }

        foreach (var (kind, count) in wanted!.AsObject())
        {
            var found = entries.Count(e => (string?)e!["kind"] == kind);
            if (Likeness.Difference(count, found, $"the ledger's number of {kind}s") is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private async Task<string?> OneAsync(string path, JsonObject members, string name, CancellationToken ct)
    {
        var (status, found) = await stage.ControlAsync(HttpMethod.Get, path, null, ct);
        return Likeness.Difference(Without(members, "number", "openid"), status == 200 ? found : new JsonObject { ["state"] = "unknown" }, $"the {name}");
    }

    private async Task<string?> ContractAsync(JsonObject members, CancellationToken ct)
    {
        var all = (await stage.SeeAsync("/contracts", ct))["data"]!.AsArray();
        var found = all.FirstOrDefault(c => (string?)c!["contract_id"] == members["id"]?.ToString());
        return Likeness.Difference(Without(members, "id"), found, "the contract");
    }

    private async Task<string?> ContractsAsync(JsonObject members, CancellationToken ct)
    {
        var openid = (string?)members["user"];
        var all = (await stage.SeeAsync("/contracts" + (openid is null ? "" : "?openid=" + openid), ct))["data"]!.AsArray();
        return Likeness.Difference(
            Without(members, "user"), new JsonObject { ["total"] = all.Count, ["active"] = all.Count(c => (string?)c!["state"] == "signed") }, "the number of contracts");
    }

    /// <summary>What the merchant asked for on a path: how often, how often without an answer, and the last one.</summary>
    private async Task<string?> CallsAsync(JsonObject members, CancellationToken ct)
    {
        var name = (string)members["name"]!;
        var path = ScriptedMerchant.Paths.GetValueOrDefault(name, name);
        var calls = (await stage.SeeAsync("/requests?path=" + Uri.EscapeDataString(path), ct))["data"]!.AsArray();
        var last = calls.LastOrDefault();
        if (last is not null && members["last"] is not null)
        {
            last = await stage.SeeAsync($"/requests/{last["id"]}", ct);
        }

        return Likeness.Difference(
            Without(members, "name"),
            new JsonObject
            {
                ["count"] = calls.Count,
                ["cut"] = calls.Count(c => (int)c!["status"]! == 0),
                ["connections"] = calls.Select(c => (string?)c!["connection"]).Distinct().Count(),
                ["last"] = last?.DeepClone(),
            },
            $"calls of {path}");
    }

    /// <summary>The sends of a kind: how many, how many acknowledged, the seconds between the first and each, and the fields of the first and last.</summary>
    private async Task<string?> MessagesAsync(JsonObject members, CancellationToken ct)
    {
        var kind = (string?)members["kind"];
        var number = members["number"]?.ToString();
        var sends = (await stage.SeeAsync("/notifications", ct))["data"]!.AsArray()
            .Where(s => (kind is null || (string?)s!["kind"] == kind)
                && (number is null || (string?)s!["out_trade_no"] == number || (string?)s["contract_id"] == number || (string?)s["out_refund_no"] == number)
                && (members["change"] is not { } change || ((string?)s!["request"])!.Contains($"<change_type><![CDATA[{change}]]>", StringComparison.Ordinal)))
            .Select(s => s!).ToArray();
        return Likeness.Difference(
            Without(members, "kind", "number", "change"),
            new JsonObject
            {
                ["sends"] = sends.Length,
                ["acknowledged"] = sends.Count(s => (bool)s["acknowledged"]!),
                ["kinds"] = string.Join(' ', sends.Select(s => (string?)s["kind"])),
                ["arrived"] = string.Join(' ', sends.Where(s => (int)s["status"]! != 0).Select(s => kind == "contract" ? (string?)Fields(s)!["change_type"] : (string?)s["kind"])),
                ["after"] = string.Join(' ', sends.Select(s => (long)(At(s) - At(sends[0])).TotalSeconds)),
                ["urls"] = string.Join(' ', sends.Select(s => new Uri((string)s["url"]!).AbsolutePath).Distinct()),
                ["bodies"] = sends.Select(s => (string?)s["request"]).Distinct().Count(),
                ["statuses"] = string.Join(' ', sends.Select(s => (int)s["status"]!)),
                ["first"] = Fields(sends.FirstOrDefault()),
                ["last"] = Fields(sends.LastOrDefault()),
                ["id"] = sends.FirstOrDefault()?["id"]?.DeepClone(),
            },
            kind is null ? "messages" : $"messages of {kind}");
    }

    /// <summary>The line of a rule in the lint report: its verdict, how often, and what was found.</summary>
    private async Task<string?> LintAsync(JsonObject members, CancellationToken ct)
    {
        var rule = (string?)members["rule"] ?? throw new ScenarioFormatException("lint needs rule, and verdict: fault, pass or not_exercised.");
        var line = (await stage.SeeAsync("/lint?rule=" + Uri.EscapeDataString(rule), ct))["data"]!.AsArray().SingleOrDefault()
            ?? throw new ScenarioFormatException($"There is no lint rule '{rule}'; GET /_sim/lint lists them.");
        return Likeness.Difference(Without(members, "rule"), line, $"lint's {rule}");
    }

    private static DateTimeOffset At(JsonNode send) => DateTimeOffset.Parse((string)send["at"]!, System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject? Fields(JsonNode? send)
    {
        if (send is null)
        {
            return null;
        }

        var raw = (string?)send["request"] ?? "";
        var fields = new JsonObject { ["raw"] = raw, ["fault"] = send["fault"]?.DeepClone() };
        if (V2Message.TryParse(Encoding.UTF8.GetBytes(raw), out var message, out _))
        {
            foreach (var (name, value) in message!.Fields)
            {
                fields[name] = value;
            }

            fields["sign_length"] = message["sign"]?.Length;
            fields["genuine"] = V2Signature.Verify(message, new ApiV2Key(World.Presets.Key)).IsValid;
            fields["canonical"] = V2Signature.CanonicalText(message);
        }

        return fields;
    }

    private static JsonObject Without(JsonObject members, params ReadOnlySpan<string> names)
    {
        var rest = members.DeepClone().AsObject();
        foreach (var name in names)
        {
            rest.Remove(name);
        }

        return rest;
    }
}
