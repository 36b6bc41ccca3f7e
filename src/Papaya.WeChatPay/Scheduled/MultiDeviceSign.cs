namespace Papaya.WeChatPay.Scheduled;

/// <summary><c>sign_scene</c>.</summary>
public enum SignScene
{
    /// <summary><c>SIGN_SCENE_APP</c>: an app, HarmonyOS included.</summary>
    App,

    /// <summary><c>SIGN_SCENE_QRCODE</c>: a QR code on another device.</summary>
    QrCode,
}

/// <summary><c>device_type</c>.</summary>
public enum DeviceKind
{
    /// <summary><c>DEVICE_TYPE_UNKNOW</c> (WeChat's spelling).</summary>
    Unknown,

    /// <summary><c>DEVICE_TYPE_PHONE</c>.</summary>
    Phone,

    /// <summary><c>DEVICE_TYPE_PAD</c>.</summary>
    Pad,

    /// <summary><c>DEVICE_TYPE_TV</c>.</summary>
    Tv,

    /// <summary><c>DEVICE_TYPE_WATCH</c>.</summary>
    Watch,
}

/// <summary><c>days_since_first_login</c>: how long the user has used the device.</summary>
public enum DeviceAge
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>At most a day.</summary>
    Day,

    /// <summary>At most 7 days.</summary>
    Week,

    /// <summary>At most 30 days.</summary>
    Month,

    /// <summary>At most 90 days.</summary>
    Quarter,

    /// <summary>At most 180 days.</summary>
    HalfYear,

    /// <summary>More (<c>…_MORE_THEN_180_DAYS</c>, WeChat's spelling).</summary>
    Longer,
}

/// <summary><c>device_info</c>: the device from which the user signs; WeChat's risk control wants all of it.</summary>
/// <param name="Kind"><c>device_type</c>.</param>
/// <param name="OperatingSystem"><c>device_os</c>: system and version.</param>
/// <param name="Id"><c>device_id</c>.</param>
/// <param name="IsRooted"><c>device_running_as_root</c>.</param>
/// <param name="Ip"><c>device_ip</c>.</param>
/// <param name="HasWeChat"><c>weixin_installed</c>.</param>
/// <param name="WeChatVersion"><c>weixin_version</c>.</param>
/// <param name="Age"><c>days_since_first_login</c>.</param>
public sealed record SigningDevice(
    DeviceKind Kind, string OperatingSystem, string Id, bool IsRooted, string Ip, bool HasWeChat, string WeChatVersion, DeviceAge Age)
{
    /// <summary>The kind only.</summary>
    public override string ToString() => $"device {Kind}";
}

/// <summary>代扣预签约: signing from HarmonyOS apps and by QR code (<c>https://pay.weixin.qq.com/doc/v3/merchant/4012978414</c>).</summary>
public sealed record MultiDeviceSignRequest
{
    /// <summary><c>sign_scene</c>.</summary>
    public required SignScene Scene { get; init; }

    /// <summary><c>appid</c>.</summary>
    public required string AppId { get; init; }

    /// <summary><c>plan_id</c>: the template, digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>out_contract_code</c>: at most 32 letters and digits, never to be used again.</summary>
    public required string ContractNumber { get; init; }

    /// <summary><c>contract_display_account</c>: at most 64 characters, no emoji.</summary>
    public required string DisplayAccount { get; init; }

    /// <summary><c>contract_notify_url</c>: https, at most 256 characters, no query.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary><c>out_user_code</c>: the merchant's number of the user, at most 32 characters (WeChat's pages also say 64).</summary>
    public required string UserCode { get; init; }

    /// <summary><c>device_info</c>.</summary>
    public required SigningDevice Device { get; init; }

    /// <summary><c>openid</c>; at most 128 characters.</summary>
    public string? OpenId { get; init; }

    /// <summary><c>return_url</c>: where to come back to, at most 256 characters.</summary>
    public string? ReturnUrl { get; init; }

    /// <summary>Contract number only.</summary>
    public override string ToString() => $"signing {ContractNumber}";
}
