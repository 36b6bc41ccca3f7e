using System.Text;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Tests.Wire;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

public sealed class NotificationTests
{
    private const string Debit = "appid=wx2421b1c4370ec43b|attach=支付测试|bank_type=CFT|fee_type=CNY|is_subscribe=N|mch_id=10000100|nonce_str=5d2b6c2a8db53831f7eda20af46e531c|openid=oUpF8uMEb4qRXf22hE3X68TekukE|out_trade_no=1409811653|result_code=SUCCESS|return_code=SUCCESS|time_end=20140903131540|total_fee=1|transaction_id=1004400740201409030005092168|contract_id=Wx15463511252015071056489715";
    private const string Payment = "appid=wx2421b1c4370ec43b|attach=支付测试|bank_type=CFT|fee_type=CNY|mch_id=10000100|nonce_str=5d2b|openid=oUpF8uMEb4qRXf22hE3X68TekukE|out_trade_no=1409811653|result_code=SUCCESS|return_code=SUCCESS|time_end=20140903131540|total_fee=100|trade_type=JSAPI|transaction_id=1004400740201409030005092168";
    private const string Add = "return_code=SUCCESS|result_code=SUCCESS|mch_id=10010404|contract_code=100001256|openid=onqOjjmM1tad-3ROpncN-yUfa6ua|plan_id=123|change_type=ADD|operate_time=2015-07-01 10:00:00|contract_id=Wx15463511252015071056489715";

    [Fact]
    public void N_03_a_successful_debit()
    {
        // The published sample with the sign that the public key gives it.
        var body = Some.Utf8("<xml>\n<appid><![CDATA[wx2421b1c4370ec43b]]></appid><attach><![CDATA[支付测试]]></attach><bank_type><![CDATA[CFT]]></bank_type>\n<fee_type><![CDATA[CNY]]></fee_type><is_subscribe><![CDATA[N]]></is_subscribe><mch_id><![CDATA[10000100]]></mch_id>\n<nonce_str><![CDATA[5d2b6c2a8db53831f7eda20af46e531c]]></nonce_str><openid><![CDATA[oUpF8uMEb4qRXf22hE3X68TekukE]]></openid>\n<out_trade_no><![CDATA[1409811653]]></out_trade_no><result_code><![CDATA[SUCCESS]]></result_code><return_code><![CDATA[SUCCESS]]></return_code>\n<sign><![CDATA[5360AB35611B07A1FB47F3B51134594E]]></sign><time_end><![CDATA[20140903131540]]></time_end><total_fee>1</total_fee>\n<transaction_id><![CDATA[1004400740201409030005092168]]></transaction_id><contract_id><![CDATA[Wx15463511252015071056489715]]></contract_id>\n</xml>");
        var debit = Assert.IsType<DebitNotification>(Read(body));
        Assert.Equal(("1409811653", "Wx15463511252015071056489715", "1004400740201409030005092168", 1L), (debit.OrderNumber, debit.WeChatContractId, debit.WeChatTransactionId, debit.AmountFen));
        Assert.Equal(new DateTimeOffset(2014, 9, 3, 13, 15, 40, TimeSpan.FromHours(8)), debit.EndedAt);
        Assert.Equal(("10000100", "支付测试", "oUpF8uMEb4qRXf22hE3X68TekukE", "CFT", TradeState.Unknown), (debit.MerchantNumber, debit.Attach, debit.OpenId, debit.BankType, debit.State));
        Assert.True(debit.IsPaid(1));
        Assert.False(debit.IsPaid(2));
        Assert.False(debit.SaysFailed);
        Assert.Equal(new SignatureCheck(SignatureVerdict.Valid, SignType.Md5, 0), debit.Signature);
    }

