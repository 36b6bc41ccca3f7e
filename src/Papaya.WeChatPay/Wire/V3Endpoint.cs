using System.Net;
using System.Text.Json;

namespace Papaya.WeChatPay.Wire;

/// <summary>Which of WeChat Pay's sites serves a V3 call.</summary>
public enum ApiSite
{
    /// <summary>Mainland China: <c>api.mch.weixin.qq.com</c>.</summary>
    Mainland,

    /// <summary>Hong Kong and overseas: <c>apihk.mch.weixin.qq.com</c>.</summary>
    Global,
}

/// <summary>
/// One V3 call. Fields stand in the path, the query or the JSON body (<see cref="Field.Place"/>); dotted names are members of
/// nested objects. A conditional field is required as soon as another member of its outermost object is sent, unless it
/// belongs to the call's <see cref="Alternatives"/>.
/// </summary>
public abstract class V3Endpoint : Endpoint
{
    private protected V3Endpoint(HttpMethod method, string name, string path, string title, string document, IReadOnlyList<Field> fields)
        : base(ApiVersion.V3, method, name, path, title, new Uri("https://pay.weixin.qq.com/" + document), fields)
    {
    }

    /// <summary>Who serves it.</summary>
    public ApiSite Site { get; internal init; }

    /// <summary>The status of a success: 200, or 204 for calls that answer nothing.</summary>
    public HttpStatusCode SuccessStatus { get; internal init; } = HttpStatusCode.OK;

    /// <summary>The same call for a service provider's sub-merchant; null where WeChat documents none.</summary>
    public V3Endpoint? Partner { get; private protected set; }

    /// <summary>Sets of fields of which at least one must be complete; empty when there is no choice.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Alternatives { get; internal init; } = [];

    /// <summary>True for a partner variant; its name is the direct call's.</summary>
    public bool IsPartner { get; internal init; }

    /// <summary>Members that a reply repeats; a reply about something else is not believed.</summary>
    internal IReadOnlyList<string> Echoes { get; init; } = [];

    /// <summary>True for values that JSON writes without quotes.</summary>
    internal static bool IsJsonNumber(Field field) => field.Form is FieldForm.Fen or FieldForm.Count or FieldForm.Serial;

    /// <summary>Checks a received request against the table with WeChat's documented limits; null when it is fine.</summary>
    /// <param name="path">The values in the path, decoded, by their names.</param>
    /// <param name="query">The query, decoded.</param>
    /// <param name="body">The JSON body; null when there is none.</param>
    public FieldProblem? Check(IReadOnlyDictionary<string, string> path, IReadOnlyDictionary<string, string> query, JsonElement? body)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(query);
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body is { } json && (json.ValueKind != JsonValueKind.Object ? new FieldProblem("body", FieldRule.Form, "a JSON object", 0) : Flatten(json, "", members)) is { } wrong)
        {
            return wrong;
        }

        foreach (var (place, values) in ((FieldPlace, IReadOnlyDictionary<string, string>)[])[(FieldPlace.Path, path), (FieldPlace.Query, query)])
        {
            foreach (var (name, value) in values)
            {
                if (Find(name) is not { } field || field.Place != place)
                {
                    return new FieldProblem(name, FieldRule.Unknown, "this call has no such field", value.Length);
                }
            }
        }

        return Check(Limits.Documented, field => (field.Place switch { FieldPlace.Path => path, FieldPlace.Query => query, _ => members }).GetValueOrDefault(field.Name));
    }

    /// <summary>Checks values, wherever they come from.</summary>
    private protected FieldProblem? Check(Limits limits, Func<Field, string?> valueOf)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            if (valueOf(field) is { Length: > 0 } value)
            {
                if (field.Check(value, limits) is { } problem)
                {
                    return problem;
                }

                given.Add(field.Name, value);
            }
        }

        foreach (var field in Fields)
        {
            if (!given.ContainsKey(field.Name) && IsMissing(field, given))
            {
                return field.Problem(FieldRule.Required, "required", "");
            }
        }

        return Alternatives.Count == 0 || Alternatives.Any(set => set.All(given.ContainsKey))
            ? null
            : new FieldProblem(Alternatives[0][0], FieldRule.Combination, "needed: " + string.Join(" or ", Alternatives.Select(set => string.Join(" with ", set))), 0);
    }

    private static string Outermost(string name) => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? name[..(dot + 1)] : name;

    private bool IsMissing(Field field, Dictionary<string, string> given)
    {
        if (field.Need != FieldNeed.Conditional)
        {
            return field.Need == FieldNeed.Required;
        }

        return field.RequiredWhen is { } when ? given.GetValueOrDefault(when.Field) == when.Value
            : !Alternatives.Any(set => set.Contains(field.Name)) && given.Keys.Any(name => name.StartsWith(Outermost(field.Name), StringComparison.Ordinal));
    }

    private FieldProblem? Flatten(JsonElement element, string prefix, Dictionary<string, string> members)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (member.Value.ValueKind == JsonValueKind.Object && Fields.Any(f => f.Place == FieldPlace.Body && f.Name.StartsWith(name + ".", StringComparison.Ordinal)))
            {
                if (Flatten(member.Value, name + ".", members) is { } inner)
                {
                    return inner;
                }

                continue;
            }

            if (Find(name) is not { Place: FieldPlace.Body } field)
            {
                return new FieldProblem(name, FieldRule.Unknown, "this call has no such field", 0);
            }

            var (kind, words) = IsJsonNumber(field) ? (JsonValueKind.Number, "a JSON number")
                : field.Form == FieldForm.Flag ? (JsonValueKind.True, "true or false")
                : (JsonValueKind.String, "a JSON string");
            if (member.Value.ValueKind != kind && !(kind == JsonValueKind.True && member.Value.ValueKind == JsonValueKind.False))
            {
                return new FieldProblem(name, FieldRule.Form, words, 0);
            }

            if (!members.TryAdd(name, kind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()))
            {
                return new FieldProblem(name, FieldRule.Form, "not twice", 0);
            }
        }

        return null;
    }
}
