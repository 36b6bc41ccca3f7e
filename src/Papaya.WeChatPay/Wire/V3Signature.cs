using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Notifications;

namespace Papaya.WeChatPay.Wire;

/// <summary>Outcome of checking a V3 signature.</summary>
public enum V3Verdict
{
    /// <summary>It fits the bytes, the key and the clock.</summary>
    Valid,

    /// <summary>One of the headers is missing or has no sensible value.</summary>
    Missing,

    /// <summary>One of WeChat's deliberate fakes (<c>WECHATPAY/SIGNTEST/</c>): to be refused like every other bad signature.</summary>
    Probe,

    /// <summary>The timestamp is too far from the clock.</summary>
    Stale,

    /// <summary><c>Wechatpay-Serial</c> names a key that is not known here, or a certificate that has ended.</summary>
    UnknownKey,

    /// <summary>The signature does not fit.</summary>
    Mismatch,
}

/// <summary>
/// V3 signing: lines that each end with a line feed, SHA-256, RSA PKCS #1 v1.5, base64
/// (https://pay.weixin.qq.com/doc/v3/merchant/4012365336, verification https://pay.weixin.qq.com/doc/v3/merchant/4013053249).
/// </summary>
public static class V3Signature
{
    /// <summary>Name of the scheme, in the Authorization header and in <c>Wechatpay-Signature-Type</c>.</summary>
    public const string Scheme = "WECHATPAY2-SHA256-RSA2048";

    /// <summary>How the signatures of WeChat's probes begin.</summary>
    public const string ProbePrefix = "WECHATPAY/SIGNTEST/";

    // 4096-bit keys sign with 512 bytes, which are 684 characters of base64.
    private const int LongestSignature = 512;

    /// <summary>The five lines of a request: method, path with query, timestamp, nonce, body.</summary>
    public static byte[] RequestText(string method, string pathAndQuery, long timestamp, string nonce, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        ArgumentNullException.ThrowIfNull(nonce);
        var buffer = new byte[MaxLength(method, pathAndQuery, nonce, body.Length)];
        return buffer[..WriteRequest(buffer, method, pathAndQuery, timestamp, nonce, body)];
    }

    /// <summary>The three lines of a reply or callback: timestamp, nonce, body. The timestamp is taken as received.</summary>
    public static byte[] ReplyText(string timestamp, string nonce, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        ArgumentNullException.ThrowIfNull(nonce);
        var buffer = new byte[(3 * (timestamp.Length + nonce.Length)) + body.Length + 3];
        return buffer[..WriteReply(buffer, timestamp, nonce, body)];
    }

    /// <summary>The four lines that open the cashier for a V3 prepay_id: the last is <c>prepay_id=…</c>, in apps the bare id.</summary>
    public static byte[] InvocationText(string appId, string timestamp, string nonce, string package) =>
        Encoding.UTF8.GetBytes($"{appId}\n{timestamp}\n{nonce}\n{package}\n");

    /// <summary>Signs a request; the result is base64.</summary>
    public static string SignRequest(RSA key, string method, string pathAndQuery, long timestamp, string nonce, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        ArgumentNullException.ThrowIfNull(nonce);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxLength(method, pathAndQuery, nonce, body.Length));
        try
        {
            return Sign(key, buffer.AsSpan(0, WriteRequest(buffer, method, pathAndQuery, timestamp, nonce, body)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Signs any bytes; the result is base64.</summary>
    public static string Sign(RSA key, ReadOnlySpan<byte> text)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> signature = stackalloc byte[LongestSignature];
        return Convert.ToBase64String(signature[..key.SignData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)]);
    }

    /// <summary>Checks a reply or callback over the bytes received.</summary>
    /// <param name="keys">WeChat Pay's keys.</param>
    /// <param name="headers">The signature's headers.</param>
    /// <param name="body">The raw body; empty for a reply without one (HTTP 204).</param>
    /// <param name="now">The time.</param>
    /// <param name="tolerance">How far the timestamp may be from it, before or after, and the end of a certificate before it.</param>
    public static V3Verdict Verify(PlatformKeys keys, NotificationHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan tolerance)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(headers);
        if (headers is not { Timestamp: { Length: > 0 and <= 20 } timestamp, Nonce: { Length: > 0 and <= 128 } nonce }
            || headers is not { Signature: { Length: > 0 } signature, Serial: { Length: > 0 and <= 128 } serial })
        {
            return V3Verdict.Missing;
        }

        if (signature.StartsWith(ProbePrefix, StringComparison.Ordinal))
        {
            return V3Verdict.Probe;
        }

        if (headers.SignatureType is { Length: > 0 } scheme && scheme != Scheme)
        {
            return V3Verdict.Mismatch;
        }

        // Milliseconds, a sign or a blank are no UNIX seconds. A range in ticks cannot overflow here.
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799)
        {
            return V3Verdict.Missing;
        }

        if ((DateTimeOffset.FromUnixTimeSeconds(seconds) - now).Duration() > tolerance)
        {
            return V3Verdict.Stale;
        }

        return keys.Find(serial) is not { } key || key.HasEnded(now, tolerance) ? V3Verdict.UnknownKey
            : Verifies(key, timestamp, nonce, body, signature) ? V3Verdict.Valid
            : V3Verdict.Mismatch;
    }

    /// <summary>The value of the Authorization header.</summary>
    internal static string Authorization(string merchantNumber, string serial, string nonce, long timestamp, string signature) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Scheme} mchid=\"{merchantNumber}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{timestamp}\",serial_no=\"{serial}\"");

    private static bool Verifies(PlatformKey key, string timestamp, string nonce, ReadOnlySpan<byte> body, string signature)
    {
        Span<byte> raw = stackalloc byte[LongestSignature];
        if (signature.Length > 4 * ((LongestSignature + 2) / 3) || !Convert.TryFromBase64String(signature, raw, out var length))
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((3 * (timestamp.Length + nonce.Length)) + body.Length + 3);
        try
        {
            return key.Verifies(buffer.AsSpan(0, WriteReply(buffer, timestamp, nonce, body)), raw[..length]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int MaxLength(string method, string pathAndQuery, string nonce, int body) =>
        (3 * (method.Length + pathAndQuery.Length + nonce.Length)) + 20 + body + 5;

    private static int WriteRequest(Span<byte> buffer, string method, string pathAndQuery, long timestamp, string nonce, ReadOnlySpan<byte> body)
    {
        var at = Line(buffer, 0, method);
        at = Line(buffer, at, pathAndQuery);
        _ = Utf8Formatter.TryFormat(timestamp, buffer[at..], out var digits);
        buffer[at + digits] = (byte)'\n';
        at = Line(buffer, at + digits + 1, nonce);
        return Line(buffer, at, body);
    }

    private static int WriteReply(Span<byte> buffer, string timestamp, string nonce, ReadOnlySpan<byte> body) =>
        Line(buffer, Line(buffer, Line(buffer, 0, timestamp), nonce), body);

    private static int Line(Span<byte> buffer, int at, string text)
    {
        at += Encoding.UTF8.GetBytes(text, buffer[at..]);
        buffer[at] = (byte)'\n';
        return at + 1;
    }

    private static int Line(Span<byte> buffer, int at, ReadOnlySpan<byte> body)
    {
        body.CopyTo(buffer[at..]);
        buffer[at + body.Length] = (byte)'\n';
        return at + body.Length + 1;
    }
}
