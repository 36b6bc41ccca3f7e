using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>Outcome of checking a sign.</summary>
public enum SignatureVerdict
{
    /// <summary>The sign fits the bytes and the key.</summary>
    Valid,

    /// <summary>There is no sign, or an empty one.</summary>
    Missing,

    /// <summary>The sign does not fit.</summary>
    Mismatch,
}

/// <summary>What a check found.</summary>
/// <param name="Verdict">Whether the sign fits.</param>
/// <param name="Type">The algorithm that was used.</param>
/// <param name="KeyIndex">Which key fits: 0 the newest, 1 the one before (WeChat signs with either for 15 days after a reset); -1 when none does.</param>
public readonly record struct SignatureCheck(SignatureVerdict Verdict, SignType Type, int KeyIndex)
{
    /// <summary>True when the sign fits.</summary>
    public bool IsValid => Verdict == SignatureVerdict.Valid;
}

/// <summary>What <c>sign explain</c> shows. The key is masked everywhere.</summary>
/// <param name="CanonicalText">The string to sign, ending in <c>&amp;key=***</c>.</param>
/// <param name="Received">The sign inside the message; null when there is none.</param>
/// <param name="Md5">The MD5 sign of these fields under the given key.</param>
/// <param name="HmacSha256">The HMAC-SHA256 sign of these fields under the given key.</param>
/// <param name="Type">The algorithm that the message is judged by (label, else length of its sign, else MD5).</param>
/// <param name="Matches">The algorithm whose sign is the received one; null when none fits.</param>
/// <param name="FirstDifference">First position at which the received sign differs from the expected one; null when equal or absent.</param>
/// <param name="LeftOut">Names of elements that are empty and therefore not signed.</param>
public sealed record SignatureExplanation(
    string CanonicalText, string? Received, string Md5, string HmacSha256, SignType Type, SignType? Matches, int? FirstDifference,
    IReadOnlyList<string> LeftOut)
{
    /// <summary>The sign that the message should carry.</summary>
    public string Expected => Type == SignType.Md5 ? Md5 : HmacSha256;

    /// <summary>The verdict only: the text holds personal data, and a sign that fits is a secret.</summary>
    public override string ToString() => Matches is { } type ? $"fits by {type.WireName()}" : $"does not fit ({Type.WireName()})";
}

/// <summary>
/// V2 signing: every non-empty field but <c>sign</c>, sorted by the bytes of its name, joined raw, then the key
/// (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011985891</c>).
/// </summary>
public static class V2Signature
{
    private static readonly ulong SignPrefix = FieldSlot.PrefixOf("sign"u8);

