using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Papaya.Simulator.Pages.Room;

/// <summary>A control call as a person types it into a shell: as <c>papaya sim …</c>, and as curl for who has only that.</summary>
internal static class CommandLines
{
    /// <summary>Where <c>papaya sim</c> looks for a simulator unless told otherwise.</summary>
    private const string UsualOrigin = "http://127.0.0.1:8090";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A word in braces comes from the path or is a member of the body; members that no word takes follow as name=value.</summary>
    private static readonly (string Method, string Path, string Words)[] Known =
    [
        ("GET", "/_sim/clock", "clock show"),
        ("POST", "/_sim/clock?advance_seconds", "clock advance {advance_seconds}"),
        ("POST", "/_sim/clock?to", "clock to {to}"),
        ("POST", "/_sim/clock?next=true", "clock next"),
        ("POST", "/_sim/clock?frozen=true", "clock freeze"),
        ("POST", "/_sim/clock?frozen=false", "clock run"),
        ("POST", "/_sim/users", "users set {openid}"),
        ("GET", "/_sim/users/{openid}", "users show {openid}"),
        ("POST", "/_sim/users/{openid}/coupons", "users coupon {openid}"),
        ("POST", "/_sim/templates", "templates set {mch_id} {plan_id}"),
        ("POST", "/_sim/merchants", "merchants set {mch_id}"),
        ("GET", "/_sim/merchants/{mch_id}", "merchants show {mch_id}"),
        ("GET", "/_sim/merchants/{mch_id}/apiclient_cert.p12", "merchants p12 {mch_id} apiclient_cert.p12"),
        ("POST", "/_sim/merchants/{mch_id}/certificate", "merchants certificate {mch_id}"),
        ("POST", "/_sim/contracts/{contract_id}/terminate", "terminate {contract_id}"),
        ("POST", "/_sim/faults", "faults add {on} {kind}"),
        ("DELETE", "/_sim/faults", "faults clear"),
        ("POST", "/_sim/switches", "switches set"),
        ("GET", "/_sim/orders/{out_trade_no}", "orders show {out_trade_no}"),
        ("POST", "/_sim/refunds", "refunds create {out_trade_no} {out_refund_no} {amount}"),
        ("POST", "/_sim/refunds/{out_refund_no}", "refunds resolve {out_refund_no} {outcome}"),
        ("GET", "/_sim/requests/{id}", "requests show {id}"),
        ("GET", "/_sim/notifications/{id}", "notifications show {id}"),
        ("POST", "/_sim/notifications/{id}/send", "notifications send {id}"),
        ("POST", "/_sim/notifications/{id}/drop", "notifications drop {id}"),
        ("POST", "/_sim/snapshots", "snapshot {name}"),
        ("POST", "/_sim/snapshots/{name}/restore", "restore {name}"),
        ("POST", "/_sim/reset", "reset"),
        ("POST", "/_sim/lint/probe", "lint --probe"),
        ("POST", "/_sim/scenarios/{name}/run?without_cause=true", "scenario {name} --without-cause"),
        ("POST", "/_sim/scenarios/{name}/run", "scenario {name}"),
    ];

    /// <summary>Null when the command has no such call.</summary>
    public static string? Papaya(string origin, FormCall call)
    {
        var (path, query) = call.Path.Split('?', 2) is [var p, var q] ? (p, q) : (call.Path, "");
        foreach (var (method, pattern, words) in Known)
        {
            if (method == call.Method && Matches(pattern, path, call.Body) is { } found)
            {
                List<string> line = ["papaya", "sim", .. words.Split(' ').Select(w => w[0] == '{' ? Quoted(found.Remove(w[1..^1], out var value) ? value : "…") : w)];
                line.AddRange(found.Where(m => !pattern.Contains($"{{{m.Key}}}", StringComparison.Ordinal)).Select(m => Quoted($"{m.Key}={m.Value}")));
                line.AddRange(query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(m => Quoted(Uri.UnescapeDataString(m))));
                // A scenario needs no running simulator.
                return string.Join(' ', line) + (origin == UsualOrigin || line[2] == "scenario" ? "" : $" --url {Quoted(origin)}");
            }
        }

        return null;
    }

    public static string Curl(string origin, FormCall call)
    {
        var verb = call.Method == HttpMethods.Get ? "" : $"-X {call.Method} ";
        var body = call.Body is { Count: > 0 } members ? $" -H 'content-type: application/json' -d {Quoted(members.ToJsonString(Readable))}" : "";
        var file = call.Path.EndsWith(".p12", StringComparison.Ordinal) ? " -O" : "";
        return $"curl {verb}{Quoted(origin + call.Path)}{body}{file}";
    }

    /// <summary>What the path's and the body's members are when the call is of this pattern.</summary>
    private static Dictionary<string, string>? Matches(string pattern, string path, JsonObject? body)
    {
        var (form, wanted) = pattern.Split('?') is [var f, var w] ? (f, w) : (pattern, null);
        var (given, expected) = (path.Split('/'), form.Split('/'));
        if (given.Length != expected.Length)
        {
            return null;
        }

        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < given.Length; i++)
        {
            if (expected[i].StartsWith('{'))
            {
                members[expected[i][1..^1]] = Uri.UnescapeDataString(given[i]);
            }
            else if (given[i] != expected[i])
            {
                return null;
            }
        }

        foreach (var (name, _) in body ?? [])
        {
            members[name] = body![name] is JsonValue ? ((JsonNode)body).Text(name) : body[name]?.ToJsonString(Readable) ?? "";
        }

        return wanted?.Split('=') switch
        {
            null => members,
            [var name] => members.ContainsKey(name) ? members : null,
            [var name, var value, ..] => members.Remove(name, out var said) && said == value ? members : null,
            [] => null,
        };
    }

    /// <summary>One word for a shell of the Bourne family.</summary>
    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or ':' or '@' or '%' or '+' or ',' or '=' or '-' or '…')
        ? word
        : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