    [Theory]
    [InlineData("trade_state=SUCCESS", true)]
    [InlineData("trade_state=", true)]
    [InlineData("trade_state=REFUND", false)]
    [InlineData("trade_state=PAY_FAIL", false)] // F2
    [InlineData("trade_state=NOTPAY", false)]
    [InlineData("trade_state=SOMETHING_NEW", false)]
    [InlineData("-transaction_id", false)]
    [InlineData("transaction_id=", false)]
    [InlineData("-total_fee", false)]
    [InlineData("total_fee=2", false)]
    [InlineData("total_fee=1.0", false)]
    [InlineData("-time_end", false)]
    [InlineData("time_end=yesterday", false)]
    [InlineData("result_code=FAIL", false)]
    [InlineData("-result_code", false)]
    [InlineData("return_code=FAIL", false)]
    [InlineData("-return_code", false)]
    public void Paid_needs_all_of_its_proofs(string change, bool isPaid)
    {
        Assert.Equal(isPaid, Assert.IsType<DebitNotification>(Read(Some.Signed(Change(Debit, change)))).IsPaid(1));
        var payment = Assert.IsType<PaymentNotification>(Read(Some.Signed(Change(Change(Payment, "total_fee=1"), change))));
        Assert.Equal(isPaid, payment.IsPaid(1));
    }

    [Fact]
    public void F1_a_failed_debit_has_a_code_and_no_amount()
    {
        var debit = Assert.IsType<DebitNotification>(Read(Some.Signed("appid=wx2421b1c4370ec43b|contract_id=202102285929035611|err_code=CONTRACT_NOT_EXIST|err_code_des=签约协议不存在|mch_id=10000100|nonce_str=9Tu9BnKNh6ilTfMJ|out_trade_no=A0128651374017564902680|result_code=FAIL|return_code=SUCCESS|return_msg=OK")));
        Assert.Equal(("CONTRACT_NOT_EXIST", "签约协议不存在", true, (long?)null), (debit.ErrorCode, debit.ErrorDescription, debit.SaysFailed, debit.AmountFen));
        Assert.Equal((ErrorKind.Refused, NextStep.CheckContract), (debit.Meaning!.Kind, debit.Meaning.Next));
        Assert.False(debit.IsPaid(1));
    }

    [Fact]
    public void N_04_has_the_published_sign()
    {
        const string Fields = "appid=wx2421b1c4370ec43b|contract_id=Wx15463511252015071056489715|err_code=NOTENOUGH|err_code_des=余额不足|mch_id=10000100|nonce_str=9Tu9BnKNh6ilTfMJ|out_trade_no=1409811653|result_code=FAIL|return_code=SUCCESS|return_msg=OK";
        var md5 = Read(Some.Signed(Fields));
        var hmac = Read(Some.Signed(Fields, SignType.HmacSha256));
        Assert.Equal("D38A67B81C9CE530E083758FE125D1C0", md5.Raw["sign"]);
        Assert.Equal("6A93A5D3B7F73B8239CBCBB6E9DCBD8697DD714D8E27FB07DB78F979929BD658", hmac.Raw["sign"]);
        Assert.Equal((SignType.Md5, SignType.HmacSha256), (md5.Signature.Type, hmac.Signature.Type));
    }

    [Fact]
    public void F2_says_success_and_means_failure()
    {
        var debit = Assert.IsType<DebitNotification>(Read(Some.Signed("appid=wx2421b1c4370ec43b|contract_id=Wx1|mch_id=10000100|nonce_str=9|out_trade_no=1|result_code=SUCCESS|return_code=SUCCESS|trade_state=PAY_FAIL|trade_state_desc=暂无可用的支付方式,请绑定其它银行卡完成支付|total_fee=1")));
        Assert.Equal((TradeState.PayFail, true, "暂无可用的支付方式,请绑定其它银行卡完成支付"), (debit.State, debit.SaysFailed, debit.StateDescription));
        Assert.False(debit.IsPaid(1));
        Assert.Null(debit.Meaning);
    }

    [Fact]
    public void F3_has_neither_state_nor_transaction_and_proves_nothing()
    {
        var debit = Assert.IsType<DebitNotification>(Read(Some.Signed("return_code=SUCCESS|appid=wx2421b1c4370ec43b|mch_id=10000100|sub_mch_id=10000100|nonce_str=5d2b6c2a8db53831f7eda20af46e531c|result_code=SUCCESS|bank_type=CFT|fee_type=CNY|is_subscribe=N|out_trade_no=1409811653|contract_id=Wx15463511252015071056489715")));
        Assert.Equal((false, TradeState.Unknown), (debit.SaysFailed, debit.State));
        Assert.False(debit.IsPaid(1));
    }

