namespace Papaya.WeChatPay.Wire;

/// <summary>
/// A field while fields are put in order. With the next eight bytes of the name beside the first ones nearly every comparison is of
/// numbers: they tell families such as <c>coupon_fee_0</c> and <c>coupon_fee_1</c> apart.
/// </summary>
internal struct SortingSlot
{
    public FieldSlot Slot;
    public ulong Tail;

    /// <summary>Sorts by name, byte by byte. Returns the index of the second of two equal names, or -1.</summary>
    public static int Sort(Span<SortingSlot> slots, ReadOnlySpan<byte> names)
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
            if (slots[i].Slot.Prefix == slots[i - 1].Slot.Prefix && Compare(slots[i - 1], slots[i], names) == 0)
            {
                return slots[i].Slot.NameStart > slots[i - 1].Slot.NameStart ? i : i - 1;
            }
        }

        return -1;
    }

    public static int Compare(in SortingSlot a, in SortingSlot b, ReadOnlySpan<byte> names) =>
        a.Slot.Prefix != b.Slot.Prefix ? (a.Slot.Prefix < b.Slot.Prefix ? -1 : 1)
        : a.Tail != b.Tail ? (a.Tail < b.Tail ? -1 : 1)
        : names.Slice(a.Slot.NameStart, a.Slot.NameLength).SequenceCompareTo(names.Slice(b.Slot.NameStart, b.Slot.NameLength));

    // Messages usually arrive nearly sorted and have about twenty fields; insertion is then linear.
    private static void SortFew(Span<SortingSlot> slots, ReadOnlySpan<byte> names)
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
                if (other.Slot.Prefix < slot.Slot.Prefix || (other.Slot.Prefix == slot.Slot.Prefix && Compare(other, slot, names) <= 0))
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
    private static void SortMany(Span<SortingSlot> slots, ReadOnlySpan<byte> names)
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

    private static void Sift(Span<SortingSlot> slots, int root, int end, ReadOnlySpan<byte> names)
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
