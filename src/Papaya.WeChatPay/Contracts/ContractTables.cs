using Papaya.WeChatPay.Wire;
using static Papaya.WeChatPay.Wire.FieldNeed;

namespace Papaya.WeChatPay.Contracts;

/// <summary>The reviewed tables of the calls about contracts.</summary>
internal static class ContractTables
{
    internal static V2Endpoint<PayAndSignRequest> PayAndSign { get; } = new V2Endpoint<PayAndSignRequest>("contractorder", "/pay/contractorder", "支付中签约", "merchant/4011987320",
    [
        new Field<PayAndSignRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<PayAndSignRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<PayAndSignRequest>("contract_mchid", Required, FieldForm.Digits, 32) { Repeats = "mch_id", Text = (_, c) => c.MerchantNumber },
        new Field<PayAndSignRequest>("contract_appid", Required, FieldForm.Alphanumeric, 32) { Repeats = "appid", Text = (r, _) => r.AppId },
        new Field<PayAndSignRequest>("out_trade_no", Required, FieldForm.Number, 32) { OwnForm = FieldForm.NewNumber, OwnMinLength = 6, Text = (r, _) => r.OrderNumber },
        new Field<PayAndSignRequest>("device_info", Optional, FieldForm.Text, 32) { Text = (r, _) => r.DeviceInfo },
        new Field<PayAndSignRequest>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<PayAndSignRequest>("body", Required, FieldForm.Text, 128, 127) { Note = "127 on the page, 128 in the API definition, 32 on an old page.", Unit = LengthUnit.Bytes, Text = (r, _) => r.Body },
        new Field<PayAndSignRequest>("detail", Optional, FieldForm.Text, 8192) { Text = (r, _) => r.Detail },
        new Field<PayAndSignRequest>("attach", Optional, FieldForm.Text, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Attach },
        new Field<PayAndSignRequest>("notify_url", Required, FieldForm.Url, 256) { Text = (r, _) => r.PaymentNotifyUrl },
        new Field<PayAndSignRequest>("total_fee", Required, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
        new Field<PayAndSignRequest>("fee_type", Optional, FieldForm.Choice, 16) { Note = "Not on the page, but accepted from every SDK.", Choices = ["CNY"], Text = (r, _) => r.FeeType },
        new Field<PayAndSignRequest>("spbill_create_ip", Required, FieldForm.Ipv4, 16) { Text = (r, _) => r.ClientIp },
        new Field<PayAndSignRequest>("time_start", Optional, FieldForm.Time, 14) { Instant = (r, _) => r.StartsAt },
        new Field<PayAndSignRequest>("time_expire", Optional, FieldForm.Time, 14) { Instant = (r, _) => r.ExpiresAt },
        new Field<PayAndSignRequest>("goods_tag", Optional, FieldForm.Text, 32) { Text = (r, _) => r.GoodsTag },
        new Field<PayAndSignRequest>("trade_type", Required, FieldForm.Choice, 16) { Choices = ["JSAPI", "NATIVE", "APP", "MWEB"], Text = (r, _) => r.TradeType.WireName() },
        new Field<PayAndSignRequest>("product_id", Conditional, FieldForm.Text, 32) { RequiredWhen = new("trade_type", "NATIVE"), Text = (r, _) => r.ProductId },
        new Field<PayAndSignRequest>("limit_pay", Optional, FieldForm.Choice, 32) { Choices = ["no_credit"], Text = (r, _) => r.LimitPay },
        new Field<PayAndSignRequest>("openid", Conditional, FieldForm.Ascii, 128) { RequiredWhen = new("trade_type", "JSAPI"), Text = (r, _) => r.OpenId },
        new Field<PayAndSignRequest>("plan_id", Required, FieldForm.Digits, 28) { Text = (r, _) => r.TemplateId },
        new Field<PayAndSignRequest>("contract_code", Required, FieldForm.Alphanumeric, 64, 32) { Note = "64 on the page, 32 in the API definition, 128 on other calls.", Text = (r, _) => r.ContractNumber },
        new Field<PayAndSignRequest>("request_serial", Required, FieldForm.Serial, 19, 12) { Note = "int64; older text says at most 12 digits.", Number = (r, _) => r.SigningSequence },
        new Field<PayAndSignRequest>("contract_display_account", Required, FieldForm.Text, 64) { Text = (r, _) => r.DisplayAccount },
        new Field<PayAndSignRequest>("contract_notify_url", Required, FieldForm.Url, 256) { Text = (r, _) => r.ContractNotifyUrl },
        new Field<PayAndSignRequest>("contract_outerid", Optional, FieldForm.Text, 32) { Text = (r, _) => r.OuterId },
        new Field<PayAndSignRequest>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        Returns =
        [
            "contract_result_code", "contract_err_code", "contract_err_code_des", "prepay_id", "trade_type", "code_url", "mweb_url", "plan_id",
            "request_serial", "contract_code", "contract_display_account", "out_trade_no",
        ],
        Echoes = ["out_trade_no", "contract_code"],
        Combination = r => r is { StartsAt: { } start, ExpiresAt: { } end } && end - start <= TimeSpan.FromMinutes(5)
            ? new FieldProblem("time_expire", FieldRule.Combination, "more than 5 minutes after time_start", 14)
            : null,
    };

    internal static V2Endpoint<ContractQuery> Query { get; } = new V2Endpoint<ContractQuery>("querycontract", "/papay/querycontract", "查询签约关系", "merchant/4011987640",
    [
        new Field<ContractQuery>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<ContractQuery>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<ContractQuery>("contract_id", Conditional, FieldForm.Alphanumeric, 32) { Note = "Never together with plan_id and contract_code, not even empty: WeChat answers RESULT NULL.", Text = (r, _) => (r as ContractQueryById)?.WeChatContractId },
        new Field<ContractQuery>("plan_id", Conditional, FieldForm.Digits, 128) { Text = (r, _) => (r as ContractQueryByNumber)?.TemplateId },
        new Field<ContractQuery>("contract_code", Conditional, FieldForm.Alphanumeric, 128) { Text = (r, _) => (r as ContractQueryByNumber)?.ContractNumber },
        new Field<ContractQuery>("version", Required, FieldForm.Choice, 8) { Choices = ["1.0"], Text = (_, _) => "1.0" },
        new Field<ContractQuery>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        PerSecond = 300,
        Returns =
        [
            "contract_id", "plan_id", "request_serial", "contract_code", "contract_display_account", "contract_state", "contract_signed_time",
            "contract_expired_time", "contract_terminated_time", "contract_termination_mode", "contract_termination_remark", "openid",
        ],
        IsRead = true,
        Alternatives = [["contract_id"], ["plan_id", "contract_code"]],
        AlternativesExclude = true,
        Echoes = ["contract_id", "contract_code"],
        SureEchoes = ["contract_id", "contract_code"],
    }.WithPartner("/papay/partner/querycontract", "partner/4011989902", r => r.SubMerchant);

    internal static V2Endpoint<TerminateRequest> Terminate { get; } = new V2Endpoint<TerminateRequest>("deletecontract", "/papay/deletecontract", "申请解约", "merchant/4011987432",
    [
        new Field<TerminateRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<TerminateRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<TerminateRequest>("contract_id", Conditional, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatContractId },
        new Field<TerminateRequest>("plan_id", Conditional, FieldForm.Digits, 28) { Text = (r, _) => r.TemplateId },
        new Field<TerminateRequest>("contract_code", Conditional, FieldForm.Alphanumeric, 128) { Text = (r, _) => r.ContractNumber },
        new Field<TerminateRequest>("contract_termination_remark", Required, FieldForm.Text, 512, 256) { Note = "512 today, 256 on older pages.", Text = (r, _) => r.Remark },
        new Field<TerminateRequest>("version", Required, FieldForm.Choice, 8) { Choices = ["1.0"], Text = (_, _) => "1.0" },
        new Field("sign", Required, FieldForm.Alphanumeric, 32),
    ])
    {
        Returns =
        [
            "contract_id", "plan_id", "contract_code",
        ],
        SignTypes = [SignType.Md5],
        Alternatives = [["contract_id"], ["plan_id", "contract_code"]],
        AlternativesExclude = true,
        Echoes = ["contract_id", "contract_code"],
    }.WithPartner("/papay/partner/deletecontract", V2Endpoint.Definitions, r => r.SubMerchant);
}
