using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>Nonces of 32 characters (letters and digits, 160 random bits), cut from a block of secure random bytes.</summary>
public sealed class NonceSource
{
    /// <summary>Length of a nonce in characters; the longest that <c>nonce_str</c> takes.</summary>
    public const int Length = 32;

    private const int BlockSize = 128 * Length;

    private readonly object _lock = new();
    private readonly byte[] _block = new byte[BlockSize];
    private readonly Random? _seeded;
    private int _used = BlockSize;

    /// <summary>A source of secure random nonces.</summary>
    public NonceSource()
    {
    }

    private NonceSource(Random seeded) => _seeded = seeded;

    /// <summary>A source that repeats itself for the same seed. For tests and simulations only.</summary>
    public static NonceSource Seeded(int seed) => new(new Random(seed));

    /// <summary>A fresh nonce.</summary>
    public string Next()
    {
        Span<byte> nonce = stackalloc byte[Length];
        Write(nonce);
        return Encoding.ASCII.GetString(nonce);
    }

    /// <summary>Writes a fresh nonce of <see cref="Length"/> characters.</summary>
    public void Write(Span<byte> destination)
    {
        Vector256<byte> random;
        lock (_lock)
        {
            if (_used == BlockSize)
            {
                Refill();
            }

            random = Vector256.Create<byte>(_block.AsSpan(_used, Length));
            _used += Length;
        }

        Characters(random).CopyTo(destination);
    }

    // Five bits of each byte choose one of 0123456789ABCDEFGHJKMNPQRSTVWXYZ: digits, then letters without I, L, O and U. A comparison
    // that holds is -1 in every byte, so that taking it away skips one letter.
    private static Vector256<byte> Characters(Vector256<byte> random)
    {
        var chosen = random & Vector256.Create((byte)31);
        return chosen + Vector256.Create((byte)'0') + (Above(chosen, 9) & Vector256.Create((byte)7))
            - Above(chosen, 17) - Above(chosen, 19) - Above(chosen, 21) - Above(chosen, 26);
    }

    private static Vector256<byte> Above(Vector256<byte> values, byte limit) => Vector256.GreaterThan(values, Vector256.Create(limit));

    private void Refill()
    {
        if (_seeded is null)
        {
#pragma warning disable RS0030 // This is the one source that others are sent to.
            RandomNumberGenerator.Fill(_block);
#pragma warning restore RS0030
        }
        else
        {
#pragma warning disable CA5394 // A seeded source is asked for by name and is not for production.
            _seeded.NextBytes(_block);
#pragma warning restore CA5394
        }

        _used = 0;
    }
}
