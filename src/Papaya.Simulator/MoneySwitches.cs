namespace Papaya.Simulator;

/// <summary>The switches of refunds, orders and bills.</summary>
internal static class MoneySwitches
{
    public static readonly Switch[] All =
    [
        new("refund_interval", ["BIZERR_NEED_RETRY", "ERROR", "none"], Evidence.Inferred, "refund guide doc/v3/merchant/4012556457: 同一笔订单多次退款的请求需相隔1分钟; the code is nowhere",
            "A second refund of one order within a minute of the first: its error code, or no such rule."),
        new("refund_year", ["365_days", "calendar_year"], Evidence.Official, "refund guide doc/v3/merchant/4013071036: 365 days; refund D:4011987741: one year",
            "The last moment of a refund, counted from the payment."),
        new("refund_funds_short", ["NOTENOUGH", "waits_7_days"], Evidence.Official, "refund D:4011987741 error NOTENOUGH; state chart doc/v3/merchant/4013071031: closed when the account is short for 7 days",
            "A refund that the merchant's account cannot pay: refused, or accepted, tried daily and closed after seven days."),
        new("refund_fee_returned", ["proportional", "none"], Evidence.Official, "refund FAQ doc/v3/merchant/4013071200",
            "Whether WeChat gives its fee back with a refund."),
        new("order_after_closed_refund", ["REFUND", "SUCCESS"], Evidence.Inferred, "state chart doc/v3/merchant/4013071031 is silent about the order",
            "trade_state of an order whose only refund was closed."),
    ];
}
