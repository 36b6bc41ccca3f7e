using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>
/// WeChat's published requests, built from their own values through the tables, give the published signs; its published replies
/// are read. Signs inside the official XML samples are decoration: their keys were never published. (S-10 lacks the openid that
/// JSAPI requires, so it can only be signed field by field, as SignatureVectorTests does.)
/// </summary>
public sealed class GoldenTests
{
    private const string Nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";

    [Fact]
    public void S_12_a_contract_by_its_id() => Assert.Equal(
        "D23A52B839DA39302E746FBB1D0E4F7D",
        Sign(ContractTables.Query, new ContractQueryById { AppId = Some.AppId, WeChatContractId = "201509160000028648" }));

    [Fact]
    public void S_13_a_contract_by_its_number() => Assert.Equal(
        "1FCDD5BAF037DF736096306BB5213920",
        Sign(ContractTables.Query, new ContractQueryByNumber { AppId = Some.AppId, TemplateId = "123", ContractNumber = "1023658866" }));

    [Fact]
    public void S_15_a_debit() => Assert.Equal("94AD0747C8E32D815623D89A051F7DE8", Sign(DebitTables.Apply, new DebitRequest
    {
        AppId = Some.AppId,
        OrderNumber = "217752501201407033233368018",
        Body = "水电代扣",
        AmountFen = 888,
        FeeType = "CNY",
        ServerIp = "8.8.8.8",
        NotifyUrl = "http://yoursite.com/wxpay.html",
        WeChatContractId = "Wx15463511252015071056489715",
    }));

    [Fact]
    public void S_17_a_termination() => Assert.Equal(
        "5E8C697575CC65D77BBE96B5BB39916E",
        Sign(ContractTables.Terminate, new TerminateRequest { AppId = Some.AppId, WeChatContractId = "100005698", Remark = "原因" }));

    [Fact]
    public async Task S_11_the_reply_of_pay_and_sign()
    {
        var wechat = new Answering(_ => Reply(
            "return_code=SUCCESS|result_code=SUCCESS|nonce_str=IITRi8Iabbblz1Jc|prepay_id=wx201410272009395522657a690389285100|trade_type=JSAPI|code_url=weixin://wxpay/s/An4baqw|plan_id=123|out_trade_no=123456",
            "27CB53BB1FD0528DB119910CB1A456E0"));
        var reply = await wechat.Client().Contracts.PayAndSignAsync(Some.PayAndSign() with { OrderNumber = "123456" });
        Assert.Equal(("wx201410272009395522657a690389285100", "weixin://wxpay/s/An4baqw", PreSigning.Unknown, "123"), (reply.PrepayId, reply.CodeUrl, reply.PreSigning, reply.TemplateId));
        Assert.Empty(Endpoints.ContractOrder.FindUnknown(reply.Raw));
    }

