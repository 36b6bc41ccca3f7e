using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

    private readonly byte[] _body;
    private readonly int _start;
    private readonly int _length;
    private readonly byte[] _decoded;
    private readonly FieldSlot[] _sorted;

    internal V2Message(ReadOnlyMemory<byte> body, byte[] decoded, FieldSlot[] sorted)
    {
        // Fields are looked up far more often than messages are made, and an array is reached at once.
        var bytes = MemoryMarshal.TryGetArray(body, out var segment) ? segment : new ArraySegment<byte>(body.ToArray());
        (_body, _start, _length) = (bytes.Array!, bytes.Offset, bytes.Count); // A segment that was got has its array.
        _decoded = decoded;
        _sorted = sorted;
        Count = sorted.Length;
    }

    /// <summary>The bytes that were read.</summary>
    public ReadOnlyMemory<byte> Body => _body.AsMemory(_start, _length);

    /// <summary>Number of elements, empty ones included.</summary>
    public int Count { get; }

    /// <summary>Names and values in the order in which they were sent.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields
    {
        get
        {
            var order = _sorted.AsSpan().ToArray();
            Array.Sort(order, static (a, b) => a.NameStart.CompareTo(b.NameStart));
            return order.Select(slot => KeyValuePair.Create(Encoding.UTF8.GetString(Name(slot)), Encoding.UTF8.GetString(Value(slot))));
        }
    }

    internal ReadOnlySpan<FieldSlot> Sorted => _sorted;

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
        var isNegative = value.Length > 0 && value[0] == (byte)'-';
        var digits = isNegative ? value[1..] : value;
        if (digits.Length is 0 or > 19)
        {
            return false;
        }

        // Nineteen digits fit an unsigned 64-bit number, whatever they are.
        ulong sum = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            sum = (10 * sum) + digit - '0';
        }

        if (sum > long.MaxValue + (isNegative ? 1UL : 0UL))
        {
            return false;
        }

        number = isNegative ? (long)(0 - sum) : (long)sum;
        return true;
    }

    internal ReadOnlySpan<byte> Name(in FieldSlot slot) => new(_body, _start + slot.NameStart, slot.NameLength);

    /// <summary>Writes what a field says to the string to sign, <c>name=value&amp;</c>, and returns the bytes written.</summary>
    internal int WriteAssignment(in FieldSlot slot, Span<byte> destination)
    {
        var end = slot.NameLength + 1 + slot.ValueLength;
        var name = _body.AsSpan(_start + slot.NameStart);
        var value = slot.ValueStart >= 0 ? _body.AsSpan(_start + slot.ValueStart) : _decoded.AsSpan(~slot.ValueStart);
        if (slot.NameLength <= 32 && slot.ValueLength <= 32 && name.Length >= 32 && value.Length >= 32 && destination.Length >= slot.NameLength + 33)
        {
            // Nearly all names and values: one vector each, what is too much is overwritten.
            Vector256.Create<byte>(name).CopyTo(destination);
            destination[slot.NameLength] = (byte)'=';
            Vector256.Create<byte>(value).CopyTo(destination[(slot.NameLength + 1)..]);
        }
        else
        {
            name[..slot.NameLength].CopyTo(destination);
            destination[slot.NameLength] = (byte)'=';
            value[..slot.ValueLength].CopyTo(destination[(slot.NameLength + 1)..]);
        }

        destination[end] = (byte)'&';
        return end + 1;
    }

    internal ReadOnlySpan<byte> Value(in FieldSlot slot) =>
        slot.ValueStart >= 0 ? new(_body, _start + slot.ValueStart, slot.ValueLength) : _decoded.AsSpan(~slot.ValueStart, slot.ValueLength);

    /// <summary>Index of the first element whose name begins so, -1 when there is none; the beginning has at least one byte and at most eight.</summary>
    internal int FamilyStart(ReadOnlySpan<byte> beginning)
    {
        var from = FieldSlot.PrefixOf(beginning);
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _sorted[middle].Prefix < from ? (middle + 1, high) : (low, middle);
        }

        return low < Count && Name(_sorted[low]).StartsWith(beginning) ? low : -1;
    }

    /// <summary>Index of a field, with the place where the next name in byte order is looked for; -1 when it is absent.</summary>
    internal int FindNext(scoped ReadOnlySpan<byte> name, ulong prefix, ref int at)
    {
        var slots = Sorted;
        if (at < slots.Length && slots[at].Prefix == prefix && IsNamed(slots[at], name))
        {
            return at++;
        }

        if (at > 0 && slots[at - 1].Prefix >= prefix)
        {
            // Out of order, or the same family as the name before.
            return Find(name);
        }

        while (at < slots.Length && slots[at].Prefix < prefix)
        {
            at++;
        }

        if (at == slots.Length || slots[at].Prefix != prefix)
        {
            return -1;
        }

        if (IsNamed(slots[at], name))
        {
            return at++;
        }

        // A family's total may stand before its members: coupon_fee before coupon_fee_0.
        if (at + 1 < slots.Length && slots[at + 1].Prefix == prefix && IsNamed(slots[at + 1], name))
        {
            at += 2;
            return at - 1;
        }

        return Find(name);
    }

    // Nearly every message says these; sharing them keeps a notification under its allocation budget.
    internal static string Text(ReadOnlySpan<byte> value)
    {
        switch (value.Length)
        {
            case 0: return "";
            case 1 when value[0] == (byte)'N': return "N";
            case 1 when value[0] == (byte)'Y': return "Y";
            case 2 when value.SequenceEqual("OK"u8): return "OK";
            case 3 when value.SequenceEqual("CNY"u8): return "CNY";
            case 3 when value.SequenceEqual("PAP"u8): return "PAP";
            case 3 when value.SequenceEqual("CFT"u8): return "CFT";
            case 4 when value.SequenceEqual("FAIL"u8): return "FAIL";
            case 4 when value.SequenceEqual("CASH"u8): return "CASH";
            case 5 when value.SequenceEqual("JSAPI"u8): return "JSAPI";
            case 7 when value.SequenceEqual("SUCCESS"u8): return "SUCCESS";
            case 7 when value.SequenceEqual("NO_CASH"u8): return "NO_CASH";
            case > 64: return Encoding.UTF8.GetString(value);
        }

        // Short and nearly always ASCII: widened once, where decoding would count the characters first.
        Span<char> text = stackalloc char[64];
        return Ascii.ToUtf16(value, text, out var length) == OperationStatus.Done ? new string(text[..length]) : Encoding.UTF8.GetString(value);
    }

    // The first eight bytes were compared.
    private bool IsNamed(in FieldSlot slot, ReadOnlySpan<byte> name) =>
        slot.NameLength == name.Length && (name.Length <= 8 || Name(slot)[8..].SequenceEqual(name[8..]));

    private int Find(ReadOnlySpan<byte> name)
    {
        var prefix = FieldSlot.PrefixOf(name);
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            ref readonly var slot = ref _sorted[middle];
            bool isLess;
            if (slot.Prefix != prefix)
            {
                isLess = slot.Prefix < prefix;
            }
            else if (IsNamed(slot, name))
            {
                return middle;
            }
            else
            {
                isLess = Name(slot).SequenceCompareTo(name) < 0;
            }

            if (isLess)
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
