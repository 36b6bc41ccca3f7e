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
        new("refund_fee_above_total", ["ERROR", "invalid_refund_fee"], Evidence.Community, "programming.vip, a copy of an exchange: return_code FAIL, return_msg invalid refund_fee",
            "A refund of more than total_fee: a business error, or refused unsigned."),
        new("refundquery_many", ["paged", "refused_over_20"], Evidence.Official, "refundquery D:4011987766: pages of ten (offset 24 is the 25th), and over 20 parts by refund number",
            "refundquery by order number for an order with more than 20 refunds."),
        new("old_order_after", ["1_month", "2_months"], Evidence.Official, "refund D:4011987741; older texts say two months",
            "From when on refunds of and questions about an order count as those of old orders."),
        new("order_old_month", ["FREQUENCY_LIMITED", "answered"], Evidence.Community, "orderquery answers the refund's text 频率限制，1个月之前的订单请降低申请频率再重试",
            "Whether questions about old orders share the limit of their refunds."),
        new("orderquery_short_state", ["state_and_desc", "number_only"], Evidence.Official, "orderquery D:4011987538: without success only the number; traces show the state too",
            "What orderquery tells about an order that is not paid."),
        new("close_result_msg", ["absent", "present"], Evidence.Official, "closeorder D:4011987803: in the table, not in the sample",
            "result_msg in the answer to closeorder."),
        new("v3_download_url_life", ["5min", "30s"], Evidence.Official, "bill pages doc/v3/merchant/4013071227: 5 minutes; older texts 30 seconds",
            "How long the address of a V3 bill is good."),
        new("bill_layout", ["27", "24"], Evidence.Official, "bill page D:4011987833 prints 24 columns; official files have 27",
            "Columns of the trade bill; SUCCESS has six or seven less, REFUND two more."),
        new("bill_default_type", ["ALL", "SUCCESS"], Evidence.Official, "downloadbill D:4011987833 says ALL; an older page of another product SUCCESS",
            "The kind of bill when bill_type is not sent."),
        new("bill_ready", ["09:00", "10:00", "14:00"], Evidence.Official, "bill pages: made from 9:00 of the next day, to be fetched after 10:00; later happens",
            "When a day's bills are there, in Beijing."),
        new("bill_no_bill_text", ["No Bill Exist", "NO Bill Exist"], Evidence.Official, "downloadbill D:4011987833 prints NO; the wire has a lower-case o",
            "Spelling of the answer for a day without trades."),
        new("bill_error_code_name", ["error_code", "err_code"], Evidence.Official, "downloadbill D:4011987833: err_code in words, error_code in the table",
            "The element that carries the number of a refused bill."),
        new("bill_escape", ["on", "off"], Evidence.Official, "bill format, docs/merchant/products/bill-download/format-trade.html: comma and line end are escaped; official files of 2019 show bare commas",
            "Merchant's texts in bills: a comma as backslash and blank, a line end as \\n; or as they are."),
        new("bill_bom", ["yes", "no"], Evidence.Official, "official file tests/fixtures/bill.ALL.csv of wechatpay-apiv3/wechatpay-php",
            "Whether a bill begins with a byte order mark."),
        new("bill_last_line_end", ["yes", "no"], Evidence.Official, "official file tests/fixtures/bill.ALL.csv of wechatpay-apiv3/wechatpay-php",
            "Whether the last line of a bill has an end."),
    ];
}
