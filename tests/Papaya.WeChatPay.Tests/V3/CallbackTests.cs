using System.Text;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Scheduled;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>Callbacks of V3 through the one entry point: verified over the bytes, opened, typed; or refused, never an exception.</summary>
public sealed class CallbackTests
{
    private const string Contract = """
        {"appid":"wxd678efh567hg6787","contract_display_account":"微信代扣用户A","contract_expired_time":"2021-09-10T13:29:35+08:00","contract_id":"123124412412423431","contract_signed_time":"2020-09-10T13:29:35+08:00","contract_state":"SIGNED","deduct_schedule":{"deduct_amount":{"currency":"CNY","total":1},"deduct_date":"2019-11-22","estimated_deduct_amount":{"currency":"CNY","total":1},"estimated_deduct_date":"2019-11-22","schedule_state":"PAID","scheduled_amount":{"currency":"CNY","total":1}},"mchid":"1900000109","openid":"o-MYE42l80oelYMDE34nYD456Xoy","out_contract_code":"wxwtdk20200910100000","out_user_code":"用户A","plan_id":12535}
        """;

    private const string Paid = """
        {"mchid":"1230000109","appid":"wxd678efh567hg6787","out_trade_no":"P1","transaction_id":"4200000602202601031234567890","trade_type":"PAP","trade_state":"SUCCESS","trade_state_desc":"支付成功","bank_type":"CMC","attach":"a","success_time":"2026-01-03T08:59:58+08:00","payer":{"openid":"oUser"},"amount":{"total":100,"payer_total":90,"currency":"CNY","payer_currency":"CNY"},"promotion_detail":[{"coupon_id":"109519","name":"单品惠","scope":"SINGLE","type":"CASH","amount":10,"stock_id":"931386","wechatpay_contribute":4,"merchant_contribute":6,"other_contribute":0,"currency":"CNY","goods_detail":[{"goods_id":"M1006","quantity":1,"unit_price":100,"discount_amount":10}]}],"new_member":{"x":[1,2]}}
        """;

    private readonly Platform _platform = new(Reply.Nothing);

