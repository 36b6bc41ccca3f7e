using System.Globalization;

namespace Papaya.WeChatPay.Wire;

/// <summary>One V2 call: where it goes, what it takes, and who may repeat it.</summary>
public abstract class Endpoint
{
    private protected Endpoint(string name, string path, string title, string document, IReadOnlyList<Field> fields)
    {
        Name = name;
        Path = path;
        Title = title;
        Document = new Uri("https://pay.weixin.qq.com/doc/v2/merchant/" + document);
        Fields = fields;
    }

    /// <summary>Last part of the path, such as <c>pappayapply</c>.</summary>
    public string Name { get; }

    /// <summary>Path from the root of the host.</summary>
    public string Path { get; }

    /// <summary>WeChat's own title.</summary>
    public string Title { get; }

    /// <summary>The official page.</summary>
    public Uri Document { get; }

    /// <summary>Every documented request field, <c>sign</c> included.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>Sets of fields of which exactly one must be complete; empty when there is no choice.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Alternatives { get; internal init; } = [];

    /// <summary>True when at most one of the alternatives may be sent; false when the first complete one wins.</summary>
    public bool AlternativesExclude { get; internal init; }

    /// <summary>True for calls that need the merchant's client certificate.</summary>
    public bool NeedsCertificate { get; internal init; }

    /// <summary>True for questions: they change nothing and may be repeated.</summary>
    public bool IsRead { get; internal init; }

    /// <summary>Fields that a reply repeats; a reply about something else is not believed.</summary>
    internal IReadOnlyList<string> Echoes { get; init; } = [];

    /// <summary>True when the call has a <c>sign_type</c> field; otherwise it is signed with MD5.</summary>
    public bool TakesSignType => Fields.Any(f => f.Name == "sign_type");

    /// <summary>The row of a field; null when the call has no such field.</summary>
    public Field? Find(string name) => Fields.FirstOrDefault(f => f.Name == name);

    /// <summary>Checks a received request against the table with WeChat's documented limits; null when it is fine.</summary>
    public FieldProblem? Check(V2Message request)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var (name, value) in request.Fields)
        {
            var field = Find(name);
            if (field is null)
            {
                return new FieldProblem(name, FieldRule.Unknown, "this call has no such field", value.Length);
            }

            if (value.Length > 0 && field.Check(value, Limits.Documented) is { } problem)
            {
                return problem;
            }
        }

        foreach (var field in Fields)
        {
            var value = request[field.Name] ?? "";
            if (value.Length == 0 && (field.Need == FieldNeed.Required || (field.RequiredWhen is { } when && request[when.Field] == when.Value)))
            {
                return field.Problem(FieldRule.Required, Reason(field), value);
            }

            if (value.Length > 0 && field.Repeats is { } other && request[other] != value)
            {
                return field.Problem(FieldRule.Equality, $"must equal {other}", value);
            }
        }

        return CheckAlternatives(name => !string.IsNullOrEmpty(request[name]));
    }

    internal static string Reason(Field field) =>
        field.RequiredWhen is { } when ? $"required when {when.Field} is {when.Value}" : "required";

    private protected FieldProblem? CheckAlternatives(Func<string, bool> isGiven)
    {
        if (Alternatives.Count == 0)
        {
            return null;
        }

        var words = string.Join(" or ", Alternatives.Select(set => string.Join(" with ", set)));
        var complete = Alternatives.Count(set => set.All(isGiven));
        var begun = Alternatives.Count(set => set.Any(isGiven));
        return complete == 0 ? new FieldProblem(Alternatives[0][0], FieldRule.Combination, "needed: " + words, 0)
            : AlternativesExclude && begun > 1 ? new FieldProblem(Alternatives[0][0], FieldRule.Combination, "only one of: " + words, 0)
            : null;
    }
}

/// <summary>A call with the client's request type: writing and validation follow from the one table.</summary>
internal sealed class Endpoint<TRequest> : Endpoint
    where TRequest : class
{
    private readonly Field<TRequest>[] _sent;

    public Endpoint(string name, string path, string title, string document, IReadOnlyList<Field> fields)
        : base(name, path, title, document, fields)
    {
        // In byte order, so that the string to sign grows in one pass.
        _sent = [.. fields.OfType<Field<TRequest>>().OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    /// <summary>A rule over several fields.</summary>
    public Func<TRequest, FieldProblem?>? Combination { get; init; }

    /// <summary>Checks the request and writes every field that it has.</summary>
    /// <exception cref="PapayException">A rule is broken; nothing was sent.</exception>
    public void Write(V2Writer writer, TRequest request, Call call)
    {
        foreach (var field in _sent)
        {
            if (field.Number is { } number)
            {
                WriteNumber(writer, field, number(request, call), request, call);
            }
            else
            {
                WriteText(writer, field, field.Text!(request, call), request, call);
            }
        }

        var problem = Combination?.Invoke(request)
            ?? (Alternatives.Count == 0 ? null : CheckAlternatives(name => IsGiven(name, request, call)));
        if (problem is not null)
        {
            throw PapayException.Invalid(this, problem);
        }
    }

    /// <summary>The request's own value of a text field; null when it has none.</summary>
    public string? ValueOf(string name, TRequest request) =>
        Array.Find(_sent, f => f.Name == name)?.Text?.Invoke(request, default) is { Length: > 0 } value ? value : null;

    private bool IsGiven(string name, TRequest request, Call call) =>
        Array.Find(_sent, f => f.Name == name) is { } field
        && (field.Text is { } text ? !string.IsNullOrEmpty(text(request, call)) : field.Number!(request, call) is not null);

    private bool IsRequired(Field field, TRequest request, Call call) =>
        field.Need == FieldNeed.Required || (field.RequiredWhen is not null && IsMet(field.RequiredWhen, request, call));

    private bool IsMet(FieldCondition condition, TRequest request, Call call) =>
        Array.Find(_sent, f => f.Name == condition.Field)?.Text?.Invoke(request, call) == condition.Value;

    private void WriteText(V2Writer writer, Field<TRequest> field, string? value, TRequest request, Call call)
    {
        if (string.IsNullOrEmpty(value))
        {
            if (IsRequired(field, request, call))
            {
                throw PapayException.Invalid(this, field.Problem(FieldRule.Required, Reason(field), ""));
            }

            return;
        }

        if (field.Check(value, Limits.Own) is { } problem)
        {
            throw PapayException.Invalid(this, problem);
        }

        writer.Add(field.Utf8Name, value);
    }

    private void WriteNumber(V2Writer writer, Field<TRequest> field, long? value, TRequest request, Call call)
    {
        if (value is not { } number)
        {
            if (IsRequired(field, request, call))
            {
                throw PapayException.Invalid(this, field.Problem(FieldRule.Required, Reason(field), ""));
            }

            return;
        }

        // The common case needs no text: positive, and short enough for the narrowest limit.
        if (number < 1 || number > 999_999_999)
        {
            if (field.Check(number.ToString(CultureInfo.InvariantCulture), Limits.Own) is { } problem)
            {
                throw PapayException.Invalid(this, problem);
            }
        }

        writer.Add(field.Utf8Name, number);
    }
}
