using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>Turns characters that are known to be ASCII into bytes, in two places at once.</summary>
internal static class NarrowAscii
{
    /// <summary>
    /// Writes the value to the beginning of both destinations. Values are short: two vectors that overlap do for nearly all. One
    /// check of the lengths stands for all accesses; they were a third of the time.
    /// </summary>
    public static void Write(ReadOnlySpan<char> value, Span<byte> one, Span<byte> two)
    {
        var length = value.Length;
        if (length > one.Length || length > two.Length)
        {
            throw new ArgumentException("A destination is too short.", nameof(value));
        }

        ref var units = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(value));
        ref byte first = ref MemoryMarshal.GetReference(one), second = ref MemoryMarshal.GetReference(two);
        if (length >= 16 && length <= 32)
        {
            Sixteen(ref units, 0, ref first, ref second);
            Sixteen(ref units, length - 16, ref first, ref second);
        }
        else if (length >= 8 && length < 16)
        {
            Eight(ref units, 0, ref first, ref second);
            Eight(ref units, length - 8, ref first, ref second);
        }
        else if (length < 8)
        {
            for (var i = 0; i < length; i++)
            {
                var unit = (byte)Unsafe.Add(ref units, i);
                Unsafe.Add(ref first, i) = unit;
                Unsafe.Add(ref second, i) = unit;
            }
        }
        else
        {
            _ = Ascii.FromUtf16(value, one, out _);
            _ = Ascii.FromUtf16(value, two, out _);
        }
    }

    private static void Eight(ref ushort units, int at, ref byte one, ref byte two)
    {
        var wide = Vector128.LoadUnsafe(ref units, (nuint)at);
        var eight = Vector128.Narrow(wide, wide).AsUInt64().ToScalar();
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref one, at), eight);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref two, at), eight);
    }

    private static void Sixteen(ref ushort units, int at, ref byte one, ref byte two)
    {
        var sixteen = Vector128.Narrow(Vector128.LoadUnsafe(ref units, (nuint)at), Vector128.LoadUnsafe(ref units, (nuint)at + 8));
        sixteen.StoreUnsafe(ref one, (nuint)at);
        sixteen.StoreUnsafe(ref two, (nuint)at);
    }
}
