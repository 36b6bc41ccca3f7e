using System.Buffers;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>Whether a field must be there.</summary>
public enum FieldNeed
{
    /// <summary>Always.</summary>
    Required,

    /// <summary>Depending on another field (<see cref="Field.RequiredWhen"/>) or as one of several ways (<see cref="V2Endpoint.Alternatives"/>).</summary>
    Conditional,

    /// <summary>Never.</summary>
    Optional,
}

/// <summary>What a length counts.</summary>
public enum LengthUnit
{
    /// <summary>Characters.</summary>
    Characters,

    /// <summary>Bytes of UTF-8.</summary>
    Bytes,
}

/// <summary>What a value may look like.</summary>
public enum FieldForm
{
    /// <summary>Any characters of one to three UTF-8 bytes, without the control characters that XML refuses. No emoji.</summary>
    Text,

    /// <summary>Letters and digits of ASCII.</summary>
    Alphanumeric,

    /// <summary>Visible ASCII characters.</summary>
    Ascii,

    /// <summary>Digits.</summary>
    Digits,

    /// <summary>Digits without a leading zero, within 64 bits.</summary>
    Serial,

    /// <summary>A whole number of fen, at least 1.</summary>
    Fen,

    /// <summary>A whole number, at least 0.</summary>
    Count,

    /// <summary>Letters, digits and <c>_ - | * @</c>.</summary>
    Number,

    /// <summary>An absolute http or https address without query and fragment.</summary>
    Url,

    /// <summary>An IPv4 address; these calls do not take IPv6.</summary>
    Ipv4,

    /// <summary>An IPv4 or IPv6 address.</summary>
    Ip,

    /// <summary><c>yyyyMMddHHmmss</c>, Beijing time.</summary>
    Time,

    /// <summary><c>yyyyMMdd</c>.</summary>
    Date,

    /// <summary>One of <see cref="Field.Choices"/>.</summary>
    Choice,

    /// <summary>Letters, digits and <c>_ - *</c>: order numbers of V3.</summary>
    V3Number,

    /// <summary>Letters, digits and <c>_ -</c>: what every page takes as a number of a new order.</summary>
    NewNumber,

    /// <summary>An absolute https address without query and fragment; http only towards loopback, for rehearsals.</summary>
    HttpsUrl,

    /// <summary>A time of RFC 3339 with its offset, such as <c>2026-01-03T09:12:44+08:00</c>.</summary>
    Rfc3339,

    /// <summary><c>yyyy-MM-dd</c>.</summary>
    DashedDate,

    /// <summary>A JSON <c>true</c> or <c>false</c>.</summary>
    Flag,
}

/// <summary>Where in the request a field stands.</summary>
public enum FieldPlace
{
    /// <summary>In the XML or JSON body; for GET calls of V2 in the query.</summary>
    Body,

    /// <summary>In the path, in place of its name in braces.</summary>
    Path,

    /// <summary>In the query.</summary>
    Query,
}

/// <summary>Which of the two lengths counts.</summary>
public enum Limits
{
    /// <summary>What WeChat documents; the simulator accepts this much.</summary>
    Documented,

    /// <summary>What this client sends: the narrowest of the contradicting documents.</summary>
    Own,
}

/// <summary>A field is required when another one has a certain value.</summary>
/// <param name="Field">Wire name of the other field.</param>
/// <param name="Value">Its value.</param>
public sealed record FieldCondition(string Field, string Value);

/// <summary>Which rule a value breaks.</summary>
public enum FieldRule
{
    /// <summary>It must be there.</summary>
    Required,

    /// <summary>This call has no such field.</summary>
    Unknown,

    /// <summary>It is longer than allowed.</summary>
    Length,

    /// <summary>It does not have the form that it must have.</summary>
    Form,

    /// <summary>It must equal another field.</summary>
    Equality,

    /// <summary>It does not fit together with another field.</summary>
    Combination,
}

