namespace Papaya.WeChatPay.Notifications;

/// <summary>
/// The headers that carry the signature of a V3 callback or reply. V2 notifications have none of them and are read all the same.
/// </summary>
/// <param name="Timestamp"><c>Wechatpay-Timestamp</c>: UNIX seconds.</param>
/// <param name="Nonce"><c>Wechatpay-Nonce</c>.</param>
/// <param name="Signature"><c>Wechatpay-Signature</c>, base64.</param>
/// <param name="Serial"><c>Wechatpay-Serial</c>: which key of WeChat Pay signed.</param>
/// <param name="SignatureType"><c>Wechatpay-Signature-Type</c>; absent means <see cref="Wire.V3Signature.Scheme"/>.</param>
public sealed record NotificationHeaders(string? Timestamp, string? Nonce, string? Signature, string? Serial, string? SignatureType = null)
{
    /// <summary>Picks the five headers.</summary>
    /// <param name="header">Gives the value of a header by its name (in any letter case), or null.</param>
    public static NotificationHeaders From(Func<string, string?> header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return new(
            header("Wechatpay-Timestamp"), header("Wechatpay-Nonce"), header("Wechatpay-Signature"), header("Wechatpay-Serial"),
            header("Wechatpay-Signature-Type"));
    }

    internal static NotificationHeaders From(HttpResponseMessage response) =>
        From(name => response.Headers.NonValidated.TryGetValues(name, out var values) && values.Count == 1 ? values.ToString() : null);
}
