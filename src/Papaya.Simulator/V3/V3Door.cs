using System.Security.Cryptography;
using System.Text;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>A request as it came in.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Target">Path and query, as sent: they are signed.</param>
/// <param name="Accept">Header.</param>
/// <param name="Agent">Header User-Agent.</param>
/// <param name="Authorization">Header.</param>
/// <param name="PlatformSerial">Header Wechatpay-Serial.</param>
/// <param name="Body">The raw bytes.</param>
internal sealed record V3Request(string Method, string Target, string Accept, string Agent, string Authorization, string PlatformSerial, byte[] Body)
{
    /// <summary>The machine's timestamp when it came.</summary>
    public long Began { get; init; }
}

/// <summary>Who called, and whether by the machine's time instead of the test clock's; or the refusal.</summary>
internal readonly record struct V3Caller(V3Authorization? Who, bool KeepsMachineTime, int Status, byte[]? Refusal);

/// <summary>
/// What WeChat looks at before the parameters: headers, the form of the Authorization, its time, the merchant, the certificate's serial, the
/// signature; in this order (<c>docs/reference/wechat-rules.md</c>).
/// </summary>
internal static class V3Door
{
    /// <summary>How far the timestamp may be from the time.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string BadSignature = "错误的签名，验签失败";
    private const string BadSerial = "商户证书序列号有误。请使用签名私钥匹配的证书序列号";

    /// <summary>What can be said without looking anybody up.</summary>
    public static V3Caller Look(SimulatorState state, V3Rule rule, V3Request request)
    {
        if (request.Accept.Length == 0 || (rule.NeedsAgent && request.Agent.Length == 0))
        {
            return new(null, false, 400, V3Call.Refusal("INVALID_REQUEST", "Http头缺少Accept或User-Agent", null));
        }

        var isOrder = rule.Path.StartsWith("/v3/pay/transactions/", StringComparison.Ordinal);
        if (request.Authorization.Split(' ', 2) is not [var scheme, var values] || (isOrder && scheme == "Bearer"))
        {
            return Unsigned(isOrder ? "签名信息错误，验签失败" : "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》");
        }

        if (scheme != V3Signature.Scheme)
        {
            return Unsigned("Http头Authorization认证类型不正确");
        }

        if (V3Authorization.Parse(values) is not { } who)
        {
            return Unsigned(isOrder ? "签名信息错误，验签失败" : "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》");
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(who.Timestamp);
        var isVirtual = (at - state.Now).Duration() <= Tolerance;
        var isMachine = (at - state.MachineNow).Duration() <= Tolerance;
        return state.Switches["v3_clock"] switch
        {
            "virtual" when isVirtual => new(who, false, 0, null),
            "wall" when isMachine => new(who, true, 0, null),
            "both" when isVirtual || isMachine => new(who, !isVirtual, 0, null),
            _ => Unsigned("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"),
        };
    }

    /// <summary>Null when the signature holds.</summary>
    public static byte[]? WhyNot(MerchantKeys? keys, V3Authorization who, V3Request request)
    {
        var text = V3Signature.RequestText(request.Method, request.Target, who.Timestamp, who.Nonce, request.Body);
        if (keys is null)
        {
            return Mismatch("商户号不存在或商户证书序列号有误。", request, who, text);
        }

        if (!Same(keys.CertificateSerial, who.Serial))
        {
            return Mismatch(keys.FormerSerials?.Exists(s => Same(s, who.Serial)) == true ? "已更换证书，请使用新证书" : BadSerial, request, who, text);
        }

        var signature = new byte[1024];
        return Convert.TryFromBase64String(who.Signature, signature, out var length)
            && keys.PublicKey.VerifyData(text, signature.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ? null
            : Mismatch(BadSignature, request, who, text);
    }

    /// <summary>
    /// Under the lock that the call keeps. While the signature was looked at, the certificate may have been renewed or another world restored: what
    /// counts is whose keys they are now.
    /// </summary>
    public static byte[]? WhyNotAnyMore(SimulatorState state, ref Merchant? merchant, ref MerchantKeys? keys, V3Authorization who, V3Request request)
    {
        var checkedWith = keys;
        merchant = state.FindMerchant(who.MchId);
        keys = merchant is null ? null : state.Identities.Of(who.MchId);
        return ReferenceEquals(keys, checkedWith) && keys is not null ? null : WhyNot(keys, who, request);
    }

    private static bool Same(string serial, string given) => serial.Equals(given.Trim().TrimStart('0'), StringComparison.OrdinalIgnoreCase);

    private static V3Caller Unsigned(string message) => new(null, false, 401, V3Call.Refusal("SIGN_ERROR", message, null));

    /// <summary>The form of real traffic: what was signed, its body cut.</summary>
    private static byte[] Mismatch(string message, V3Request request, V3Authorization who, byte[] text) => V3Call.Write(json =>
    {
        json.WriteString("code", "SIGN_ERROR");
        json.WriteStartObject("detail");
        json.WriteStartObject("detail");
        json.WriteString("issue", "sign not match");
        json.WriteEndObject();
        json.WriteString("field", "signature");
        json.WriteString("location", "authorization");
        json.WriteStartObject("sign_information");
        json.WriteString("method", request.Method);
        json.WriteNumber("sign_message_length", text.Length);
        var body = Encoding.UTF8.GetString(request.Body);
        json.WriteString("truncated_sign_message", $"{request.Method}\n{request.Target}\n{who.Timestamp}\n{who.Nonce}\n{body[..Math.Min(8, body.Length)]}\n");
        json.WriteString("url", request.Target);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("message", message);
    });
}