/// <summary>What is wrong with one field. Never holds the value.</summary>
/// <param name="Field">Wire name.</param>
/// <param name="Rule">The broken rule.</param>
/// <param name="Explanation">The rule in words.</param>
/// <param name="ValueLength">Length of the value in the field's unit.</param>
public sealed record FieldProblem(string Field, FieldRule Rule, string Explanation, int ValueLength)
{
    /// <summary>One sentence for a person.</summary>
    public override string ToString() => $"{Field}: {Explanation} (length given: {ValueLength}).";
}

/// <summary>One row of an endpoint's table: what WeChat documents about a request field.</summary>
public class Field
{
    // Characters that need no protection in XML; for some forms they are all there is to check.
    private SearchValues<char> _plain;
    private bool _plainSuffices;

    internal Field(string name, FieldNeed need, FieldForm form, int maxLength, int? ownMaxLength = null)
    {
        Name = name;
        Need = need;
        Form = OwnForm = form;
        MaxLength = maxLength;
        OwnMaxLength = ownMaxLength ?? maxLength;
        WireName = new WireName(name);
        IsNonce = name == "nonce_str";
        (_plain, _plainSuffices) = FieldForms.Plain(form);
    }

    /// <summary>Wire name; members of nested V3 objects are dotted, such as <c>estimated_amount.amount</c>.</summary>
    public string Name { get; }

    /// <summary>Wire name as UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8Name => WireName.Utf8;

    /// <summary>Whether it must be there.</summary>
    public FieldNeed Need { get; }

    /// <summary>What the value looks like.</summary>
    public FieldForm Form { get; }

    /// <summary>The longest value that WeChat documents.</summary>
    public int MaxLength { get; }

    /// <summary>The longest value that this client sends; never more than <see cref="MaxLength"/>.</summary>
    public int OwnMaxLength { get; }

    /// <summary>What a value that this client sends looks like; never more than <see cref="Form"/>.</summary>
    public FieldForm OwnForm
    {
        get;
        internal init
        {
            field = value;
            (_plain, _plainSuffices) = FieldForms.Plain(value);
        }
    }

    /// <summary>The shortest value that WeChat takes; 0 where nothing is documented.</summary>
    public int MinLength
    {
        get;
        internal init
        {
            field = value;
            OwnMinLength = value;
        }
    }

    /// <summary>The shortest value that this client sends.</summary>
    public int OwnMinLength { get; internal init; }

    /// <summary>Where it stands; always <see cref="FieldPlace.Body"/> for V2.</summary>
    public FieldPlace Place { get; internal init; }

    /// <summary>What the lengths count.</summary>
    public LengthUnit Unit { get; internal init; }

    /// <summary>What the pages do not agree on, or why the client does what it does; null when there is nothing to say.</summary>
    public string? Note { get; internal init; }

    /// <summary>The allowed values of a <see cref="FieldForm.Choice"/>, or of a <see cref="FieldForm.Count"/> that takes only a few.</summary>
    public IReadOnlyList<string> Choices
    {
        get;
        internal init
        {
            field = value;
            Utf8Choices = [.. value.Select(Encoding.UTF8.GetBytes)];
        }
    } = [];

    /// <summary>When a conditional field is required; null when it belongs to the endpoint's alternatives.</summary>
    public FieldCondition? RequiredWhen
    {
        get;
        internal init
        {
            field = value;
            Utf8Condition = value is null ? null : (Encoding.UTF8.GetBytes(value.Field), Encoding.UTF8.GetBytes(value.Value));
        }
    }

    /// <summary>Name of a field whose value this one must repeat (<c>contract_mchid</c> = <c>mch_id</c>).</summary>
    public string? Repeats { get; internal init; }

    internal byte[][] Utf8Choices { get; private init; } = [];

    internal (byte[] Field, byte[] Value)? Utf8Condition { get; private init; }

