using Papaya.WeChatPay.Wire;
using static Papaya.WeChatPay.Wire.FieldNeed;

namespace Papaya.WeChatPay.Contracts;

/// <summary>The reviewed tables of signing without payment. None of them has a nonce_str.</summary>
internal static class SigningTables
{
    private const string Digits12 = "int64; older text says at most 12 digits.";
    private const string ShorterElsewhere = "contractorder takes 64.";
    private const string ShorterCode = "32 in the API definition of contractorder and in V3.";
    private const string MultiAccount = "Not on the page; multi-account signing, by arrangement only.";

    internal static V2Endpoint<OfficialAccountSigning> OfficialAccount { get; } = new V2Endpoint<OfficialAccountSigning>("entrustweb", "/papay/entrustweb", "公众号纯签约", "merchant/4011986768",
    [
        .. Identity<OfficialAccountSigning>(),
        .. Contract<OfficialAccountSigning>(),
        new Field<OfficialAccountSigning>("version", Required, FieldForm.Choice, 8) { Choices = ["1.0"], Text = (_, _) => "1.0" },
        Timestamp<OfficialAccountSigning>(),
        new Field<OfficialAccountSigning>("return_web", Optional, FieldForm.Choice, 1) { Choices = ["0", "1"], Text = (r, _) => r.ReturnsToReferrer ? "1" : null },
        new Field<OfficialAccountSigning>("outerid", Optional, FieldForm.Text, 32) { Note = MultiAccount, Text = (r, _) => r.OuterId },
        new Field("sign", Required, FieldForm.Alphanumeric, 32),
    ],
    HttpMethod.Get)
    {
        ReplyForm = ReplyForm.Page,
        SignTypes = [SignType.Md5],
    }.WithPartner("/papay/partner/entrustweb", V2Endpoint.Definitions, r => r.SubMerchant);

    internal static V2Endpoint<AppSigning> App { get; } = new V2Endpoint<AppSigning>("preentrustweb", "/papay/preentrustweb", "APP 纯签约", "merchant/4011986804",
    [
        .. Identity<AppSigning>(),
        .. Contract<AppSigning>(),
        new Field<AppSigning>("version", Required, FieldForm.Choice, 8) { Choices = ["1.0"], Text = (_, _) => "1.0" },
        Timestamp<AppSigning>(),
        new Field<AppSigning>("return_app", Optional, FieldForm.Choice, 1) { Choices = ["Y", "N"], Text = (r, _) => r.ReturnsToApp is { } returns ? returns ? "Y" : "N" : null },
        new Field<AppSigning>("outerid", Optional, FieldForm.Text, 32) { Note = MultiAccount, Text = (r, _) => r.OuterId },
        new Field<AppSigning>("sign_type", Optional, FieldForm.Choice, 32) { Note = "10 in the API definition.", Choices = SignTypes.Labels, Text = (r, c) => r.SignType?.WireName() ?? c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        Returns =
        [
            "pre_entrustweb_id", "miniprogram_username", "miniprogram_path",
        ],
        // Sent again with the same parameters within 2 h it only refreshes the session.
        IsRepeatable = true,
    }.WithPartner("/papay/partner/preentrustweb", "partner/4011988366", r => r.SubMerchant);

    internal static V2Endpoint<H5Signing> H5 { get; } = new V2Endpoint<H5Signing>("h5entrustweb", "/papay/h5entrustweb", "H5 纯签约", "merchant/4011987295",
    [
        .. Identity<H5Signing>(),
        .. Contract<H5Signing>(),
        new Field<H5Signing>("version", Required, FieldForm.Choice, 8) { Choices = ["1.0"], Text = (_, _) => "1.0" },
        Timestamp<H5Signing>(),
        new Field<H5Signing>("clientip", Required, FieldForm.Ip, 64) { Text = (r, _) => r.ClientIp },
        new Field<H5Signing>("return_appid", Optional, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.ReturnAppId },
        new Field<H5Signing>("outerid", Optional, FieldForm.Text, 32) { Note = MultiAccount, Text = (r, _) => r.OuterId },
        new Field("sign_type", Optional, FieldForm.Choice, 16) { Note = "Never sent: naming the default makes WeChat refuse the sign.", Choices = SignTypes.Labels },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ],
    HttpMethod.Get)
    {
        Returns =
        [
            "result_msg", "redirect_url",
        ],
        ReplyForm = ReplyForm.UnsignedXml,
        SignTypes = [SignType.HmacSha256, SignType.Md5],
    }.WithPartner("/papay/partner/h5entrustweb", "https://pay.weixin.qq.com/wiki/doc/api/wxpay_v2/papay/chapter5_4.shtml", r => r.SubMerchant);

    internal static V2Endpoint<MiniProgramSigning> MiniProgram { get; } = new V2Endpoint<MiniProgramSigning>("miniprogram", MiniProgramInvocation.SigningPath, "小程序纯签约", "merchant/4011987274",
    [
        .. Identity<MiniProgramSigning>(),
        .. Contract<MiniProgramSigning>(),
        Timestamp<MiniProgramSigning>(),
        new Field("sign", Required, FieldForm.Alphanumeric, 32),
    ])
    {
        ReplyForm = ReplyForm.None,
        SignTypes = [SignType.Md5],
    };

    private static Field[] Identity<TRequest>()
        where TRequest : SigningRequest =>
    [
        new Field<TRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<TRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
    ];

    private static Field[] Contract<TRequest>()
        where TRequest : SigningRequest =>
    [
        new Field<TRequest>("plan_id", Required, FieldForm.Digits, 28) { Text = (r, _) => r.TemplateId },
        new Field<TRequest>("contract_code", Required, FieldForm.Alphanumeric, 128, 32) { Note = ShorterCode, Text = (r, _) => r.ContractNumber },
        new Field<TRequest>("request_serial", Required, FieldForm.Serial, 19, 12) { Note = Digits12, Number = (r, _) => r.SigningSequence },
        new Field<TRequest>("contract_display_account", Required, FieldForm.Text, 128, 64) { Note = ShorterElsewhere, Text = (r, _) => r.DisplayAccount },
        new Field<TRequest>("notify_url", Required, FieldForm.Url, 256) { Text = (r, _) => r.NotifyUrl },
    ];

    private static Field<TRequest> Timestamp<TRequest>()
        where TRequest : SigningRequest =>
        new("timestamp", Required, FieldForm.Count, 10) { MinLength = 9, Note = "Seconds since 1970.", Number = (r, _) => r.At?.ToUnixTimeSeconds() };
}
