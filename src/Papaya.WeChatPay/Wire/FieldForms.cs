using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>What the forms of a field mean, for text that will be sent and for bytes that were received. A broken rule is told in words.</summary>
internal static class FieldForms
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // XML 1.0 has no place for these, escaped or not; nor for U+FFFE and U+FFFF.
    private static readonly SearchValues<char> NotText = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Except([9, 10, 13]).Select(i => (char)i)]);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create(Letters + "_-|*@");
    private static readonly SearchValues<char> NewNumberCharacters = SearchValues.Create(Letters + "_-");
    private static readonly SearchValues<char> V3NumberCharacters = SearchValues.Create(Letters + "_-*");
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Letters + "_-|*@"));
    private static readonly SearchValues<char> AlphanumericCharacters = SearchValues.Create(Letters);
    private static readonly SearchValues<byte> AlphanumericBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Letters));

    // What XML carries as it is.
    private static readonly SearchValues<char> PlainText = SearchValues.Create([.. VisibleFrom(' ').Except("&<>")]);
    private static readonly SearchValues<char> PlainAscii = SearchValues.Create([.. VisibleFrom('!').Except("&<>")]);
    private static readonly SearchValues<char> PlainDigits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> PlainUrl = SearchValues.Create([.. VisibleFrom('!').Except("&<>?#\\\"")]);

    /// <summary>Characters of a form that need no protection in XML, and whether a value of them has the form.</summary>
    public static (SearchValues<char> Characters, bool Suffice) Plain(FieldForm form) => form switch
    {
        FieldForm.Text => (PlainText, true),
        FieldForm.Alphanumeric => (AlphanumericCharacters, true),
        FieldForm.Ascii => (PlainAscii, true),
        FieldForm.Digits => (PlainDigits, true),
        FieldForm.Number => (NumberCharacters, true),
        FieldForm.NewNumber => (NewNumberCharacters, true),
        FieldForm.Url => (PlainUrl, false),
        _ => (PlainText, false),
    };

    /// <summary>True for the usual spelling of an address whose characters were seen to be <see cref="Plain"/>.</summary>
    public static bool IsPlainUrl(ReadOnlySpan<char> value) => value.StartsWith("https://", StringComparison.Ordinal) && HostProblem(value[8..]) is null;

    /// <summary>The broken rule; null when the value has the field's form.</summary>
    public static string? Breaks(Field field, FieldForm form, ReadOnlySpan<char> value) => form switch
    {
        FieldForm.Text when value.ContainsAnyInRange('\uD800', '\uDFFF') => Rules.Text,
        FieldForm.Text when value.ContainsAny(NotText) || value.ContainsAny('\uFFFE', '\uFFFF') => Rules.Controls,
        FieldForm.Alphanumeric when value.ContainsAnyExcept(AlphanumericCharacters) => Rules.Alphanumeric,
        FieldForm.Ascii when value.ContainsAnyExceptInRange('!', '~') => Rules.Ascii,
        FieldForm.Digits when value.ContainsAnyExceptInRange('0', '9') => Rules.Digits,
        FieldForm.Number when value.ContainsAnyExcept(NumberCharacters) => Rules.Number,
        FieldForm.Serial when !IsWhole(value, 1) => Rules.Serial,
        FieldForm.Fen when !IsWhole(value, 1) => Rules.Fen,
        FieldForm.Count when !IsWhole(value, 0) => Rules.Count,
        FieldForm.Url => UrlProblem(value),
        FieldForm.Ipv4 when !IsIpv4(value) => Rules.Ipv4,
        FieldForm.Ip when !IsIpv4(value) && !IsIpv6(value) => Rules.Ip,
        FieldForm.Time when !IsTime(value) => Rules.Time,
        FieldForm.Date when !DateOnly.TryParseExact(value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => Rules.Date,
        FieldForm.Count when field.Choices.Count > 0 && !Has(field.Choices, value) => OneOf(field),
        FieldForm.NewNumber when value.ContainsAnyExcept(NewNumberCharacters) => Rules.NewNumber,
        FieldForm.V3Number when value.ContainsAnyExcept(V3NumberCharacters) => Rules.V3Number,
        FieldForm.HttpsUrl => UrlProblem(value) ?? (IsSafe(value) ? null : Rules.Https),
        FieldForm.Rfc3339 when !V3Json.TryReadTime(value.ToString(), out _) => Rules.Rfc3339,
        FieldForm.DashedDate when !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => Rules.DashedDate,
        FieldForm.Flag when value is not ("true" or "false") => Rules.Flag,
        FieldForm.Choice when !Has(field.Choices, value) => OneOf(field),
        _ => null,
    };

    /// <summary>The same over UTF-8 that the parser has accepted.</summary>
    public static string? Breaks(Field field, FieldForm form, ReadOnlySpan<byte> value)
    {
        switch (form)
        {
            // Characters of four bytes begin with a byte from F0 on; the parser lets no other control characters through than XML has.
            case FieldForm.Text:
                return value.ContainsAnyInRange((byte)0xF0, (byte)0xF7) ? Rules.Text : null;
            case FieldForm.Alphanumeric:
                return value.ContainsAnyExcept(AlphanumericBytes) ? Rules.Alphanumeric : null;
            case FieldForm.Ascii:
                return value.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? Rules.Ascii : null;
            case FieldForm.Digits:
                return value.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? Rules.Digits : null;
            case FieldForm.Number:
                return value.ContainsAnyExcept(NumberBytes) ? Rules.Number : null;
            case FieldForm.Choice:
                foreach (var choice in field.Utf8Choices)
                {
                    if (value.SequenceEqual(choice))
                    {
                        return null;
                    }
                }

                return OneOf(field);
            default:
                // The rest is ASCII and short: the longest is an address of 256 characters.
                Span<char> text = stackalloc char[512];
                return value.Length <= text.Length && Ascii.ToUtf16(value, text, out var length) == OperationStatus.Done
                    ? Breaks(field, form, (ReadOnlySpan<char>)text[..length])
                    : Rules.Ascii;
        }
    }

    private static IEnumerable<char> VisibleFrom(char first) => Enumerable.Range(first, '~' - first + 1).Select(i => (char)i);

    private static string OneOf(Field field) => "one of " + string.Join(", ", field.Choices);

    private static bool IsSafe(ReadOnlySpan<char> address) =>
        address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || (Uri.TryCreate(address.ToString(), UriKind.Absolute, out var uri) && uri.IsLoopback);

    private static bool Has(IReadOnlyList<string> choices, ReadOnlySpan<char> value)
    {
        // By index: an enumerator would be garbage for every field.
        for (var i = 0; i < choices.Count; i++)
        {
            if (value.SequenceEqual(choices[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWhole(ReadOnlySpan<char> value, long least) =>
        value.Length is > 0 and <= 19 && !value.ContainsAnyExceptInRange('0', '9') && (value[0] != '0' || value.Length == 1)
        && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least;

    private static bool IsTime(ReadOnlySpan<char> value)
    {
        Span<byte> digits = stackalloc byte[14];
        return value.Length == 14 && Ascii.FromUtf16(value, digits, out _) == OperationStatus.Done && BeijingTime.Parse(digits) is not null;
    }

    private static bool IsIpv6(ReadOnlySpan<char> value) => value.Contains(':') && !value.Contains('%') && IPAddress.TryParse(value, out _);

    private static string? UrlProblem(ReadOnlySpan<char> value)
    {
        var rest = value;
        if (rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[8..];
        }
        else if (rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[7..];
        }
        else
        {
            return "an absolute http or https address";
        }

        if (rest.ContainsAny('?', '#'))
        {
            return "no query and no fragment";
        }

        if (rest.ContainsAnyExceptInRange('!', '~') || rest.ContainsAny("\\\"<>"))
        {
            return "only visible ASCII characters, percent-encoded where needed";
        }

        return HostProblem(rest);
    }

    private static string? HostProblem(ReadOnlySpan<char> rest)
    {
        var slash = rest.IndexOf('/');
        var host = slash < 0 ? rest : rest[..slash];
        return host.IsEmpty || host[0] == ':' || host.Contains('@') ? "an address with a host and without user name" : null;
    }

    private static bool IsIpv4(ReadOnlySpan<char> value)
    {
        int parts = 0, number = -1;
        foreach (var c in value)
        {
            if (c == '.')
            {
                if (number < 0 || ++parts > 3)
                {
                    return false;
                }

                number = -1;
            }
            else if (!char.IsAsciiDigit(c) || number == 0)
            {
                return false;
            }
            else
            {
                number = number < 0 ? c - '0' : (10 * number) + c - '0';
                if (number > 255)
                {
                    return false;
                }
            }
        }

        return parts == 3 && number >= 0;
    }

    private static class Rules
    {
        public const string Text = "only characters of one to three UTF-8 bytes (no emoji)";
        public const string Controls = "no control characters";
        public const string Alphanumeric = "only letters and digits";
        public const string Ascii = "only visible ASCII characters";
        public const string Digits = "only digits";
        public const string Number = "only letters, digits and _ - | * @";
        public const string Serial = "digits without a leading zero, from 1 to 9223372036854775807";
        public const string Fen = "a whole number of fen, at least 1";
        public const string Count = "a whole number, at least 0";
        public const string Ipv4 = "an IPv4 address such as 203.0.113.9";
        public const string Ip = "an IPv4 or IPv6 address";
        public const string Time = "a Beijing time as yyyyMMddHHmmss";
        public const string Date = "a day as yyyyMMdd";
        public const string NewNumber = "only letters, digits and _ -";
        public const string V3Number = "only letters, digits and _ - *";
        public const string Https = "an https address";
        public const string Rfc3339 = "a time as 2026-01-03T09:12:44+08:00";
        public const string DashedDate = "a day as yyyy-MM-dd";
        public const string Flag = "true or false";
    }
}
