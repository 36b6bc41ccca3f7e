using System.Text;

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

    private static readonly string[] Envelope =
    [
        "return_code", "return_msg", "result_code", "err_code", "err_code_des", "appid", "mch_id", "sub_appid", "sub_mch_id", "sub_openid", "sub_is_subscribe", "nonce_str", "sign_type", "sign",
    ];

    private readonly HashSet<string> _known = [.. Envelope];
    private readonly Field[] _inByteOrder;
    private readonly (Field Field, byte[] Other)[] _repeating;
    private readonly byte[][][] _alternatives = [];

    private protected V2Endpoint(HttpMethod method, string name, string path, string title, string document, IReadOnlyList<Field> fields)
        : base(ApiVersion.V2, method, name, path, title, new Uri(new Uri("https://pay.weixin.qq.com/doc/v2/"), document), fields)
    {
        _inByteOrder = [.. fields.OrderBy(f => f.Name, StringComparer.Ordinal)];
        _repeating = [.. fields.Where(f => f.Repeats is not null).Select(f => (f, Encoding.UTF8.GetBytes(f.Repeats!)))];
    }

    /// <summary>Sets of fields of which exactly one must be complete; empty when there is no choice.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Alternatives
    {
        get;
        internal init
        {
            field = value;
            _alternatives = [.. value.Select(set => set.Select(Encoding.UTF8.GetBytes).ToArray())];
        }
    } = [];

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

    /// <summary>
    /// Elements that WeChat documents in the reply, beside those that every reply has (codes, texts, numbers, sign);
    /// <c>$n</c> stands for a number.
    /// </summary>
    public IReadOnlyList<string> Returns
    {
        get;
        internal init
        {
            field = value;
            _known = [.. Envelope, .. value];
        }
    } = [];

    /// <summary>The same call for a service provider's sub-merchant; null where WeChat documents none.</summary>
    public V2Endpoint? Partner { get; private protected set; }

    /// <summary>True for the service provider's variant of a call.</summary>
    public bool IsPartner { get; private protected set; }

    /// <summary>Fields that a reply repeats; a reply about something else is not believed.</summary>
    internal IReadOnlyList<string> Echoes { get; init; } = [];

    /// <summary>Those of the <see cref="Echoes"/> that every success carries: one that leaves them out is about nobody knows what.</summary>
    internal IReadOnlyList<string> SureEchoes { get; init; } = [];

    /// <summary>
    /// Checks a received request against the table with WeChat's documented limits; null when it is fine. What is wrong is told
    /// in this order: a field too many, one too few, a wrong value, values that do not fit together. Makes no garbage on a good request.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="tolerated">Names that may be there though the table has no such field, or missing though it requires them.</param>
    public FieldProblem? Check(V2Message request, IReadOnlyList<string>? tolerated = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        FieldProblem? missing = null, malformed = null;
        var sent = request.Sorted;
        var at = 0;
        foreach (var field in _inByteOrder)
        {
            var order = 1;
            while (at < sent.Length && (order = request.Name(sent[at]).SequenceCompareTo(field.Utf8Name)) < 0)
            {
                if (Surplus(request, sent[at++], tolerated) is { } surplus)
                {
                    return surplus;
                }
            }

            var value = at < sent.Length && order == 0 ? request.Value(sent[at++]) : default;
            if (!value.IsEmpty)
            {
                malformed ??= field.Check(value, Limits.Documented);
            }
            else if (missing is null && IsRequired(field, request) && tolerated?.Contains(field.Name) is not true)
            {
                missing = field.Problem(FieldRule.Required, Reason(field), "");
            }
        }

        for (; at < sent.Length; at++)
        {
            if (Surplus(request, sent[at], tolerated) is { } surplus)
            {
                return surplus;
            }
        }

        return missing ?? malformed ?? CheckRepeats(request) ?? CheckAlternatives(request);
    }

    /// <summary>
    /// Names of elements that WeChat sent and this version does not know: a new field, or a name that we have wrong. They are
    /// signed like all others, and their values are in the message.
    /// </summary>
    public IReadOnlyList<string> FindUnknown(V2Message reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        List<string> unknown = [];
        foreach (var slot in reply.Sorted)
        {
            var name = Encoding.UTF8.GetString(reply.Name(slot));
            if (!_known.Contains(Numberless(name)))
            {
                unknown.Add(name);
            }
        }

        return unknown;
    }

    internal static string Reason(Field field) =>
        field.RequiredWhen is { } when ? $"required when {when.Field} is {when.Value}" : "required";

    private protected FieldProblem? CheckAlternatives(int complete, int begun) =>
        complete == 0 ? Combination("needed: ") : AlternativesExclude && begun > 1 ? Combination("only one of: ") : null;

    // coupon_fee_0 and coupon_fee_1 are both coupon_fee_$n.
    private static string Numberless(string name) => string.Join('_', name.Split('_').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? "$n" : part));

    private static bool IsRequired(Field field, V2Message request) =>
        field.Need == FieldNeed.Required || (field.Utf8Condition is { } condition && request.Is(condition.Field, condition.Value));

    private static FieldProblem? Surplus(V2Message request, in FieldSlot slot, IReadOnlyList<string>? tolerated)
    {
        var name = Encoding.UTF8.GetString(request.Name(slot));
        return tolerated?.Contains(name) is true ? null : new FieldProblem(name, FieldRule.Unknown, "this call has no such field", request.Value(slot).Length);
    }

    private FieldProblem? CheckRepeats(V2Message request)
    {
        foreach (var (field, other) in _repeating)
        {
            if (request.TryGet(field.Utf8Name, out var value) && !value.IsEmpty && !request.Is(other, value))
            {
                return field.Problem(FieldRule.Equality, $"must equal {field.Repeats}", Encoding.UTF8.GetString(value));
            }
        }

        return null;
    }

    private FieldProblem? CheckAlternatives(V2Message request)
    {
        if (_alternatives.Length == 0)
        {
            return null;
        }

        int complete = 0, begun = 0;
        foreach (var set in _alternatives)
        {
            var given = 0;
            foreach (var name in set)
            {
                given += request.TryGet(name, out var value) && !value.IsEmpty ? 1 : 0;
            }

            complete += given == set.Length ? 1 : 0;
            begun += given > 0 ? 1 : 0;
        }

        return CheckAlternatives(complete, begun);
    }

    private FieldProblem Combination(string words) => new(
        Alternatives[0][0], FieldRule.Combination, words + string.Join(" or ", Alternatives.Select(set => string.Join(" with ", set))), 0);
}
