namespace Papaya.WeChatPay.Wire;

/// <summary>Text of the Basic Multilingual Plane as UTF-8.</summary>
internal static class XmlCharacters
{
    /// <summary>
    /// Writes a value to the beginning of both destinations in one pass that also sees to it that each character may stand in XML
    /// as it is. Both must have room for three bytes a character. Fields of text are short, mostly Chinese, and take no emoji.
    /// </summary>
    /// <returns>Bytes written; 0 when some character needs care: markup, a control character, a surrogate, U+FFFE or U+FFFF.</returns>
    public static int Write(ReadOnlySpan<char> value, Span<byte> one, Span<byte> two)
    {
        one = one[..(3 * value.Length)];
        two = two[..one.Length];
        var at = 0;
        foreach (var c in value)
        {
            if (c < 0x80)
            {
                if (c is < ' ' and not ('\t' or '\n') or '&' or '<' or '>')
                {
                    return 0;
                }

                two[at] = one[at] = (byte)c;
                at++;
            }
            else if (c < 0x800)
            {
                two[at] = one[at] = (byte)(0xC0 | (c >> 6));
                two[at + 1] = one[at + 1] = (byte)(0x80 | (c & 0x3F));
                at += 2;
            }
            else if (c is (>= '\uD800' and <= '\uDFFF') or >= '\uFFFE')
            {
                return 0;
            }
            else
            {
                two[at] = one[at] = (byte)(0xE0 | (c >> 12));
                two[at + 1] = one[at + 1] = (byte)(0x80 | ((c >> 6) & 0x3F));
                two[at + 2] = one[at + 2] = (byte)(0x80 | (c & 0x3F));
                at += 3;
            }
        }

        return at;
    }
}
