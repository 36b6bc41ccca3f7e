using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>What a member of a V3 request is.</summary>
internal enum V3Kind
{
    Text,
    Whole,
    Flag,

    /// <summary>A list; its inside is the rule's business.</summary>
    List,
}

/// <summary>A member of a request that the client does not make: dotted name, need, and what its value may be.</summary>
/// <param name="Name">Dotted inside the body.</param>
/// <param name="Kind">What JSON writes.</param>
/// <param name="Least">Least length, or least number.</param>
/// <param name="Most">Greatest length; numbers have no limit.</param>
internal sealed record V3Member(string Name, V3Kind Kind, bool IsRequired, int Least = 0, int Most = int.MaxValue)
{
    public FieldPlace Place { get; init; }

    /// <summary>Allowed values; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public Regex? Pattern { get; init; }
}

/// <summary>Forms of members that the client's tables do not have.</summary>
internal static partial class V3Forms
{
    /// <summary>An address without a query.</summary>
    [GeneratedRegex(@"^https?://[^?]+$", RegexOptions.None, 1000)]
    public static partial Regex Url();

    /// <summary>Numbers of orders.</summary>
    [GeneratedRegex(@"^[0-9A-Za-z_\-*]+$", RegexOptions.None, 1000)]
    public static partial Regex OrderNumber();

    /// <summary>Numbers of refunds.</summary>
    [GeneratedRegex(@"^[0-9A-Za-z_\-|*@]+$", RegexOptions.None, 1000)]
    public static partial Regex RefundNumber();

    /// <summary>Letters and digits.</summary>
    [GeneratedRegex("^[0-9A-Za-z]+$", RegexOptions.None, 1000)]
    public static partial Regex Alphanumeric();
}

/// <summary>The table of a V3 call that the client does not make; the rest have theirs in <see cref="V3Endpoints"/>.</summary>
internal sealed record V3Table(string Name, string Method, string Path, IReadOnlyList<V3Member> Members)
{
    public HttpStatusCode SuccessStatus { get; init; } = HttpStatusCode.OK;

    public bool IsPartner { get; init; }

    public FieldProblem? Check(IReadOnlyDictionary<string, string> path, IReadOnlyDictionary<string, string> query, JsonElement? body)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body is { } json && (json.ValueKind != JsonValueKind.Object ? new FieldProblem("body", FieldRule.Form, "a JSON object", 0) : Flatten(json, "", values)) is { } wrong)
        {
            return wrong;
        }

        foreach (var (place, given) in new[] { (FieldPlace.Path, path), (FieldPlace.Query, query) })
        {
            foreach (var (name, value) in given)
            {
                if (!Members.Any(m => m.Name == name && m.Place == place))
                {
                    return new(name, FieldRule.Unknown, "this call has no such field", value.Length);
                }

                values[name] = value;
            }
        }

        return Members.Select(m => Check(m, values.GetValueOrDefault(m.Name))).FirstOrDefault(p => p is not null);
    }

    private static FieldProblem? Check(V3Member member, string? value)
    {
        if (value is null)
        {
            return member.IsRequired ? new(member.Name, FieldRule.Required, "required", 0) : null;
        }

        if (member.Kind == V3Kind.Whole)
        {
            return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= member.Least
                ? null
                : new(member.Name, FieldRule.Form, $"a whole number, at least {member.Least}", 0);
        }

        return member.Kind != V3Kind.Text ? null
            : value.Length > member.Most ? new(member.Name, FieldRule.Length, $"at most {member.Most} characters", value.Length)
            : value.Length < member.Least ? new(member.Name, FieldRule.Length, $"at least {member.Least} characters", value.Length)
            : member.Choices.Count > 0 && !member.Choices.Contains(value) ? new(member.Name, FieldRule.Form, "one of " + string.Join(", ", member.Choices), value.Length)
            : member.Pattern is { } pattern && !pattern.IsMatch(value) ? new(member.Name, FieldRule.Form, "not of the documented form", value.Length)
            : null;
    }

    private FieldProblem? Flatten(JsonElement element, string prefix, Dictionary<string, string> values)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (member.Value.ValueKind == JsonValueKind.Object && Members.Any(m => m.Place == FieldPlace.Body && m.Name.StartsWith(name + ".", StringComparison.Ordinal)))
            {
                if (Flatten(member.Value, name + ".", values) is { } inner)
                {
                    return inner;
                }

                continue;
            }

            if (Members.FirstOrDefault(m => m.Name == name && m.Place == FieldPlace.Body) is not { } known)
            {
                return new(name, FieldRule.Unknown, "this call has no such field", 0);
            }

            var (fits, words) = known.Kind switch
            {
                V3Kind.Whole => (member.Value.ValueKind == JsonValueKind.Number, "a JSON number"),
                V3Kind.Flag => (member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False, "true or false"),
                V3Kind.List => (member.Value.ValueKind == JsonValueKind.Array, "a JSON array"),
                _ => (member.Value.ValueKind == JsonValueKind.String, "a JSON string"),
            };
            if (!fits)
            {
                return new(name, FieldRule.Form, words, 0);
            }

            values[name] = known.Kind == V3Kind.Text ? member.Value.GetString()! : member.Value.GetRawText();
        }

        return null;
    }
}
