using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// The two encryptions of V3: AEAD_AES_256_GCM under the APIv3 key for callbacks and downloaded certificates
/// (https://pay.weixin.qq.com/doc/v3/merchant/4012071382), RSA-OAEP with SHA-1 under WeChat Pay's key for sensitive fields.
/// </summary>
public static class V3Cipher
{
    private const int TagLength = 16;
    private const int NonceLength = 12;

    /// <summary>Opens a resource; false when it was not encrypted under this key or was changed.</summary>
    /// <param name="key">The APIv3 key.</param>
    /// <param name="nonce"><c>nonce</c>: 12 ASCII characters.</param>
    /// <param name="associatedData"><c>associated_data</c>; may be empty.</param>
    /// <param name="ciphertext"><c>ciphertext</c>: base64 of the encrypted bytes and a tag of 16 bytes.</param>
    /// <param name="plain">The bytes; null on failure.</param>
    public static bool TryOpen(ApiV3Key key, string nonce, string associatedData, string ciphertext, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? plain)
    {
        ArgumentNullException.ThrowIfNull(key);
        return TryOpen(key.Bytes, nonce, associatedData, ciphertext, out plain);
    }

    /// <summary>Encrypts a resource as WeChat does, for simulations and tests; the result is base64 with the tag at its end.</summary>
    public static string Seal(ApiV3Key key, string nonce, string associatedData, ReadOnlySpan<byte> plain)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Seal(key.Bytes, nonce, associatedData, plain);
    }

    /// <summary>Encrypts a sensitive request field; the request must then name the key in <c>Wechatpay-Serial</c>.</summary>
    /// <exception cref="ArgumentException">The text is longer than the key allows (214 bytes for 2048 bits).</exception>
    public static string Encrypt(PlatformKey key, string text)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(text);
        var plain = Encoding.UTF8.GetBytes(text);
        return plain.Length > key.SensitiveLimit
            ? throw new ArgumentException($"A sensitive field has at most {key.SensitiveLimit} bytes of UTF-8 (given: {plain.Length}).", nameof(text))
            : Convert.ToBase64String(key.Encrypt(plain));
    }

    /// <summary>Opens a sensitive field of a reply with the merchant's private key; null when it was not encrypted for it.</summary>
    public static string? Decrypt(RSA key, string text)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(text);
        var encrypted = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, encrypted, out var length))
        {
            return null;
        }

        try
        {
            return new UTF8Encoding(false, true).GetString(key.Decrypt(encrypted.AsSpan(0, length), RSAEncryptionPadding.OaepSHA1));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Takes keys of 16 bytes too, which only published test vectors use.</summary>
    internal static bool TryOpen(ReadOnlySpan<byte> key, string nonce, string associatedData, string ciphertext, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? plain)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        ArgumentNullException.ThrowIfNull(associatedData);
        ArgumentNullException.ThrowIfNull(ciphertext);
        plain = null;
        if (nonce.Length != NonceLength || !Ascii.IsValid(nonce))
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(ciphertext.Length) + 3);
        try
        {
            if (!Convert.TryFromBase64String(ciphertext, buffer, out var length) || length < TagLength)
            {
                return false;
            }

            Span<byte> iv = stackalloc byte[NonceLength];
            Encoding.ASCII.GetBytes(nonce, iv);
            var result = new byte[length - TagLength];
            using var gcm = new AesGcm(key, TagLength);
            gcm.Decrypt(iv, buffer.AsSpan(0, result.Length), buffer.AsSpan(result.Length, TagLength), result, Encoding.UTF8.GetBytes(associatedData));
            plain = result;
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static string Seal(ReadOnlySpan<byte> key, string nonce, string associatedData, ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[plain.Length + TagLength];
        using var gcm = new AesGcm(key, TagLength);
        gcm.Encrypt(Encoding.ASCII.GetBytes(nonce), plain, sealedBytes.AsSpan(0, plain.Length), sealedBytes.AsSpan(plain.Length), Encoding.UTF8.GetBytes(associatedData));
        return Convert.ToBase64String(sealedBytes);
    }
}
