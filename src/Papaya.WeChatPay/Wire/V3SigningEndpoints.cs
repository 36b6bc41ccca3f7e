using System.Globalization;
using Papaya.WeChatPay.Scheduled;
using static Papaya.WeChatPay.Wire.V3Fields;

namespace Papaya.WeChatPay.Wire;

/// <summary>The tables of signing sessions: scheduled debits in four channels, and multi-device signing.</summary>
internal static class V3SigningEndpoints
{
    private const string Normal = "docs/merchant/apis/entrusted-payment/normal/";
    private const string OfPartner = "docs/partner/apis/entrusted-payment/partner/";

    public static V3Endpoint<ScheduledSignRequest> JsApi { get; } = PreSign(Party.Merchant, "jsapi", Normal + "jsapi-scheduled-deduct-pre-sign.html");

    public static V3Endpoint<ScheduledSignRequest> App { get; } = PreSign(Party.Merchant, "app", Normal + "normal-app-scheduled-deduct-pre-sign.html");

    public static V3Endpoint<ScheduledSignRequest> H5 { get; } = PreSign(Party.Merchant, "h5", Normal + "normal-h5-scheduled-deduct-pre-sign.html");

    public static V3Endpoint<ScheduledSignRequest> MiniProgram { get; } =
        PreSign(Party.Merchant, "mini-program", Normal + "mini-program-scheduled-deduct-pre-sign.html");

    public static V3Endpoint<MultiDeviceSignRequest> MultiDevice { get; } = new(
        HttpMethod.Post, "v3-presign-multi-device", "/v3/papay/sign/contracts/pre-entrust-sign", "代扣预签约", "doc/v3/merchant/4012978414",
        [
            new Field<MultiDeviceSignRequest>("sign_scene", R, FieldForm.Choice, 32) { Choices = ["SIGN_SCENE_APP", "SIGN_SCENE_QRCODE"], Text = (r, _) => r.Scene == SignScene.App ? "SIGN_SCENE_APP" : "SIGN_SCENE_QRCODE" },
            new Field<MultiDeviceSignRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
            new Field<MultiDeviceSignRequest>("openid", O, FieldForm.Ascii, 128) { Text = (r, _) => r.OpenId },
            new Field<MultiDeviceSignRequest>("plan_id", R, FieldForm.Serial, 19) { Text = (r, _) => r.TemplateId },
            new Field<MultiDeviceSignRequest>("out_contract_code", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.ContractNumber },
            new Field<MultiDeviceSignRequest>("contract_display_account", R, FieldForm.Text, 64) { Text = (r, _) => r.DisplayAccount },
            new Field<MultiDeviceSignRequest>("contract_notify_url", R, FieldForm.HttpsUrl, 256) { Text = (r, _) => r.NotifyUrl },
            new Field<MultiDeviceSignRequest>("out_user_code", R, FieldForm.Text, 64, 32) { Note = "32 on one page, 64 on another.", Text = (r, _) => r.UserCode },
            new Field<MultiDeviceSignRequest>("return_url", O, FieldForm.Ascii, 256) { Text = (r, _) => r.ReturnUrl },
            new Field<MultiDeviceSignRequest>("device_info.device_type", R, FieldForm.Choice, 32)
            {
                Choices = ["DEVICE_TYPE_UNKNOW", "DEVICE_TYPE_PHONE", "DEVICE_TYPE_PAD", "DEVICE_TYPE_TV", "DEVICE_TYPE_WATCH"],
                Text = (r, _) => Kind(r.Device.Kind),
            },
            new Field<MultiDeviceSignRequest>("device_info.device_os", R, FieldForm.Text, 64) { Note = "The page gives no length.", Text = (r, _) => r.Device.OperatingSystem },
            new Field<MultiDeviceSignRequest>("device_info.device_id", R, FieldForm.Text, 128) { Note = "The page gives no length.", Text = (r, _) => r.Device.Id },
            new Field<MultiDeviceSignRequest>("device_info.device_running_as_root", R, FieldForm.Flag, 5) { Flag = (r, _) => r.Device.IsRooted },
            new Field<MultiDeviceSignRequest>("device_info.device_ip", R, FieldForm.Ip, 64) { Text = (r, _) => r.Device.Ip },
            new Field<MultiDeviceSignRequest>("device_info.weixin_installed", R, FieldForm.Flag, 5) { Flag = (r, _) => r.Device.HasWeChat },
            new Field<MultiDeviceSignRequest>("device_info.weixin_version", R, FieldForm.Text, 64) { Note = "The page gives no length.", Text = (r, _) => r.Device.WeChatVersion },
            new Field<MultiDeviceSignRequest>("device_info.days_since_first_login", R, FieldForm.Choice, 64)
            {
                Choices = [.. Enum.GetValues<DeviceAge>().Select(Age)],
                Text = (r, _) => Age(r.Device.Age),
            },
        ]);

