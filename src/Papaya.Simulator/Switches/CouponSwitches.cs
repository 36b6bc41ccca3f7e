namespace Papaya.Simulator;

/// <summary>The switches of coupons.</summary>
internal static class CouponSwitches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("coupons_and_debits", ["spent", "kept"], Evidence.Inferred, "debit result notification D:4011987465 has coupon fields; no page says that a debit spends coupons",
            "Whether a debit spends the user's coupons, or only a payment in the cashier does.",
            "委托扣款是否使用用户的代金券，还是只有收银台支付才使用。"),
        new("coupons_at_once", ["20", "1"], Evidence.Inferred, "orderquery D:4011987538: coupon_count and coupon_id_$n; how many one payment spends is nowhere",
            "How many coupons one payment spends at most; the largest come first.",
            "一笔支付最多使用几张代金券；面额大的先用。"),
        new("coupons_pay_all", ["no", "yes"], Evidence.Inferred, "no page says whether cash_fee may be 0",
            "Whether coupons may pay the whole amount, or leave the user at least one fen.",
            "代金券能否付清全部金额，还是用户至少要付一分钱。"),
        new("coupon_refund_spread", ["proportional", "in_order"], Evidence.Inferred, "docs/merchant/products/refund/introduction.html gives the user's part; not how several coupons share the rest",
            "A part of an order is refunded and several coupons had paid: each gets back its proportion, or the first one is filled before the next.",
            "部分退款且用了多张代金券时：各张按比例退，或先退满第一张再退下一张。"),
        new("coupon_after_refund", ["returned", "spent"], Evidence.Inferred, "refund pages give coupon_refund_id; whether the user can spend that coupon again is nowhere",
            "Whether a coupon of which all was refunded can be spent again.",
            "全额退回的代金券能否再次使用。"),
        new("coupon_notice_form", ["numbered", "one_without_number"], Evidence.Official, "payment notification D:4011937248: the field table numbers coupons from 0; the sample has coupon_type and coupon_id without a number",
            "A single coupon in a payment notification: coupon_id_0, or coupon_id.",
            "支付通知里只有一张代金券时，元素名是 coupon_id_0 还是 coupon_id。"),
        new("orderquery_version_coupons", ["promotion_detail", "both"], Evidence.Official, "doc/v2/partner/4011984209: with version the coupon fields and settlement_total_fee are no longer returned; the plain page only adds promotion_detail",
            "orderquery with version 1.0 about an order that coupons paid: promotion_detail takes the place of the coupon elements, or comes with them.",
            "orderquery 带 version 1.0 查询用券订单：promotion_detail 取代代金券字段，或与它们一起返回。"),
        new("refund_notice_coupons", ["present", "absent"], Evidence.Inferred, "refund notification D:4011940955 lists none of them; SDKs read cash_refund_fee and coupon elements",
            "Whether the notification of a refund names the coupons that got something back.",
            "退款通知里是否有代金券退款的字段。"),
    ];
}
