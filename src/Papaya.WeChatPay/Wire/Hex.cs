namespace Papaya.WeChatPay.Wire;

/// <summary>Hexadecimal digits as UTF-8, without strings in between.</summary>
internal static class Hex
{
    public static void WriteUpper(ReadOnlySpan<byte> source, Span<byte> destination) => Write(source, destination, "0123456789ABCDEF"u8);

    public static void WriteLower(ReadOnlySpan<byte> source, Span<byte> destination) => Write(source, destination, "0123456789abcdef"u8);

    /// <summary>Reads digits of either case; false when a character is not a digit or the lengths do not fit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> digits, Span<byte> destination)
    {
        if (digits.Length != 2 * destination.Length)
        {
            return false;
        }

        var bad = 0;
        for (var i = 0; i < destination.Length; i++)
        {
            int high = Value(digits[2 * i]), low = Value(digits[(2 * i) + 1]);
            bad |= high | low;
            destination[i] = (byte)((high << 4) | (low & 0xF));
        }

        return bad >= 0;
    }

    private static int Value(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };

    private static void Write(ReadOnlySpan<byte> source, Span<byte> destination, ReadOnlySpan<byte> alphabet)
    {
        alphabet = alphabet[..16];
        destination = destination[..(2 * source.Length)];
        for (var i = 0; i < source.Length; i++)
        {
            destination[(2 * i) + 1] = alphabet[source[i] & 0xF];
            destination[2 * i] = alphabet[source[i] >> 4];
        }
    }
}
