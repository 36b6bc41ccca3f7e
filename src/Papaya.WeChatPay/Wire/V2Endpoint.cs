namespace Papaya.WeChatPay.Wire;

/// <summary>What a V2 call answers with.</summary>
public enum ReplyForm
{
    /// <summary>XML with a sign; only a <c>return_code</c> FAIL is unsigned.</summary>
    SignedXml,

    /// <summary>XML that is never signed.</summary>
    UnsignedXml,

    /// <summary>A text or gzip file; unsigned XML on failure.</summary>
    File,

    /// <summary>A page for the user's browser.</summary>
    Page,

    /// <summary>Nothing: the parameters are handed to WeChat by a front end.</summary>
    None,
}

/// <summary>One V2 call.</summary>
public abstract class V2Endpoint : Endpoint
{
    /// <summary>Where a partner path is listed whose own page is not at hand: the collected definitions of the interfaces.</summary>
    internal const string Definitions = "https://github.com/TheNorthMemory/wechatpay-openapi";

    private protected V2Endpoint(HttpMethod method, string name, string path, string title, string document, IReadOnlyList<Field> fields)
        : base(ApiVersion.V2, method, name, path, title, new Uri(new Uri("https://pay.weixin.qq.com/doc/v2/"), document), fields)
    {
    }

    /// <summary>Sets of fields of which exactly one must be complete; empty when there is no choice.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Alternatives { get; internal init; } = [];

    /// <summary>True when at most one of the alternatives may be sent; false when the first complete one wins.</summary>
    public bool AlternativesExclude { get; internal init; }

    /// <summary>True when the call has a <c>nonce_str</c>; the others refuse one.</summary>
    public bool HasNonce => Find("nonce_str") is not null;

    /// <summary>What comes back.</summary>
    public ReplyForm ReplyForm { get; internal init; } = ReplyForm.SignedXml;

    /// <summary>The algorithm when the request does not name one.</summary>
    public SignType DefaultSignType => SignTypes[0];

    /// <summary>The algorithms that the call takes, its default first.</summary>
    public IReadOnlyList<SignType> SignTypes { get; internal init; } = [SignType.Md5, SignType.HmacSha256];

    /// <summary>The same call for a service provider's sub-merchant; null where WeChat documents none.</summary>
    public V2Endpoint? Partner { get; private protected set; }

    /// <summary>True for the service provider's variant of a call.</summary>
    public bool IsPartner { get; private protected set; }

    /// <summary>Fields that a reply repeats; a reply about something else is not believed.</summary>
    internal IReadOnlyList<string> Echoes { get; init; } = [];

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