    [Fact]
    public void F1_with_code_0_is_a_failure_without_a_code()
    {
        var debit = Assert.IsType<DebitNotification>(Read(Some.Signed("appid=wx2421b1c4370ec43b|contract_id=Wx1|err_code=0|err_code_des=业务成功|mch_id=10000100|nonce_str=9|out_trade_no=1|result_code=FAIL|return_code=SUCCESS")));
        Assert.Equal((null, "业务成功", true), (debit.ErrorCode, debit.ErrorDescription, debit.SaysFailed));
        Assert.False(debit.IsPaid(1));
    }

    [Fact]
    public void A_payment_with_coupons_and_a_contract()
    {
        var payment = Assert.IsType<PaymentNotification>(Read(Some.Signed(Payment + "|contract_id=Wx9|cash_fee=70|coupon_count=2|coupon_fee=30|coupon_fee_0=10|coupon_id_0=A|coupon_type_0=CASH|coupon_fee_1=20|coupon_id_1=B|settlement_total_fee=90")));
        Assert.Equal([new Coupon("A", "CASH", 10), new Coupon("B", null, 20)], payment.Coupons);
        Assert.Equal(("Wx9", 100L, 90L, 70L, 30L, "JSAPI"), (payment.WeChatContractId, payment.AmountFen, payment.SettlementFen, payment.CashFen, payment.CouponFen, payment.TradeType));
        Assert.True(payment.IsPaid(100));
    }

    [Fact]
    public void The_old_published_payment_has_one_coupon_without_a_number()
    {
        var payment = Assert.IsType<PaymentNotification>(Read(Some.Signed(Payment + "|coupon_fee=10|coupon_count=1|coupon_type=CASH|coupon_id=10000")));
        Assert.Equal([new Coupon("10000", "CASH", 10)], payment.Coupons);
        Assert.Empty(Assert.IsType<DebitNotification>(Read(Some.Signed(Debit))).Coupons);
    }

    [Theory]
    [InlineData("trade_type=JSAPI", typeof(PaymentNotification))]
    [InlineData("trade_type=NATIVE", typeof(PaymentNotification))]
    [InlineData("trade_type=APP", typeof(PaymentNotification))]
    [InlineData("trade_type=MWEB", typeof(PaymentNotification))]
    [InlineData("trade_type=PAP", typeof(DebitNotification))]
    [InlineData("-trade_type", typeof(DebitNotification))]
    public void A_contract_id_alone_does_not_make_a_debit(string change, Type type) =>
        Assert.IsType(type, Read(Some.Signed(Change(Payment + "|contract_id=Wx9", change))));

    [Theory]
    [InlineData("-trade_type", typeof(PaymentNotification))]
    [InlineData("trade_type=PAP", typeof(DebitNotification))]
    public void Without_a_contract_id_only_PAP_is_a_debit(string change, Type type) =>
        Assert.IsType(type, Read(Some.Signed(Change(Payment, change))));

    [Fact]
    public void N_01_a_contract_is_signed()
    {
        var body = Some.Signed(Add);
        Assert.Equal("443D1E4B5D19B272395242E0FE655079", V2Message.Parse(body)["sign"]);
        var contract = Assert.IsType<ContractNotification>(Read(body, "10010404"));
        Assert.Equal((ContractChange.Signed, "Wx15463511252015071056489715", "100001256", "123", "onqOjjmM1tad-3ROpncN-yUfa6ua"), (contract.Change, contract.WeChatContractId, contract.ContractNumber, contract.TemplateId, contract.OpenId));
        Assert.Equal((new DateTimeOffset(2015, 7, 1, 10, 0, 0, TimeSpan.FromHours(8)), (long?)null, (int?)null, "10010404"), (contract.At, contract.SigningSequence, contract.TerminationMode, contract.MerchantNumber));
    }

    [Fact]
    public void N_02_a_contract_is_terminated_and_signed_by_hmac_without_a_label()
    {
        var body = Some.Signed(Change(Change(Add, "change_type=DELETE"), "operate_time=2015-09-01 10:00:00") + "|contract_termination_mode=2|request_serial=1695", SignType.HmacSha256);
        Assert.Equal("EA83B08D29688E279641F84222F72C3E055B7A4ED743723E0F5946AEE79F13F2", V2Message.Parse(body)["sign"]);
        var contract = Assert.IsType<ContractNotification>(Read(body, "10010404"));
        Assert.Equal((ContractChange.Terminated, (int?)2, (long?)1695, SignType.HmacSha256), (contract.Change, contract.TerminationMode, contract.SigningSequence, contract.Signature.Type));
    }

