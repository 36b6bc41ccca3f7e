using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>
/// 纯签约, signing without payment: what its four ways share. The user signs on WeChat's page; the result comes only by the
/// contract notification or by asking querycontract.
/// </summary>
public abstract record SigningRequest
{
    private protected SigningRequest()
    {
    }

    /// <summary><c>appid</c> of the app that starts the signing (official account, mobile app or mini program), bound to the merchant number.</summary>
    public required string AppId { get; init; }

    /// <summary><c>plan_id</c>: number of WeChat's template; digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>contract_code</c>: the merchant's contract number, 1–32 letters and digits; always a fresh one.</summary>
    public required string ContractNumber { get; init; }

    /// <summary><c>request_serial</c>: orders requests; 1 to 999999999999, unique, never a key for queries.</summary>
    public required long SigningSequence { get; init; }

    /// <summary><c>contract_display_account</c>: the account name that the user sees, 1–64 characters without emoji; avoid blanks and punctuation; never a WeChat nickname.</summary>
    public required string DisplayAccount { get; init; }

    /// <summary><c>notify_url</c>: where the signing result goes; http or https, at most 256 characters, no query. Given raw: it is encoded where it must be.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary><c>timestamp</c>; null takes the client's clock.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Number only.</summary>
    public sealed override string ToString() => $"signing {ContractNumber}";
}

/// <summary>
/// 公众号纯签约 (<c>/papay/entrustweb</c>): an address that a page inside WeChat opens by <c>location.href</c>, with
/// <c>&lt;meta name="referrer" content="no-referrer-when-downgrade"&gt;</c>. See <c>https://pay.weixin.qq.com/doc/v2/merchant/4011986768</c>.
/// </summary>
public sealed record OfficialAccountSigning : SigningRequest
{
    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>return_web</c> 1: afterwards the browser goes back to the referring page, which then gets <c>from_wxpay=1</c>.</summary>
    public bool ReturnsToReferrer { get; init; }

    /// <summary><c>outerid</c>: multi-account signing, by arrangement with WeChat only, at most 32.</summary>
    public string? OuterId { get; init; }
}

/// <summary>
/// APP 纯签约 (<c>/papay/preentrustweb</c>): reserves a session that the mobile app then opens in WeChat within 2 minutes. The
/// same parameters may be sent again for 2 hours. See <c>https://pay.weixin.qq.com/doc/v2/merchant/4011986804</c>.
/// </summary>
public sealed record AppSigning : SigningRequest
{
    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>return_app</c>: <c>Y</c> when true, <c>N</c> when false, left out when null (the user stays in WeChat).</summary>
    public bool? ReturnsToApp { get; init; }

    /// <summary><c>outerid</c>: multi-account signing, by arrangement with WeChat only, at most 32.</summary>
    public string? OuterId { get; init; }

    /// <summary>Algorithm; sent as <c>sign_type</c> when given. Null takes the merchant's.</summary>
    public SignType? SignType { get; init; }
}

/// <summary>
/// H5 纯签约 (<c>/papay/h5entrustweb</c>): the server asks for an address that a mobile browser outside WeChat opens by
/// <c>location.href</c> (not <c>location.replace</c>). See <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987295</c>.
/// </summary>
public sealed record H5Signing : SigningRequest
{
    /// <summary><c>clientip</c>: the user's IPv4 or IPv6 address; the page refuses another one.</summary>
    public required string ClientIp { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>return_appid</c>: the mobile app to open afterwards, at most 32; needs a permission of the template.</summary>
    public string? ReturnAppId { get; init; }

    /// <summary><c>outerid</c>: multi-account signing, by arrangement with WeChat only, at most 32.</summary>
    public string? OuterId { get; init; }
}

/// <summary>
/// 小程序纯签约: the parameters with which a mini program opens WeChat's signing mini program; no call of the server.
/// See <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987274</c>.
/// </summary>
public sealed record MiniProgramSigning : SigningRequest;

/// <summary>The reply to <see cref="AppSigning"/>.</summary>
public sealed record AppSigningReply
{
    internal AppSigningReply(V2Message message)
    {
        Raw = message;
        PreSigningId = message.GetString("pre_entrustweb_id"u8) ?? "";
        MiniProgramUserName = message.Text("miniprogram_username"u8);
        MiniProgramPath = message.Text("miniprogram_path"u8);
    }

    /// <summary><c>pre_entrustweb_id</c>: the session, at most 128 characters; to be opened within 2 minutes.</summary>
    public string PreSigningId { get; }

    /// <summary><c>miniprogram_username</c> for <c>WXLaunchMiniProgram</c>; null for merchants who open the page by <c>WXOpenBusinessWebview</c>.</summary>
    public string? MiniProgramUserName { get; }

    /// <summary><c>miniprogram_path</c> for <c>WXLaunchMiniProgram</c>.</summary>
    public string? MiniProgramPath { get; }

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }
}

/// <summary>The reply to <see cref="H5Signing"/>. WeChat does not sign it.</summary>
public sealed record H5SigningReply
{
    internal H5SigningReply(V2Message message)
    {
        Raw = message;
        RedirectUrl = message.GetString("redirect_url"u8) ?? "";
    }

    /// <summary><c>redirect_url</c>: valid 10 minutes, once.</summary>
    public string RedirectUrl { get; }

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }
}
