using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// The string to sign, built in one pooled buffer while fields arrive. Fields that arrive in byte order of their names cost
/// nothing more; others are put in order once, when the sign is asked for.
/// </summary>
internal sealed class CanonicalText : IDisposable
{
    private byte[] _text = ArrayPool<byte>.Shared.Rent(2048);
    private SortingSlot[] _fields = ArrayPool<SortingSlot>.Shared.Rent(32);
    private int _length;
    private int _count;
    private bool _isSorted = true;

    /// <summary>Adds a field and returns its value's bytes (valid until the next addition). Empty values are not signed.</summary>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> name, ReadOnlySpan<char> value) => Utf8Value(Begin(name, 3 * value.Length), name, value);

    /// <summary>Adds a field whose value is already UTF-8.</summary>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Begin(name, value.Length));
        return End(value.Length);
    }

    /// <summary>Adds a whole number.</summary>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> name, long value) => NumberValue(Begin(name, 20), value);

    /// <summary>Adds a field of a table.</summary>
    public ReadOnlySpan<byte> Add(WireName name, ReadOnlySpan<char> value) => Utf8Value(Begin(name, 3 * value.Length), name.Utf8, value);

    /// <summary>
    /// Adds a field of a table whose value is known to be ASCII and not empty: nearly every field of every request. The value goes
    /// to a second place at the same time: reading it back at once would have to wait for the first store.
    /// </summary>
    public void AddAscii(WireName name, string value, Span<byte> also)
    {
        var text = _text.AsSpan(_length);
        var fields = _fields;
        var count = _count;
        if (!name.IsShort || text.Length < WireName.Room + value.Length + 1 || (uint)count >= (uint)fields.Length)
        {
            Add(name.Utf8, value).CopyTo(also);
            return;
        }

        name.WriteAssignment(text);
        var valueStart = name.Length + 1;
        NarrowAscii.Write(value, text[valueStart..], also);
        text[valueStart + value.Length] = (byte)'&';
        ref var slot = ref fields[count];
        slot.Slot.Prefix = name.Prefix;
        slot.Tail = name.Tail;
        slot.Slot.NameStart = _length;
        slot.Slot.NameLength = name.Length;
        slot.Slot.ValueStart = _length + valueStart;
        slot.Slot.ValueLength = value.Length;
        if (count > 0 && slot.Slot.Prefix <= fields[count - 1].Slot.Prefix)
        {
            _isSorted = _isSorted && SortingSlot.Compare(fields[count - 1], slot, _text) < 0;
        }

        _count = count + 1;
        _length += valueStart + value.Length + 1;
    }

    /// <summary>
    /// Adds a field of a table and writes its value to a second place too, if every character can stand in XML as it is. Otherwise,
    /// and for half a surrogate pair, nothing is added.
    /// </summary>
    /// <returns>Bytes of the value; 0 when nothing was added.</returns>
    public int AddText(WireName name, string value, Span<byte> also)
    {
        var written = XmlCharacters.Write(value, Begin(name, 3 * value.Length), also);
        End(written);
        return written;
    }

    /// <summary>Adds a number of a table.</summary>
    public ReadOnlySpan<byte> Add(WireName name, long value) => NumberValue(Begin(name, 20), value);

    /// <summary>Makes room for the value of a field of a table, which the caller writes and <see cref="End"/> takes.</summary>
    public Span<byte> Begin(WireName name, int longestValue)
    {
        if (!name.IsShort)
        {
            return Begin(name.Utf8, longestValue);
        }

        ref var slot = ref NewSlot(WireName.Room + longestValue + 1);
        slot.Slot.Prefix = name.Prefix;
        slot.Tail = name.Tail;
        slot.Slot.NameLength = name.Length;
        slot.Slot.ValueStart = _length + name.Length + 1;
        name.WriteAssignment(_text.AsSpan(_length));
        return _text.AsSpan(slot.Slot.ValueStart);
    }

    /// <summary>Takes a value that was written and returns it (valid until the next addition). Empty values are not signed.</summary>
    public ReadOnlySpan<byte> End(int valueLength)
    {
        if (valueLength == 0)
        {
            return default;
        }

        ref var slot = ref _fields[_count];
        slot.Slot.ValueLength = valueLength;
        if (_count > 0 && slot.Slot.Prefix <= _fields[_count - 1].Slot.Prefix)
        {
            _isSorted = _isSorted && SortingSlot.Compare(_fields[_count - 1], slot, _text) < 0;
        }

        _count++;
        var end = slot.Slot.ValueStart + valueLength;
        _text[end] = (byte)'&';
        _length = end + 1;
        return _text.AsSpan(slot.Slot.ValueStart, valueLength);
    }

    /// <summary>Writes the sign as upper-case hexadecimal digits and returns their number.</summary>
    /// <exception cref="InvalidOperationException">Two fields have the same name.</exception>
    public int Sign(ApiV2Key key, SignType type, Span<byte> destination)
    {
        var suffix = key.Suffix;
        Reserve(suffix.Length);
        Arrange();
        var end = _text.AsSpan(_length, suffix.Length);
        suffix.CopyTo(end);
        try
        {
            return Digest.Write(_text.AsSpan(0, _length + suffix.Length), key, type, destination);
        }
        finally
        {
            // The key must not stay in the pool. Everything else in the buffer goes over the wire anyway.
            CryptographicOperations.ZeroMemory(end);
        }
    }

    public void Dispose()
    {
        if (_text.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_text);
            ArrayPool<SortingSlot>.Shared.Return(_fields);
            _text = [];
            _fields = [];
        }
    }

    private Span<byte> Begin(ReadOnlySpan<byte> name, int longestValue)
    {
        ref var slot = ref NewSlot(name.Length + longestValue + 2);
        slot.Slot.Prefix = FieldSlot.PrefixOf(name);
        slot.Tail = FieldSlot.TailOf(name);
        slot.Slot.NameLength = name.Length;
        slot.Slot.ValueStart = _length + name.Length + 1;
        name.CopyTo(_text.AsSpan(_length));
        _text[slot.Slot.ValueStart - 1] = (byte)'=';
        return _text.AsSpan(slot.Slot.ValueStart);
    }

    private ReadOnlySpan<byte> Utf8Value(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<char> value) =>
        Utf8.FromUtf16(value, destination, out _, out var written, replaceInvalidSequences: false) == OperationStatus.Done
            ? End(written)
            : throw new ArgumentException($"The value of '{Encoding.UTF8.GetString(name)}' holds half a surrogate pair.", nameof(value));

    private ReadOnlySpan<byte> NumberValue(Span<byte> destination, long value)
    {
        _ = value.TryFormat(destination, out var written, default, CultureInfo.InvariantCulture);
        return End(written);
    }

    private ref SortingSlot NewSlot(int bytes)
    {
        Reserve(bytes);
        if (_count == _fields.Length)
        {
            var larger = ArrayPool<SortingSlot>.Shared.Rent(2 * _count);
            _fields.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<SortingSlot>.Shared.Return(_fields);
            _fields = larger;
        }

        ref var slot = ref _fields[_count];
        slot.Slot.NameStart = _length;
        return ref slot;
    }

    private void Arrange()
    {
        if (_isSorted)
        {
            return;
        }

        var fields = _fields.AsSpan(0, _count);
        var duplicate = SortingSlot.Sort(fields, _text);
        if (duplicate >= 0)
        {
            var name = Encoding.UTF8.GetString(_text, fields[duplicate].Slot.NameStart, fields[duplicate].Slot.NameLength);
            throw new InvalidOperationException($"The field '{name}' was added twice.");
        }

        var sorted = ArrayPool<byte>.Shared.Rent(_text.Length);
        var at = 0;
        foreach (ref var slot in fields)
        {
            var length = slot.Slot.NameLength + slot.Slot.ValueLength + 2;
            _text.AsSpan(slot.Slot.NameStart, length).CopyTo(sorted.AsSpan(at));
            slot.Slot.ValueStart += at - slot.Slot.NameStart;
            slot.Slot.NameStart = at;
            at += length;
        }

        ArrayPool<byte>.Shared.Return(_text);
        _text = sorted;
        _isSorted = true;
    }

    private void Reserve(int extra)
    {
        if (_length + extra <= _text.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + extra, 2 * _text.Length));
        _text.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_text);
        _text = larger;
    }
}
