using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.Simulator.World;

/// <summary>
/// RSA keys of 2048 bits. With a seed the same name always gives the same key, so that a rehearsal can be repeated byte for byte; such a key is
/// as public as its seed and good for nothing else.
/// </summary>
internal static class SeededRsa
{
    private const int PrimeBits = 1024;
    private const int SieveLength = 4096;
    private static readonly BigInteger Exponent = 65537;
    private static readonly int[] SmallPrimes = [.. Primes(8192)];
    private static readonly int[] Bases = [2, 3, 5, 7, 11];
    private static readonly ConcurrentDictionary<string, Lazy<RSAParameters>> Made = new(StringComparer.Ordinal);

    /// <summary>A key; without a seed a different one each time.</summary>
    public static RSA Make(int? seed, string name) =>
        seed is { } number ? RSA.Create(Made.GetOrAdd($"{number}/{name}", static key => new(() => Derive(key))).Value) : RSA.Create(2 * PrimeBits);

    private static RSAParameters Derive(string name)
    {
        var stream = new HashStream(name);
        var p = Prime(stream);
        var q = Prime(stream);
        var d = Inverse(Exponent, (p - 1) * (q - 1));
        return new()
        {
            Modulus = Bytes(p * q, 2 * PrimeBits / 8),
            Exponent = Bytes(Exponent, 3),
            P = Bytes(p, PrimeBits / 8),
            Q = Bytes(q, PrimeBits / 8),
            D = Bytes(d, 2 * PrimeBits / 8),
            DP = Bytes(d % (p - 1), PrimeBits / 8),
            DQ = Bytes(d % (q - 1), PrimeBits / 8),
            InverseQ = Bytes(Inverse(q, p), PrimeBits / 8),
        };
    }

    /// <summary>The first prime p after a drawn odd number for which p - 1 has no factor in common with the exponent.</summary>
    private static BigInteger Prime(HashStream stream)
    {
        while (true)
        {
            var bytes = stream.Take(PrimeBits / 8);
            // The two highest bits make the product of two primes as long as it must be.
            bytes[0] |= 0xC0;
            bytes[^1] |= 1;
            var start = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
            var sieve = new bool[SieveLength];
            foreach (var small in SmallPrimes)
            {
                var first = (int)((small - (start % small)) % small);
                for (var at = (first & 1) == 0 ? first : first + small; at < 2 * SieveLength; at += 2 * small)
                {
                    sieve[at / 2] = true;
                }
            }

            for (var i = 0; i < SieveLength; i++)
            {
                if (!sieve[i] && IsPrime(start + (2 * i)) && (start + (2 * i) - 1) % Exponent != 0)
                {
                    return start + (2 * i);
                }
            }
        }
    }

    /// <summary>Miller and Rabin's test; five bases are plenty for a number of 1024 bits that nobody chose.</summary>
    private static bool IsPrime(BigInteger number)
    {
        var odd = number - 1;
        var twos = 0;
        while (odd.IsEven)
        {
            odd >>= 1;
            twos++;
        }

        return Array.TrueForAll(Bases, witness =>
        {
            var power = BigInteger.ModPow(witness, odd, number);
            if (power.IsOne || power == number - 1)
            {
                return true;
            }

            for (var i = 1; i < twos; i++)
            {
                power = BigInteger.ModPow(power, 2, number);
                if (power == number - 1)
                {
                    return true;
                }
            }

            return false;
        });
    }

    private static BigInteger Inverse(BigInteger value, BigInteger modulus)
    {
        var (a, b) = (value, modulus);
        var (x, y) = (BigInteger.One, BigInteger.Zero);
        while (!b.IsZero)
        {
            var quotient = a / b;
            (a, b) = (b, a - (quotient * b));
            (x, y) = (y, x - (quotient * y));
        }

        return x.Sign < 0 ? x + modulus : x;
    }

    private static byte[] Bytes(BigInteger number, int length)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[length];
        bytes.CopyTo(padded, length - bytes.Length);
        return padded;
    }

    private static IEnumerable<int> Primes(int below) =>
        Enumerable.Range(3, below - 3).Where(n => n % 2 == 1 && Enumerable.Range(3, (int)Math.Sqrt(n) - 1).TakeWhile(d => d * d <= n).All(d => n % d != 0));

    /// <summary>Bytes that follow from a name: SHA-256 of the name and a counter.</summary>
    private sealed class HashStream(string name)
    {
        private readonly byte[] _name = [.. Encoding.UTF8.GetBytes(name), 0, 0, 0, 0];
        private int _blocks;

        public byte[] Take(int length)
        {
            var bytes = new byte[length];
            for (var at = 0; at < length; at += SHA256.HashSizeInBytes)
            {
                BinaryPrimitives.WriteInt32BigEndian(_name.AsSpan(_name.Length - 4), _blocks++);
                SHA256.HashData(_name, bytes.AsSpan(at));
            }

            return bytes;
        }
    }
}
