using System.Globalization;
using Papaya.WeChatPay.Global;
using static Papaya.WeChatPay.Wire.V3Fields;

namespace Papaya.WeChatPay.Wire;

/// <summary>The tables of overseas signing. Direct merchants and institutions use one path with different members.</summary>
internal static class V3GlobalSigningEndpoints
{
    public static V3Endpoint<GlobalSignRequest> MiniProgram { get; } = PreSign(Party.Merchant, "miniprogram", "小程序签约", 1, [OpenId(), ClientIp(O)]);

    public static V3Endpoint<GlobalSignRequest> App { get; } = PreSign(Party.Merchant, "app", "APP签约", 17, [OpenId(), ClientIp(O)]);

    public static V3Endpoint<GlobalSignRequest> JsApi { get; } = PreSign(Party.Merchant, "jsapi", "JSAPI预签约", 15, [OpenId(), ReturnUrl()]);

    public static V3Endpoint<GlobalSignRequest> H5 { get; } = PreSign(
        Party.Merchant, "h5", "H5预签约", 14,
        [ClientIp(R), ReturnUrl(), new Field<GlobalSignRequest>("return_appid", O, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.ReturnAppId }]);

    public static V3Endpoint<GlobalSignRequest> Web { get; } = PreSign(Party.Merchant, "web", "WEB预签约", 16, [ReturnUrl()]);

    private static V3Endpoint<GlobalSignRequest> PreSign(Party party, string channel, string title, int page, Field[] own)
    {
        Field[] fields =
        [
            .. Apps<GlobalSignRequest>(party, r => r.AppId),
            new Field<GlobalSignRequest>("plan_id", R, FieldForm.Serial, 19) { Text = (r, _) => r.TemplateId },
            new Field<GlobalSignRequest>("out_contract_code", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.ContractNumber },
            new Field<GlobalSignRequest>("user_display_name", R, FieldForm.Text, 32) { Text = (r, _) => r.DisplayName },
            new Field<GlobalSignRequest>("success_notify_url", R, FieldForm.HttpsUrl, 256) { Text = (r, _) => r.NotifyUrl },
            new Field<GlobalSignRequest>("expired_time", O, FieldForm.Rfc3339, 32) { Text = (r, _) => r.ExpiresAt?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) },
            .. own,
        ];
        return new(
            HttpMethod.Post, "global-presign-" + channel, $"/v3/global/papay/contracts/{channel}-pre-entrust-sign", title,
            $"wiki/doc/api_external/ch/apis/chapter5_1_{page}.shtml", fields)
        {
            Site = ApiSite.Global,
            Combination = r => Surplus(r, fields),
            IsPartner = party == Party.Provider,
            PartnerTable = party == Party.Merchant ? PreSign(Party.Provider, channel, title, page, own) : null,
        };
    }

    private static Field<GlobalSignRequest> OpenId() => new("openid", O, FieldForm.Ascii, 128) { Text = (r, _) => r.OpenId };

    private static Field<GlobalSignRequest> ClientIp(FieldNeed need) => new("user_client_ip", need, FieldForm.Ip, 32) { Text = (r, _) => r.ClientIp };

    private static Field<GlobalSignRequest> ReturnUrl() => new("return_url", O, FieldForm.Ascii, 256) { Text = (r, _) => r.ReturnUrl };

    // One request type serves five channels: what a channel cannot say is refused, not silently dropped.
    private static FieldProblem? Surplus(GlobalSignRequest request, Field[] fields)
    {
        foreach (var (name, value) in ((string, string?)[])
            [("openid", request.OpenId), ("user_client_ip", request.ClientIp), ("return_url", request.ReturnUrl), ("return_appid", request.ReturnAppId)])
        {
            if (value is not null && !Array.Exists(fields, field => field.Name == name))
            {
                return new FieldProblem(name, FieldRule.Unknown, "this channel has no such field", value.Length);
            }
        }

        return null;
    }
}
