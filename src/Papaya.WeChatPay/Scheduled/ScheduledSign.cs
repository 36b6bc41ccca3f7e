using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Scheduled;

/// <summary>The one debit that the user agrees to.</summary>
/// <param name="Day"><c>estimated_deduct_date</c>: the day in Beijing on which the debit may run. It is booked on the day before, from 08:00 to 19:30.</param>
/// <param name="AmountFen"><c>estimated_deduct_amount.total</c> in fen: booking and debit must name exactly this amount.</param>
/// <param name="Description"><c>description</c>: what is bought, at most 127 characters.</param>
public sealed record ScheduledDebit(DateOnly Day, long AmountFen, string Description);

/// <summary>
/// 预约扣费签约的预签约: opens a session, valid 10 minutes, in which the user signs a contract for one debit on one day. The product
/// is not an upgrade of periodic debits: after its debit the contract ends
/// (<c>https://pay.weixin.qq.com/docs/merchant/apis/entrusted-payment/normal/normal-app-scheduled-deduct-pre-sign.html</c>).
/// </summary>
public sealed record ScheduledSignRequest : IPartyRequest
{
    /// <summary><c>appid</c> (a provider's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary><c>plan_id</c>: the template, digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>out_contract_code</c>: at most 32 letters and digits, never to be used again, signed or not.</summary>
    public required string ContractNumber { get; init; }

    /// <summary><c>contract_display_account</c>: whose account it is, as the user sees it; at most 64 characters, no emoji.</summary>
    public required string DisplayAccount { get; init; }

    /// <summary><c>contract_notify_url</c>: https, at most 256 characters, no query.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary><c>deduct_schedule</c>.</summary>
    public required ScheduledDebit Debit { get; init; }

    /// <summary><c>openid</c> under <see cref="AppId"/> (<c>sp_openid</c>); at most 128 characters.</summary>
    public string? OpenId { get; init; }

    /// <summary><c>sub_openid</c>: the user under the sub-merchant's app; only for service providers.</summary>
    public string? SubOpenId { get; init; }

    /// <summary><c>out_user_code</c>: the merchant's number of the user, at most 32 characters (WeChat's pages also say 64).</summary>
    public string? UserCode { get; init; }

    /// <summary><c>jump_control.jump_appid</c>: the app to come back to; only in a mobile browser (H5).</summary>
    public string? JumpAppId { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary>Contract number only.</summary>
    public override string ToString() => $"signing {ContractNumber}";
}

/// <summary>Where to send the user's browser, within 10 minutes.</summary>
public sealed record ScheduledRedirect
{
    private ScheduledRedirect(string url) => RedirectUrl = url;

    /// <summary><c>redirect_url</c>.</summary>
    public string RedirectUrl { get; }

    internal static ScheduledRedirect? Read(JsonElement json) => json.Text("redirect_url") is { } url ? new(url) : null;
}

/// <summary>What the app or mini program needs to open the signing page, within 10 minutes.</summary>
public sealed record ScheduledPreSign
{
    private ScheduledPreSign(string id, JsonElement json)
    {
        PreSignId = id;
        AppId = json.Text("redirect_appid");
        Path = json.Text("redirect_path") ?? json.Text("miniprogram_path") ?? json.Text("mini_program_path");
        UserName = json.Text("miniprogram_username") ?? json.Text("mini_program_username");
        RedirectUrl = json.Text("redirect_url");
    }

    /// <summary><c>pre_entrustweb_id</c>.</summary>
    public string PreSignId { get; }

    /// <summary><c>redirect_appid</c>: the mini program to navigate to.</summary>
    public string? AppId { get; }

    /// <summary><c>redirect_path</c>, in apps <c>miniprogram_path</c> (multi-device: <c>mini_program_path</c>).</summary>
    public string? Path { get; }

    /// <summary><c>miniprogram_username</c> (multi-device: <c>mini_program_username</c>).</summary>
    public string? UserName { get; }

    /// <summary><c>redirect_url</c>: the address to show as a QR code (multi-device only).</summary>
    public string? RedirectUrl { get; }

    internal static ScheduledPreSign? Read(JsonElement json) => json.Text("pre_entrustweb_id") is { } id ? new(id, json) : null;
}