    [Fact]
    public async Task S_14_the_reply_about_a_contract_with_its_termination_mode()
    {
        var wechat = new Answering(_ => Reply(
            "return_code=SUCCESS|result_code=SUCCESS|contract_id=201509160000028648|plan_id=123|openid=oHZx6uMbIG46UXQ3SKxVYEgw1LZs|request_serial=1000|contract_code=1023658866|contract_display_account=test|contract_state=1|contract_signed_time=1438141845|contract_expired_time=1453953047|contract_terminated_time=1438157486|contract_termination_mode=3|contract_termination_remark=delete ....",
            "35B3B9261A6A4E75BFB560FE0D6EA8CE"));
        var reply = await wechat.Client().Contracts.QueryAsync(new ContractQueryById { AppId = Some.AppId, WeChatContractId = "201509160000028648" });
        Assert.Equal((ContractState.NotSigned, 3, "delete ....", 1000L, "test"), (reply.State, reply.TerminationMode, reply.TerminationRemark, reply.SigningSequence, reply.DisplayAccount));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1438141845), reply.SignedAt);
        Assert.Equal((new DateTimeOffset(2015, 7, 29, 16, 11, 26, BeijingTime.Offset), DateTimeOffset.FromUnixTimeSeconds(1453953047)), (reply.TerminatedAt!.Value, reply.ExpiresAt!.Value));
    }

    [Fact]
    public async Task S_16_and_S_18_the_replies_of_a_debit_and_a_termination()
    {
        var debit = new Answering(_ => Reply("return_code=SUCCESS|return_msg=OK|nonce_str=IITRi8Iabbblz1Jc|result_code=SUCCESS", "1D001A3A187A984976FDB371813F898F"));
        Assert.Empty(Endpoints.PapPayApply.FindUnknown((await debit.Client().Debits.ApplyAsync(Some.Debit())).Raw));
        var ended = new Answering(_ => Reply("return_code=SUCCESS|result_code=SUCCESS|contract_id=100005698", "D1F898877B9FC523A6F2FC993BE5B78F"));
        var reply = await ended.Client().Contracts.TerminateAsync(new TerminateRequest { AppId = Some.AppId, WeChatContractId = "100005698", Remark = "原因" });
        Assert.Equal("100005698", reply.WeChatContractId);
    }

    [Theory]
    [InlineData("preentrustweb", "<xml>\n<return_code>SUCCESS</return_code><return_msg>OK</return_msg><result_code>SUCCESS</result_code>\n<appid>wxcbda96de0b165486</appid><mch_id>10000098</mch_id><nonce_str>IITRi8Iabbblz1Jc</nonce_str>\n<sign>E1EE61A91C8E90F299DE6AE075D60A2D</sign>\n<pre_entrustweb_id>5778aadY9nltAsZzXixCkFIGYnV2V</pre_entrustweb_id>\n<miniprogram_username>gh_xxxxxxxxxxxxx</miniprogram_username>\n<miniprogram_path>pages/index/index?sign_scene=app&amp;domain_type=cn&amp;pre_entrustweb_id=xxxxxxxxxx</miniprogram_path>\n</xml>")]
    [InlineData("h5entrustweb", "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[PARAM_ERROR]]></return_msg><result_code><![CDATA[SUCCESS]]></result_code><result_msg><![CDATA[SIGN_ERROR]]></result_msg><redirect_url><![CDATA[https://payapp.weixin.qq.com]]></redirect_url></xml>")]
    [InlineData("contractorder", "<xml>\n<return_code>SUCCESS</return_code><result_code>SUCCESS</result_code>\n<appid>wxcbda96de0b165486</appid><mch_id>1200009811</mch_id>\n<prepay_id>wx201410272009395522657a690389285100</prepay_id>\n<sign>E1EE61A91C8E90F299DE6AE075D60A2D</sign><trade_type>JSAPI</trade_type>\n<code_url>weixin://wxpay/s/An4baqw</code_url><plan_id>123</plan_id><out_trade_no>123456</out_trade_no>\n</xml>")]
    [InlineData("querycontract", "<xml><return_code> <![CDATA[SUCCESS]]> </return_code><result_code><![CDATA[SUCCESS]]></result_code><mch_id><![CDATA[80000000]]></mch_id><appid><![CDATA[wx426b3015555b46be]]></appid><contract_id>203</contract_id><plan_id>66</plan_id><openid><![CDATA[oHZx6uMbIG46UXQ3SKxVYEgw1LZs]]></openid><request_serial>123</request_serial><contract_code><![CDATA[1005]]></contract_code><contract_display_account><![CDATA[test]]></contract_display_account><contract_state>1</contract_state><contract_signed_time>2015-07-01 10:00:00</contract_signed_time><contract_expired_time>2015-07-01 10:00:00</contract_expired_time><contract_terminated_time>2015-07-01 10:00:00</contract_terminated_time><contract_termination_mode>3</contract_termination_mode><contract_termination_remark><![CDATA[delete ....]]></contract_termination_remark><err_code>0</err_code><err_code_des><![CDATA[SUCCESS]]></err_code_des><sign><![CDATA[8FC9DACB7DDF9B48333DCCC2224E0CAC]]></sign></xml>")]
    [InlineData("deletecontract", "<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code><sign>C380BEC2BFD727A4B6845133519F3AD6</sign><mch_id>10010404</mch_id><appid>wxcbda96de0b165486</appid><contract_id>100005698</contract_id></xml>")]
    [InlineData("pappayapply", "<xml>\n<return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg>\n<appid><![CDATA[wxcbda96de0b165486]]></appid><mch_id><![CDATA[10000098]]></mch_id>\n<nonce_str><![CDATA[IITRi8Iabbblz1Jc]]></nonce_str><sign><![CDATA[E1EE61A91C8E90F299DE6AE075D60A2D]]></sign>\n<result_code><![CDATA[SUCCESS]]></result_code>\n</xml>")]
    [InlineData("orderquery", "<xml>\n<return_code>SUCCESS</return_code><return_msg>OK</return_msg><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id>\n<device_info>1000</device_info><nonce_str>TN55wO9Pba5yENl8</nonce_str><sign>BDF0099C15FF7BC6B1585FBB110AB635</sign>\n<result_code>SUCCESS</result_code><openid>oUpF8uN95-Ptaags6E_roPHg7AG0</openid><is_subscribe>N</is_subscribe>\n<trade_type>MICROPAY</trade_type><bank_type>CCB_DEBIT</bank_type><total_fee>1</total_fee><fee_type>CNY</fee_type>\n<transaction_id>1008450740201411110005820873</transaction_id><out_trade_no>1415757673</out_trade_no>\n<attach>订单额外描述</attach><time_end>20141111170043</time_end><trade_state>SUCCESS</trade_state>\n</xml>")]
    [InlineData("closeorder", "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id><nonce_str>BFK89FC6rxKCOjLX</nonce_str><sign>72B321D92A7BFA0B2509F3D13C7B1631</sign><result_code>SUCCESS</result_code></xml>")]
    [InlineData("refund", "<xml>\n<return_code>SUCCESS</return_code><return_msg>OK</return_msg><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id>\n<nonce_str>NfsMFbUFpdbEhPXP</nonce_str><sign>B7274EB9F8925EB93100DD2085FA56C0</sign><result_code>SUCCESS</result_code>\n<transaction_id>1008450740201411110005820873</transaction_id><out_trade_no>1415757673</out_trade_no>\n<out_refund_no>1415701182</out_refund_no><refund_id>2008450740201411110000174436</refund_id><refund_fee>1</refund_fee>\n</xml>")]
    [InlineData("refundquery", "<xml>\n<appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id><nonce_str>TeqClE3i0mvn3DrK</nonce_str><out_refund_no_0>1415701182</out_refund_no_0>\n<out_trade_no>1415757673</out_trade_no><refund_count>1</refund_count><refund_fee_0>1</refund_fee_0><refund_id_0>2008450740201411110000174436</refund_id_0>\n<refund_status_0>PROCESSING</refund_status_0><result_code>SUCCESS</result_code><return_code>SUCCESS</return_code><return_msg>OK</return_msg>\n<sign>1F2841558E233C33ABA71A961D27561C</sign><transaction_id>1008450740201411110005820873</transaction_id>\n</xml>")]
    public void The_published_replies_hold_nothing_that_the_tables_do_not_know(string name, string sample) =>
        Assert.Empty(Endpoints.All.Single(e => e.Name == name).FindUnknown(V2Message.Parse(Some.Utf8(sample))));

    [Fact]
    public async Task The_published_refund_replies_are_read()
    {
        var options = new PapayClientOptions { Verification = ReplyVerification.Never };
        var refund = await new Answering(_ => Some.Utf8(
            "<xml>\n<return_code>SUCCESS</return_code><return_msg>OK</return_msg><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id>\n<nonce_str>NfsMFbUFpdbEhPXP</nonce_str><sign>B7274EB9F8925EB93100DD2085FA56C0</sign><result_code>SUCCESS</result_code>\n<transaction_id>1008450740201411110005820873</transaction_id><out_trade_no>1415757673</out_trade_no>\n<out_refund_no>1415701182</out_refund_no><refund_id>2008450740201411110000174436</refund_id><refund_fee>1</refund_fee>\n</xml>"))
            .Client(options: options).Refunds.RequestAsync(Some.Refund() with { OrderNumber = "1415757673", RefundNumber = "1415701182", OrderFen = 1, RefundFen = 1 });
        Assert.Equal(("2008450740201411110000174436", 1L), (refund.WeChatRefundId, refund.RefundFen));

        var refunds = await new Answering(_ => Some.Utf8(
            "<xml>\n<appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id><nonce_str>TeqClE3i0mvn3DrK</nonce_str><out_refund_no_0>1415701182</out_refund_no_0>\n<out_trade_no>1415757673</out_trade_no><refund_count>1</refund_count><refund_fee_0>1</refund_fee_0><refund_id_0>2008450740201411110000174436</refund_id_0>\n<refund_status_0>PROCESSING</refund_status_0><result_code>SUCCESS</result_code><return_code>SUCCESS</return_code><return_msg>OK</return_msg>\n<sign>1F2841558E233C33ABA71A961D27561C</sign><transaction_id>1008450740201411110005820873</transaction_id>\n</xml>"))
            .Client(options: options).Refunds.QueryAsync(new RefundQuery { AppId = Some.AppId, OrderNumber = "1415757673" });
        var row = Assert.Single(refunds.Refunds);
        Assert.Equal(("1415701182", "2008450740201411110000174436", 1L, RefundStatus.Processing), (row.RefundNumber, row.WeChatRefundId, row.RefundFen, row.Status));
    }

    [Fact]
    public async Task A_name_that_we_do_not_know_is_reported_and_not_lost()
    {
        var log = new Names();
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|contract_id=202601039409471222|contract_state=1|contract_terminated_mode=3|coupon_fee_7=1"));
        var reply = await wechat.Client(options: new PapayClientOptions { Logger = log }).Contracts.QueryAsync(Some.ContractById());
        Assert.Equal(["contract_terminated_mode", "coupon_fee_7"], Endpoints.QueryContract.FindUnknown(reply.Raw));
        Assert.Equal("3", reply.Raw["contract_terminated_mode"]);
        Assert.Contains("The answer of querycontract holds elements that this version does not know: contract_terminated_mode, coupon_fee_7", log.Lines);
    }

    private static string Sign<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request)
        where TRequest : class
    {
        using var writer = new V2Writer();
        endpoint.Write(writer, request, new Call(Some.Merchant, NonceSource.Seeded(1), SignType.Md5));
        var sent = V2Message.Parse(writer.Sign(Some.Key, SignType.Md5).ToArray());
        Assert.Equal(endpoint.HasNonce, sent.Contains("nonce_str"u8));
        return V2Signature.Compute(sent.Fields.Select(f => KeyValuePair.Create(f.Key, (string?)(f.Key == "nonce_str" ? Nonce : f.Value))), Some.Key, SignType.Md5);
    }

    private static byte[] Reply(string fields, string sign)
    {
        var body = Some.Signed($"appid={Some.AppId}|mch_id={Some.Merchant}|{fields}");
        Assert.Equal(sign, V2Message.Parse(body)["sign"]);
        return body;
    }

    private sealed class Names : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
