namespace Papaya.WeChatPay.Tests.Wire.Fuzz;

/// <summary>One valid message of each kind that WeChat sends: every notification, every reply. Fields only; the fuzzer signs them.</summary>
internal static class SignedBodies
{
    public const string RefundInside = "out_refund_no=R1|out_trade_no=P1|refund_account=REFUND_SOURCE_RECHARGE_FUNDS|refund_fee=3960|refund_id=5000|refund_recv_accout=支付用户零钱|refund_request_source=API|refund_status=SUCCESS|settlement_refund_fee=3960|success_time=2018-11-19 16:24:13|total_fee=3960|transaction_id=4200";

    private const string Reply = "return_code=SUCCESS|return_msg=OK|appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=IITRi8Iabbblz1Jc|result_code=SUCCESS";

    /// <summary>A payment without and with coupons, a debit in its success and its failures, a contract that begins and ends.</summary>
    public static readonly string[] Notifications =
    [
        "appid=wx2421b1c4370ec43b|attach=支付测试|bank_type=CFT|fee_type=CNY|mch_id=10000100|nonce_str=5d2b|openid=oUpF8uMEb4qRXf22hE3X68TekukE|out_trade_no=1409811653|result_code=SUCCESS|return_code=SUCCESS|time_end=20140903131540|total_fee=100|trade_type=JSAPI|transaction_id=1004400740201409030005092168",
        "appid=wx2421b1c4370ec43b|mch_id=10000100|contract_id=Wx9|sign_type=HMAC-SHA256|out_trade_no=1|result_code=SUCCESS|return_code=SUCCESS|time_end=20140903131540|total_fee=100|trade_type=APP|transaction_id=1|coupon_count=2|coupon_fee=30|coupon_fee_0=10|coupon_id_0=A|coupon_type_0=CASH|coupon_fee_1=20|coupon_id_1=B",
        "appid=wx2421b1c4370ec43b|attach=支付测试|bank_type=CFT|fee_type=CNY|is_subscribe=N|mch_id=10000100|nonce_str=5d2b6c2a8db53831f7eda20af46e531c|openid=oUpF8uMEb4qRXf22hE3X68TekukE|out_trade_no=1409811653|result_code=SUCCESS|return_code=SUCCESS|time_end=20140903131540|total_fee=1|transaction_id=1004400740201409030005092168|contract_id=Wx15463511252015071056489715",
        "appid=wx2421b1c4370ec43b|contract_id=Wx1|err_code=NOTENOUGH|err_code_des=余额不足|mch_id=10000100|nonce_str=9Tu9BnKNh6ilTfMJ|out_trade_no=1409811653|result_code=FAIL|return_code=SUCCESS|return_msg=OK",
        "appid=wx2421b1c4370ec43b|contract_id=Wx1|mch_id=10000100|nonce_str=9|out_trade_no=1|result_code=SUCCESS|return_code=SUCCESS|trade_state=PAY_FAIL|trade_state_desc=暂无可用的支付方式|total_fee=1",
        "return_code=SUCCESS|appid=wx2421b1c4370ec43b|mch_id=10000100|sub_mch_id=10000101|nonce_str=5d2b|result_code=SUCCESS|bank_type=CFT|out_trade_no=1409811653|contract_id=Wx1",
        "return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|contract_code=100001256|openid=onqOjjmM1tad-3ROpncN-yUfa6ua|plan_id=123|change_type=ADD|operate_time=2015-07-01 10:00:00|contract_id=Wx15463511252015071056489715",
        "return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|contract_code=100001256|openid=onqOjjmM1tad|plan_id=123|change_type=DELETE|operate_time=2015-09-01 10:00:00|contract_id=Wx1|contract_termination_mode=2|request_serial=1695",
    ];

    /// <summary>contractorder, preentrustweb, pappayapply, querycontract, paporderquery, orderquery, refund, refundquery, deletecontract, failures.</summary>
    public static readonly string[] Replies =
    [
        Reply + "|prepay_id=wx201410272009395522657a690389285100|trade_type=JSAPI|plan_id=12535|contract_code=C1|out_trade_no=S1|contract_result_code=SUCCESS|code_url=weixin://wxpay/s/An4baqw",
        Reply + "|pre_entrustweb_id=5778aadY9nltAsZzXixCkFIGYnV2V",
        Reply,
        "return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|appid=wx2421b1c4370ec43b|contract_id=203|plan_id=66|openid=oHZx6u|request_serial=123|contract_code=1005|contract_display_account=test|contract_state=1|contract_signed_time=2015-07-01 10:00:00|contract_terminated_time=1438157486|contract_termination_mode=3|contract_termination_remark=delete ....",
        Reply + "|trade_state=SUCCESS|openid=o|bank_type=CFT|total_fee=1|transaction_id=1|out_trade_no=P1|time_end=20141111170043|coupon_fee=10|coupon_count=1|coupon_fee_0=10",
        Reply + "|trade_state=NOTPAY|out_trade_no=S1|trade_state_desc=订单未支付",
        Reply + "|transaction_id=1|out_trade_no=P1|out_refund_no=R1|refund_id=5|refund_fee=10|total_fee=100|cash_fee=100",
        Reply + "|out_trade_no=P1|refund_count=1|total_refund_count=1|out_refund_no_0=R1|refund_id_0=5|refund_fee_0=10|refund_status_0=SUCCESS|refund_success_time_0=2016-07-25 15:26:26",
        "return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|appid=wx2421b1c4370ec43b|contract_id=100005698",
        "return_code=SUCCESS|return_msg=OK|appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=I|result_code=FAIL|err_code=ORDERNOTEXIST|err_code_des=订单不存在",
        "return_code=FAIL|return_msg=签名错误",
    ];

    public static readonly string[] All = [.. Notifications, .. Replies];
}
