using System.Globalization;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>The headers that carry WeChat's signature of a reply or a callback.</summary>
internal static class V3Headers
{
    /// <summary>Signs.</summary>
    /// <param name="signer">Whose key.</param>
    /// <param name="at">The timestamp.</param>
    /// <param name="nonce">32 characters.</param>
    /// <param name="body">The bytes as they leave; empty for a reply without a body.</param>
    /// <param name="isWrong">A signature that does not fit.</param>
    public static KeyValuePair<string, string>[] Sign(PlatformIdentity signer, DateTimeOffset at, string nonce, ReadOnlySpan<byte> body, bool isWrong = false)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = V3Signature.Sign(signer.Key, V3Signature.ReplyText(timestamp, isWrong ? nonce + "0" : nonce, body));
        return Headers(signer, timestamp, nonce, signature);
    }

    /// <summary>One of WeChat's deliberate fakes: the receiver must refuse it.</summary>
    public static KeyValuePair<string, string>[] Probe(PlatformIdentity signer, DateTimeOffset at, string nonce, ReadOnlySpan<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var real = V3Signature.Sign(signer.Key, V3Signature.ReplyText(timestamp, nonce, body));
        return Headers(signer, timestamp, nonce, V3Signature.ProbePrefix + real[V3Signature.ProbePrefix.Length..]);
    }

    private static KeyValuePair<string, string>[] Headers(PlatformIdentity signer, string timestamp, string nonce, string signature) =>
    [
        new("Wechatpay-Timestamp", timestamp), new("Wechatpay-Nonce", nonce), new("Wechatpay-Signature", signature), new("Wechatpay-Serial", signer.Id),
        new("Wechatpay-Signature-Type", V3Signature.Scheme),
    ];
}
