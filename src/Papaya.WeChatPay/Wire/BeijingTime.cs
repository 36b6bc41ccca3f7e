using System.Globalization;

namespace Papaya.WeChatPay.Wire;

/// <summary>The three ways in which V2 writes time. All are Beijing time: UTC+8 without daylight saving.</summary>
public static class BeijingTime
{
    /// <summary>UTC+8.</summary>
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    /// <summary>Bytes of <c>yyyyMMddHHmmss</c>.</summary>
    internal const int CompactLength = 14;

    private const string SpacedFormat = "yyyy-MM-dd HH:mm:ss";

    /// <summary><c>yyyyMMddHHmmss</c>, as orders write time.</summary>
    public static string Compact(DateTimeOffset instant)
    {
        Span<byte> digits = stackalloc byte[CompactLength];
        WriteCompact(instant, digits);
        return System.Text.Encoding.ASCII.GetString(digits);
    }

    /// <summary><c>yyyy-MM-dd HH:mm:ss</c>, as contracts, refunds and bills write time.</summary>
    public static string Spaced(DateTimeOffset instant) => instant.ToOffset(Offset).ToString(SpacedFormat, CultureInfo.InvariantCulture);

    /// <summary>UNIX seconds, as <c>timestamp</c> fields write time.</summary>
    public static string UnixSeconds(DateTimeOffset instant) => instant.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>The calendar day in Beijing.</summary>
    public static DateOnly Day(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(Offset).DateTime);

    /// <summary>Reads any of the three forms (older samples of querycontract use UNIX seconds); null when it is none of them.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (text is null || text.Length > 19)
        {
            return null;
        }

        Span<byte> utf8 = stackalloc byte[19 * 3];
        return Parse(utf8[..System.Text.Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>Writes <c>yyyyMMddHHmmss</c>: <see cref="CompactLength"/> bytes.</summary>
    internal static void WriteCompact(DateTimeOffset instant, Span<byte> destination)
    {
        var time = instant.ToOffset(Offset).DateTime;
        destination = destination[..CompactLength];
        WriteTwo(destination, time.Year / 100);
        WriteTwo(destination[2..], time.Year % 100);
        WriteTwo(destination[4..], time.Month);
        WriteTwo(destination[6..], time.Day);
        WriteTwo(destination[8..], time.Hour);
        WriteTwo(destination[10..], time.Minute);
        WriteTwo(destination[12..], time.Second);
    }

    /// <summary>Reads any of the three forms; null when it is none of them.</summary>
    public static DateTimeOffset? Parse(ReadOnlySpan<byte> text) => text.Length switch
    {
        14 => FromParts(text, text[8..]),
        19 when text[4] == '-' && text[7] == '-' && text[10] == ' ' && text[13] == ':' && text[16] == ':' => FromParts(
            [text[0], text[1], text[2], text[3], text[5], text[6], text[8], text[9]],
            [text[11], text[12], text[14], text[15], text[17], text[18]]),
        9 or 10 when V2Message.TryReadInt64(text, out var seconds) && seconds >= 0 => DateTimeOffset.FromUnixTimeSeconds(seconds).ToOffset(Offset),
        _ => null,
    };

    private static DateTimeOffset? FromParts(ReadOnlySpan<byte> date, ReadOnlySpan<byte> time)
    {
        int year = (100 * Two(date)) + Two(date[2..]), month = Two(date[4..]), day = Two(date[6..]);
        int hour = Two(time), minute = Two(time[2..]), second = Two(time[4..]);
        // In the first and the last year an instant may lie outside of what can be told in UTC.
        return year is >= 2 and <= 9998 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60
            ? new DateTimeOffset(year, month, day, hour, minute, second, Offset)
            : null;
    }

    private static void WriteTwo(Span<byte> digits, int number)
    {
        digits[1] = (byte)('0' + (number % 10));
        digits[0] = (byte)('0' + (number / 10));
    }

    // Out of range when one of the two is not a digit.
    private static int Two(ReadOnlySpan<byte> digits)
    {
        int tens = digits[0] - '0', ones = digits[1] - '0';
        return tens is < 0 or > 9 || ones is < 0 or > 9 ? -10_000 : (10 * tens) + ones;
    }
}
