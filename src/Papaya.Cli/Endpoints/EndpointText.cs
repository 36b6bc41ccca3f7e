using System.Globalization;
using Papaya.WeChatPay.Wire;
using Endpoint = Papaya.WeChatPay.Wire.Endpoint;

namespace Papaya.Cli.Endpoints;

/// <summary>What the client's tables say about a call, in words: the same for the shell, for JSON and for the page.</summary>
internal static class EndpointText
{
    /// <summary>V2, then V3.</summary>
    public static IReadOnlyList<Endpoint> All { get; } = [.. WeChatPay.Wire.Endpoints.All, .. V3Endpoints.All];

    /// <summary>The service provider's variant; null where there is none.</summary>
    public static Endpoint? Partner(Endpoint endpoint) => endpoint switch
    {
        V2Endpoint v2 => v2.Partner,
        V3Endpoint v3 => v3.Partner,
        _ => null,
    };

    /// <summary>Name and value of each fact about the whole call.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(Endpoint endpoint)
    {
        yield return ("request", endpoint is V2Endpoint { ReplyForm: ReplyForm.None } ? endpoint.Path + " (not a call: a front end brings the parameters)" : $"{endpoint.Method} {endpoint.Path}");
        if (Partner(endpoint) is { } partner)
        {
            yield return ("partner", PartnerWords(endpoint, partner));
        }

        yield return ("certificate", endpoint.NeedsCertificate ? "client certificate" : "no");
        switch (endpoint)
        {
            case V2Endpoint v2:
                yield return ("nonce", v2.HasNonce ? "nonce_str" : "none; one too many is refused");
                yield return ("signed by", string.Join(", ", v2.SignTypes.Select((type, i) => type.WireName() + (i == 0 && v2.SignTypes.Count > 1 ? " (default)" : ""))));
                yield return ("reply", v2.ReplyForm switch
                {
                    ReplyForm.SignedXml => "signed XML (`return_code` FAIL is unsigned)",
                    ReplyForm.UnsignedXml => "unsigned XML",
                    ReplyForm.File => "a file; unsigned XML on failure",
                    ReplyForm.Page => "a page for the user's browser",
                    _ => "none",
                });
                if (v2.Alternatives.Count > 0)
                {
                    yield return (v2.AlternativesExclude ? "only one of" : "first of", Alternatives(v2.Alternatives));
                }

                if (v2.Returns.Count > 0)
                {
                    yield return ("returns", string.Join(", ", v2.Returns.Select(element => $"`{element}`")));
                }

                break;
            case V3Endpoint v3:
                yield return ("signed by", "WECHATPAY2-SHA256-RSA2048");
                yield return ("site", v3.Site == ApiSite.Global ? "overseas" : "mainland");
                yield return ("reply", v3.SuccessStatus == System.Net.HttpStatusCode.NoContent ? "204, empty" : $"{(int)v3.SuccessStatus}, signed JSON");
                if (v3.Alternatives.Count > 0)
                {
                    yield return ("one of", Alternatives(v3.Alternatives));
                }

                break;
        }

        if (endpoint.PerSecond is { } rate)
        {
            yield return ("published limit", $"{Number(rate)} calls per second and merchant number");
        }

        yield return ("repeated by the client", endpoint.IsRead ? "yes: it changes nothing" : endpoint.IsRepeatable ? "yes: WeChat documents that the same parameters may be sent again" : "only when it provably never left");
    }

    /// <summary>Required, conditional, optional.</summary>
    public static string Need(Field field) => field.Need.ToString()[..1];

    /// <summary>What WeChat documents, in the field's unit.</summary>
    public static string Documented(Field field) => Range(field.MinLength, field.MaxLength) + (field.Unit == LengthUnit.Bytes ? " bytes" : "");

    /// <summary>What this client sends; empty where it is the same.</summary>
    public static string Ours(Field field) =>
        (field.OwnMinLength, field.OwnMaxLength) == (field.MinLength, field.MaxLength) ? "" : Range(field.OwnMinLength, field.OwnMaxLength);

    /// <summary>What the value looks like.</summary>
    public static string Form(Field field) =>
        field.Choices.Count > 0 ? string.Join(" \\| ", field.Choices)
        : field.OwnForm == field.Form ? Form(field.Form)
        : $"{Form(field.Form)}; ours: {Form(field.OwnForm)}";

    private static string Form(FieldForm form) => form switch
    {
        FieldForm.Text => "text",
        FieldForm.Alphanumeric => "letters and digits",
        FieldForm.Ascii => "visible ASCII",
        FieldForm.Digits => "digits",
        FieldForm.Serial => "whole number from 1, no leading zero",
        FieldForm.Fen => "fen, from 1",
        FieldForm.Count => "whole number from 0",
        FieldForm.Number => "letters, digits, `_ - * @` and the vertical bar",
        FieldForm.Url => "http or https address without query",
        FieldForm.Ipv4 => "IPv4 address",
        FieldForm.Ip => "IPv4 or IPv6 address",
        FieldForm.Time => "yyyyMMddHHmmss, Beijing",
        FieldForm.Date => "yyyyMMdd",
        FieldForm.V3Number => "letters, digits, `_ - *`",
        FieldForm.HttpsUrl => "https address without query",
        FieldForm.Rfc3339 => "RFC 3339 time",
        FieldForm.DashedDate => "yyyy-MM-dd",
        FieldForm.Flag => "true or false",
        FieldForm.NewNumber => "letters, digits, `_ -`",
        _ => form.ToString(),
    };

    /// <summary>Where it stands, on what it depends, and what else is to be said.</summary>
    public static string Note(Field field) => string.Join(" ", ((string?[])
    [
        field.Place == FieldPlace.Body ? null : $"In the {(field.Place == FieldPlace.Path ? "path" : "query")}.",
        field.RequiredWhen is { } when ? $"Required when `{when.Field}` is {when.Value}." : null,
        field.Repeats is { } other ? $"Equals `{other}`." : null,
        field.Note,
    ]).Where(part => part is not null));

    private static string PartnerWords(Endpoint direct, Endpoint partner)
    {
        var added = partner.Fields.Where(f => direct.Find(f.Name) is null).Select(f => $"`{f.Name}` {Need(f)}").ToList();
        var dropped = direct.Fields.Where(f => partner.Find(f.Name) is null).Select(f => $"`{f.Name}`").ToList();
        return $"{partner.Method} {partner.Path}{(added.Count == 0 ? "" : ", with " + string.Join(", ", added))}{(dropped.Count == 0 ? "" : ", without " + string.Join(", ", dropped))} ([page]({partner.Document}))";
    }

    private static string Alternatives(IReadOnlyList<IReadOnlyList<string>> sets) =>
        string.Join(" or ", sets.Select(set => string.Join(" with ", set.Select(name => $"`{name}`"))));

    private static string Range(int least, int most) => least == 0 ? Number(most) : $"{Number(least)} to {Number(most)}";

    private static string Number(int length) => length.ToString(CultureInfo.InvariantCulture);
}
