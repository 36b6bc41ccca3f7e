using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// <c>req_info</c> of refund notifications: base64 of AES-256-ECB with PKCS#7 under the lower-case hex MD5 of the APIv2 key
/// (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011940955</c>).
/// </summary>
public static class RefundCipher
{
    /// <summary>Encrypts the inner document; what WeChat does.</summary>
    public static string Encrypt(ReadOnlySpan<byte> plain, ApiV2Key key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Encrypt(plain, key.RefundKey);
    }

    /// <summary>Decrypts <c>req_info</c>; false when it is not base64 or was not encrypted under this key.</summary>
    public static bool TryDecrypt(ReadOnlySpan<byte> base64, ApiV2Key key, out byte[] plain)
    {
        ArgumentNullException.ThrowIfNull(key);
        return TryDecrypt(base64, key.RefundKey, out plain);
    }

    /// <summary>Decrypts <c>req_info</c>; false when it is not base64 or was not encrypted under this key.</summary>
    public static bool TryDecrypt(string base64, ApiV2Key key, out byte[] plain)
    {
        ArgumentNullException.ThrowIfNull(base64);
        return TryDecrypt(Encoding.UTF8.GetBytes(base64), key, out plain);
    }

    internal static string Encrypt(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> aesKey)
    {
        using var aes = Aes.Create();
        aes.Key = aesKey.ToArray();
        return Convert.ToBase64String(aes.EncryptEcb(plain, PaddingMode.PKCS7));
    }

    internal static bool TryDecrypt(ReadOnlySpan<byte> base64, ReadOnlySpan<byte> aesKey, out byte[] plain)
    {
        plain = [];
        var cipher = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (Base64.DecodeFromUtf8(base64, cipher, out var consumed, out var length) != System.Buffers.OperationStatus.Done
            || consumed != base64.Length || length == 0 || length % 16 != 0)
        {
            return false;
        }

        using var aes = Aes.Create();
        aes.Key = aesKey.ToArray();
        var buffer = new byte[length];
        try
        {
            if (!aes.TryDecryptEcb(cipher.AsSpan(0, length), buffer, PaddingMode.PKCS7, out var written))
            {
                return false;
            }

            plain = buffer[..written];
            return true;
        }
        catch (CryptographicException)
        {
            // Wrong padding: another key, or not encrypted at all.
            return false;
        }
    }
}
