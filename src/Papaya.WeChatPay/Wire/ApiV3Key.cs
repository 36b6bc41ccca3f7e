using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// A merchant's APIv3 key, which opens callbacks and downloaded platform certificates. It never prints itself. V2 messages are
/// signed with another key (<see cref="ApiV2Key"/>).
/// </summary>
public sealed class ApiV3Key
{
    /// <summary>The only length that AEAD_AES_256_GCM takes, in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes;

    /// <summary>Takes the key as the merchant platform shows it: 32 letters and digits.</summary>
    /// <exception cref="ArgumentException">It is not 32 visible ASCII characters.</exception>
    public ApiV3Key(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != Length || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            // The value itself must not appear in the message.
            throw new ArgumentException($"An APIv3 key has 32 visible ASCII characters (length given: {key.Length}).", nameof(key));
        }

        _bytes = Encoding.ASCII.GetBytes(key);
    }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
