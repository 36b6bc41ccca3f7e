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
        var alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"u8;
        lock (_lock)
        {
            if (_used == BlockSize)
            {
                Refill();
            }

            var random = _block.AsSpan(_used, Length);
            var nonce = destination[..Length];
            for (var i = 0; i < nonce.Length && i < random.Length; i++)
            {
                nonce[i] = alphabet[random[i] & 31];
            }

            _used += Length;
        }
    }

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
