using System.Buffers.Binary;

namespace Papaya.WeChatPay.Wire;

/// <summary>Where one field's name and value lie. The first eight bytes of the name, big-endian, settle most comparisons.</summary>
internal struct FieldSlot
{
    public ulong Prefix;
    public int NameStart;
    public int NameLength;

    /// <summary>Offset in the body, or the complement of an offset in the decoded text.</summary>
    public int ValueStart;
    public int ValueLength;

    /// <summary>The first eight bytes of a name, zeros after its end.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> name)
    {
        if (name.Length >= 8)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(name);
        }

        if (name.Length >= 4)
        {
            // Two reads that overlap; where they do, they agree.
            return ((ulong)BinaryPrimitives.ReadUInt32BigEndian(name) << 32)
                | ((ulong)BinaryPrimitives.ReadUInt32BigEndian(name[^4..]) << (64 - (8 * name.Length)));
        }

        ulong prefix = 0;
        for (var i = 0; i < name.Length; i++)
        {
            prefix |= (ulong)name[i] << (56 - (8 * i));
        }

        return prefix;
    }

    /// <summary>The next eight bytes of a name, zeros after its end.</summary>
    public static ulong TailOf(ReadOnlySpan<byte> name) => name.Length <= 8 ? 0 : PrefixOf(name[8..]);
}
