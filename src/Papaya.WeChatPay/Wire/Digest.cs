using System.Security.Cryptography;

namespace Papaya.WeChatPay.Wire;

/// <summary>The two digests of V2.</summary>
internal static class Digest
{
    /// <summary>Writes the digest of the whole string to sign as upper-case hexadecimal digits and returns their number.</summary>
    public static int Write(ReadOnlySpan<byte> text, ApiV2Key key, SignType type, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[32];
        var length = Compute(text, key, type, hash);
        Hex.WriteUpper(hash[..length], destination);
        return 2 * length;
    }

    /// <summary>Computes the raw digest and returns its length: 16 or 32 bytes.</summary>
    public static int Compute(ReadOnlySpan<byte> text, ApiV2Key key, SignType type, Span<byte> hash)
    {
        if (type == SignType.HmacSha256)
        {
            return HMACSHA256.HashData(key.Bytes, text, hash);
        }

        Md5.HashData(text, hash);
        return Md5.HashSizeInBytes;
    }
}