    [Fact]
    public void A_signed_contract_is_told_as_published()
    {
        var notification = Assert.IsType<ScheduledContractNotification>(Read(Platform.Callback("ENTRUST.SIGN", "entrust", Contract), "1900000109"));

        Assert.Equal((ScheduledContractChange.Signed, "1900000109", "wxd678efh567hg6787"), (notification.Change, notification.MerchantNumber, notification.AppId));
        Assert.Equal((ScheduledContractState.Signed, "123124412412423431", "12535"), (notification.Contract.State, notification.Contract.WeChatContractId, notification.Contract.TemplateId));
        Assert.Equal(("EV-2018022511223320873", "通知", Platform.KeyId), (notification.Id, notification.Summary, notification.SignedBy));
        Assert.Equal(Platform.Start, notification.CreatedAt);
        Assert.DoesNotContain("o-MYE42l80oelYMDE34nYD456Xoy", notification.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ENTRUST.TERMINATE", ScheduledContractChange.Terminated)]
    [InlineData("ENTRUST.TERMINATE_INQUIRY", ScheduledContractChange.TerminateInquiry)]
    public void The_other_changes_of_a_contract_are_told_apart(string type, ScheduledContractChange change) =>
        Assert.Equal(change, Assert.IsType<ScheduledContractNotification>(Read(Platform.Callback(type, "entrust", Contract), "1900000109")).Change);

    [Theory]
    [InlineData("ENTRUST.SIGN", "", ScheduledContractChange.Signed, null)]
    [InlineData("ENTRUST.TERMINATE", """, "contract_termination_mode":"USER" """, ScheduledContractChange.Terminated, "USER")]
    public void An_overseas_contract_tells_what_was_done_to_it_and_when(string type, string more, ScheduledContractChange change, string? mode)
    {
        var contract = Assert.IsType<GlobalContractNotification>(Read(Platform.Callback(type, "entrust", $$$"""
            {"mchid":"1230000109","out_contract_code":"C1","plan_id":12535,"contract_id":"123","appid":"wx1","openid":"oSecret","operate_time":"2026-01-03T08:59:58+08:00"{{{more}}}}
            """)));

        Assert.Equal((change, mode, "123", "C1", "12535", "oSecret"), (contract.Change, contract.TerminationMode, contract.WeChatContractId, contract.ContractNumber, contract.TemplateId, contract.OpenId));
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 8, 59, 58, TimeSpan.FromHours(8)), contract.At);
        Assert.DoesNotContain("oSecret", contract.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"mchid":"1230000109","contract_id":"1"}""")]
    public void An_inquiry_whose_content_is_not_published_is_handed_on(string plain) =>
        Assert.Equal("ENTRUST.TERMINATE_INQUIRY", Assert.IsType<UnknownV3Notification>(Read(Platform.Callback("ENTRUST.TERMINATE_INQUIRY", "entrust", plain))).EventType);

    [Fact]
    public void A_paid_debit_tells_its_coupons()
    {
        var notification = Assert.IsType<TransactionNotification>(Read(Platform.Callback("TRANSACTION.SUCCESS", "transaction", Paid)));

        Assert.True(notification.IsPaid(100));
        Assert.False(notification.IsPaid(90));
        Assert.False(notification.SaysFailed);
        Assert.Equal((100L, 90L, "oUser", "a"), (notification.Transaction.AmountFen, notification.Transaction.PayerFen, notification.Transaction.OpenId, notification.Transaction.Attach));
        Assert.Equal(new Promotion("109519", "单品惠", "SINGLE", "CASH", 10, "CNY", 4, 6, 0), Assert.Single(notification.Transaction.Promotions));
        Assert.Contains("new_member", Encoding.UTF8.GetString(notification.PlainText.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_debit_is_never_paid_whatever_its_state_says()
    {
        var failed = Assert.IsType<TransactionNotification>(Read(Platform.Callback(
            "TRANSACTION.FAIL", "transaction", """{"mchid":"1230000109","out_trade_no":"P1","trade_state":"PAY_FAIL","trade_state_description":"订单已关闭"}""")));
        Assert.Equal((true, TradeState.PayFail, "订单已关闭"), (failed.SaysFailed, failed.Transaction.State, failed.Transaction.StateDescription));

        var odd = Assert.IsType<TransactionNotification>(Read(Platform.Callback("TRANSACTION.FAIL", "transaction", Paid)));
        Assert.False(odd.IsPaid(100));
        Assert.True(odd.SaysFailed);
    }

    [Theory]
    [InlineData("REFUND.SUCCESS", "SUCCESS", RefundStatus.Success)]
    [InlineData("REFUND.ABNORMAL", "ABNORMAL", RefundStatus.Abnormal)]
    [InlineData("REFUND.CLOSED", "CLOSED", RefundStatus.Closed)]
    public void A_refund_is_typed(string type, string status, RefundStatus expected)
    {
        var refund = Assert.IsType<V3RefundNotification>(Read(Platform.Callback(type, "refund", $$$"""
            {"sp_mchid":"1230000109","sub_mchid":"2","out_trade_no":"P1","transaction_id":"42","out_refund_no":"R1","refund_id":"50","refund_status":"{{{status}}}","success_time":"2026-01-03T08:59:58+08:00","user_received_account":"支付用户零钱","amount":{"total":100,"refund":60,"payer_total":90,"payer_refund":54}}
            """)));

        Assert.Equal((expected, "R1", "P1", 60L, 54L), (refund.Status, refund.RefundNumber, refund.OrderNumber, refund.RefundFen, refund.PayerRefundFen));
        Assert.Equal((Platform.MerchantNumber, new SubMerchant("2")), (refund.MerchantNumber, refund.SubMerchant));
    }

    [Fact]
    public void An_event_without_a_type_keeps_its_decrypted_text_and_never_prints_it()
    {
        var unknown = Assert.IsType<UnknownV3Notification>(Read(Platform.Callback("PAYSCORE.USER_OPEN_SERVICE", "payscore", """{"mchid":"1230000109","openid":"oSecret"}""")));

        Assert.Equal("""{"mchid":"1230000109","openid":"oSecret"}""", Encoding.UTF8.GetString(unknown.PlainText.Span));
        Assert.Equal("payscore", unknown.OriginalType);
        Assert.DoesNotContain("oSecret", unknown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_entry_reads_both_kinds_by_their_content()
    {
        var xml = Some.Signed("return_code=SUCCESS|mch_id=1230000109|change_type=ADD|contract_id=1|contract_code=2|plan_id=3|openid=4|operate_time=2026-01-03 09:12:44|result_code=SUCCESS");

        Assert.True(NotificationReader.TryRead(xml, new(null, null, null, null), Platform.Credentials(), _platform.Clock, out var v2, out _));
        Assert.IsType<ContractNotification>(v2);
        var body = Platform.Callback("TRANSACTION.SUCCESS", "transaction", Paid);
        Assert.IsType<TransactionNotification>(Read(body));
        Assert.IsType<TransactionNotification>(Read("\r\n " + body));
        Assert.False(NotificationReader.TryRead(Encoding.UTF8.GetBytes(body), Platform.Credentials(), out _, out var refusal));
        Assert.Equal(NotificationFault.Unreadable, refusal.Fault);
    }

    [Theory]
    [InlineData("probe", NotificationFault.Probe)]
    [InlineData("late", NotificationFault.Stale)]
    [InlineData("early", NotificationFault.Stale)]
    [InlineData("unknown key", NotificationFault.UnknownKey)]
    [InlineData("unsigned", NotificationFault.SignatureMissing)]
    [InlineData("other nonce", NotificationFault.SignatureMismatch)]
    [InlineData("one byte", NotificationFault.SignatureMismatch)]
    [InlineData("serialised again", NotificationFault.SignatureMismatch)]
    [InlineData("no V3", NotificationFault.UnknownKey)]
    public void What_is_not_signed_now_by_a_trusted_key_is_refused(string what, NotificationFault fault)
    {
        var body = Platform.Callback("TRANSACTION.SUCCESS", "transaction", Paid);
        var headers = _platform.Sign(body);
        var credentials = what == "no V3" ? Some.Credentials() : Platform.Credentials();
        headers = what switch
        {
            "probe" => headers with { Signature = V3Signature.ProbePrefix + headers.Signature![19..] },
            "unknown key" => headers with { Serial = "5157FF" },
            "unsigned" => new(null, null, null, null),
            "other nonce" => headers with { Nonce = "other" },
            _ => headers,
        };
        body = what switch { "one byte" => body.Replace("通知", "通報", StringComparison.Ordinal), "serialised again" => body + "\n", _ => body };
        _platform.Clock.Now += what switch { "late" => TimeSpan.FromSeconds(301), "early" => TimeSpan.FromSeconds(-301), _ => TimeSpan.Zero };

        Assert.False(NotificationReader.TryRead(Encoding.UTF8.GetBytes(body), headers, credentials, _platform.Clock, out var notification, out var refusal));

        Assert.Null(notification);
        Assert.Equal(fault, refusal.Fault);
    }

    [Fact]
    public void The_tolerance_of_the_clock_is_an_option()
    {
        var body = Platform.Callback("TRANSACTION.SUCCESS", "transaction", Paid);
        var headers = _platform.Sign(body);
        _platform.Clock.Now += TimeSpan.FromMinutes(20);
        var patient = new V3Credentials { ApiV3Keys = [Platform.ApiV3Key], PlatformKeys = new(Platform.PublicKey), ClockTolerance = TimeSpan.FromMinutes(30) };

        Assert.True(NotificationReader.TryRead(Encoding.UTF8.GetBytes(body), headers, Platform.Credentials(patient), _platform.Clock, out _, out _));
    }

    [Theory]
    [InlineData("{", NotificationFault.Unreadable)]
    [InlineData("{}", NotificationFault.Incomplete)]
    [InlineData("""{"id":"1","id":"2"}""", NotificationFault.Unreadable)]
    [InlineData("""{"id":"1","event_type":"TRANSACTION.SUCCESS","resource":[]}""", NotificationFault.Incomplete)]
    [InlineData("""{"id":"1","event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"fdasflkja484","ciphertext":"AAAA"}}""", NotificationFault.Undecipherable)]
    [InlineData("""{"id":"1","event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AES_ECB","nonce":"fdasflkja484","ciphertext":"AAAA"}}""", NotificationFault.Undecipherable)]
    [InlineData("""{"id":"1","event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"short","ciphertext":"AAAA"}}""", NotificationFault.Undecipherable)]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}""", NotificationFault.Unreadable)]
    [InlineData("""{"id":"\ud800","event_type":"X"}""", NotificationFault.Unreadable)]
    public void A_signed_body_that_makes_no_sense_is_refused(string body, NotificationFault fault) => Assert.Equal(fault, Refuse(body).Fault);

    [Theory]
    [InlineData("TRANSACTION.SUCCESS", """{"mchid":"1230000109","out_trade_no":"P1"}""", NotificationFault.Incomplete)]
    [InlineData("TRANSACTION.SUCCESS", """{"out_trade_no":"P1","trade_state":"SUCCESS"}""", NotificationFault.Incomplete)]
    [InlineData("ENTRUST.SIGN", """{"mchid":"1230000109","contract_id":"2"}""", NotificationFault.Incomplete)]
    [InlineData("REFUND.SUCCESS", """{"mchid":"1230000109","out_refund_no":"2"}""", NotificationFault.Incomplete)]
    [InlineData("TRANSACTION.SUCCESS", """{"mchid":"1230000109","out_trade_no":"P1","trade_state":"SUCCESS","trade_state":"CLOSED"}""", NotificationFault.Unreadable)]
    [InlineData("TRANSACTION.SUCCESS", "no JSON", NotificationFault.Unreadable)]
    [InlineData("TRANSACTION.SUCCESS", "", NotificationFault.Unreadable)]
    public void A_resource_that_makes_no_sense_is_refused(string type, string plain, NotificationFault fault) =>
        Assert.Equal(fault, Refuse(Platform.Callback(type, "transaction", plain)).Fault);

    [Theory]
    [InlineData("TRANSACTION.SUCCESS", """{"mchid":"1230000110","out_trade_no":"P1","trade_state":"SUCCESS"}""")]
    [InlineData("TRANSACTION.SUCCESS", """{"sp_mchid":"1230000110","sub_mchid":"1230000109","out_trade_no":"P1","trade_state":"SUCCESS"}""")]
    [InlineData("REFUND.SUCCESS", """{"mchid":"1230000110","out_refund_no":"R1","out_trade_no":"P1","refund_status":"SUCCESS"}""")]
    [InlineData("ENTRUST.SIGN", """{"mchid":"1230000110","contract_id":"2","out_contract_code":"C1","plan_id":3}""")]
    [InlineData("SOMETHING.NEW", """{"mchid":"1230000110"}""")]
    public void A_callback_for_another_merchant_is_refused_however_well_it_is_signed(string type, string plain)
    {
        var refusal = Refuse(Platform.Callback(type, "x", plain));

        Assert.Equal((NotificationFault.Foreign, "1230000110"), (refusal.Fault, refusal.MerchantNumber));
    }

    [Fact]
    public void A_body_of_more_than_a_mebibyte_is_refused_before_it_is_hashed()
    {
        var refusal = Refuse("{\"id\":\"" + new string('a', 1 << 20) + "\"}");

        Assert.Equal(NotificationFault.Unreadable, refusal.Fault);
        Assert.Contains("bytes", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_never_quotes_the_message()
    {
        var refusal = Refuse("""{"id":"1","event_type":"X","resource":{"oSecret":tru}}""");

        Assert.DoesNotContain("oSecret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_under_a_new_certificate_makes_the_client_fetch_it()
    {
        string? certificates = null, serial = null;
        var platform = new Platform(new Func<HttpRequestMessage, string, Reply>((_, _) => Reply.Ok(certificates!) with { Serial = serial }));
        using var first = platform.Certify(1);
        using var second = platform.Certify(2);
        (certificates, serial) = (Platform.Certificates(first, second), first.SerialNumber);
        var client = platform.Client(Platform.Credentials(Platform.V3(PlatformKey.FromCertificate(first))));
        var body = Platform.Callback("TRANSACTION.SUCCESS", "transaction", Paid);

        var notification = await client.ReadNotificationAsync(Encoding.UTF8.GetBytes(body), platform.Sign(body, second.SerialNumber));

        Assert.Equal(second.SerialNumber, Assert.IsType<TransactionNotification>(notification).SignedBy);
        var stranger = platform.Sign(body, second.SerialNumber) with { Serial = "5157EE" };
        var e = await Assert.ThrowsAsync<PapayException>(() => client.ReadNotificationAsync(Encoding.UTF8.GetBytes(body), stranger));
        Assert.Equal(LocalCodes.Notification, e.Code);
        Assert.Single(platform.Requests);
    }

    [Fact]
    public async Task Random_changes_of_a_signed_callback_never_get_through_and_never_throw()
    {
        var body = Encoding.UTF8.GetBytes(Platform.Callback("TRANSACTION.SUCCESS", "transaction", Paid));
        var headers = _platform.Sign(Encoding.UTF8.GetString(body));
        var client = _platform.Client();
        for (var i = 0; i < body.Length; i += 7)
        {
            var changed = (byte[])body.Clone();
            changed[i] ^= (byte)(1 << (i % 8));

            var reading = await client.TryReadNotificationAsync(changed, headers);

            Assert.Null(reading.Notification);
            Assert.NotNull(reading.Refusal);
        }
    }

    [Fact]
    public void Acknowledgements_of_V3_are_204_and_a_short_JSON()
    {
        Assert.Equal(204, Acknowledgement.V3SuccessStatus);
        Assert.Equal("""{"code":"FAIL","message":"bad \u0022signature\u0022"}""", Encoding.UTF8.GetString(Acknowledgement.V3Fail("bad \"signature\"").Span));
        Assert.Equal($$"""{"code":"FAIL","message":"{{new string('a', 128)}}"}""", Encoding.UTF8.GetString(Acknowledgement.V3Fail(new string('a', 500)).Span));
    }

    private Notification Read(string body, string merchant = Platform.MerchantNumber)
    {
        var isRead = NotificationReader.TryRead(Encoding.UTF8.GetBytes(body), _platform.Sign(body), Platform.Credentials(merchant: merchant), _platform.Clock, out var notification, out var refusal);
        Assert.True(isRead, refusal?.ToString());
        return notification!;
    }

    private NotificationRefusal Refuse(string body)
    {
        Assert.False(NotificationReader.TryRead(Encoding.UTF8.GetBytes(body), _platform.Sign(body), Platform.Credentials(), _platform.Clock, out _, out var refusal));
        return refusal;
    }
}
