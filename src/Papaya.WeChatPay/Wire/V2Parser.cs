using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Papaya.WeChatPay.Wire;

/// <summary>The parser behind <see cref="V2Message"/>: a cursor over the bytes, without recursion and without entities.</summary>
internal ref struct V2Parser
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private SortingSlot[] _fields;
    private int _count;
    private byte[] _decoded = [];
    private int _decodedLength;
    private V2Error? _error;

    private V2Parser(ReadOnlySpan<byte> text)
    {
        _text = text;

        // An element with its tags takes some 45 bytes, so that this is nearly always enough.
        _fields = ArrayPool<SortingSlot>.Shared.Rent(Math.Clamp(text.Length / 40, 16, 256));
    }

    private readonly ReadOnlySpan<byte> Rest => _text[_at..];

    public static bool TryParse(
        ReadOnlyMemory<byte> body, int limit, [NotNullWhen(true)] out V2Message? message, [NotNullWhen(false)] out V2Error? error)
    {
        message = null;
        if (body.Length > limit)
        {
            error = new V2Error(V2Fault.TooLarge, limit, null);
            return false;
        }

        var parser = new V2Parser(body.Span);
        try
        {
            if (!parser.ReadDocument())
            {
                error = parser._error!; // Every false comes from Fail, which sets it.
                return false;
            }

            error = null;
            message = new V2Message(body, parser._decoded, parser.Sorted());
            return true;
        }
        finally
        {
            ArrayPool<SortingSlot>.Shared.Return(parser._fields);
        }
    }

    private readonly FieldSlot[] Sorted()
    {
        var sorted = new FieldSlot[_count];
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = _fields[i].Slot;
        }

        return sorted;
    }

    private bool ReadDocument()
    {
        if (!Utf8.IsValid(_text))
        {
            return Fail(V2Fault.Encoding, XmlGrammar.FirstInvalidByte(_text));
        }

        var illegal = _text.IndexOfAny(XmlGrammar.IllegalControls);
        if (illegal >= 0 || (illegal = XmlGrammar.FirstNonCharacter(_text)) >= 0)
        {
            return Fail(V2Fault.IllegalCharacter, illegal);
        }

        if (Rest.StartsWith("\uFEFF"u8))
        {
            _at += 3;
        }

        if (Rest.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Fail(V2Fault.Empty, 0);
        }

        // A declaration is one only at the very start.
        if (Rest.StartsWith("<?xml"u8) && Rest.Length > 5 && XmlGrammar.IsBlank(Rest[5]) && !ReadDeclaration())
        {
            return false;
        }

        if (!SkipBetween(V2Fault.Root) || !ReadRoot(out var root, out var isEmpty))
        {
            return false;
        }

        if (!isEmpty && !ReadElements(root))
        {
            return false;
        }

        if (!SkipBetween(V2Fault.TrailingContent))
        {
            return false;
        }

        if (_at < _text.Length)
        {
            return Fail(V2Fault.TrailingContent, _at);
        }

        var duplicate = SortingSlot.Sort(_fields.AsSpan(0, _count), _text);
        return duplicate < 0 || Fail(V2Fault.DuplicateElement, _fields[duplicate].Slot.NameStart, NameOf(_fields[duplicate].Slot));
    }

    private bool ReadDeclaration()
    {
        var end = Rest.IndexOf("?>"u8);
        if (end < 0)
        {
            return Fail(V2Fault.Unclosed, _at);
        }

        if (XmlGrammar.FaultOfDeclaration(Rest[5..end]) is { } fault)
        {
            return Fail(fault, _at);
        }

        _at += end + 2;
        return true;
    }

    private bool ReadRoot(out ReadOnlySpan<byte> root, out bool isEmpty)
    {
        root = default;
        isEmpty = false;
        if (_at == _text.Length || _text[_at] != (byte)'<')
        {
            return Fail(V2Fault.Root, _at);
        }

        var start = _at;
        if (!ReadStartTag(out var nameStart, out var nameLength, out isEmpty))
        {
            return false;
        }

        root = _text.Slice(nameStart, nameLength);
        return root.SequenceEqual("xml"u8) || root.SequenceEqual("root"u8) || Fail(V2Fault.Root, start, Shown(root));
    }

    private bool ReadElements(ReadOnlySpan<byte> root)
    {
        while (true)
        {
            SkipBlanks();
            if (TryReadUsualElement())
            {
                continue;
            }

            if (!SkipBetween(V2Fault.StrayText))
            {
                return false;
            }

            if (_at == _text.Length)
            {
                return Fail(V2Fault.Unclosed, _at, Shown(root));
            }

            if (_text[_at] != (byte)'<')
            {
                return Fail(V2Fault.StrayText, _at);
            }

            if (_at + 1 < _text.Length && _text[_at + 1] == (byte)'/')
            {
                return ReadEndTag(root);
            }

            if (!ReadStartTag(out var nameStart, out var nameLength, out var isEmpty))
            {
                return false;
            }

            ref var slot = ref NewSlot(nameStart, nameLength);
            slot.ValueStart = _at;
            slot.ValueLength = 0;
            if (!isEmpty && !ReadValue(ref slot, _text.Slice(nameStart, nameLength)))
            {
                return false;
            }

            _count++;
        }
    }

    private ref FieldSlot NewSlot(int nameStart, int nameLength)
    {
        if (_count == _fields.Length)
        {
            var larger = ArrayPool<SortingSlot>.Shared.Rent(2 * _count);
            _fields.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<SortingSlot>.Shared.Return(_fields);
            _fields = larger;
        }

        var name = _text.Slice(nameStart, nameLength);
        _fields[_count].Tail = FieldSlot.TailOf(name);
        ref var slot = ref _fields[_count].Slot;
        slot.NameStart = nameStart;
        slot.NameLength = nameLength;
        slot.Prefix = FieldSlot.PrefixOf(name);
        return ref slot;
    }

    /// <summary>
    /// What nearly every element is: a short ASCII name, one run of plain text or one CDATA section, closed at once. Anything else is
    /// left where it stands, right or wrong, for the whole grammar.
    /// </summary>
    private bool TryReadUsualElement()
    {
        var rest = _text[_at..];
        if (rest.Length < 8 || rest[0] != (byte)'<' || !char.IsAsciiLetter((char)rest[1]))
        {
            return false;
        }

        var nameLength = rest[1..].IndexOfAnyExcept(XmlGrammar.NameCharacters);
        if (nameLength < 0 || rest[1 + nameLength] != (byte)'>')
        {
            return false;
        }

        var valueStart = nameLength + 2;
        var value = rest[valueStart..];
        int valueLength, closing;
        if (value.StartsWith("<![CDATA["u8))
        {
            valueStart += 9;
            valueLength = value[9..].IndexOf((byte)']');
            closing = 9 + valueLength + 3;
            if (valueLength < 0 || closing >= value.Length || value[closing - 2] != (byte)']' || value[closing - 1] != (byte)'>')
            {
                return false;
            }
        }
        else
        {
            // A square bracket may begin ]]>, which plain text may not hold.
            closing = valueLength = value.IndexOfAny((byte)'<', (byte)'&', (byte)']');
            if (valueLength < 0)
            {
                return false;
            }
        }

        if (!Closes(value[closing..], rest.Slice(1, nameLength)))
        {
            return false;
        }

        ref var slot = ref NewSlot(_at + 1, nameLength);
        slot.ValueStart = _at + valueStart;
        slot.ValueLength = valueLength;
        _count++;
        _at += nameLength + 2 + closing + nameLength + 3;
        return true;
    }

    private static bool Closes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) =>
        text.Length >= name.Length + 3 && text[0] == (byte)'<' && text[1] == (byte)'/'
        && text.Slice(2, name.Length).SequenceEqual(name) && text[2 + name.Length] == (byte)'>';

    /// <summary>Text runs, references, CDATA sections and comments in any mixture, gathered into the decoded text.</summary>
    private bool ReadValue(ref FieldSlot slot, ReadOnlySpan<byte> name)
    {
        // A first look decides whether blank runs are dropped: only when the value holds a CDATA section.
        var hasCData = HoldsCData();
        var start = _decodedLength;
        var stretch = start;
        var isBlank = true;
        while (true)
        {
            if (_at == _text.Length)
            {
                return Fail(V2Fault.Unclosed, _at, Shown(name));
            }

            var rest = Rest;
            if (rest[0] == (byte)'&')
            {
                if (!ReadReference(name))
                {
                    return false;
                }

                isBlank = false;
                continue;
            }

            if (rest[0] != (byte)'<')
            {
                var end = rest.IndexOfAny((byte)'<', (byte)'&');
                var run = end < 0 ? rest : rest[..end];
                var stray = run.IndexOf("]]>"u8);
                if (stray >= 0)
                {
                    return Fail(V2Fault.Syntax, _at + stray, Shown(name));
                }

                isBlank = isBlank && !run.ContainsAnyExcept(" \t\r\n"u8);
                Append(run);
                _at += run.Length;
                continue;
            }

            // Markup ends a stretch of text; one of written blanks alone does not count beside a CDATA section.
            if (isBlank && hasCData)
            {
                _decodedLength = stretch;
            }

            if (rest.StartsWith("<![CDATA["u8))
            {
                var end = rest.IndexOf("]]>"u8);
                if (end < 0)
                {
                    return Fail(V2Fault.Unclosed, _at, Shown(name));
                }

                Append(rest[9..end]);
                _at += end + 3;
                (stretch, isBlank) = (_decodedLength, true);
            }
            else if (rest.StartsWith("<!--"u8))
            {
                if (!SkipComment())
                {
                    return false;
                }

                (stretch, isBlank) = (_decodedLength, true);
            }
            else if (rest.StartsWith("</"u8))
            {
                slot.ValueStart = ~start;
                slot.ValueLength = _decodedLength - start;
                return ReadEndTag(name);
            }
            else
            {
                return rest.StartsWith("<?"u8) ? Fail(V2Fault.ProcessingInstruction, _at, Shown(name))
                    : rest.StartsWith("<!DOCTYPE"u8) ? Fail(V2Fault.Doctype, _at, Shown(name))
                    : rest.Length == 1 ? Fail(V2Fault.Unclosed, _at, Shown(name))
                    : rest[1] == (byte)'!' ? Fail(V2Fault.Syntax, _at, Shown(name))
                    : Fail(V2Fault.NestedElement, _at, Shown(name));
            }
        }
    }

    private readonly bool HoldsCData()
    {
        for (var at = _at; ;)
        {
            var next = _text[at..].IndexOf((byte)'<');
            if (next < 0)
            {
                return false;
            }

            at += next;
            if (_text[at..].StartsWith("<![CDATA["u8))
            {
                return true;
            }

            var end = _text[at..].StartsWith("<!--"u8) ? _text[at..].IndexOf("-->"u8) : -1;
            if (end < 0)
            {
                return false;
            }

            at += end + 3;
        }
    }

    private bool ReadReference(ReadOnlySpan<byte> name)
    {
        var rest = Rest;
        // The longest allowed reference is &#x10FFFF; with some leading zeros.
        var end = rest[..Math.Min(rest.Length, 16)].IndexOf((byte)';');
        if (end < 0)
        {
            return Fail(rest.IndexOf((byte)';') < 0 && rest.IndexOf((byte)'<') < 0 ? V2Fault.Unclosed : V2Fault.Reference, _at, Shown(name));
        }

        Span<byte> utf8 = stackalloc byte[4];
        if (!XmlGrammar.TryResolve(rest[1..end], out var rune))
        {
            return Fail(V2Fault.Reference, _at, Shown(name));
        }

        Append(utf8[..rune.EncodeToUtf8(utf8)]);
        _at += end + 1;
        return true;
    }

    private bool ReadStartTag(out int nameStart, out int nameLength, out bool isEmpty)
    {
        nameStart = _at + 1;
        isEmpty = false;
        var rest = _text[nameStart..];
        nameLength = rest.IndexOfAnyExcept(XmlGrammar.NameCharacters);
        if (nameLength >= 0 && rest[nameLength] >= 0x80)
        {
            nameLength = XmlGrammar.LengthOfName(rest);
        }

        if (nameLength < 0)
        {
            return Fail(V2Fault.Unclosed, _at);
        }

        if (nameLength == 0 || !XmlGrammar.StartsName(rest[0]))
        {
            return Fail(V2Fault.Syntax, _at);
        }

        _at = nameStart + nameLength;
        if (_text[_at] == (byte)'>')
        {
            _at++;
            return true;
        }

        SkipBlanks();
        rest = Rest;
        if (rest.IsEmpty)
        {
            return Fail(V2Fault.Unclosed, _at);
        }

        if (rest[0] == (byte)'>')
        {
            _at++;
            return true;
        }

        if (rest[0] == (byte)'/')
        {
            if (rest.Length == 1)
            {
                return Fail(V2Fault.Unclosed, _at);
            }

            isEmpty = rest[1] == (byte)'>';
            _at += 2;
            return isEmpty || Fail(V2Fault.Syntax, _at - 2, Shown(_text.Slice(nameStart, nameLength)));
        }

        return XmlGrammar.StartsName(rest[0]) && _at > nameStart + nameLength
            ? Fail(V2Fault.Attribute, _at, Shown(_text.Slice(nameStart, nameLength)))
            : Fail(V2Fault.Syntax, _at, Shown(_text.Slice(nameStart, nameLength)));
    }

    private bool ReadEndTag(ReadOnlySpan<byte> name)
    {
        var start = _at;
        var rest = _text[(_at + 2)..];
        if (rest.Length < name.Length && name.StartsWith(rest))
        {
            return Fail(V2Fault.Unclosed, start, Shown(name));
        }

        if (!rest.StartsWith(name))
        {
            return Fail(V2Fault.MismatchedTag, start, Shown(name));
        }

        _at += 2 + name.Length;
        SkipBlanks();
        if (_at == _text.Length)
        {
            return Fail(V2Fault.Unclosed, start, Shown(name));
        }

        if (_text[_at] != (byte)'>')
        {
            return Fail(V2Fault.MismatchedTag, start, Shown(name));
        }

        _at++;
        return true;
    }

    /// <summary>Blanks and comments between elements; anything else is left for the caller, markup that is refused is refused.</summary>
    private bool SkipBetween(V2Fault fault)
    {
        while (true)
        {
            SkipBlanks();
            var rest = Rest;
            if (rest.Length < 2 || rest[0] != (byte)'<')
            {
                return rest.Length != 1 || rest[0] != (byte)'<' || Fail(V2Fault.Unclosed, _at);
            }

            if (rest[1] == (byte)'?')
            {
                return Fail(V2Fault.ProcessingInstruction, _at);
            }

            if (rest[1] != (byte)'!')
            {
                return true;
            }

            if (rest.StartsWith("<!--"u8))
            {
                if (!SkipComment())
                {
                    return false;
                }

                continue;
            }

            return rest.Length >= 9 && Ascii.EqualsIgnoreCase(rest[..9], "<!DOCTYPE"u8)
                ? Fail(V2Fault.Doctype, _at)
                : Fail(rest.StartsWith("<![CDATA["u8) ? fault : V2Fault.Syntax, _at);
        }
    }

    private bool SkipComment()
    {
        var body = Rest[4..];
        var end = body.IndexOf("--"u8);
        if (end < 0 || end + 2 == body.Length)
        {
            return Fail(V2Fault.Unclosed, _at);
        }

        if (body[end + 2] != (byte)'>')
        {
            return Fail(V2Fault.Syntax, _at + 4 + end);
        }

        _at += 4 + end + 3;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && XmlGrammar.IsBlank(_text[_at]))
        {
            _at++;
        }
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (_decodedLength + bytes.Length > _decoded.Length)
        {
            Array.Resize(ref _decoded, Math.Max(_decodedLength + bytes.Length, Math.Max(64, 2 * _decoded.Length)));
        }

        bytes.CopyTo(_decoded.AsSpan(_decodedLength));
        _decodedLength += bytes.Length;
    }

    private readonly string NameOf(in FieldSlot slot) => Shown(_text.Slice(slot.NameStart, slot.NameLength));

    private static string Shown(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name[..Math.Min(name.Length, 64)]);

    private bool Fail(V2Fault fault, int offset, string? element = null)
    {
        _error = new V2Error(fault, offset, element);
        return false;
    }
}
