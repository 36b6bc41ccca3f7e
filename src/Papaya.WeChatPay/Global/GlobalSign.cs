using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Global;

/// <summary>
/// Overseas pre-signing (<c>https://pay.weixin.qq.com/wiki/doc/api_external/ch/apis/chapter5_1_1.shtml</c> and its siblings): opens a session
/// in which the user signs. Which of the optional members count depends on the channel; the others must be null.
/// </summary>
public sealed record GlobalSignRequest : IPartyRequest
{
    /// <summary><c>appid</c> (an institution's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary><c>plan_id</c>: the template, digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>out_contract_code</c>: at most 32 letters and digits.</summary>
    public required string ContractNumber { get; init; }

    /// <summary><c>user_display_name</c>: whose account it is, as the user sees it; at most 32 characters, no emoji.</summary>
    public required string DisplayName { get; init; }

    /// <summary><c>success_notify_url</c>: https, at most 256 characters, no query.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary><c>expired_time</c>: when the contract ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary><c>openid</c>: in apps, mini programs and official accounts; at most 128 characters.</summary>
    public string? OpenId { get; init; }

    /// <summary><c>user_client_ip</c>: in apps, mini programs and H5, where it is required and must be the device's.</summary>
    public string? ClientIp { get; init; }

    /// <summary><c>return_url</c>: in official accounts, H5 and on the web; at most 256 characters.</summary>
    public string? ReturnUrl { get; init; }

    /// <summary><c>return_appid</c>: in H5.</summary>
    public string? ReturnAppId { get; init; }

    /// <summary>The sub-merchant when an institution calls.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary>Contract number only.</summary>
    public override string ToString() => $"signing {ContractNumber}";
}

/// <summary>A session for an app or mini program.</summary>
public sealed record GlobalSession
{
    private GlobalSession(string id) => SessionId = id;

    /// <summary><c>session_id</c>.</summary>
    public string SessionId { get; }

    internal static GlobalSession? Read(JsonElement json) => json.Text("session_id") is { } id ? new(id) : null;
}

/// <summary>An address for the user.</summary>
public sealed record GlobalAddress
{
    private GlobalAddress(string url) => Url = url;

    /// <summary><c>sign_url</c>, to open; on the web <c>show_code_url</c>, to show as a QR code.</summary>
    public string Url { get; }

    internal static GlobalAddress? Read(JsonElement json) => (json.Text("show_code_url") ?? json.Text("sign_url")) is { } url ? new(url) : null;
}
