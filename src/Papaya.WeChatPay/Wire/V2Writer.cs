using System.Buffers;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>How <see cref="V2Writer"/> protects text in XML.</summary>
public enum XmlText
{
    /// <summary>Only where needed, by the entities: what requests use.</summary>
    Escaped,

    /// <summary>Every text value in a CDATA section, numbers bare: what WeChat's replies look like.</summary>
    CData,
}

/// <summary>
/// Writes one flat message and its sign into pooled memory. Add the fields (fastest in byte order of their names), then
/// take the bytes once with <see cref="Sign"/> or <see cref="Unsigned"/>, then dispose.
/// </summary>
public sealed class V2Writer : IDisposable
{
    // Tab and line feed may stand in XML as they are; a carriage return would be turned into a line feed by XML readers.
    private static readonly SearchValues<byte> NeedsCare = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'&', (byte)'<', (byte)'>']);

    private static readonly WireName SignName = new("sign");

    private readonly CanonicalText _canonical = new();
    private readonly XmlText _textStyle;
    private readonly bool _isRoot;
    private byte[] _xml = ArrayPool<byte>.Shared.Rent(2048);
    private int _length;
    private bool _isComplete;

    /// <summary>Starts a message.</summary>
    /// <param name="text">How text is protected.</param>
    /// <param name="root">Name of the root element: <c>xml</c>, or <c>root</c> inside refund notifications.</param>
    public V2Writer(XmlText text = XmlText.Escaped, string root = "xml")
    {
        if (root is not ("xml" or "root"))
        {
            throw new ArgumentException("The root is 'xml' or 'root'.", nameof(root));
        }

        _textStyle = text;
        _isRoot = root == "root";
        Append(_isRoot ? "<root>"u8 : "<xml>"u8);
    }

    /// <summary>Adds a text field. Null adds nothing; "" adds an empty element, which is not signed.</summary>
    /// <exception cref="ArgumentException">The value cannot stand in XML, or the name is <c>sign</c>.</exception>
    public V2Writer Add(string name, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Span<byte> buffer = stackalloc byte[128];
        return Encoding.UTF8.TryGetBytes(name, buffer, out var length)
            ? Add(buffer[..length], value)
            : Add(Encoding.UTF8.GetBytes(name), value);
    }

    /// <summary>Adds a whole number.</summary>
    public V2Writer Add(string name, long value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Span<byte> buffer = stackalloc byte[128];
        return Encoding.UTF8.TryGetBytes(name, buffer, out var length)
            ? Add(buffer[..length], value)
            : Add(Encoding.UTF8.GetBytes(name), value);
    }

    /// <summary>Adds a text field under a UTF-8 name. Null adds nothing; "" adds an empty element, which is not signed.</summary>
    public V2Writer Add(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            RefuseSign(name);
            AppendElement(name, _canonical.Add(name, value), _textStyle);
        }

        return this;
    }

    /// <summary>Adds a whole number under a UTF-8 name.</summary>
    public V2Writer Add(ReadOnlySpan<byte> name, long value)
    {
        RefuseSign(name);
        AppendElement(name, _canonical.Add(name, value), XmlText.Escaped);
        return this;
    }

    /// <summary>Adds text that is already UTF-8.</summary>
    public V2Writer AddUtf8(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        RefuseSign(name);
        AppendElement(name, _canonical.Add(name, value), _textStyle);
        return this;
    }

    /// <summary>Adds a field of a table whose value was seen to be ASCII without <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c>.</summary>
    internal void AddPlain(WireName name, string value)
    {
        if (_textStyle == XmlText.Escaped && name.IsShort)
        {
            var xml = Open(name, value.Length);
            _canonical.AddAscii(name, value, xml);
            Close(name, xml, value.Length);
        }
        else
        {
            Add(name.Utf8, value);
        }
    }

    /// <summary>Adds a field of a table if its value needs no care; otherwise nothing is added.</summary>
    internal bool TryAddText(WireName name, string value)
    {
        if (_textStyle != XmlText.Escaped || !name.IsShort)
        {
            return false;
        }

        var xml = Open(name, 3 * value.Length);
        var written = _canonical.AddText(name, value, xml);
        if (written == 0)
        {
            return false;
        }

        Close(name, xml, written);
        return true;
    }

    /// <summary>Adds a number of a table.</summary>
    internal void Add(WireName name, long value) => AppendPlain(name, _canonical.Add(name, value));

    /// <summary>Adds a fresh nonce.</summary>
    internal void Add(WireName name, NonceSource nonces)
    {
        nonces.Write(_canonical.Begin(name, NonceSource.Length));
        AppendPlain(name, _canonical.End(NonceSource.Length));
    }

    /// <summary>Adds an instant as <c>yyyyMMddHHmmss</c>.</summary>
    internal void Add(WireName name, DateTimeOffset instant)
    {
        BeijingTime.WriteCompact(instant, _canonical.Begin(name, BeijingTime.CompactLength));
        AppendPlain(name, _canonical.End(BeijingTime.CompactLength));
    }

    /// <summary>Signs all fields, closes the message and returns its bytes; they are valid until the writer is disposed.</summary>
    /// <exception cref="InvalidOperationException">Two fields have the same name, or the message is already complete.</exception>
    public ReadOnlyMemory<byte> Sign(ApiV2Key key, SignType type)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_textStyle == XmlText.Escaped)
        {
            var xml = Open(SignName, type.HexLength());
            Close(SignName, xml, _canonical.Sign(key, type, xml));
            return Complete();
        }

        Span<byte> sign = stackalloc byte[64];
        AppendElement(SignName.Utf8, sign[.._canonical.Sign(key, type, sign)], _textStyle);
        return Complete();
    }

    /// <summary>Signs all fields, closes the message and hands its memory over to a content that can be sent.</summary>
    internal SignedContent SignAsContent(ApiV2Key key, SignType type)
    {
        Sign(key, type);
        var content = new SignedContent(_xml, _length);
        _xml = [];
        return content;
    }

    /// <summary>Closes the message without a sign (failure replies, refund notifications) and returns its bytes.</summary>
    public ReadOnlyMemory<byte> Unsigned() => Complete();

    /// <summary>Gives the memory back. What <see cref="Sign"/> returned may not be used any more.</summary>
    public void Dispose()
    {
        _canonical.Dispose();
        if (_xml.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_xml);
            _xml = [];
        }
    }

    private static void RefuseSign(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("sign"u8))
        {
            throw new ArgumentException("The sign is computed, not added.", nameof(name));
        }
    }

    private ReadOnlyMemory<byte> Complete()
    {
        RefuseMore();
        _isComplete = true;
        Append(_isRoot ? "</root>"u8 : "</xml>"u8);
        return _xml.AsMemory(0, _length);
    }

    private void AppendElement(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XmlText style)
    {
        if (XmlGrammar.FirstNonCharacter(value) >= 0)
        {
            throw new ArgumentException($"The value of '{Encoding.UTF8.GetString(name)}' holds U+FFFE or U+FFFF, which XML does not allow.", nameof(value));
        }

        RefuseMore();
        Reserve((2 * name.Length) + value.Length + 5 + 12);
        var xml = _xml.AsSpan(_length);
        xml[0] = (byte)'<';
        name.CopyTo(xml[1..]);
        xml[1 + name.Length] = (byte)'>';
        _length += name.Length + 2;

        if (value.ContainsAny(NeedsCare))
        {
            AppendWithCare(name, value, style);
        }
        else if (style == XmlText.CData && value.Length > 0)
        {
            Append("<![CDATA["u8);
            Append(value);
            Append("]]>"u8);
        }
        else
        {
            value.CopyTo(_xml.AsSpan(_length));
            _length += value.Length;
        }

        Reserve(name.Length + 3);
        xml = _xml.AsSpan(_length);
        xml[0] = (byte)'<';
        xml[1] = (byte)'/';
        name.CopyTo(xml[2..]);
        xml[2 + name.Length] = (byte)'>';
        _length += name.Length + 3;
    }

    private void AppendPlain(WireName name, ReadOnlySpan<byte> value)
    {
        if (!name.IsShort)
        {
            AppendElement(name.Utf8, value, XmlText.Escaped);
            return;
        }

        var xml = Open(name, value.Length);
        value.CopyTo(xml);
        Close(name, xml, value.Length);
    }

    private Span<byte> Open(WireName name, int valueLength)
    {
        RefuseMore();
        Reserve((2 * WireName.Room) + valueLength);
        var xml = _xml.AsSpan(_length);
        name.WriteOpeningTag(xml);
        return xml[(name.Length + 2)..];
    }

    private void Close(WireName name, Span<byte> xml, int valueLength)
    {
        name.WriteClosingTag(xml[valueLength..]);
        _length += (2 * name.Length) + 5 + valueLength;
    }

    private void RefuseMore()
    {
        if (_isComplete)
        {
            throw new InvalidOperationException("The message is already complete.");
        }
    }

    private void AppendWithCare(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XmlText style)
    {
        // A carriage return survives only as a character reference, which a CDATA section cannot hold.
        if (style == XmlText.CData && !value.Contains((byte)'\r'))
        {
            RefuseControls(name, value);
            Append("<![CDATA["u8);
            for (var end = value.IndexOf("]]>"u8); end >= 0; end = value.IndexOf("]]>"u8))
            {
                Append(value[..(end + 2)]);
                Append("]]><![CDATA["u8);
                value = value[(end + 2)..];
            }

            Append(value);
            Append("]]>"u8);
            return;
        }

        foreach (var c in value)
        {
            switch (c)
            {
                case (byte)'&': Append("&amp;"u8); break;
                case (byte)'<': Append("&lt;"u8); break;
                case (byte)'>': Append("&gt;"u8); break;
                case (byte)'\r': Append("&#13;"u8); break;
                default:
                    RefuseControls(name, [c]);
                    Append([c]);
                    break;
            }
        }
    }

    private static void RefuseControls(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        foreach (var c in value)
        {
            if (c < 0x20 && c is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                throw new ArgumentException($"The value of '{Encoding.UTF8.GetString(name)}' holds a control character that XML does not allow.", nameof(value));
            }
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_xml.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int extra)
    {
        if (_length + extra <= _xml.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + extra, 2 * _xml.Length));
        _xml.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_xml);
        _xml = larger;
    }
}
