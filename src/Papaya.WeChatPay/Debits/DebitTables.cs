using Papaya.WeChatPay.Wire;
using static Papaya.WeChatPay.Wire.FieldNeed;

namespace Papaya.WeChatPay.Debits;

/// <summary>The reviewed tables of the calls about debits.</summary>
internal static class DebitTables
{
    internal static V2Endpoint<DebitRequest> Apply { get; } = new V2Endpoint<DebitRequest>("pappayapply", "/pay/pappayapply", "申请扣款", "merchant/4011987377",
    [
        new Field<DebitRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<DebitRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<DebitRequest>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<DebitRequest>("body", Required, FieldForm.Text, 128, 127) { Note = "127 on the page, 128 in the API definition, 32 on an old page.", Unit = LengthUnit.Bytes, Text = (r, _) => r.Body },
        new Field<DebitRequest>("detail", Optional, FieldForm.Text, 8192) { Text = (r, _) => r.Detail },
        new Field<DebitRequest>("attach", Optional, FieldForm.Text, 128, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Attach },
        new Field<DebitRequest>("out_trade_no", Required, FieldForm.Number, 32) { OwnForm = FieldForm.NewNumber, OwnMinLength = 6, Text = (r, _) => r.OrderNumber },
        new Field<DebitRequest>("total_fee", Required, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
        new Field<DebitRequest>("fee_type", Optional, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (r, _) => r.FeeType },
        new Field<DebitRequest>("spbill_create_ip", Required, FieldForm.Ipv4, 16) { Text = (r, _) => r.ServerIp },
        new Field<DebitRequest>("goods_tag", Optional, FieldForm.Text, 32) { Text = (r, _) => r.GoodsTag },
        new Field<DebitRequest>("notify_url", Required, FieldForm.Url, 256) { Text = (r, _) => r.NotifyUrl },
        new Field<DebitRequest>("trade_type", Required, FieldForm.Choice, 16) { Note = "The table requires it although the published sample leaves it out; always sent.", Choices = ["PAP"], Text = (_, _) => "PAP" },
        new Field<DebitRequest>("contract_id", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatContractId },
        new Field<DebitRequest>("receipt", Optional, FieldForm.Choice, 8) { Choices = ["Y"], Text = (r, _) => r.Receipt },
        new Field<DebitRequest>("clientip", Optional, FieldForm.Ascii, 64) { Note = "Legacy hints for risk control; the pages give most of them no length.", Text = (r, _) => r.Hints?.ClientIp },
        new Field<DebitRequest>("deviceid", Optional, FieldForm.Text, 128) { Text = (r, _) => r.Hints?.DeviceId },
        new Field<DebitRequest>("mobile", Optional, FieldForm.Ascii, 32) { Text = (r, _) => r.Hints?.Mobile },
        new Field<DebitRequest>("email", Optional, FieldForm.Ascii, 128) { Text = (r, _) => r.Hints?.Email },
        new Field<DebitRequest>("qq", Optional, FieldForm.Digits, 32) { Text = (r, _) => r.Hints?.Qq },
        new Field<DebitRequest>("openid", Optional, FieldForm.Ascii, 128) { Text = (r, _) => r.Hints?.OpenId },
        new Field<DebitRequest>("creid", Optional, FieldForm.Ascii, 32) { Text = (r, _) => r.Hints?.IdentityNumber },
        new Field<DebitRequest>("outerid", Optional, FieldForm.Text, 32) { Text = (r, _) => r.Hints?.OuterId },
        new Field<DebitRequest>("timestamp", Optional, FieldForm.Count, 10) { MinLength = 9, Number = (r, _) => r.Hints?.At?.ToUnixTimeSeconds() },
        new Field<DebitRequest>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        PerSecond = 150,
    }.WithPartner("/pay/partner/pappayapply", "partner/4011988372", r => r.SubMerchant);

    internal static V2Endpoint<DebitQuery> Query { get; } = new V2Endpoint<DebitQuery>("paporderquery", "/pay/paporderquery", "查询代扣订单", "merchant/4013894074",
    [
        new Field<DebitQuery>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<DebitQuery>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<DebitQuery>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<DebitQuery>("transaction_id", Conditional, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<DebitQuery>("out_trade_no", Conditional, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        Returns =
        [
            "device_info", "openid", "is_subscribe", "trade_type", "trade_state", "bank_type", "total_fee", "settlement_total_fee", "fee_type",
            "cash_fee", "cash_fee_type", "coupon_fee", "coupon_count", "coupon_type_$n", "coupon_id_$n", "coupon_fee_$n", "transaction_id",
            "out_trade_no", "attach", "time_end", "trade_state_desc", "promotion_detail", "contract_id",
        ],
        IsRead = true,
        SignTypes = [SignType.Md5],
        Alternatives = [["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_trade_no", "transaction_id"],
        SureEchoes = ["out_trade_no"],
    }.WithPartner("/pay/partner/paporderquery", V2Endpoint.Definitions, r => r.SubMerchant);
}
