using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>What is sent, and what becomes of an answer.</summary>
public sealed class ClientTests
{
    private const string Ok = "return_code=SUCCESS|return_msg=OK|appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=IITRi8Iabbblz1Jc|result_code=SUCCESS";

    [Fact]
    public async Task Pay_and_sign_sends_what_is_given_and_reads_both_parts()
    {
        var wechat = new Answering(_ => Some.Signed(Ok + "|prepay_id=wx201410272009395522657a690389285100|trade_type=JSAPI|plan_id=12535|request_serial=1000|contract_code=C2026010301|contract_display_account=微信代扣|out_trade_no=SIGN2026010301|contract_result_code=SUCCESS"));
        var reply = await wechat.Client().Contracts.PayAndSignAsync(Some.PayAndSign());
        Assert.Equal(("wx201410272009395522657a690389285100", PreSigning.Accepted, "SIGN2026010301", "C2026010301", "12535", 1000L, "微信代扣"), (reply.PrepayId, reply.PreSigning, reply.OrderNumber, reply.ContractNumber, reply.TemplateId, reply.SigningSequence, reply.DisplayAccount));

        var (path, body, contentType, certificate) = wechat.Requests.Single();
        Assert.Equal(("/pay/contractorder", "text/xml; charset=utf-8", null), (path, contentType, certificate));
        AssertSent(body, "appid=wx2421b1c4370ec43b|body=连续包月首月|contract_appid=wx2421b1c4370ec43b|contract_code=C2026010301|contract_display_account=微信代扣|contract_mchid=10000100|contract_notify_url=https://pay.example/wechat/10000100/contract|mch_id=10000100|nonce_str=*|notify_url=https://pay.example/wechat/10000100/payment|openid=oSimUser0001|out_trade_no=SIGN2026010301|plan_id=12535|request_serial=1000|spbill_create_ip=203.0.113.9|total_fee=1500|trade_type=JSAPI");
        Assert.Null(Endpoints.ContractOrder.Check(V2Message.Parse(body)));
    }

    [Fact]
    public async Task Optional_fields_and_hmac_are_sent_where_the_call_has_them()
    {
        var wechat = new Answering(_ => Some.Signed(Ok + "|prepay_id=p|code_url=weixin://wxpay/s/An4baqw|mweb_url=https://wx.tenpay.com/x", SignType.HmacSha256));
        var reply = await wechat.Client(Some.Credentials(SignType.HmacSha256)).Contracts.PayAndSignAsync(Some.PayAndSign() with
        {
            TradeType = TradeType.Native,
            OpenId = null,
            ProductId = "P1",
            DeviceInfo = "WEB",
            Detail = "{\"a\":\"<&>\"}",
            Attach = "x",
            FeeType = "CNY",
            GoodsTag = "g",
            LimitPay = "no_credit",
            OuterId = "o",
        });
        Assert.Equal(("weixin://wxpay/s/An4baqw", "https://wx.tenpay.com/x", PreSigning.Unknown), (reply.CodeUrl, reply.H5Url, reply.PreSigning));
        var sent = V2Message.Parse(wechat.Requests.Single().Body);
        Assert.Equal(("HMAC-SHA256", "P1", "WEB", "{\"a\":\"<&>\"}", "CNY", "g", "no_credit", "o", "x"), (sent["sign_type"], sent["product_id"], sent["device_info"], sent["detail"], sent["fee_type"], sent["goods_tag"], sent["limit_pay"], sent["contract_outerid"], sent["attach"]));
        Assert.Equal(new SignatureCheck(SignatureVerdict.Valid, SignType.HmacSha256, 0), V2Signature.Verify(sent, Some.Key));
        Assert.Null(Endpoints.ContractOrder.Check(sent));
    }

    [Fact]
    public async Task A_refused_contract_part_is_a_reply_and_no_exception()
    {
        var wechat = new Answering(_ => Some.Signed(Ok + "|prepay_id=p|contract_result_code=FAIL|contract_err_code=SYSTEMERROR|contract_err_code_des=已签约"));
        var reply = await wechat.Client().Contracts.PayAndSignAsync(Some.PayAndSign());
        Assert.Equal(("p", PreSigning.Refused, "SYSTEMERROR", "已签约"), (reply.PrepayId, reply.PreSigning, reply.ContractErrorCode, reply.ContractErrorDescription));
    }

