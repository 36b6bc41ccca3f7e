using System.Globalization;
using Papaya.WeChatPay.Contracts;
using static Papaya.WeChatPay.Wire.V3Fields;

namespace Papaya.WeChatPay.Wire;

/// <summary>The tables of V3 orders that offer a contract.</summary>
internal static class V3OrderEndpoints
{
    private static readonly string[] Offer =
    [
        "contract_info.plan_id", "contract_info.contract_mchid", "contract_info.contract_appid", "contract_info.contract_code",
        "contract_info.request_serial", "contract_info.contract_display_account",
    ];

    public static V3Endpoint<V3PayAndSignRequest> JsApi { get; } = new(
        HttpMethod.Post, "v3-jsapi-with-contract", "/v3/pay/transactions/jsapi-with-contract", "JSAPI下单并签约", "docs/merchant/apis/hide-jsapi-payment/direct-jsons/jsapi-contract-prepay.html",
        [
            .. Order(),
            new Field<V3PayAndSignRequest>("payer.openid", R, FieldForm.Ascii, 128) { Text = (r, _) => r.OpenId },
            .. Contract(),
            new Field<V3PayAndSignRequest>("contract_info.token", C, FieldForm.Ascii, 64) { Text = (r, _) => r.Token },
            new Field<V3PayAndSignRequest>("contract_info.password_free_contract_id", C, FieldForm.Ascii, 64) { Text = (r, _) => r.PasswordFreeContractId },
        ])
    {
        Alternatives = [Offer, ["contract_info.token"], ["contract_info.password_free_contract_id"]],
        Combination = r => r.Contract is not null && (r.Token ?? r.PasswordFreeContractId) is not null
            ? new FieldProblem("contract_info", FieldRule.Combination, "either a contract to sign, or a token or password_free_contract_id", 0)
            : null,
    };

    public static V3Endpoint<V3PayAndSignRequest> App { get; } = new(
        HttpMethod.Post, "v3-app-with-contract", "/v3/pay/transactions/app-with-contract", "APP下单并签约", "doc/v3/merchant/4017019923",
        [.. Order(), .. Contract()])
    {
        Alternatives = [Offer],
        Combination = r => (r.OpenId ?? r.Token ?? r.PasswordFreeContractId) is { } surplus
            ? new FieldProblem(r.OpenId is not null ? "payer.openid" : r.Token is not null ? "contract_info.token" : "contract_info.password_free_contract_id", FieldRule.Unknown, "only in JSAPI", surplus.Length)
            : null,
    };

    private static IEnumerable<Field> Order() =>
    [
        new Field<V3PayAndSignRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<V3PayAndSignRequest>("mchid", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<V3PayAndSignRequest>("description", R, FieldForm.Text, 127) { Text = (r, _) => r.Description },
        new Field<V3PayAndSignRequest>("out_trade_no", R, FieldForm.V3Number, 32) { OwnForm = FieldForm.NewNumber, OwnMinLength = 6, Text = (r, _) => r.OrderNumber },
        new Field<V3PayAndSignRequest>("notify_url", R, FieldForm.HttpsUrl, 256) { Text = (r, _) => r.NotifyUrl },
        new Field<V3PayAndSignRequest>("amount.total", R, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
        new Field<V3PayAndSignRequest>("amount.currency", O, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (_, _) => "CNY" },
        new Field<V3PayAndSignRequest>("time_expire", O, FieldForm.Rfc3339, 64, 35) { Text = (r, _) => r.ExpiresAt?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) },
        new Field<V3PayAndSignRequest>("attach", O, FieldForm.Text, 128, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Attach },
        new Field<V3PayAndSignRequest>("goods_tag", O, FieldForm.Text, 32) { Text = (r, _) => r.GoodsTag },
        new Field<V3PayAndSignRequest>("support_fapiao", O, FieldForm.Flag, 5) { Flag = (r, _) => r.OffersInvoice },
        new Field<V3PayAndSignRequest>("detail.cost_price", O, FieldForm.Count, 19) { Number = (r, _) => r.Detail?.CostFen, Note = "The list goods_detail beside it is not sent." },
        new Field<V3PayAndSignRequest>("detail.invoice_id", O, FieldForm.Text, 32) { Text = (r, _) => r.Detail?.InvoiceId },
        new Field<V3PayAndSignRequest>("scene_info.payer_client_ip", C, FieldForm.Ip, 45) { Text = (r, _) => r.Scene?.ClientIp },
        new Field<V3PayAndSignRequest>("scene_info.device_id", O, FieldForm.Text, 32) { Text = (r, _) => r.Scene?.DeviceId },
        new Field<V3PayAndSignRequest>("scene_info.store_info.id", O, FieldForm.Text, 32) { Text = (r, _) => r.Scene?.Store?.Id, Note = "Required with the other members of store_info." },
        new Field<V3PayAndSignRequest>("scene_info.store_info.name", O, FieldForm.Text, 256) { Text = (r, _) => r.Scene?.Store?.Name },
        new Field<V3PayAndSignRequest>("scene_info.store_info.area_code", O, FieldForm.Text, 32) { Text = (r, _) => r.Scene?.Store?.AreaCode },
        new Field<V3PayAndSignRequest>("scene_info.store_info.address", O, FieldForm.Text, 512) { Text = (r, _) => r.Scene?.Store?.Address },
        new Field<V3PayAndSignRequest>("settle_info.profit_sharing", O, FieldForm.Flag, 5) { Flag = (r, _) => r.SharesProfit },
    ];

    private static IEnumerable<Field> Contract() =>
    [
        new Field<V3PayAndSignRequest>("contract_info.plan_id", C, FieldForm.Digits, 32) { Text = (r, _) => r.Contract?.TemplateId, Note = "A text here, a number in the other V3 calls." },
        new Field<V3PayAndSignRequest>("contract_info.contract_mchid", C, FieldForm.Digits, 32) { Text = (r, c) => r.Contract is null ? null : c.MerchantNumber },
        new Field<V3PayAndSignRequest>("contract_info.contract_appid", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.Contract is null ? null : r.AppId },
        new Field<V3PayAndSignRequest>("contract_info.contract_code", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.Contract?.ContractNumber },
        new Field<V3PayAndSignRequest>("contract_info.request_serial", C, FieldForm.Digits, 20, 12) { OwnForm = FieldForm.Serial, Note = "int64 in V2; older text says at most 12 digits.", Number = (r, _) => r.Contract?.SigningSequence },
        new Field<V3PayAndSignRequest>("contract_info.contract_display_account", C, FieldForm.Text, 64) { Text = (r, _) => r.Contract?.DisplayAccount },
        new Field<V3PayAndSignRequest>("contract_info.contract_notify_url", O, FieldForm.HttpsUrl, 256) { Text = (r, _) => r.Contract?.NotifyUrl },
    ];
}
