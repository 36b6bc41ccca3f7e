using Papaya.WeChatPay.Wire;
using static Papaya.WeChatPay.Wire.FieldNeed;

namespace Papaya.WeChatPay.Orders;

/// <summary>The reviewed tables of the calls about orders of every kind.</summary>
internal static class OrderTables
{
    internal static V2Endpoint<OrderQuery> Query { get; } = new V2Endpoint<OrderQuery>("orderquery", "/pay/orderquery", "查询订单", "merchant/4011987538",
    [
        new Field<OrderQuery>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<OrderQuery>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<OrderQuery>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<OrderQuery>("transaction_id", Conditional, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<OrderQuery>("out_trade_no", Conditional, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<OrderQuery>("version", Optional, FieldForm.Choice, 32) { Choices = ["1.0"], Text = (r, _) => r.Version },
        new Field<OrderQuery>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        Returns =
        [
            "device_info", "openid", "is_subscribe", "trade_type", "trade_state", "bank_type", "total_fee", "settlement_total_fee", "fee_type",
            "cash_fee", "cash_fee_type", "coupon_fee", "coupon_count", "coupon_type_$n", "coupon_id_$n", "coupon_fee_$n", "transaction_id",
            "out_trade_no", "attach", "time_end", "trade_state_desc", "promotion_detail",
        ],
        IsRead = true,
        Alternatives = [["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_trade_no", "transaction_id"],
        SureEchoes = ["out_trade_no"],
    }.WithPartner("/pay/orderquery", "partner/4011988377", r => r.SubMerchant);

    internal static V2Endpoint<CloseRequest> Close { get; } = new V2Endpoint<CloseRequest>("closeorder", "/pay/closeorder", "关闭订单", "merchant/4011987803",
    [
        new Field<CloseRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<CloseRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<CloseRequest>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<CloseRequest>("out_trade_no", Required, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<CloseRequest>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        Returns =
        [
            "result_msg",
        ],
        Echoes = ["out_trade_no"],
    }.WithPartner("/pay/closeorder", "partner/4011988383", r => r.SubMerchant);
}
