using System.Net;
using System.Text.Json;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>One V3 call: where it is, what it takes, and what it does under the world's lock.</summary>
internal sealed class V3Rule
{
    private readonly Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>, JsonElement?, FieldProblem?> _check;

    /// <summary>A call for which the client has a reviewed table.</summary>
    public V3Rule(V3Endpoint endpoint, Action<V3Call> run)
        : this(endpoint.Method.Method, endpoint.Path, endpoint.SuccessStatus, endpoint.Fields, endpoint.Check, run)
    {
        IsPartner = endpoint.IsPartner;
        Name = endpoint.Name;
    }

    /// <summary>A call that the client does not make.</summary>
    public V3Rule(V3Table table, Action<V3Call> run)
        : this(table.Method, table.Path, table.SuccessStatus, [], table.Check, run)
    {
        IsPartner = table.IsPartner;
        Name = table.Name;
    }

    private V3Rule(
        string method, string path, HttpStatusCode success, IReadOnlyList<Field> fields,
        Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>, JsonElement?, FieldProblem?> check, Action<V3Call> run)
    {
        (Method, Path, SuccessStatus, Run, _check) = (method, path, success, run, check);
        Name = "";
        Segments = path.Split('/');
        Fields = fields;
    }

    /// <summary>The name in the error tables.</summary>
    public string Name { get; }

    public string Method { get; }

    /// <summary>With places such as <c>{contract_id}</c>.</summary>
    public string Path { get; }

    public string[] Segments { get; }

    public HttpStatusCode SuccessStatus { get; }

    public bool IsPartner { get; }

    public IReadOnlyList<Field> Fields { get; }

    public Action<V3Call> Run { get; }

    /// <summary>Lists in the body that the client's table does not have and WeChat takes; dotted.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>The products that WeChat must have granted.</summary>
    public IReadOnlyList<Permission> Needs { get; init; } = [];

    /// <summary>Whether a problem is none after all; some limits are documented twice.</summary>
    public Func<V3Call, FieldProblem, bool> Tolerates { get; init; } = static (_, _) => false;

    /// <summary>Some doors let a caller without User-Agent in.</summary>
    public bool NeedsAgent => !Path.StartsWith("/v3/pay/transactions/", StringComparison.Ordinal);

    /// <summary>What the table says against the parameters.</summary>
    public FieldProblem? Check(IReadOnlyDictionary<string, string> path, IReadOnlyDictionary<string, string> query, JsonElement? body) =>
        _check(path, query, body);

    /// <summary>The rule for a direct merchant and the one for a service provider, both with the same action.</summary>
    public static IEnumerable<V3Rule> Both(string name, Action<V3Call> run, Permission[] needs, Func<V3Call, FieldProblem, bool>? tolerates = null, string[]? lists = null)
    {
        var endpoint = V3Endpoints.Find(name) ?? throw new ArgumentException($"There is no call {name}.", nameof(name));
        return ((V3Endpoint?[])[endpoint, endpoint.Partner]).OfType<V3Endpoint>()
            .Select(e => new V3Rule(e, run) { Needs = needs, Tolerates = tolerates ?? (static (_, _) => false), Lists = lists ?? [] });
    }

    /// <summary>The values in the places of the path; null when it is another path.</summary>
    public Dictionary<string, string>? Match(string[] segments)
    {
        if (segments.Length != Segments.Length)
        {
            return null;
        }

        Dictionary<string, string> values = new(StringComparer.Ordinal);
        for (var i = 0; i < segments.Length; i++)
        {
            if (Segments[i] is ['{', .. var name, '}'])
            {
                values[name] = Uri.UnescapeDataString(segments[i]);
            }
            else if (Segments[i] != segments[i])
            {
                return null;
            }
        }

        return values;
    }
}
