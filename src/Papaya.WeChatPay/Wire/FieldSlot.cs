using System.Buffers.Binary;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// Where one field's name and value lie. The first sixteen bytes of the name, as two big-endian numbers, settle nearly every
/// comparison: the second one tells families such as <c>coupon_fee_0</c> and <c>coupon_fee_1</c> apart.
/// </summary>
internal struct FieldSlot
{
    public ulong Prefix;
    public ulong Tail;
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

    /// <summary>Sorts by name, byte by byte. Returns the index of the second of two equal names, or -1.</summary>
    public static int Sort(Span<FieldSlot> slots, ReadOnlySpan<byte> names)
    {
        if (slots.Length <= 48)
        {
            SortFew(slots, names);
        }
        else
        {
            SortMany(slots, names);
        }

        for (var i = 1; i < slots.Length; i++)
        {
            if (slots[i].Prefix == slots[i - 1].Prefix && Compare(slots[i - 1], slots[i], names) == 0)
            {
                return slots[i].NameStart > slots[i - 1].NameStart ? i : i - 1;
            }
        }

        return -1;
    }

    public static int Compare(in FieldSlot a, in FieldSlot b, ReadOnlySpan<byte> names) =>
        a.Prefix != b.Prefix ? (a.Prefix < b.Prefix ? -1 : 1)
        : a.Tail != b.Tail ? (a.Tail < b.Tail ? -1 : 1)
        : names.Slice(a.NameStart, a.NameLength).SequenceCompareTo(names.Slice(b.NameStart, b.NameLength));

    // Messages usually arrive nearly sorted and have about twenty fields; insertion is then linear.
    private static void SortFew(Span<FieldSlot> slots, ReadOnlySpan<byte> names)
    {
        for (var i = 1; i < slots.Length; i++)
        {
            if (Compare(slots[i - 1], slots[i], names) <= 0)
            {
                continue;
            }

            var slot = slots[i];
            ref var hole = ref slots[i];
            for (var j = i - 1; (uint)j < (uint)slots.Length; j--)
            {
                ref var other = ref slots[j];
                if (other.Prefix < slot.Prefix || (other.Prefix == slot.Prefix && Compare(other, slot, names) <= 0))
                {
                    break;
                }

                hole = other;
                hole = ref other;
            }

            hole = slot;
        }
    }

    // Heap sort: bounded for any input, and a span may not be captured by a comparer.
    private static void SortMany(Span<FieldSlot> slots, ReadOnlySpan<byte> names)
    {
        for (var root = (slots.Length / 2) - 1; root >= 0; root--)
        {
            Sift(slots, root, slots.Length, names);
        }

        for (var end = slots.Length - 1; end > 0; end--)
        {
            (slots[0], slots[end]) = (slots[end], slots[0]);
            Sift(slots, 0, end, names);
        }
    }

    private static void Sift(Span<FieldSlot> slots, int root, int end, ReadOnlySpan<byte> names)
    {
        for (var child = (2 * root) + 1; child < end; child = (2 * root) + 1)
        {
            if (child + 1 < end && Compare(slots[child], slots[child + 1], names) < 0)
            {
                child++;
            }

            if (Compare(slots[root], slots[child], names) >= 0)
            {
                return;
            }

            (slots[root], slots[child]) = (slots[child], slots[root]);
            root = child;
        }
    }
}
