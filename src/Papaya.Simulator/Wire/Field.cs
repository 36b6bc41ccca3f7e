using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>What a value must look like.</summary>
internal enum Shape
{
    /// <summary>Any text of characters of at most three bytes.</summary>
    Text,

    /// <summary>As <see cref="Text"/>, but the limit counts bytes.</summary>
    Bytes,

    /// <summary>A positive whole number without leading zeros.</summary>
    Positive,

    /// <summary>A whole number of fen, at least 1.</summary>
    Fen,

    /// <summary>A whole number, 0 included.</summary>
    Whole,

    /// <summary>Letters and digits.</summary>
    Alphanumeric,

    /// <summary>Letters, digits and <c>_-|*@</c>.</summary>
    Number,

    /// <summary>http or https, without a query.</summary>
    NotifyUrl,

    /// <summary>Four numbers with dots; IPv6 is not supported.</summary>
    IpV4,

    /// <summary><c>yyyyMMddHHmmss</c>.</summary>
    Time,

    /// <summary><c>MD5</c> or <c>HMAC-SHA256</c>.</summary>
    SignType,
}

/// <summary>Why a request's parameters are refused.</summary>
internal enum FieldFault
{
    None,
    Unknown,
    Missing,
    Malformed,
}

/// <summary>One row of a call's parameter table.</summary>
internal sealed class Field(string name, bool isRequired, int longest, Shape shape)
{
    private static readonly SearchValues<byte> Alphanumerics = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> NumberCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-|*@"u8);
    private static readonly SearchValues<byte> UrlEnders = SearchValues.Create("?# \t\r\n"u8);

    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

    public string Name => name;

    public static Field Required(string name, int longest, Shape shape = Shape.Text) => new(name, true, longest, shape);

    public static Field Optional(string name, int longest, Shape shape = Shape.Text) => new(name, false, longest, shape);

    /// <summary>Looks at all parameters of a request: no unknown one, no required one missing or empty, each in its shape.</summary>
    public static (FieldFault Fault, string Name) Check(V2Message message, Field[] table, bool tolerateNonce = false)
    {
        var known = 0;
        (FieldFault Fault, string Name) worst = default;
        foreach (var field in table)
        {
            if (!message.TryGet(field._name, out var value))
            {
                worst = field.IsMissing() && worst.Fault != FieldFault.Missing ? (FieldFault.Missing, field.Name) : worst;
                continue;
            }

            known++;
            if (value.IsEmpty)
            {
                worst = field.IsMissing() && worst.Fault != FieldFault.Missing ? (FieldFault.Missing, field.Name) : worst;
            }
            else if (worst.Fault == FieldFault.None && !field.Accepts(value))
            {
                worst = (FieldFault.Malformed, field.Name);
            }
        }

        if (tolerateNonce && message.Contains("nonce_str"u8))
        {
            known++;
        }

        if (known == message.Count)
        {
            return worst;
        }

        foreach (var (sent, _) in message.Fields)
        {
            if (!Array.Exists(table, f => f.Name == sent) && !(tolerateNonce && sent == "nonce_str"))
            {
                return (FieldFault.Unknown, sent);
            }
        }

        return worst;
    }

    private bool IsMissing() => isRequired;

    private bool Accepts(ReadOnlySpan<byte> value)
    {
        // Characters of four bytes (emoji) begin with a byte from F0 on.
        if (value.IndexOfAnyInRange((byte)0xF0, (byte)0xF7) >= 0)
        {
            return false;
        }

        var length = shape == Shape.Text && value.Length > longest ? Encoding.UTF8.GetCharCount(value) : value.Length;
        return length <= longest && shape switch
        {
            Shape.Text or Shape.Bytes => true,
            Shape.Positive => value[0] is >= (byte)'1' and <= (byte)'9' && IsLong(value),
            Shape.Fen => value[0] is >= (byte)'1' and <= (byte)'9' && IsLong(value) && value.Length <= 12,
            Shape.Whole => (value.Length == 1 || value[0] != (byte)'0') && value[0] != (byte)'-' && IsLong(value),
            Shape.Alphanumeric => !value.ContainsAnyExcept(Alphanumerics),
            Shape.Number => !value.ContainsAnyExcept(NumberCharacters),
            Shape.NotifyUrl => IsNotifyUrl(value),
            Shape.IpV4 => value.Count((byte)'.') == 3 && IPAddress.TryParse(Encoding.ASCII.GetString(value), out _),
            Shape.Time => value.Length == 14 && BeijingTime.Parse(value) is not null,
            Shape.SignType => SignTypes.Parse(value) is not null,
            _ => throw new ArgumentOutOfRangeException(nameof(value), shape, null),
        };
    }

    private static bool IsLong(ReadOnlySpan<byte> value) => Utf8Parser.TryParse(value, out long _, out var used) && used == value.Length;

    private static bool IsNotifyUrl(ReadOnlySpan<byte> value)
    {
        var host = value.StartsWith("http://"u8) ? value[7..] : value.StartsWith("https://"u8) ? value[8..] : default;
        return !host.IsEmpty && host[0] is not ((byte)'/' or (byte)':') && !host.ContainsAny(UrlEnders);
    }
}
