using System.Collections.Frozen;
using System.Globalization;

namespace Papaya.WeChatPay.Wire;

/// <summary>A call with the client's request type: writing and validation follow from the one table.</summary>
internal sealed class V2Endpoint<TRequest> : V2Endpoint
    where TRequest : class
{
    private readonly Field<TRequest>[] _sent;
    private readonly FrozenDictionary<string, Field<TRequest>> _conditions;
    private V2Endpoint<TRequest>? _partner;
    private Func<TRequest, SubMerchant?>? _subMerchant;

    public V2Endpoint(string name, string path, string title, string document, IReadOnlyList<Field> fields, HttpMethod? method = null)
        : base(method ?? HttpMethod.Post, name, path, title, document, fields)
    {
        // In byte order, so that the string to sign grows in one pass.
        _sent = [.. fields.OfType<Field<TRequest>>().OrderBy(f => f.Name, StringComparer.Ordinal)];
        _conditions = _sent.Where(f => Array.Exists(_sent, other => other.RequiredWhen?.Field == f.Name)).ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
    }

    /// <summary>A rule over several fields.</summary>
    public Func<TRequest, FieldProblem?>? Combination { get; init; }

    /// <summary>The wanted algorithm where the call names it and takes it, else the call's own.</summary>
    public SignType SignTypeFor(SignType wanted) =>
        Array.Exists(_sent, f => f.Name == "sign_type") && SignTypes.Contains(wanted) ? wanted : DefaultSignType;

    /// <summary>The table that a request goes by: the partner's when it names a sub-merchant.</summary>
    public V2Endpoint<TRequest> For(TRequest request) => _partner is { } partner && _subMerchant!(request) is not null ? partner : this;

    /// <summary>Adds the service provider's variant: the same fields, <c>sub_mch_id</c> and <c>sub_appid</c>.</summary>
    public V2Endpoint<TRequest> WithPartner(string path, string document, Func<TRequest, SubMerchant?> subMerchant)
    {
        Field[] added =
        [
            new Field<TRequest>("sub_mch_id", FieldNeed.Required, FieldForm.Digits, 32) { Text = (r, _) => subMerchant(r)?.Number },
            new Field<TRequest>("sub_appid", FieldNeed.Optional, FieldForm.Alphanumeric, 32) { Text = (r, _) => subMerchant(r)?.AppId },
        ];
        _subMerchant = subMerchant;
        Partner = _partner = new V2Endpoint<TRequest>(Name, path, Title, document, [.. Fields.Take(2), .. added, .. Fields.Skip(2)], Method)
        {
            Alternatives = Alternatives,
            AlternativesExclude = AlternativesExclude,
            Combination = Combination,
            Echoes = [.. Echoes, "sub_mch_id"],
            SureEchoes = SureEchoes,
            IsPartner = true,
            IsRead = IsRead,
            IsRepeatable = IsRepeatable,
            NeedsCertificate = NeedsCertificate,
            PerSecond = PerSecond,
            ReplyForm = ReplyForm,
            Returns = Returns,
            SignTypes = SignTypes,
        };
        return this;
    }

    /// <summary>Checks the request and writes every field that it has.</summary>
    /// <exception cref="PapayException">A rule is broken; nothing was sent.</exception>
    public void Write(V2Writer writer, TRequest request, Call call)
    {
        foreach (var field in _sent)
        {
            if (field.IsNonce)
            {
                writer.Add(field.WireName, call.Nonces);
            }
            else if (field.Text is { } text)
            {
                WriteText(writer, field, text(request, call), request, call);
            }
            else if (field.Number is { } number)
            {
                WriteNumber(writer, field, number(request, call), request, call);
            }
            else if (field.Instant!(request, call) is { } instant)
            {
                writer.Add(field.WireName, instant);
            }
            else
            {
                RefuseIfRequired(field, request, call);
            }
        }

        var problem = Combination?.Invoke(request)
            ?? (Alternatives.Count == 0 ? null : CheckAlternatives(request, call));
        if (problem is not null)
        {
            throw PapayException.Invalid(this, problem);
        }
    }

    /// <summary>The request's own value of a text field; null when it has none.</summary>
    public string? ValueOf(string name, TRequest request) =>
        Array.Find(_sent, f => f.Name == name)?.Text?.Invoke(request, Call.Unknown) is { Length: > 0 } value ? value : null;

    private FieldProblem? CheckAlternatives(TRequest request, Call call) => CheckAlternatives(
        Alternatives.Count(set => set.All(name => IsGiven(name, request, call))),
        Alternatives.Count(set => set.Any(name => IsGiven(name, request, call))));

    private bool IsGiven(string name, TRequest request, Call call) =>
        Array.Find(_sent, f => f.Name == name) is { } field
        && (field.Text is { } text ? !string.IsNullOrEmpty(text(request, call)) : field.Number?.Invoke(request, call) is not null);

    private void RefuseIfRequired(Field<TRequest> field, TRequest request, Call call)
    {
        if (field.Need == FieldNeed.Required || (field.RequiredWhen is { } when && _conditions.GetValueOrDefault(when.Field)?.Text?.Invoke(request, call) == when.Value))
        {
            throw PapayException.Invalid(this, field.Problem(FieldRule.Required, Reason(field), ""));
        }
    }

    private void WriteText(V2Writer writer, Field<TRequest> field, string? value, TRequest request, Call call)
    {
        if (string.IsNullOrEmpty(value))
        {
            RefuseIfRequired(field, request, call);
            return;
        }

        if (field.IsPlain(value))
        {
            if (field.CheckPlain(value) is { } broken)
            {
                throw PapayException.Invalid(this, broken);
            }

            writer.AddPlain(field.WireName, value);
        }
        else if (!field.IsShortText(value) || !writer.TryAddText(field.WireName, value))
        {
            if (field.Check(value, Limits.Own) is { } problem)
            {
                throw PapayException.Invalid(this, problem);
            }

            writer.Add(field.Utf8Name, value);
        }
    }

    private void WriteNumber(V2Writer writer, Field<TRequest> field, long? value, TRequest request, Call call)
    {
        if (value is not { } number)
        {
            RefuseIfRequired(field, request, call);
            return;
        }

        // The common case needs no text: positive, and short enough for the narrowest limit.
        if (number < 1 || number > 999_999_999 || field.OwnMinLength > 0)
        {
            if (field.Check(number.ToString(CultureInfo.InvariantCulture), Limits.Own) is { } problem)
            {
                throw PapayException.Invalid(this, problem);
            }
        }

        writer.Add(field.WireName, number);
    }
}
