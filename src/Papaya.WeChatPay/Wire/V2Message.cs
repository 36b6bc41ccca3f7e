using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// A flat V2 XML message, read in one pass over its UTF-8 bytes. Values are exactly what was sent: character references and
/// CDATA are undone, nothing is trimmed (blanks around a CDATA section excepted). The body's memory is kept, not copied.
/// </summary>
public sealed class V2Message
{
    /// <summary>Longest body that is read unless told otherwise: 1 MiB.</summary>
    public const int DefaultLimit = 1 << 20;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly byte[] _decoded;
    private readonly FieldSlot[] _sorted;

    internal V2Message(ReadOnlyMemory<byte> body, byte[] decoded, FieldSlot[] sorted, int count)
    {
        _body = body;
        _decoded = decoded;
        _sorted = sorted;
        Count = count;
    }

    /// <summary>The bytes that were read.</summary>
    public ReadOnlyMemory<byte> Body => _body;

    /// <summary>Number of elements, empty ones included.</summary>
    public int Count { get; }

    /// <summary>Names and values in the order in which they were sent.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields
    {
        get
        {
            var order = _sorted.AsSpan(0, Count).ToArray();
            Array.Sort(order, static (a, b) => a.NameStart.CompareTo(b.NameStart));
            return order.Select(slot => KeyValuePair.Create(Encoding.UTF8.GetString(Name(slot)), Encoding.UTF8.GetString(Value(slot))));
        }
    }

    internal ReadOnlySpan<FieldSlot> Sorted => _sorted.AsSpan(0, Count);

    /// <summary>The value of an element: null when it is absent, "" when it is empty.</summary>
    public string? this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            Span<byte> buffer = stackalloc byte[128];
            return Encoding.UTF8.TryGetBytes(name, buffer, out var length)
                ? GetString(buffer[..length])
                : GetString(Encoding.UTF8.GetBytes(name));
        }
    }

    /// <summary>Reads a body.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark; not changed by anyone while the message is in use.</param>
    /// <param name="limit">Longest accepted body in bytes.</param>
    /// <exception cref="V2FormatException">The body is not a flat V2 message.</exception>
    public static V2Message Parse(ReadOnlyMemory<byte> body, int limit = DefaultLimit) =>
        TryParse(body, out var message, out var error, limit) ? message : throw new V2FormatException(error);

    /// <summary>Reads a body; on false, <paramref name="error"/> says what is wrong and where.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> body, [NotNullWhen(true)] out V2Message? message, [NotNullWhen(false)] out V2Error? error, int limit = DefaultLimit) =>
        V2Parser.TryParse(body, limit, out message, out error);

    /// <summary>True when the element is there, also when it is empty.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => Find(name) >= 0;

    /// <summary>The value's bytes; false when the element is absent.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var index = Find(name);
        value = index < 0 ? default : Value(_sorted[index]);
        return index >= 0;
    }

    /// <summary>The value as text: null when the element is absent, "" when it is empty.</summary>
    public string? GetString(ReadOnlySpan<byte> name) => TryGet(name, out var value) ? Text(value) : null;

    /// <summary>A whole number; false when the element is absent or is not digits (with at most one minus sign) within 64 bits.</summary>
    public bool TryGetInt64(ReadOnlySpan<byte> name, out long number)
    {
        number = 0;
        return TryGet(name, out var value) && TryReadInt64(value, out number);
    }

    /// <summary>A whole number; null when absent or not a number.</summary>
    public long? GetInt64(ReadOnlySpan<byte> name) => TryGetInt64(name, out var number) ? number : null;

    /// <summary>A whole number; null when absent or not a number.</summary>
    public long? GetInt64(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return GetInt64(Encoding.UTF8.GetBytes(name));
    }

    /// <summary>True when the element is there and its value equals these bytes.</summary>
    public bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => TryGet(name, out var value) && value.SequenceEqual(expected);

    internal static bool TryReadInt64(ReadOnlySpan<byte> value, out long number)
    {
        number = 0;
        var digits = value.Length > 0 && value[0] == (byte)'-' ? value[1..] : value;
        return digits.Length is > 0 and <= 19
            && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && long.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out number);
    }

    internal ReadOnlySpan<byte> Name(in FieldSlot slot) => _body.Span.Slice(slot.NameStart, slot.NameLength);

    internal ReadOnlySpan<byte> Value(in FieldSlot slot) =>
        slot.ValueStart >= 0 ? _body.Span.Slice(slot.ValueStart, slot.ValueLength) : _decoded.AsSpan(~slot.ValueStart, slot.ValueLength);

    // Nearly every message says these; sharing them keeps a notification under its allocation budget.
    private static string Text(ReadOnlySpan<byte> value) => value.Length switch
    {
        0 => "",
        1 when value[0] == (byte)'N' => "N",
        1 when value[0] == (byte)'Y' => "Y",
        2 when value.SequenceEqual("OK"u8) => "OK",
        3 when value.SequenceEqual("CNY"u8) => "CNY",
        3 when value.SequenceEqual("PAP"u8) => "PAP",
        4 when value.SequenceEqual("FAIL"u8) => "FAIL",
        7 when value.SequenceEqual("SUCCESS"u8) => "SUCCESS",
        _ => Encoding.UTF8.GetString(value),
    };

    private int Find(ReadOnlySpan<byte> name)
    {
        var prefix = FieldSlot.PrefixOf(name);
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            ref readonly var slot = ref _sorted[middle];
            var order = slot.Prefix.CompareTo(prefix);
            if (order == 0)
            {
                order = Name(slot).SequenceCompareTo(name);
            }

            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }
}