    [Fact]
    public void A_refund_is_decrypted()
    {
        var body = Some.Unsigned("return_code=SUCCESS|appid=wx8888888888888888|mch_id=1900000109|nonce_str=5K82|req_info=" + RefundCipherTests.Encrypted);
        var refund = Assert.IsType<RefundNotification>(Read(body, "1900000109"));
        Assert.Equal(("131811191610442717309", "71106718111915575302817", "50000408942018111907145868882", "4200000215201811190261405420"), (refund.RefundNumber, refund.OrderNumber, refund.WeChatRefundId, refund.WeChatTransactionId));
        Assert.Equal((3960L, 3960L, 3960L, 3960L), (refund.RefundFen, refund.OrderFen, refund.SettlementFen, refund.SettlementRefundFen));
        Assert.Equal((RefundStatus.Success, "支付用户零钱", "REFUND_SOURCE_RECHARGE_FUNDS", "API"), (refund.Status, refund.ReceivedBy, refund.Account, refund.RequestSource));
        Assert.Equal((new DateTimeOffset(2018, 11, 19, 16, 24, 13, TimeSpan.FromHours(8)), "1900000109", "wx8888888888888888"), (refund.SucceededAt, refund.MerchantNumber, refund.AppId));
    }

    [Theory]
    [InlineData("CHANGE", RefundStatus.Abnormal)]
    [InlineData("REFUNDCLOSE", RefundStatus.Closed)]
    [InlineData("NEW", RefundStatus.Unknown)]
    public void A_refund_encrypted_under_the_previous_key_is_read(string text, RefundStatus status)
    {
        var old = new ApiV2Key("00000000000000000000000000000017");
        var body = Refund("out_refund_no=1|out_trade_no=2|refund_fee=3|refund_status=" + text, old);
        Assert.Equal(status, Assert.IsType<RefundNotification>(NotificationReader.Read(body, Some.Credentials(previous: old))).Status);
        AssertRefused(body, NotificationFault.Undecipherable);
    }

    [Fact]
    public void After_a_key_reset_the_previous_key_still_verifies()
    {
        var old = new ApiV2Key("00000000000000000000000000000017");
        Assert.Equal(1, NotificationReader.Read(Some.Signed(Debit, key: old), Some.Credentials(previous: old)).Signature.KeyIndex);
        AssertRefused(Some.Signed(Debit, key: old), NotificationFault.SignatureMismatch);
    }

    [Fact]
    public void What_is_not_proven_is_refused()
    {
        AssertRefused("hello"u8.ToArray(), NotificationFault.Unreadable);
        AssertRefused(Some.Unsigned(Debit), NotificationFault.SignatureMissing);
        AssertRefused(Some.Utf8(Encoding.UTF8.GetString(Some.Unsigned(Debit)).Replace("</xml>", "<sign></sign></xml>", StringComparison.Ordinal)), NotificationFault.SignatureMissing);
        AssertRefused(Some.Unsigned(Add), NotificationFault.SignatureMissing);
        AssertRefused(Some.Unsigned(Payment), NotificationFault.SignatureMissing);
        AssertRefused(Some.Utf8(Encoding.UTF8.GetString(Some.Signed(Debit)).Replace("<total_fee><![CDATA[1]]>", "<total_fee><![CDATA[2]]>", StringComparison.Ordinal)), NotificationFault.SignatureMismatch);
        AssertRefused(Some.Utf8(Encoding.UTF8.GetString(Some.Signed(Debit)).Replace("</xml>", "<added>1</added></xml>", StringComparison.Ordinal)), NotificationFault.SignatureMismatch);
        AssertRefused(Some.Unsigned("return_code=SUCCESS|mch_id=10000100|req_info=AAAA"), NotificationFault.Undecipherable);
        AssertRefused(Some.Unsigned("return_code=SUCCESS|mch_id=10000100|req_info="), NotificationFault.Undecipherable);
        AssertRefused(Some.Unsigned("return_code=SUCCESS|mch_id=10000100|req_info=" + RefundCipher.Encrypt("hello"u8, Some.Key)), NotificationFault.Undecipherable);
        AssertRefused(Some.Unsigned("return_code=FAIL|mch_id=10000100|req_info=" + RefundCipherTests.Encrypted), NotificationFault.Incomplete);
        // A change_type beside req_info is routed to the signed kind, so encryption cannot stand in for a sign.
        AssertRefused(Some.Unsigned(Add + "|req_info=" + RefundCipherTests.Encrypted), NotificationFault.SignatureMissing);
    }