    private static V3Endpoint<ScheduledSignRequest> PreSign(Party party, string channel, string document) => new(
        HttpMethod.Post, "v3-scheduled-presign-" + channel,
        $"/v3/papay/scheduled-deduct-sign/{(party == Party.Merchant ? "" : "partner/")}contracts/pre-entrust-sign/{channel}",
        "预约扣费签约的预签约", document,
        [
            .. Apps<ScheduledSignRequest>(party, r => r.AppId),
            .. OpenIds(party),
            new Field<ScheduledSignRequest>("plan_id", R, FieldForm.Serial, 19) { Text = (r, _) => r.TemplateId },
            new Field<ScheduledSignRequest>("out_contract_code", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.ContractNumber },
            new Field<ScheduledSignRequest>("contract_display_account", R, FieldForm.Text, 64) { Text = (r, _) => r.DisplayAccount },
            new Field<ScheduledSignRequest>("contract_notify_url", R, FieldForm.HttpsUrl, 256) { Text = (r, _) => r.NotifyUrl },
            new Field<ScheduledSignRequest>("out_user_code", O, FieldForm.Text, 64, 32) { Note = "32 on one page, 64 on another.", Text = (r, _) => r.UserCode },
            new Field<ScheduledSignRequest>("deduct_schedule.estimated_deduct_date", C, FieldForm.DashedDate, 10) { Note = "Optional in the definition; without it there is nothing to debit.", Text = (r, _) => r.Debit.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
            new Field<ScheduledSignRequest>("deduct_schedule.estimated_deduct_amount.total", C, FieldForm.Fen, 19) { Note = "Optional in the definition; without it there is nothing to debit.", Number = (r, _) => r.Debit.AmountFen },
            new Field<ScheduledSignRequest>("deduct_schedule.estimated_deduct_amount.currency", O, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (_, _) => "CNY" },
            new Field<ScheduledSignRequest>("deduct_schedule.description", C, FieldForm.Text, 127) { Note = "Optional in the definition; without it there is nothing to debit.", Text = (r, _) => r.Debit.Description },
            .. channel == "h5" ? (Field[])[new Field<ScheduledSignRequest>("jump_control.jump_appid", O, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.JumpAppId }] : [],
        ])
    {
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? PreSign(Party.Provider, channel, $"{OfPartner}partner-{channel}-scheduled-deduct-pre-sign.html") : null,
    };

    private static IEnumerable<Field> OpenIds(Party party) => party == Party.Merchant
        ? [new Field<ScheduledSignRequest>("openid", O, FieldForm.Ascii, 128) { Text = (r, _) => r.OpenId }]
        : [
            new Field<ScheduledSignRequest>("sp_openid", O, FieldForm.Ascii, 128) { Text = (r, _) => r.OpenId },
            new Field<ScheduledSignRequest>("sub_openid", O, FieldForm.Ascii, 128) { Text = (r, _) => r.SubOpenId },
        ];

    // UNKNOW and MORE_THEN are WeChat's spellings.
    private static string Kind(DeviceKind kind) => "DEVICE_TYPE_" + kind switch
    {
        DeviceKind.Phone => "PHONE",
        DeviceKind.Pad => "PAD",
        DeviceKind.Tv => "TV",
        DeviceKind.Watch => "WATCH",
        _ => "UNKNOW",
    };

    private static string Age(DeviceAge age) => "DAYS_SINCE_FIRST_LOGIN_" + age switch
    {
        DeviceAge.Day => "WITHIN_1_DAY",
        DeviceAge.Week => "WITHIN_7_DAYS",
        DeviceAge.Month => "WITHIN_30_DAYS",
        DeviceAge.Quarter => "WITHIN_90_DAYS",
        DeviceAge.HalfYear => "WITHIN_180_DAYS",
        DeviceAge.Longer => "MORE_THEN_180_DAYS",
        _ => "UNKNOWN",
    };
}
