using Papaya.WeChatPay.Wire;
using static Papaya.WeChatPay.Wire.FieldNeed;

namespace Papaya.WeChatPay.Refunds;

/// <summary>The reviewed tables of the calls about refunds.</summary>
internal static class RefundTables
{
    internal static V2Endpoint<RefundRequest> Apply { get; } = new V2Endpoint<RefundRequest>("refund", "/secapi/pay/refund", "申请退款", "merchant/4011987741",
    [
        new Field<RefundRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<RefundRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<RefundRequest>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<RefundRequest>("transaction_id", Conditional, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<RefundRequest>("out_trade_no", Conditional, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<RefundRequest>("out_refund_no", Required, FieldForm.Number, 64) { Text = (r, _) => r.RefundNumber },
        new Field<RefundRequest>("total_fee", Required, FieldForm.Fen, 19) { Number = (r, _) => r.OrderFen },
        new Field<RefundRequest>("refund_fee", Required, FieldForm.Fen, 19) { Number = (r, _) => r.RefundFen },
        new Field<RefundRequest>("refund_fee_type", Optional, FieldForm.Choice, 8) { Choices = ["CNY"], Text = (r, _) => r.FeeType },
        new Field<RefundRequest>("refund_desc", Optional, FieldForm.Text, 80) { Text = (r, _) => r.Reason },
        new Field<RefundRequest>("refund_account", Optional, FieldForm.Choice, 30)
        {
            Choices = ["REFUND_SOURCE_UNSETTLED_FUNDS", "REFUND_SOURCE_RECHARGE_FUNDS"],
            Text = (r, _) => r.Account,
        },
        new Field<RefundRequest>("notify_url", Optional, FieldForm.Url, 256) { Text = (r, _) => r.NotifyUrl },
        new Field<RefundRequest>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        PerSecond = 150,
        Returns =
        [
            "transaction_id", "out_trade_no", "out_refund_no", "refund_id", "refund_fee", "settlement_refund_fee", "total_fee",
            "settlement_total_fee", "fee_type", "cash_fee", "cash_fee_type", "cash_refund_fee", "coupon_refund_fee", "coupon_refund_count",
            "coupon_type_$n", "coupon_refund_fee_$n", "coupon_refund_id_$n",
        ],
        NeedsCertificate = true,
        Alternatives = [["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_refund_no", "out_trade_no", "transaction_id"],
        Combination = r => r.RefundFen > r.OrderFen
            ? new FieldProblem("refund_fee", FieldRule.Combination, "not more than total_fee", DigitsOf(r.RefundFen))
            : null,
    }.WithPartner("/secapi/pay/refund", "partner/4011984092", r => r.SubMerchant);

    internal static V2Endpoint<RefundQuery> Query { get; } = new V2Endpoint<RefundQuery>("refundquery", "/pay/refundquery", "查询退款", "merchant/4011987766",
    [
        new Field<RefundQuery>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<RefundQuery>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<RefundQuery>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<RefundQuery>("refund_id", Conditional, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatRefundId },
        new Field<RefundQuery>("out_refund_no", Conditional, FieldForm.Number, 64) { Text = (r, _) => r.RefundNumber },
        new Field<RefundQuery>("transaction_id", Conditional, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<RefundQuery>("out_trade_no", Conditional, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<RefundQuery>("offset", Optional, FieldForm.Count, 10) { Number = (r, _) => r.Offset },
        new Field<RefundQuery>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        Returns =
        [
            "out_trade_no", "transaction_id", "total_fee", "settlement_total_fee", "fee_type", "cash_fee", "refund_count", "total_refund_count",
            "out_refund_no_$n", "refund_id_$n", "refund_channel_$n", "refund_fee_$n", "settlement_refund_fee_$n", "coupon_refund_fee_$n",
            "coupon_refund_count_$n", "coupon_type_$n_$n", "coupon_refund_id_$n_$n", "coupon_refund_fee_$n_$n", "refund_status_$n",
            "refund_account_$n", "refund_recv_accout_$n", "refund_success_time_$n",
        ],
        IsRead = true,
        Alternatives = [["refund_id"], ["out_refund_no"], ["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_trade_no", "transaction_id"],
        SureEchoes = ["out_trade_no"],
    }.WithPartner("/pay/refundquery", "partner/4011988382", r => r.SubMerchant);

    private static int DigitsOf(long fen) => fen.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
}