    /// <summary>Computes the sign over everything that was received, unknown fields included.</summary>
    public static string Compute(V2Message message, ApiV2Key key, SignType type)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> hash = stackalloc byte[32];
        return Convert.ToHexString(hash[..Hash(message, key, type, hash)]);
    }

    /// <summary>Computes the sign of loose fields; nulls, empty values and <c>sign</c> are left out.</summary>
    /// <exception cref="InvalidOperationException">Two fields have the same name.</exception>
    public static string Compute(IEnumerable<KeyValuePair<string, string?>> fields, ApiV2Key key, SignType type)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(key);
        using var text = new CanonicalText();
        foreach (var (name, value) in fields)
        {
            if (!string.IsNullOrEmpty(value) && name != "sign")
            {
                text.Add(Encoding.UTF8.GetBytes(name), value);
            }
        }

        Span<byte> sign = stackalloc byte[64];
        return Encoding.ASCII.GetString(sign[..text.Sign(key, type, sign)]);
    }

    /// <summary>Checks a received message over its bytes, against one key.</summary>
    /// <param name="message">The message as received.</param>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The algorithm when neither <c>sign_type</c> nor the length of the sign tells.</param>
    public static SignatureCheck Verify(V2Message message, ApiV2Key key, SignType fallback = SignType.Md5)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Verify(message, [key], fallback);
    }

    /// <summary>Checks a received message over its bytes.</summary>
    /// <param name="message">The message as received.</param>
    /// <param name="keys">The keys to try in turn, newest first.</param>
    /// <param name="fallback">The algorithm when neither <c>sign_type</c> nor the length of the sign tells.</param>
    public static SignatureCheck Verify(V2Message message, IReadOnlyList<ApiV2Key> keys, SignType fallback = SignType.Md5)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(keys);
        message.TryGet("sign"u8, out var received);
        return Check(message, received, keys, TypeOf(message, received, fallback));
    }

    /// <summary>
    /// Checks a reply over its bytes: WeChat signs it with the algorithm of the request (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011985891</c>).
    /// Neither a label nor the length of the sign can choose a weaker one.
    /// </summary>
    /// <param name="message">The reply as received.</param>
    /// <param name="keys">The keys to try in turn, newest first.</param>
    /// <param name="required">The algorithm of the request.</param>
    internal static SignatureCheck VerifyReply(V2Message message, IReadOnlyList<ApiV2Key> keys, SignType required)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(keys);
        message.TryGet("sign"u8, out var received);
        return Check(message, received, keys, required);
    }

    /// <summary>The string to sign of a message, with the key masked.</summary>
    public static string CanonicalText(V2Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var buffer = new byte[CanonicalLength(message, 0)];
        var length = WriteCanonical(message, buffer);
        return Encoding.UTF8.GetString(buffer, 0, length) + "key=***";
    }

    /// <summary>Everything a person needs to see why a sign does or does not fit.</summary>
    public static SignatureExplanation Explain(V2Message message, ApiV2Key key)
    {
        ArgumentNullException.ThrowIfNull(message);
        message.TryGet("sign"u8, out var given);
        var type = TypeOf(message, given, SignType.Md5);
        var md5 = Compute(message, key, SignType.Md5);
        var hmac = Compute(message, key, SignType.HmacSha256);
        var received = message.GetString("sign"u8) is { Length: > 0 } sign ? sign : null;
        SignType? matches = string.Equals(received, md5, StringComparison.OrdinalIgnoreCase) ? SignType.Md5
            : string.Equals(received, hmac, StringComparison.OrdinalIgnoreCase) ? SignType.HmacSha256
            : null;
        var leftOut = message.Fields.Where(f => f.Value.Length == 0).Select(f => f.Key).ToArray();
        return new(CanonicalText(message), received, md5, hmac, type, matches, FirstDifference(received, type == SignType.Md5 ? md5 : hmac), leftOut);
    }

    private static SignatureCheck Check(V2Message message, ReadOnlySpan<byte> received, IReadOnlyList<ApiV2Key> keys, SignType type)
    {
        if (received.IsEmpty)
        {
            return new(SignatureVerdict.Missing, type, -1);
        }

        // Digits of either case are read, so that the comparison is over raw digests and in constant time.
        Span<byte> expected = stackalloc byte[32];
        Span<byte> digest = stackalloc byte[type.HexLength() / 2];
        if (!Hex.TryRead(received, digest))
        {
            return new(SignatureVerdict.Mismatch, type, -1);
        }

        for (var i = 0; i < keys.Count; i++)
        {
            Hash(message, keys[i], type, expected);
            if (CryptographicOperations.FixedTimeEquals(expected[..digest.Length], digest))
            {
                return new(SignatureVerdict.Valid, type, i);
            }
        }

        return new(SignatureVerdict.Mismatch, type, -1);
    }

    private static int? FirstDifference(string? received, string expected)
    {
        if (received is null || string.Equals(received, expected, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var at = 0;
        while (at < received.Length && at < expected.Length && char.ToUpperInvariant(received[at]) == expected[at])
        {
            at++;
        }

        return at;
    }

    // The label wins, then the length of the sign: notifications of contracts signed by HMAC may come without a label.
    private static SignType TypeOf(V2Message message, ReadOnlySpan<byte> sign, SignType fallback) =>
        (message.TryGet("sign_type"u8, out var label) ? SignTypes.Parse(label) : null) ?? SignTypes.FromHexLength(sign.Length) ?? fallback;

    private static int Hash(V2Message message, ApiV2Key key, SignType type, Span<byte> hash)
    {
        // Not on the stack: clearing two kilobytes of it would cost more than borrowing them.
        var buffer = ArrayPool<byte>.Shared.Rent(CanonicalLength(message, key.Suffix.Length) + 64);
        var end = WriteCanonical(message, buffer);
        var suffix = buffer.AsSpan(end, key.Suffix.Length);
        try
        {
            key.Suffix.CopyTo(suffix);
            return Digest.Compute(buffer.AsSpan(0, end + suffix.Length), key, type, hash);
        }
        finally
        {
            // The key must not stay in the pool.
            CryptographicOperations.ZeroMemory(suffix);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int CanonicalLength(V2Message message, int suffix)
    {
        foreach (ref readonly var slot in message.Sorted)
        {
            suffix += slot.NameLength + slot.ValueLength + 2;
        }

        return suffix;
    }

    private static int WriteCanonical(V2Message message, Span<byte> buffer)
    {
        var at = 0;
        foreach (ref readonly var slot in message.Sorted)
        {
            if (slot.ValueLength == 0 || (slot.Prefix == SignPrefix && slot.NameLength == 4))
            {
                continue;
            }

            at += message.WriteAssignment(slot, buffer[at..]);
        }

        return at;
    }
}
