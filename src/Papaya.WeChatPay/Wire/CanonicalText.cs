using System.Buffers;
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
    private byte[] _text = ArrayPool<byte>.Shared.Rent(1024);
    private FieldSlot[] _fields = ArrayPool<FieldSlot>.Shared.Rent(32);
    private int _length;
    private int _count;
    private bool _isSorted = true;

    /// <summary>Adds a field and returns its value's bytes (valid until the next addition). Empty values are not signed.</summary>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        var slot = Begin(name, 3 * value.Length);
        if (Utf8.FromUtf16(value, _text.AsSpan(slot.ValueStart), out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            throw new ArgumentException($"The value of '{Encoding.UTF8.GetString(name)}' holds half a surrogate pair.", nameof(value));
        }

        return End(slot, written);
    }

    /// <summary>Adds a field whose value is already UTF-8.</summary>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var slot = Begin(name, value.Length);
        value.CopyTo(_text.AsSpan(slot.ValueStart));
        return End(slot, value.Length);
    }

    /// <summary>Adds a whole number.</summary>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> name, long value)
    {
        var slot = Begin(name, 20);
        _ = value.TryFormat(_text.AsSpan(slot.ValueStart), out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        return End(slot, written);
    }

    /// <summary>Writes the sign as upper-case hexadecimal digits and returns their number.</summary>
    /// <exception cref="InvalidOperationException">Two fields have the same name.</exception>
    public int Sign(ApiV2Key key, SignType type, Span<byte> destination)
    {
        Arrange(key.Suffix.Length);
        key.Suffix.CopyTo(_text.AsSpan(_length));
        return Digest.Write(_text.AsSpan(0, _length + key.Suffix.Length), key, type, destination);
    }

    public void Dispose()
    {
        if (_text.Length > 0)
        {
            // The buffer ends with the key once a sign was made; it must not stay in the pool.
            CryptographicOperations.ZeroMemory(_text);
            ArrayPool<byte>.Shared.Return(_text);
            ArrayPool<FieldSlot>.Shared.Return(_fields);
            _text = [];
            _fields = [];
        }
    }

    private FieldSlot Begin(ReadOnlySpan<byte> name, int longestValue)
    {
        Reserve(name.Length + longestValue + 2);
        if (_count == _fields.Length)
        {
            var larger = ArrayPool<FieldSlot>.Shared.Rent(2 * _count);
            _fields.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<FieldSlot>.Shared.Return(_fields);
            _fields = larger;
        }

        name.CopyTo(_text.AsSpan(_length));
        _text[_length + name.Length] = (byte)'=';
        return new FieldSlot
        {
            Prefix = FieldSlot.PrefixOf(name),
            NameStart = _length,
            NameLength = name.Length,
            ValueStart = _length + name.Length + 1,
        };
    }

    private ReadOnlySpan<byte> End(FieldSlot slot, int valueLength)
    {
        if (valueLength == 0)
        {
            return default;
        }

        slot.ValueLength = valueLength;
        _isSorted = _isSorted && (_count == 0 || FieldSlot.Compare(_fields[_count - 1], slot, _text) < 0);
        _fields[_count++] = slot;
        _length = slot.ValueStart + valueLength + 1;
        _text[_length - 1] = (byte)'&';
        return _text.AsSpan(slot.ValueStart, valueLength);
    }

    private void Arrange(int extra)
    {
        Reserve(extra);
        if (_isSorted)
        {
            return;
        }

        var fields = _fields.AsSpan(0, _count);
        var duplicate = FieldSlot.Sort(fields, _text);
        if (duplicate >= 0)
        {
            var name = Encoding.UTF8.GetString(_text, fields[duplicate].NameStart, fields[duplicate].NameLength);
            throw new InvalidOperationException($"The field '{name}' was added twice.");
        }

        var sorted = ArrayPool<byte>.Shared.Rent(_text.Length);
        var at = 0;
        foreach (ref var slot in fields)
        {
            var length = slot.NameLength + slot.ValueLength + 2;
            _text.AsSpan(slot.NameStart, length).CopyTo(sorted.AsSpan(at));
            slot.ValueStart += at - slot.NameStart;
            slot.NameStart = at;
            at += length;
        }

        CryptographicOperations.ZeroMemory(_text);
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
        CryptographicOperations.ZeroMemory(_text);
        ArrayPool<byte>.Shared.Return(_text);
        _text = larger;
    }
}