    /// <summary>Checks one non-empty value; null when it is fine.</summary>
    public FieldProblem? Check(string value, Limits limits)
    {
        ArgumentNullException.ThrowIfNull(value);
        var limit = limits == Limits.Own ? OwnMaxLength : MaxLength;
        if (value.Length > limit || (Unit == LengthUnit.Bytes && 3 * value.Length > limit && Encoding.UTF8.GetByteCount(value) > limit))
        {
            var unit = Unit == LengthUnit.Bytes ? "bytes" : "characters";
            return Problem(FieldRule.Length, $"at most {limit} {unit}", value);
        }

        var least = limits == Limits.Own ? OwnMinLength : MinLength;
        return FieldForms.Breaks(this, limits == Limits.Own ? OwnForm : Form, value) is { } rule ? Problem(FieldRule.Form, rule, value)
            : value.Length < least ? Problem(FieldRule.Length, $"at least {least} characters", value)
            : null;
    }

    /// <summary>The same for a value as it was received; makes no text unless something is wrong.</summary>
    internal FieldProblem? Check(ReadOnlySpan<byte> value, Limits limits)
    {
        var limit = limits == Limits.Own ? OwnMaxLength : MaxLength;
        if (value.Length < (limits == Limits.Own ? OwnMinLength : MinLength) || (value.Length > limit && (Unit == LengthUnit.Bytes || Encoding.UTF8.GetCharCount(value) > limit)))
        {
            return Check(Encoding.UTF8.GetString(value), limits);
        }

        return FieldForms.Breaks(this, limits == Limits.Own ? OwnForm : Form, value) is { } rule ? Problem(FieldRule.Form, rule, Encoding.UTF8.GetString(value)) : null;
    }

    /// <summary>The name as it is written.</summary>
    internal WireName WireName { get; }

    /// <summary>True for <c>nonce_str</c>, which takes a fresh nonce of the client.</summary>
    internal bool IsNonce { get; }

    /// <summary>True when the value is ASCII that needs no protection in XML, as nearly all are.</summary>
    internal bool IsPlain(string value) => !value.AsSpan().ContainsAnyExcept(_plain);

    /// <summary>As <see cref="Check(string, Limits)"/> with <see cref="Limits.Own"/>, sparing what <see cref="IsPlain"/> has seen already.</summary>
    internal FieldProblem? CheckPlain(string value) =>
        value.Length > OwnMaxLength || value.Length < OwnMinLength ? Check(value, Limits.Own)
        : _plainSuffices || (OwnForm == FieldForm.Url && FieldForms.IsPlainUrl(value)) ? null
        : Check(value, Limits.Own);

    /// <summary>True for text that keeps its length in whatever unit; its characters are still to be looked at.</summary>
    internal bool IsShortText(string value) => Form == FieldForm.Text && (Unit == LengthUnit.Bytes ? 3 : 1) * value.Length <= OwnMaxLength;

    internal FieldProblem Problem(FieldRule rule, string explanation, string value) =>
        new(Name, rule, explanation, Unit == LengthUnit.Bytes ? Encoding.UTF8.GetByteCount(value) : value.Length);
}

/// <summary>A row that also knows where the client's request keeps its value.</summary>
internal sealed class Field<TRequest> : Field
{
    public Field(string name, FieldNeed need, FieldForm form, int maxLength, int? ownMaxLength = null)
        : base(name, need, form, maxLength, ownMaxLength)
    {
    }

    public Func<TRequest, Call, string?>? Text { get; init; }

    public Func<TRequest, Call, long?>? Number { get; init; }

    public Func<TRequest, Call, bool?>? Flag { get; init; }

    /// <summary>Written as <see cref="FieldForm.Time"/>, without text in between.</summary>
    public Func<TRequest, Call, DateTimeOffset?>? Instant { get; init; }
}

/// <summary>What a request does not know itself.</summary>
internal sealed record Call(string MerchantNumber, NonceSource Nonces, SignType SignType)
{
    /// <summary>Nobody in particular, for looking at a request's own values.</summary>
    public static readonly Call Unknown = new("", new NonceSource(), SignType.Md5);

    /// <summary>Sent only where it says something: MD5 is the default everywhere.</summary>
    public string? SignTypeLabel => SignType == SignType.Md5 ? null : SignType.WireName();
}
