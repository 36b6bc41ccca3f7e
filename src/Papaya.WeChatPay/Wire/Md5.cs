using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// MD5 (RFC 1321) of a whole text. The platform's own takes twice as long for the few hundred bytes of a string to sign: most of it goes
/// into reaching the algorithm, and that part grows when the machine is busy. MD5 protects nothing by itself; it is here because WeChat's V2
/// signs with it.
/// </summary>
internal static class Md5
{
    public const int HashSizeInBytes = 16;
    private const int BlockSize = 64;
    private const int LengthSize = sizeof(ulong);

    /// <summary>Writes the 16 bytes of the digest.</summary>
    public static void HashData(ReadOnlySpan<byte> text, Span<byte> hash)
    {
        var state = new State(0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476);
        var rest = text;
        for (; rest.Length >= BlockSize; rest = rest[BlockSize..])
        {
            Add(ref state, ref MemoryMarshal.GetReference(rest));
        }

        // What is left, one set bit, zeros, and the length in bits at the end of a block.
        Span<byte> end = stackalloc byte[2 * BlockSize];
        end.Clear();
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        var length = rest.Length + 1 + LengthSize <= BlockSize ? BlockSize : 2 * BlockSize;
        BinaryPrimitives.WriteUInt64LittleEndian(end[(length - LengthSize)..], (ulong)text.Length * 8);
        for (var at = 0; at < length; at += BlockSize)
        {
            Add(ref state, ref end[at]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(hash, state.A);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[4..], state.B);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[8..], state.C);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[12..], state.D);
    }

    /// <summary>Mixes one block in: four rounds of sixteen steps, as RFC 1321 section 3.4 lists them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ref State state, ref byte block)
    {
        uint a = state.A, b = state.B, c = state.C, d = state.D;

        a = First(a, b, c, d, Word(ref block, 0), 7, 0xD76AA478);
        d = First(d, a, b, c, Word(ref block, 1), 12, 0xE8C7B756);
        c = First(c, d, a, b, Word(ref block, 2), 17, 0x242070DB);
        b = First(b, c, d, a, Word(ref block, 3), 22, 0xC1BDCEEE);
        a = First(a, b, c, d, Word(ref block, 4), 7, 0xF57C0FAF);
        d = First(d, a, b, c, Word(ref block, 5), 12, 0x4787C62A);
        c = First(c, d, a, b, Word(ref block, 6), 17, 0xA8304613);
        b = First(b, c, d, a, Word(ref block, 7), 22, 0xFD469501);
        a = First(a, b, c, d, Word(ref block, 8), 7, 0x698098D8);
        d = First(d, a, b, c, Word(ref block, 9), 12, 0x8B44F7AF);
        c = First(c, d, a, b, Word(ref block, 10), 17, 0xFFFF5BB1);
        b = First(b, c, d, a, Word(ref block, 11), 22, 0x895CD7BE);
        a = First(a, b, c, d, Word(ref block, 12), 7, 0x6B901122);
        d = First(d, a, b, c, Word(ref block, 13), 12, 0xFD987193);
        c = First(c, d, a, b, Word(ref block, 14), 17, 0xA679438E);
        b = First(b, c, d, a, Word(ref block, 15), 22, 0x49B40821);

        a = Second(a, b, c, d, Word(ref block, 1), 5, 0xF61E2562);
        d = Second(d, a, b, c, Word(ref block, 6), 9, 0xC040B340);
        c = Second(c, d, a, b, Word(ref block, 11), 14, 0x265E5A51);
        b = Second(b, c, d, a, Word(ref block, 0), 20, 0xE9B6C7AA);
        a = Second(a, b, c, d, Word(ref block, 5), 5, 0xD62F105D);
        d = Second(d, a, b, c, Word(ref block, 10), 9, 0x02441453);
        c = Second(c, d, a, b, Word(ref block, 15), 14, 0xD8A1E681);
        b = Second(b, c, d, a, Word(ref block, 4), 20, 0xE7D3FBC8);
        a = Second(a, b, c, d, Word(ref block, 9), 5, 0x21E1CDE6);
        d = Second(d, a, b, c, Word(ref block, 14), 9, 0xC33707D6);
        c = Second(c, d, a, b, Word(ref block, 3), 14, 0xF4D50D87);
        b = Second(b, c, d, a, Word(ref block, 8), 20, 0x455A14ED);
        a = Second(a, b, c, d, Word(ref block, 13), 5, 0xA9E3E905);
        d = Second(d, a, b, c, Word(ref block, 2), 9, 0xFCEFA3F8);
        c = Second(c, d, a, b, Word(ref block, 7), 14, 0x676F02D9);
        b = Second(b, c, d, a, Word(ref block, 12), 20, 0x8D2A4C8A);

        a = Third(a, b, c, d, Word(ref block, 5), 4, 0xFFFA3942);
        d = Third(d, a, b, c, Word(ref block, 8), 11, 0x8771F681);
        c = Third(c, d, a, b, Word(ref block, 11), 16, 0x6D9D6122);
        b = Third(b, c, d, a, Word(ref block, 14), 23, 0xFDE5380C);
        a = Third(a, b, c, d, Word(ref block, 1), 4, 0xA4BEEA44);
        d = Third(d, a, b, c, Word(ref block, 4), 11, 0x4BDECFA9);
        c = Third(c, d, a, b, Word(ref block, 7), 16, 0xF6BB4B60);
        b = Third(b, c, d, a, Word(ref block, 10), 23, 0xBEBFBC70);
        a = Third(a, b, c, d, Word(ref block, 13), 4, 0x289B7EC6);
        d = Third(d, a, b, c, Word(ref block, 0), 11, 0xEAA127FA);
        c = Third(c, d, a, b, Word(ref block, 3), 16, 0xD4EF3085);
        b = Third(b, c, d, a, Word(ref block, 6), 23, 0x04881D05);
        a = Third(a, b, c, d, Word(ref block, 9), 4, 0xD9D4D039);
        d = Third(d, a, b, c, Word(ref block, 12), 11, 0xE6DB99E5);
        c = Third(c, d, a, b, Word(ref block, 15), 16, 0x1FA27CF8);
        b = Third(b, c, d, a, Word(ref block, 2), 23, 0xC4AC5665);

        a = Fourth(a, b, c, d, Word(ref block, 0), 6, 0xF4292244);
        d = Fourth(d, a, b, c, Word(ref block, 7), 10, 0x432AFF97);
        c = Fourth(c, d, a, b, Word(ref block, 14), 15, 0xAB9423A7);
        b = Fourth(b, c, d, a, Word(ref block, 5), 21, 0xFC93A039);
        a = Fourth(a, b, c, d, Word(ref block, 12), 6, 0x655B59C3);
        d = Fourth(d, a, b, c, Word(ref block, 3), 10, 0x8F0CCC92);
        c = Fourth(c, d, a, b, Word(ref block, 10), 15, 0xFFEFF47D);
        b = Fourth(b, c, d, a, Word(ref block, 1), 21, 0x85845DD1);
        a = Fourth(a, b, c, d, Word(ref block, 8), 6, 0x6FA87E4F);
        d = Fourth(d, a, b, c, Word(ref block, 15), 10, 0xFE2CE6E0);
        c = Fourth(c, d, a, b, Word(ref block, 6), 15, 0xA3014314);
        b = Fourth(b, c, d, a, Word(ref block, 13), 21, 0x4E0811A1);
        a = Fourth(a, b, c, d, Word(ref block, 4), 6, 0xF7537E82);
        d = Fourth(d, a, b, c, Word(ref block, 11), 10, 0xBD3AF235);
        c = Fourth(c, d, a, b, Word(ref block, 2), 15, 0x2AD7D2BB);
        b = Fourth(b, c, d, a, Word(ref block, 9), 21, 0xEB86D391);

        state.A += a;
        state.B += b;
        state.C += c;
        state.D += d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint First(uint a, uint b, uint c, uint d, uint word, int turn, uint sine) => b + BitOperations.RotateLeft(a + word + sine + (d ^ (b & (c ^ d))), turn);

    // The two halves share no bit: adding one after the other is joining them, and shortens the chain of steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Second(uint a, uint b, uint c, uint d, uint word, int turn, uint sine) => b + BitOperations.RotateLeft(a + word + sine + (~d & c) + (d & b), turn);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Third(uint a, uint b, uint c, uint d, uint word, int turn, uint sine) => b + BitOperations.RotateLeft(a + word + sine + (b ^ c ^ d), turn);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Fourth(uint a, uint b, uint c, uint d, uint word, int turn, uint sine) => b + BitOperations.RotateLeft(a + word + sine + (c ^ (b | ~d)), turn);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ref byte block, int index)
    {
        var word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref block, sizeof(uint) * index));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    private struct State(uint a, uint b, uint c, uint d)
    {
        public uint A = a, B = b, C = c, D = d;
    }
}
