using System.Security.Cryptography;

namespace Papaya.Server.Storage;

/// <summary>The one source of identifiers, order numbers and nonces. Seeded, it repeats itself: a simulation run is then reproducible.</summary>
public sealed class Ids
{
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";
    private const string Upper = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly Lock _gate = new();
    private readonly bool _seeded;
    private ulong _state;

    public Ids()
    {
    }

    public Ids(long seed)
    {
        _seeded = true;
        _state = unchecked((ulong)seed);
    }

    /// <summary><c>chk_</c> and 20 lower-case base32 characters: 100 random bits.</summary>
    public string New(string prefix) => $"{prefix}_{Text(20, Base32)}";

    /// <summary>Our number of a payment, <c>out_trade_no</c>: 28 letters and digits.</summary>
    public string OrderNumber() => "C" + Text(27, Upper);

    /// <summary>Our number of a contract, <c>contract_code</c>: 28 letters and digits.</summary>
    public string ContractCode() => "K" + Text(27, Upper);

    /// <summary>Our number of a refund, <c>out_refund_no</c>: 28 letters and digits.</summary>
    public string RefundNumber() => "R" + Text(27, Upper);

    /// <summary><c>request_serial</c>: 12 digits, no leading zero.</summary>
    public long RequestSerial() => 100_000_000_000L + (long)(Next() % 900_000_000_000UL);

    public string Nonce() => Text(32, Base32);

    private string Text(int length, string alphabet)
    {
        // One byte for each character, of which five bits count: both alphabets have 32 letters.
        Span<byte> bits = stackalloc byte[length];
        Fill(bits);
        Span<char> text = stackalloc char[length];
        for (var i = 0; i < length; i++)
        {
            text[i] = alphabet[bits[i] & 31];
        }

        return new string(text);
    }

    private ulong Next()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private void Fill(Span<byte> bytes)
    {
        if (!_seeded)
        {
#pragma warning disable RS0030 // This is the one source that others are sent to.
            RandomNumberGenerator.Fill(bytes);
#pragma warning restore RS0030
            return;
        }

        // SplitMix64 (Steele, Lea, Flood 2014).
        lock (_gate)
        {
            for (var i = 0; i < bytes.Length; i += 8)
            {
                var z = unchecked(_state += 0x9E3779B97F4A7C15UL);
                z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
                z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
                z ^= z >> 31;
                for (var k = 0; k < 8 && i + k < bytes.Length; k++)
                {
                    bytes[i + k] = (byte)(z >> (8 * k));
                }
            }
        }
    }
}