    [Theory]
    [InlineData(Debit, "-mch_id")]
    [InlineData(Debit, "-out_trade_no")]
    [InlineData(Debit, "out_trade_no=")]
    [InlineData(Payment, "-out_trade_no")]
    [InlineData(Add, "change_type=PAUSE")]
    [InlineData(Add, "return_code=FAIL")]
    [InlineData(Add, "-return_code")]
    [InlineData(Add, "result_code=FAIL")]
    [InlineData(Add, "-result_code")]
    [InlineData(Add, "change_type=")]
    [InlineData(Add, "-contract_id")]
    [InlineData(Add, "-contract_code")]
    [InlineData(Add, "-plan_id")]
    [InlineData(Add, "-openid")]
    [InlineData(Add, "-operate_time")]
    [InlineData(Add, "operate_time=soon")]
    public void A_signed_message_without_what_it_needs_is_refused(string fields, string change) =>
        AssertRefused(Some.Signed(Change(fields, change)), NotificationFault.Incomplete);

    [Theory]
    [InlineData("-out_refund_no")]
    [InlineData("-out_trade_no")]
    [InlineData("-refund_status")]
    [InlineData("-refund_fee")]
    public void A_refund_without_what_it_needs_is_refused(string change) =>
        AssertRefused(Refund(Change("out_refund_no=1|out_trade_no=2|refund_fee=3|refund_status=SUCCESS", change), Some.Key), NotificationFault.Incomplete);

    [Fact]
    public void A_message_for_another_merchant_is_refused_however_well_it_is_signed()
    {
        foreach (var body in new[]
        {
            Some.Signed(Change(Debit, "mch_id=99")), Some.Signed(Change(Payment, "mch_id=99")), Some.Signed(Change(Add, "mch_id=99")),
            Some.Signed(Change(Debit, "mch_id=99") + "|sub_mch_id=10000100"),
            Some.Unsigned("return_code=SUCCESS|mch_id=99|req_info=" + RefundCipherTests.Encrypted),
        })
        {
            AssertRefused(body, NotificationFault.Foreign);
            Assert.NotNull(Read(body, "99"));
        }
    }

    [Fact]
    public void A_refusal_shows_the_merchant_that_the_message_names()
    {
        Assert.False(NotificationReader.TryRead(Some.Unsigned(Change(Debit, "mch_id=99")), Some.Credentials(), out _, out var refusal));
        Assert.Equal("99", refusal.MerchantNumber);
    }

    [Fact]
    public void Printing_a_notification_tells_no_openid()
    {
        foreach (var body in new[] { Some.Signed(Debit), Some.Signed(Payment), Some.Signed(Add), Refund("out_refund_no=1|out_trade_no=2|refund_fee=3|refund_status=SUCCESS", Some.Key) })
        {
            var text = Read(body, V2Message.Parse(body)["mch_id"]!).ToString();
            Assert.DoesNotContain("oUpF8u", text, StringComparison.Ordinal);
            Assert.DoesNotContain("onqOjj", text, StringComparison.Ordinal);
        }
    }

    private static V2Notification Read(byte[] body, string merchant = Some.Merchant) => NotificationReader.Read(body, Some.Credentials(merchant: merchant));

    private static byte[] Refund(string inner, ApiV2Key key) =>
        Some.Unsigned("return_code=SUCCESS|mch_id=10000100|nonce_str=1|req_info=" + RefundCipher.Encrypt(Some.Unsigned(inner, "root"), key));

    private static void AssertRefused(byte[] body, NotificationFault fault)
    {
        Assert.False(NotificationReader.TryRead(body, Some.Credentials(), out var notification, out var refusal));
        Assert.Null(notification);
        Assert.Equal(fault, refusal.Fault);
        Assert.Equal(LocalCodes.Notification, Assert.Throws<PapayException>(() => Read(body)).Code);
    }

    // "name=value" sets, "-name" removes.
    private static string Change(string fields, string change)
    {
        var name = change.TrimStart('-').Split('=')[0];
        var kept = fields.Split('|').Where(f => f.Split('=')[0] != name);
        return string.Join('|', change[0] == '-' ? kept : kept.Append(change));
    }
}
