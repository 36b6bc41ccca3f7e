using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>A merchant's APIv2 key. It never prints itself.</summary>
public sealed class ApiV2Key
{
    private readonly byte[] _suffix;
    private readonly int _prefixLength = "key="u8.Length;
    private byte[]? _refundKey;

    /// <summary>Takes the key as the merchant platform shows it (usually 32 letters and digits).</summary>
    /// <exception cref="ArgumentException">The key is empty or holds blanks or characters outside ASCII.</exception>
    public ApiV2Key(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length == 0 || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            // The value itself must not appear in the message.
            throw new ArgumentException($"An APIv2 key has only visible ASCII characters and is not empty (length given: {key.Length}).", nameof(key));
        }

        _suffix = Encoding.ASCII.GetBytes("key=" + key);
    }

    /// <summary>True for 32 letters and digits, the only shape that the merchant platform accepts today.</summary>
    public bool HasUsualShape => Bytes.Length == 32 && Encoding.ASCII.GetString(Bytes).All(char.IsAsciiLetterOrDigit);

    /// <summary>The key's bytes.</summary>
    internal ReadOnlySpan<byte> Bytes => _suffix.AsSpan(_prefixLength);

    /// <summary><c>key=</c> and the key: what ends every string to sign.</summary>
    internal ReadOnlySpan<byte> Suffix => _suffix;

    /// <summary>The AES-256 key of refund notifications: the 32 lower-case hex digits of the key's MD5, as ASCII.</summary>
    internal ReadOnlySpan<byte> RefundKey => _refundKey ??= DeriveRefundKey();

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    private byte[] DeriveRefundKey()
    {
        Span<byte> hash = stackalloc byte[Md5.HashSizeInBytes];
        Md5.HashData(Bytes, hash);
        var hex = new byte[2 * Md5.HashSizeInBytes];
        Hex.WriteLower(hash, hex);
        return hex;
    }
}