    [Theory]
    [InlineData(SignType.HmacSha256, SignType.Md5, "")]
    [InlineData(SignType.HmacSha256, SignType.Md5, "|sign_type=MD5")]
    [InlineData(SignType.Md5, SignType.HmacSha256, "")]
    [InlineData(SignType.Md5, SignType.HmacSha256, "|sign_type=HMAC-SHA256")]
    public async Task A_reply_signed_by_another_algorithm_than_its_request_is_not_believed(SignType asked, SignType answered, string label)
    {
        var error = await Assert.ThrowsAsync<PapayException>(() => new Answering(_ => Some.Signed(Ok + label, answered)).Client(Some.Credentials(asked)).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.BadSignature, ErrorKind.Ask), (error.Code, error.Kind));
        await new Answering(_ => Some.Signed(Ok + label, asked)).Client(Some.Credentials(asked)).Debits.ApplyAsync(Some.Debit());
    }

    [Fact]
    public async Task A_success_that_does_not_say_what_it_is_about_is_not_believed()
    {
        var silent = Some.Signed(Ok + "|trade_state=SUCCESS|total_fee=1500|transaction_id=1|time_end=20260103131540|contract_state=0|refund_count=0");
        foreach (var ask in (Func<PapayClient, Task>[])
        [
            c => c.Orders.QueryAsync(Some.OrderQuery()), c => c.Debits.QueryAsync(Some.DebitQuery()), c => c.Refunds.QueryAsync(Some.RefundQuery()),
            c => c.Refunds.QueryAsync(new() { AppId = Some.AppId, OrderNumber = "P2026010301" }),
            c => c.Contracts.QueryAsync(Some.ContractByNumber()), c => c.Contracts.QueryAsync(Some.ContractById()),
        ])
        {
            var error = await Fails(new Answering(_ => silent), ask);
            Assert.Equal((LocalCodes.Unreadable, ErrorKind.Ask), (error.Code, error.Kind));
        }

        var other = Some.Signed(Ok + "|out_trade_no=P2026010301|refund_count=1|out_refund_no_0=OTHER|refund_id_0=5|refund_fee_0=10|refund_status_0=SUCCESS");
        Assert.Equal(LocalCodes.Unreadable, (await Fails(new Answering(_ => other), c => c.Refunds.QueryAsync(Some.RefundQuery()))).Code);
        Assert.Single((await new Answering(_ => other).Client().Refunds.QueryAsync(new() { AppId = Some.AppId, WeChatRefundId = "5" })).Refunds);
    }

    [Fact]
    public async Task By_WeChats_number_a_state_without_that_number_is_read_as_documented()
    {
        // Of other states than SUCCESS only out_trade_no is documented.
        var reply = await new Answering(_ => Some.Signed(Ok + "|trade_state=REFUND|out_trade_no=P2026010301")).Client()
            .Orders.QueryAsync(new() { AppId = Some.AppId, WeChatTransactionId = "4200" });
        Assert.Equal(TradeState.Refund, reply.State);
    }

    [Fact]
    public async Task Success_without_a_prepay_id_proves_nothing()
    {
        var error = await Fails(new Answering(_ => Some.Signed(Ok)), c => c.Contracts.PayAndSignAsync(Some.PayAndSign()));
        Assert.Equal((LocalCodes.Unreadable, ErrorKind.Ask), (error.Code, error.Kind));
    }

    [Fact]
    public async Task A_contract_is_asked_for_in_one_of_two_ways_without_a_nonce()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|appid=wx2421b1c4370ec43b|contract_id=202601039409471222|plan_id=12535|contract_code=C2026010301|contract_state=0|err_code=0|err_code_des=SUCCESS"));
        Assert.Equal(ContractState.Signed, (await wechat.Client().Contracts.QueryAsync(Some.ContractById())).State);
        Assert.Equal(ContractState.Signed, (await wechat.Client().Contracts.QueryAsync(Some.ContractByNumber())).State);
        Assert.All(wechat.Requests, r => Assert.Equal("/papay/querycontract", r.Path));
        AssertSent(wechat.Requests[0].Body, "appid=wx2421b1c4370ec43b|contract_id=202601039409471222|mch_id=10000100|version=1.0");
        AssertSent(wechat.Requests[1].Body, "appid=wx2421b1c4370ec43b|contract_code=C2026010301|mch_id=10000100|plan_id=12535|version=1.0");
    }

    [Fact]
    public async Task The_official_contract_sample_is_read_blanks_and_all()
    {
        // The published sample with blanks around CDATA as the page prints it, signed with the public key.
        var fields = "return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|appid=wx426b3015555b46be|contract_id=203|plan_id=66|openid=oHZx6uMbIG46UXQ3SKxVYEgw1LZs|request_serial=123|contract_code=1005|contract_display_account=test|contract_state=1|contract_signed_time=2015-07-01 10:00:00|contract_expired_time=1453953047|contract_terminated_time=2015-07-01 10:00:01|contract_termination_mode=3|contract_termination_remark=delete ....|err_code=0|err_code_des=SUCCESS";
        var body = System.Text.Encoding.UTF8.GetString(Some.Signed(fields)).Replace("<![CDATA[", " <![CDATA[", StringComparison.Ordinal).Replace("]]>", "]]> ", StringComparison.Ordinal);
        var contract = await new Answering(_ => Some.Utf8(body)).Client().Contracts.QueryAsync(new ContractQueryById { AppId = "wx426b3015555b46be", WeChatContractId = "203" });
        Assert.Equal((ContractState.NotSigned, "203", "66", 123L, "1005", "test", "oHZx6uMbIG46UXQ3SKxVYEgw1LZs", (int?)3, "delete ...."), (contract.State, contract.WeChatContractId, contract.TemplateId, contract.SigningSequence, contract.ContractNumber, contract.DisplayAccount, contract.OpenId, contract.TerminationMode, contract.TerminationRemark));
        Assert.Equal(new DateTimeOffset(2015, 7, 1, 10, 0, 0, TimeSpan.FromHours(8)), contract.SignedAt);
        Assert.Equal(new DateTimeOffset(2015, 7, 1, 10, 0, 1, TimeSpan.FromHours(8)), contract.TerminatedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1453953047), contract.ExpiresAt);
        Assert.DoesNotContain("oHZx", contract.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", ContractState.Signed)]
    [InlineData("1", ContractState.NotSigned)]
    [InlineData("9", ContractState.Signing)]
    [InlineData("2", ContractState.Unknown)]
    [InlineData("", ContractState.Unknown)]
    public async Task Contract_states(string text, ContractState state) =>
        Assert.Equal(state, (await new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|contract_id=202601039409471222|contract_state=" + text)).Client().Contracts.QueryAsync(Some.ContractById())).State);

    [Fact]
    public async Task Terminate_is_signed_by_md5_whatever_the_merchant_prefers()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|appid=wx2421b1c4370ec43b|contract_id=202601039409471222"));
        var reply = await wechat.Client(Some.Credentials(SignType.HmacSha256)).Contracts.TerminateAsync(Some.Terminate());
        Assert.Equal("202601039409471222", reply.WeChatContractId);
        Assert.Equal("/papay/deletecontract", wechat.Requests.Single().Path);
        AssertSent(wechat.Requests.Single().Body, "appid=wx2421b1c4370ec43b|contract_id=202601039409471222|contract_termination_remark=用户要求|mch_id=10000100|version=1.0");
        Assert.Equal(32, V2Message.Parse(wechat.Requests.Single().Body)["sign"]!.Length);
    }

    [Fact]
    public async Task A_debit_is_accepted()
    {
        var wechat = new Answering(_ => Some.Signed(Ok));
        await wechat.Client().Debits.ApplyAsync(Some.Debit() with
        {
            Receipt = "Y",
            Hints = new() { ClientIp = "2001:db8::1", DeviceId = "d", Mobile = "13800000000", Email = "a@b.c", Qq = "1", OpenId = "o", IdentityNumber = "11010119900307123X", OuterId = "李*艳（00000000000）", At = DateTimeOffset.FromUnixTimeSeconds(1414488825) },
        });
        Assert.Equal("/pay/pappayapply", wechat.Requests.Single().Path);
        AssertSent(wechat.Requests.Single().Body, "appid=wx2421b1c4370ec43b|body=连续包月, 标准版|clientip=2001:db8::1|contract_id=202601039409471222|creid=11010119900307123X|deviceid=d|email=a@b.c|mch_id=10000100|mobile=13800000000|nonce_str=*|notify_url=https://pay.example/wechat/10000100/debit|openid=o|out_trade_no=P2026010301|outerid=李*艳（00000000000）|qq=1|receipt=Y|spbill_create_ip=198.51.100.7|timestamp=1414488825|total_fee=2500|trade_type=PAP");
        Assert.Null(Endpoints.PapPayApply.Check(V2Message.Parse(wechat.Requests.Single().Body)));
    }

    [Fact]
    public async Task A_paid_order_is_read_whole()
    {
        const string Fields = Ok + "|device_info=1000|openid=oUpF8uN95|is_subscribe=N|trade_type=PAP|bank_type=CCB_DEBIT|total_fee=2500|settlement_total_fee=2400|cash_fee=2400|coupon_fee=100|coupon_count=1|coupon_id_0=c1|coupon_type_0=NO_CASH|coupon_fee_0=100|fee_type=CNY|transaction_id=1008450740201411110005820873|out_trade_no=P2026010301|attach=订单额外描述|time_end=20141111170043|trade_state=SUCCESS|contract_id=Wx1";
        var wechat = new Answering(_ => Some.Signed(Fields));
        var order = await wechat.Client().Debits.QueryAsync(Some.DebitQuery());
        Assert.Equal((TradeState.Success, "P2026010301", "1008450740201411110005820873", "PAP", 2500L, 2400L, "订单额外描述", "Wx1"), (order.State, order.OrderNumber, order.WeChatTransactionId, order.TradeType, order.AmountFen, order.CashFen, order.Attach, order.WeChatContractId));
        Assert.Equal([new Coupon("c1", "NO_CASH", 100)], order.Coupons);
        Assert.Equal(new DateTimeOffset(2014, 11, 11, 17, 0, 43, TimeSpan.FromHours(8)), order.EndedAt);
        Assert.True(order.IsPaid(2500));
        Assert.False(order.IsPaid(2400));
        AssertSent(wechat.Requests.Single().Body, "appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=*|out_trade_no=P2026010301");
        Assert.Equal("/pay/paporderquery", wechat.Requests.Single().Path);
        Assert.DoesNotContain("oUpF8u", order.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SUCCESS", TradeState.Success, true)]
    [InlineData("REFUND", TradeState.Refund, false)]
    [InlineData("NOTPAY", TradeState.NotPay, false)]
    [InlineData("CLOSED", TradeState.Closed, false)]
    [InlineData("REVOKED", TradeState.Revoked, false)]
    [InlineData("USERPAYING", TradeState.UserPaying, false)]
    [InlineData("PAYERROR", TradeState.PayError, false)]
    [InlineData("ACCEPT", TradeState.Accept, false)]
    [InlineData("PAY_FAIL", TradeState.PayFail, false)]
    [InlineData("BRAND_NEW", TradeState.Unknown, false)]
    [InlineData("", TradeState.Unknown, false)] // A query that does not name the state proves nothing.
    public async Task Order_states(string text, TradeState state, bool isPaid)
    {
        var order = await new Answering(_ => Some.Signed(Ok + "|out_trade_no=SIGN2026010301|total_fee=1|transaction_id=4|time_end=20141111170043|trade_state=" + text)).Client().Orders.QueryAsync(Some.OrderQuery());
        Assert.Equal((state, isPaid), (order.State, order.IsPaid(1)));
    }

    [Fact]
    public async Task An_unpaid_order_has_little_more_than_its_state()
    {
        var wechat = new Answering(_ => Some.Signed(Ok + "|out_trade_no=SIGN2026010301|trade_state=NOTPAY|trade_state_desc=订单未支付"));
        var order = await wechat.Client().Orders.QueryAsync(Some.OrderQuery() with { Version = "1.0", WeChatTransactionId = "42" });
        Assert.Equal((TradeState.NotPay, "订单未支付", (long?)null), (order.State, order.StateDescription, order.AmountFen));
        AssertSent(wechat.Requests.Single().Body, "appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=*|out_trade_no=SIGN2026010301|transaction_id=42|version=1.0");
    }

    [Fact]
    public async Task Closing_a_closed_order_is_done()
    {
        Assert.False((await new Answering(_ => Some.Signed(Ok)).Client().Orders.CloseAsync(Some.Close())).WasClosedBefore);
        Assert.True((await new Answering(_ => Fail("ORDERCLOSED")).Client().Orders.CloseAsync(Some.Close())).WasClosedBefore);
        var paid = await Fails(new Answering(_ => Fail("ORDERPAID")), c => c.Orders.CloseAsync(Some.Close()));
        Assert.Equal((ErrorKind.Ask, NextStep.QueryThenPaid), (paid.Kind, paid.Next));
    }

    [Fact]
    public async Task A_refund_is_sent_with_the_certificate()
    {
        var wechat = new Answering(_ => Some.Signed(Ok + "|transaction_id=1008450740201411110005820873|out_trade_no=P2026010301|out_refund_no=R2026010301|refund_id=2008450740201411110000174436|refund_fee=1000|total_fee=2500|cash_refund_fee=900|coupon_refund_fee=100|coupon_refund_count=1|coupon_refund_id_0=c|coupon_type_0=CASH|coupon_refund_fee_0=100"));
        var reply = await wechat.Client().Refunds.RequestAsync(Some.Refund() with { Reason = "退一部分", NotifyUrl = "https://pay.example/r", Account = "REFUND_SOURCE_RECHARGE_FUNDS" });
        Assert.Equal(("2008450740201411110000174436", "R2026010301", 1000L, 2500L, 900L), (reply.WeChatRefundId, reply.RefundNumber, reply.RefundFen, reply.OrderFen, reply.CashRefundFen));
        Assert.Equal([new Coupon("c", "CASH", 100)], reply.Coupons);
        Assert.Equal(("/secapi/pay/refund", Some.Merchant), (wechat.Requests.Single().Path, wechat.Requests.Single().Certificate));
        AssertSent(wechat.Requests.Single().Body, "appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=*|notify_url=https://pay.example/r|out_refund_no=R2026010301|out_trade_no=P2026010301|refund_account=REFUND_SOURCE_RECHARGE_FUNDS|refund_desc=退一部分|refund_fee=1000|total_fee=2500");
    }

    [Fact]
    public async Task Refunds_are_listed_with_their_coupons()
    {
        var wechat = new Answering(_ => Some.Signed(Ok + "|out_trade_no=P2026010301|transaction_id=42|total_fee=2500|refund_count=2|total_refund_count=12|out_refund_no_0=R2026010301|refund_id_0=50|refund_channel_0=ORIGINAL|refund_fee_0=1000|settlement_refund_fee_0=900|refund_status_0=SUCCESS|refund_account_0=REFUND_SOURCE_RECHARGE_FUNDS|refund_recv_accout_0=招商银行信用卡0403|refund_success_time_0=2026-01-03 16:41:00|coupon_refund_id_0_0=c|coupon_type_0_0=CASH|coupon_refund_fee_0_0=100|out_refund_no_1=R2|refund_fee_1=5|refund_status_1=CHANGE"));
        var reply = await wechat.Client().Refunds.QueryAsync(Some.RefundQuery() with { Offset = 0 });
        Assert.Equal((12L, 2500L, 2), (reply.TotalRefundCount, reply.OrderFen, reply.Refunds.Count));
        var first = reply.Refunds[0];
        Assert.Equal(("R2026010301", "50", "ORIGINAL", 1000L, 900L, RefundStatus.Success, "招商银行信用卡0403"), (first.RefundNumber, first.WeChatRefundId, first.Channel, first.RefundFen, first.SettlementRefundFen, first.Status, first.ReceivedBy));
        Assert.Equal([new Coupon("c", "CASH", 100)], first.Coupons);
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 16, 41, 0, TimeSpan.FromHours(8)), first.SucceededAt);
        Assert.Equal(("R2", 5L, RefundStatus.Abnormal, 0), (reply.Refunds[1].RefundNumber, reply.Refunds[1].RefundFen, reply.Refunds[1].Status, reply.Refunds[1].Coupons.Count));
        AssertSent(wechat.Requests.Single().Body, "appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=*|offset=0|out_refund_no=R2026010301");
        Assert.Null(wechat.Requests.Single().Certificate);
    }

    [Fact]
    public async Task A_bill_is_opened_and_read()
    {
        var wechat = new Answering(_ => Some.Utf8(BillTests.Sample));
        await using var bill = await wechat.Client().Bills.OpenAsync(Some.Bill());
        var fen = 0L;
        await foreach (var row in bill.ReadRowsAsync())
        {
            fen += row.AmountFen;
        }

        Assert.Equal((4000L, 3L), (fen, bill.Summary!.Lines));
        AssertSent(wechat.Requests.Single().Body, "appid=wx2421b1c4370ec43b|bill_date=20260103|bill_type=ALL|mch_id=10000100|nonce_str=*|tar_type=GZIP");
        var error = await Fails(new Answering(_ => Some.Unsigned("return_code=FAIL|return_msg=No Bill Exist|error_code=20002")), c => c.Bills.OpenAsync(Some.Bill() with { Compression = BillCompression.None, Kind = BillKind.Refund }));
        Assert.Equal(("No Bill Exist", NextStep.NothingThere), (error.Code, error.Next));
    }

    [Theory]
    [InlineData("签名错误", "SIGNERROR", ErrorKind.Refused)]
    [InlineData("签名错误，请检查后再试", "SIGNERROR", ErrorKind.Refused)]
    [InlineData("签名失败", "SIGNERROR", ErrorKind.Refused)]
    [InlineData("签约参数签名校验错误", "SIGNERROR", ErrorKind.Refused)]
    [InlineData("请使用 POST 请求", "REQUIRE_POST_METHOD", ErrorKind.Refused)]
    [InlineData("XML格式错误", "XML_FORMAT_ERROR", ErrorKind.Refused)]
    [InlineData("参数格式校验错误", "PARAM_ERROR", ErrorKind.Refused)]
    [InlineData("不识别的参数contract_code", "PARAM_ERROR", ErrorKind.Refused)]
    [InlineData("PARAMERROR:outerid", "PARAM_ERROR", ErrorKind.Refused)]
    [InlineData("SYSTEMERROR", "SYSTEMERROR", ErrorKind.Ask)]
    [InlineData("FREQUENCY_LIMITED", "FREQUENCY_LIMITED", ErrorKind.Throttled)]
    [InlineData("来点新的", LocalCodes.ReturnFail, ErrorKind.Ask)]
    [InlineData("RULELIMIT", LocalCodes.UnsignedRefusal, ErrorKind.Ask)] // These would end the number or the contract.
    [InlineData("CONTRACT_NOT_EXIST", LocalCodes.UnsignedRefusal, ErrorKind.Ask)]
    [InlineData("NOTENOUGH", LocalCodes.UnsignedRefusal, ErrorKind.Ask)]
    [InlineData("ORDERPAID", LocalCodes.UnsignedRefusal, ErrorKind.Ask)]
    [InlineData("ORDERCLOSED", LocalCodes.UnsignedRefusal, ErrorKind.Ask)]
    [InlineData("", LocalCodes.ReturnFail, ErrorKind.Ask)]
    public async Task A_failed_communication_is_unsigned_and_an_error(string text, string code, ErrorKind kind)
    {
        var error = await Fails(new Answering(_ => Some.Unsigned("return_code=FAIL|return_msg=" + text)), c => c.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((code, kind, text), (error.Code, error.Kind, error.Description ?? ""));
        Assert.True(kind != ErrorKind.Ask || error.Next == NextStep.QueryThenSameNumber);
        Assert.False(error.NotSent);
    }

    [Theory]
    [InlineData("ORDER_ACCEPTED", ErrorKind.Ask)]
    [InlineData("RULELIMIT", ErrorKind.Refused)]
    [InlineData("FREQUENCY_LIMITED", ErrorKind.Throttled)]
    [InlineData("BRAND_NEW", ErrorKind.Ask)]
    public async Task A_business_failure_is_thrown_with_its_meaning(string code, ErrorKind kind)
    {
        var error = await Fails(new Answering(_ => Fail(code)), c => c.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((code, kind, "说明", "pappayapply"), (error.Code, error.Kind, error.Description, error.Endpoint));
    }

    [Fact]
    public async Task An_answer_is_believed_only_when_its_sign_fits()
    {
        foreach (var body in new[]
        {
            Some.Unsigned(Ok),
            Some.Signed(Ok, key: new ApiV2Key("00000000000000000000000000000017")),
            Some.Utf8(System.Text.Encoding.UTF8.GetString(Some.Signed(Ok)).Replace("</xml>", "<new_field>1</new_field></xml>", StringComparison.Ordinal)),
            Some.Utf8(System.Text.Encoding.UTF8.GetString(Fail("RULELIMIT")).Replace("RULELIMIT", "ORDERPAID", StringComparison.Ordinal)),
        })
        {
            var wechat = new Answering(_ => body);
            var error = await Fails(wechat, c => c.Debits.ApplyAsync(Some.Debit()));
            Assert.Equal((LocalCodes.BadSignature, ErrorKind.Ask), (error.Code, error.Kind));
            Assert.Single(wechat.Requests);
        }

        await new Answering(_ => Some.Unsigned(Ok)).Client(options: new() { Verification = ReplyVerification.Never }).Debits.ApplyAsync(Some.Debit());
        var old = new ApiV2Key("00000000000000000000000000000017");
        await new Answering(_ => Some.Signed(Ok, key: old)).Client(Some.Credentials(previous: old)).Debits.ApplyAsync(Some.Debit());
        await new Answering(_ => Some.Signed(Ok + "|new_field=1")).Client().Debits.ApplyAsync(Some.Debit());
    }

    [Theory]
    [InlineData("<html><body>502 Bad Gateway</body></html>", LocalCodes.Unreadable)]
    [InlineData("", LocalCodes.Unreadable)]
    [InlineData("ok", LocalCodes.Unreadable)]
    [InlineData("<!DOCTYPE x><xml/>", LocalCodes.Unreadable)]
    [InlineData("<xml><return_code>SUCCESS</return_code>", LocalCodes.Unreadable)]
    [InlineData("<xml></xml>", LocalCodes.Unreadable)]
    [InlineData("<xml><return_code>MAYBE</return_code></xml>", LocalCodes.Unreadable)]
    public async Task An_answer_that_cannot_be_read_proves_nothing(string body, string code)
    {
        var error = await Fails(new Answering(_ => Some.Utf8(body)), c => c.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((code, ErrorKind.Ask, NextStep.QueryThenSameNumber, false), (error.Code, error.Kind, error.Next, error.NotSent));
    }

    [Fact]
    public async Task An_answer_about_something_else_proves_nothing()
    {
        async Task<string> Code(Answering wechat, Func<PapayClient, Task> call) => (await Fails(wechat, call)).Code;
        Assert.Equal(LocalCodes.ForeignReply, await Code(new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|mch_id=99")), c => c.Debits.ApplyAsync(Some.Debit())));
        Assert.Equal(LocalCodes.ForeignReply, await Code(new Answering(_ => Some.Signed(Ok + "|out_trade_no=OTHER|trade_state=SUCCESS")), c => c.Orders.QueryAsync(Some.OrderQuery())));
        Assert.Equal(LocalCodes.ForeignReply, await Code(new Answering(_ => Some.Signed(Ok + "|contract_id=1|contract_state=0")), c => c.Contracts.QueryAsync(Some.ContractById())));
        Assert.Equal(LocalCodes.Unreadable, await Code(new Answering(_ => Some.Signed("return_code=SUCCESS|mch_id=10000100")), c => c.Debits.ApplyAsync(Some.Debit())));
    }

    [Fact]
    public async Task A_session_that_may_be_asked_for_again_is_and_one_that_may_not_is_not()
    {
        var app = new Answering(n => n == 1 ? Some.Utf8("<html/>") : Some.Signed(Ok + "|pre_entrustweb_id=5778"));
        var signing = new AppSigning { AppId = Some.AppId, TemplateId = "12535", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = "a", NotifyUrl = "https://a/b" };
        Assert.Equal("5778", (await app.Client().Contracts.PreSignAppAsync(signing)).PreSigningId);
        Assert.Equal(app.Requests[0].Body, app.Requests[1].Body);

        var h5 = new Answering(_ => Some.Utf8("<html/>"));
        await Fails(h5, c => c.Contracts.OpenH5Async(new() { AppId = Some.AppId, TemplateId = "12535", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = "a", NotifyUrl = "https://a/b", ClientIp = "12.1.1.12" }));
        Assert.Single(h5.Requests);
    }

    [Fact]
    public async Task Questions_are_repeated_once_and_orders_never()
    {
        var flaky = new Answering(n => n == 1 ? Some.Utf8("<html/>") : Some.Signed(Ok + "|out_trade_no=SIGN2026010301|trade_state=NOTPAY"));
        Assert.Equal(TradeState.NotPay, (await flaky.Client().Orders.QueryAsync(Some.OrderQuery())).State);
        Assert.Equal(2, flaky.Requests.Count);
        Assert.NotEqual(V2Message.Parse(flaky.Requests[0].Body)["nonce_str"], V2Message.Parse(flaky.Requests[1].Body)["nonce_str"]);

        var dead = new Answering(_ => Some.Utf8("<html/>"));
        await Fails(dead, c => c.Orders.QueryAsync(Some.OrderQuery()));
        Assert.Equal(2, dead.Requests.Count);

        var busy = new Answering(_ => Fail("SYSTEMERROR"));
        await Fails(busy, c => c.Orders.QueryAsync(Some.OrderQuery()));
        Assert.Equal(2, busy.Requests.Count);

        var refusing = new Answering(_ => Fail("ORDERNOTEXIST"));
        Assert.Equal(NextStep.NothingThere, (await Fails(refusing, c => c.Orders.QueryAsync(Some.OrderQuery()))).Next);
        Assert.Single(refusing.Requests);

        foreach (var answer in new[] { Fail("SYSTEMERROR"), Fail("FREQUENCY_LIMITED"), Some.Utf8("<html/>"), Some.Unsigned(Ok) })
        {
            foreach (var call in new Func<PapayClient, Task>[]
            {
                c => c.Debits.ApplyAsync(Some.Debit()), c => c.Contracts.PayAndSignAsync(Some.PayAndSign()), c => c.Contracts.TerminateAsync(Some.Terminate()),
                c => c.Orders.CloseAsync(Some.Close()), c => c.Refunds.RequestAsync(Some.Refund()),
            })
            {
                var once = new Answering(_ => answer);
                await Fails(once, call);
                Assert.Single(once.Requests);
            }
        }
    }

    [Fact]
    public async Task A_long_answer_is_refused()
    {
        var wechat = new Answering(_ => Some.Signed(Ok + "|attach=" + new string('x', 2000)));
        var error = await Fails(wechat, c => c.Debits.ApplyAsync(Some.Debit()), new PapayClientOptions { ReplyLimit = 1000 });
        Assert.Equal(LocalCodes.Unreadable, error.Code);
    }

    private static byte[] Fail(string code) =>
        Some.Signed("return_code=SUCCESS|return_msg=OK|appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=I|result_code=FAIL|err_code_des=说明|err_code=" + code);

    private static Task<PapayException> Fails(Answering wechat, Func<PapayClient, Task> call, PapayClientOptions? options = null) =>
        Assert.ThrowsAsync<PapayException>(() => call(wechat.Client(options: options)));

    // Exactly these fields, in the order of their names, and a sign that fits.
    private static void AssertSent(byte[] body, string fields)
    {
        var message = V2Message.Parse(body);
        Assert.True(V2Signature.Verify(message, Some.Key).IsValid);
        Assert.Equal(fields, string.Join('|', message.Fields.Where(f => f.Key != "sign").Select(f => f.Key + "=" + (f.Key == "nonce_str" ? "*" : f.Value))));
        Assert.Equal("sign", message.Fields.Last().Key);
    }
}
