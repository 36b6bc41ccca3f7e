using System.Runtime.Intrinsics;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// A field's name in every shape in which it is written, encoded once. Each shape lies in one vector, so that writing it is one
/// store and no loop; what follows overwrites the rest.
/// </summary>
internal sealed class WireName
{
    /// <summary>Bytes that a shape takes while it is written; less of them stay.</summary>
    public const int Room = 32;

    private readonly byte[] _name;
    private readonly Vector256<byte> _assignment, _openingTag, _closingTag;

    public WireName(string name)
    {
        _name = Encoding.UTF8.GetBytes(name);
        Prefix = FieldSlot.PrefixOf(_name);
        Tail = FieldSlot.TailOf(_name);
        IsShort = _name.Length + 3 <= Room;
        if (IsShort)
        {
            _assignment = Padded(name + "=");
            _openingTag = Padded($"<{name}>");
            _closingTag = Padded($"</{name}>");
        }
    }

    /// <summary>The name itself.</summary>
    public ReadOnlySpan<byte> Utf8 => _name;

    /// <summary>Bytes of the name.</summary>
    public int Length => _name.Length;

    /// <summary>The first eight bytes, which settle most comparisons (<see cref="FieldSlot"/>).</summary>
    public ulong Prefix { get; }

    /// <summary>The next eight.</summary>
    public ulong Tail { get; }

    /// <summary>True when every shape fits into <see cref="Room"/>; only then may the methods below be called.</summary>
    public bool IsShort { get; }

    /// <summary>Writes <c>name=</c>: <see cref="Length"/> and 1 bytes.</summary>
    public void WriteAssignment(Span<byte> destination) => _assignment.CopyTo(destination);

    /// <summary>Writes the tag that opens the element: <see cref="Length"/> and 2 bytes.</summary>
    public void WriteOpeningTag(Span<byte> destination) => _openingTag.CopyTo(destination);

    /// <summary>Writes the tag that closes the element: <see cref="Length"/> and 3 bytes.</summary>
    public void WriteClosingTag(Span<byte> destination) => _closingTag.CopyTo(destination);

    private static Vector256<byte> Padded(string text)
    {
        Span<byte> bytes = stackalloc byte[Room];
        bytes.Clear();
        Encoding.UTF8.GetBytes(text, bytes);
        return Vector256.Create<byte>(bytes);
    }
}
