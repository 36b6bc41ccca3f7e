using System.Buffers;
using System.Text;
using System.Xml;

namespace Papaya.WeChatPay.Wire;

/// <summary>The rules of XML 1.0 that <see cref="V2Parser"/> asks for: which characters, names, declarations and references there are.</summary>
internal static class XmlGrammar
{
    // XML 1.0 allows no control character below U+0020 except tab, line feed and carriage return.
    public static readonly SearchValues<byte> IllegalControls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);

    // WeChat's names are of these; a name outside ASCII is looked at one character at a time.
    public static readonly SearchValues<byte> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."u8);

    public static bool IsBlank(byte c) => c is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    /// <summary>Where U+FFFE or U+FFFF begins, which XML does not allow; -1 when they are not there.</summary>
    public static int FirstNonCharacter(ReadOnlySpan<byte> text)
    {
        for (var at = 0; ; at += 2)
        {
            var next = text[at..].IndexOf("\uFFFE"u8[..2]);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            if (text[at + 2] >= 0xBE)
            {
                return at;
            }
        }
    }

    /// <summary>Where UTF-8 ends; asked only when it does.</summary>
    public static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf8(text[at..], out _, out var length) != OperationStatus.Done)
            {
                return at;
            }

            at += length;
        }

        return 0;
    }

    /// <summary>Whether a name may begin so; what is not ASCII is looked at by <see cref="LengthOfName"/>.</summary>
    public static bool StartsName(byte c) => char.IsAsciiLetter((char)c) || c == (byte)'_' || c >= 0x80;

    /// <summary>The length of a name that is not ASCII alone: 0 when it begins wrongly, -1 when the text ends inside it.</summary>
    public static int LengthOfName(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var length);

            // No character above U+FFFF is a name's in XML 1.0. Colons are for namespaces, which nobody here has.
            if (!rune.IsBmp || !(at == 0 ? XmlConvert.IsStartNCNameChar((char)rune.Value) : XmlConvert.IsNCNameChar((char)rune.Value)))
            {
                return at;
            }

            at += length;
        }

        return -1;
    }

    /// <summary>What is wrong between <c>&lt;?xml</c> and <c>?&gt;</c>; null when nothing is.</summary>
    public static V2Fault? FaultOfDeclaration(ReadOnlySpan<byte> rest)
    {
        if (!TakeAttribute(ref rest, "version"u8, out var version) || !version.SequenceEqual("1.0"u8))
        {
            return V2Fault.Syntax;
        }

        // Only UTF-8 is spoken here.
        if (TakeAttribute(ref rest, "encoding"u8, out var encoding) && !Ascii.EqualsIgnoreCase(encoding, "utf-8"u8))
        {
            return V2Fault.Encoding;
        }

        var isStandaloneFine = !TakeAttribute(ref rest, "standalone"u8, out var standalone) || standalone.SequenceEqual("yes"u8) || standalone.SequenceEqual("no"u8);
        return isStandaloneFine && rest.Trim(" \t\r\n"u8).IsEmpty ? null : V2Fault.Syntax;
    }

    /// <summary>The character that a reference (without <c>&amp;</c> and <c>;</c>) stands for; only the five named ones and numbers exist.</summary>
    public static bool TryResolve(ReadOnlySpan<byte> reference, out Rune character)
    {
        character = reference.SequenceEqual("amp"u8) ? new('&')
            : reference.SequenceEqual("lt"u8) ? new('<')
            : reference.SequenceEqual("gt"u8) ? new('>')
            : reference.SequenceEqual("quot"u8) ? new('"')
            : reference.SequenceEqual("apos"u8) ? new('\'')
            : default;
        return character != default || TryReadCharacterNumber(reference, out character);
    }

    /// <summary>Takes <c> name="value"</c> off the front; false, and nothing taken, when something else stands there.</summary>
    private static bool TakeAttribute(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var rest = text.TrimStart(" \t\r\n"u8);
        if (rest.Length == text.Length || !rest.StartsWith(name))
        {
            return false;
        }

        rest = rest[name.Length..].TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty || rest[0] != (byte)'=')
        {
            return false;
        }

        rest = rest[1..].TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty || rest[0] is not ((byte)'"' or (byte)'\''))
        {
            return false;
        }

        var end = rest[1..].IndexOf(rest[0]);
        if (end < 0)
        {
            return false;
        }

        value = rest.Slice(1, end);
        text = rest[(end + 2)..];
        return true;
    }

    private static bool TryReadCharacterNumber(ReadOnlySpan<byte> reference, out Rune rune)
    {
        rune = default;
        if (reference.Length < 2 || reference[0] != (byte)'#')
        {
            return false;
        }

        var isHex = reference[1] == (byte)'x';
        var digits = reference[(isHex ? 2 : 1)..];
        if (digits.IsEmpty)
        {
            return false;
        }

        var number = 0;
        foreach (var digit in digits)
        {
            var value = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' when isHex => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' when isHex => digit - 'A' + 10,
                _ => -1,
            };
            if (value < 0)
            {
                return false;
            }

            number = (number * (isHex ? 16 : 10)) + value;
            if (number > 0x10FFFF)
            {
                return false;
            }
        }

        // What may not stand in XML may not be referred to either.
        return number is 9 or 10 or 13 or (>= 0x20 and not 0xFFFE and not 0xFFFF) && Rune.TryCreate(number, out rune);
    }
}
