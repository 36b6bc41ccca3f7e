using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>Parameters of <c>getBrandWCPayRequest</c> (official account) and <c>wx.requestPayment</c> (mini program).</summary>
/// <param name="AppId"><c>appId</c>; signed in both, passed only in official accounts.</param>
/// <param name="TimeStamp"><c>timeStamp</c>: UNIX seconds, as text.</param>
/// <param name="NonceStr"><c>nonceStr</c>.</param>
/// <param name="Package"><c>package</c>: <c>prepay_id=…</c>.</param>
/// <param name="SignType"><c>signType</c>: <c>MD5</c> or <c>HMAC-SHA256</c>, the one of the order.</param>
/// <param name="PaySign"><c>paySign</c>.</param>
public sealed record JsApiInvocation(string AppId, string TimeStamp, string NonceStr, string Package, string SignType, string PaySign)
{
    /// <summary>The app only: whoever has the rest can open the cashier.</summary>
    public override string ToString() => $"JSAPI invocation for {AppId}";
}

/// <summary>Parameters of the mobile SDK's <c>PayReq</c>.</summary>
/// <param name="AppId"><c>appid</c>.</param>
/// <param name="PartnerId"><c>partnerid</c>: the merchant number.</param>
/// <param name="PrepayId"><c>prepayid</c>.</param>
/// <param name="Package"><c>package</c>: always <c>Sign=WXPay</c>.</param>
/// <param name="NonceStr"><c>noncestr</c>.</param>
/// <param name="TimeStamp"><c>timestamp</c>: UNIX seconds.</param>
/// <param name="Sign"><c>sign</c>.</param>
public sealed record AppInvocation(string AppId, string PartnerId, string PrepayId, string Package, string NonceStr, string TimeStamp, string Sign)
{
    /// <summary>The app only: whoever has the rest can open the cashier.</summary>
    public override string ToString() => $"APP invocation for {AppId}";
}

/// <summary>
/// What opens the cashier in each channel. The sign type must be the order's. NATIVE shows the reply's <c>code_url</c> as a QR code.
/// </summary>
public sealed class Invocations
{
    private readonly MerchantCredentials _merchant;
    private readonly TimeProvider _clock;
    private readonly NonceSource _nonces;

    private readonly V3Signer _v3;

    internal Invocations(MerchantCredentials merchant, TimeProvider clock, NonceSource nonces, V3Signer v3)
    {
        _v3 = v3;
        _merchant = merchant;
        _clock = clock;
        _nonces = nonces;
    }

    /// <summary>For official accounts and mini programs.</summary>
    /// <param name="appId">The app of the order.</param>
    /// <param name="prepayId">The reply's prepay_id.</param>
    /// <param name="signType">The order's sign type; null takes the merchant's.</param>
    public JsApiInvocation JsApi(string appId, string prepayId, SignType? signType = null) =>
        JsApi(_merchant, appId, prepayId, _nonces.Next(), _clock.GetUtcNow(), signType ?? _merchant.SignType);

    /// <summary>For mobile apps.</summary>
    /// <param name="appId">The app of the order.</param>
    /// <param name="prepayId">The reply's prepay_id.</param>
    /// <param name="signType">The order's sign type; null takes the merchant's.</param>
    public AppInvocation App(string appId, string prepayId, SignType? signType = null) =>
        App(_merchant, appId, prepayId, _nonces.Next(), _clock.GetUtcNow(), signType ?? _merchant.SignType);

    /// <summary>For official accounts and mini programs, for a prepay_id that came by V3: signed with the merchant's private key, <c>signType</c> RSA.</summary>
    /// <param name="appId">The app of the order.</param>
    /// <param name="prepayId">The reply's prepay_id.</param>
    /// <exception cref="PapayException">There is no certificate, or no V3 credentials.</exception>
    public JsApiInvocation V3JsApi(string appId, string prepayId)
    {
        ArgumentNullException.ThrowIfNull(appId);
        ArgumentNullException.ThrowIfNull(prepayId);
        var (time, nonce, package) = (BeijingTime.UnixSeconds(_clock.GetUtcNow()), _nonces.Next(), "prepay_id=" + prepayId);
        return new(appId, time, nonce, package, "RSA", _v3.Sign(V3OrderEndpoints.JsApi, V3Signature.InvocationText(appId, time, nonce, package)));
    }

    /// <summary>For mobile apps, for a prepay_id that came by V3.</summary>
    /// <param name="appId">The app of the order.</param>
    /// <param name="prepayId">The reply's prepay_id.</param>
    /// <exception cref="PapayException">There is no certificate, or no V3 credentials.</exception>
    public AppInvocation V3App(string appId, string prepayId)
    {
        ArgumentNullException.ThrowIfNull(appId);
        ArgumentNullException.ThrowIfNull(prepayId);
        var (time, nonce) = (BeijingTime.UnixSeconds(_clock.GetUtcNow()), _nonces.Next());
        var sign = _v3.Sign(V3OrderEndpoints.App, V3Signature.InvocationText(appId, time, nonce, prepayId));
        return new(appId, _merchant.MerchantNumber, prepayId, "Sign=WXPay", nonce, time, sign);
    }

    /// <summary>
    /// For mobile browsers: the address to open from a page of the registered domain, valid 5 minutes. The way back is no proof
    /// of payment: the page must ask the server.
    /// </summary>
    /// <param name="h5Url">The reply's mweb_url.</param>
    /// <param name="returnUrl">Where the browser goes afterwards; its domain must be registered too.</param>
    public static string H5(string h5Url, string? returnUrl = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(h5Url);
        return returnUrl is null ? h5Url : h5Url + (h5Url.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "redirect_url=" + Uri.EscapeDataString(returnUrl);
    }

    internal static JsApiInvocation JsApi(MerchantCredentials merchant, string appId, string prepayId, string nonce, DateTimeOffset at, SignType type)
    {
        var time = BeijingTime.UnixSeconds(at);
        var package = "prepay_id=" + prepayId;
        var sign = V2Signature.Compute(
            [new("appId", appId), new("nonceStr", nonce), new("package", package), new("signType", type.WireName()), new("timeStamp", time)],
            merchant.SigningKey, type);
        return new(appId, time, nonce, package, type.WireName(), sign);
    }

    internal static AppInvocation App(MerchantCredentials merchant, string appId, string prepayId, string nonce, DateTimeOffset at, SignType type)
    {
        const string Package = "Sign=WXPay";
        var time = BeijingTime.UnixSeconds(at);
        var sign = V2Signature.Compute(
            [new("appid", appId), new("noncestr", nonce), new("package", Package), new("partnerid", merchant.MerchantNumber), new("prepayid", prepayId), new("timestamp", time)],
            merchant.SigningKey, type);
        return new(appId, merchant.MerchantNumber, prepayId, Package, nonce, time, sign);
    }
}
