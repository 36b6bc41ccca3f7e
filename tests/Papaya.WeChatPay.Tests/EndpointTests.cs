using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>The published samples and single values against the tables.</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData("contractorder", "<xml>\n<appid>wxcbda96de0b165486</appid><mch_id>1200009811</mch_id>\n<contract_mchid>1200009811</contract_mchid><contract_appid>wxcbda96de0b165486</contract_appid>\n<out_trade_no>123456</out_trade_no><device_info>013467007045764</device_info>\n<nonce_str>5K8264ILTKCH16CQ2502SI8ZNMTM67VS</nonce_str>\n<body>Ipad mini 16G 白色</body><detail>Ipad mini 16G 白色</detail>\n<notify_url>https://weixin.qq.com</notify_url><total_fee>888</total_fee>\n<spbill_create_ip>123.12.12.123</spbill_create_ip><trade_type>JSAPI</trade_type>\n<plan_id>123</plan_id><contract_code>100001256</contract_code><request_serial>1000</request_serial>\n<contract_display_account>微信代扣</contract_display_account>\n<contract_notify_url>https://yoursite.com</contract_notify_url>\n<sign>C380BEC2BFD727A4B6845133519F3AD6</sign>\n</xml>", "openid Required")] // The sample omits it although JSAPI requires it.
    [InlineData("querycontract", "<xml><sign>019C869758CC7F258C42F05CDB9EE361</sign><mch_id>10000097</mch_id><appid>wxf5b5e87a6a0fde94</appid><contract_id>201509160000028648</contract_id><version>1.0</version></xml>", null)]
    [InlineData("deletecontract", "<xml><appid>wxcbda96de0b165486</appid><mch_id>10000098</mch_id><contract_id>100005698</contract_id><contract_termination_remark>原因</contract_termination_remark><version>1.0</version><sign>E1EE61A91C8E90F299DE6AE075D60A2D</sign></xml>", null)]
    [InlineData("pappayapply", "<xml>\n<mch_id>10000098</mch_id><appid>wxcbda96de0b165486</appid><nonce_str>5K8264ILTKCH16CQ2502SI8ZNMTM67VS</nonce_str>\n<sign>C380BEC2BFD727A4B6845133519F3AD6</sign><body>水电代扣</body><out_trade_no>217752501201407033233368018</out_trade_no>\n<total_fee>888</total_fee><spbill_create_ip>8.8.8.8</spbill_create_ip>\n<notify_url>http://yoursite.com/wxpay.html</notify_url><contract_id>Wx15463511252015071056489715</contract_id>\n</xml>", "trade_type Required")] // The sample omits it although the table requires it.
    [InlineData("paporderquery", "<xml><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id><nonce_str>0b9f35f484df17a732e537c37708d1d0</nonce_str><transaction_id>1009660380201506130728806387</transaction_id><sign>66FFB727015F450D167EF38CCC549521</sign></xml>", null)]
    [InlineData("orderquery", "<xml><appid>wx8888888888888888</appid><mch_id>1900000109</mch_id><transaction_id>1008450740201411110005820873</transaction_id><nonce_str>5K8264ILTKCH16CQ2502SI8ZNMTM67VS</nonce_str><sign>C380BEC2BFD727A4B6845133519F3AD6</sign></xml>", null)]
    [InlineData("closeorder", "<xml><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id><nonce_str>4ca93f17ddf3443ceabf72f26d64fe0e</nonce_str><out_trade_no>1415983244</out_trade_no><sign>59FF1DF214B2D279A0EA7077C54DD95D</sign></xml>", null)]
    [InlineData("refund", "<xml>\n<appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id><nonce_str>6cefdb308e1e2e8aabd48cf79e546a02</nonce_str>\n<out_refund_no>1415701182</out_refund_no><out_trade_no>1415757673</out_trade_no><refund_fee>1</refund_fee>\n<total_fee>1</total_fee><transaction_id>4006252001201705123297353072</transaction_id><sign>FE56DD4AA85C0EECA82C35595A69E153</sign>\n</xml>", null)]
    [InlineData("refundquery", "<xml><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id><nonce_str>0b9f35f484df17a732e537c37708d1d0</nonce_str><out_refund_no></out_refund_no><out_trade_no>1415757673</out_trade_no><refund_id></refund_id><transaction_id></transaction_id><sign>66FFB727015F450D167EF38CCC549521</sign></xml>", null)]
    [InlineData("downloadbill", "<xml><appid>wx2421b1c4370ec43b</appid><bill_date>20141110</bill_date><bill_type>ALL</bill_type><mch_id>10000100</mch_id><nonce_str>21df7dc9cd8616b56919f20d9f679233</nonce_str><sign>332F17B766FC787203EBE9D6E40457A1</sign></xml>", null)]
    public void The_published_samples_pass_but_for_their_known_gaps(string name, string body, string? problem)
    {
        var found = Endpoints.All.Single(e => e.Name == name).Check(V2Message.Parse(Some.Utf8(body)));
        Assert.Equal(problem, found is null ? null : $"{found.Field} {found.Rule}");
    }

    [Theory]
    [InlineData("pappayapply", "surplus=1", "surplus Unknown")]
    [InlineData("pappayapply", "spbill_create_ip=::1", "spbill_create_ip Form")]
    [InlineData("pappayapply", "total_fee=0", "total_fee Form")]
    [InlineData("pappayapply", "total_fee=01", "total_fee Form")]
    [InlineData("pappayapply", "total_fee=1.0", "total_fee Form")]
    [InlineData("pappayapply", "trade_type=JSAPI", "trade_type Form")]
    [InlineData("pappayapply", "contract_id=", "contract_id Required")]
    [InlineData("contractorder", "contract_mchid=1", "contract_mchid Equality")]
    [InlineData("contractorder", "contract_appid=wx1", "contract_appid Equality")]
    [InlineData("contractorder", "request_serial=0123", "request_serial Form")]
    [InlineData("contractorder", "request_serial=9223372036854775808", "request_serial Form")]
    [InlineData("contractorder", "contract_display_account=小明😀", "contract_display_account Form")]
    [InlineData("contractorder", "trade_type=NATIVE", "product_id Required")]
    [InlineData("querycontract", "plan_id=1", "contract_id Combination")]
    [InlineData("querycontract", "contract_id=", "contract_id Combination")]
    [InlineData("querycontract", "nonce_str=abc", "nonce_str Unknown")]
    public void A_received_request_is_checked_with_the_documented_limits(string name, string change, string problem)
    {
        var fields = name switch
        {
            "pappayapply" => "appid=wx1|mch_id=1|nonce_str=a|body=b|out_trade_no=1|total_fee=1|spbill_create_ip=8.8.8.8|notify_url=http://a/b|trade_type=PAP|contract_id=1",
            "contractorder" => "appid=wx1a|mch_id=12|contract_mchid=12|contract_appid=wx1a|out_trade_no=1|nonce_str=a|body=b|notify_url=http://a/b|total_fee=1|spbill_create_ip=8.8.8.8|trade_type=JSAPI|openid=o|plan_id=1|contract_code=1|request_serial=999999999999999999|contract_display_account=b|contract_notify_url=http://a/b",
            _ => "appid=wx1|mch_id=1|contract_id=1|version=1.0",
        };
        var endpoint = Endpoints.All.Single(e => e.Name == name);
        Assert.Null(endpoint.Check(V2Message.Parse(Some.Signed(fields))));
        var changed = string.Join('|', fields.Split('|').Where(f => f.Split('=')[0] != change.Split('=')[0]).Append(change));
        var found = endpoint.Check(V2Message.Parse(Some.Signed(changed)));
        Assert.NotNull(found);
        Assert.Equal(problem, $"{found.Field} {found.Rule}");
    }

    [Fact]
    public void A_field_too_many_is_told_before_one_too_few_and_that_before_a_wrong_value()
    {
        var check = (string fields, string[] tolerated) =>
            Endpoints.PapPayApply.Check(V2Message.Parse(Some.Signed("appid=wx1|mch_id=1|nonce_str=a|out_trade_no=1|" + fields)), tolerated) is { } problem ? $"{problem.Field} {problem.Rule}" : null;
        const string Most = "total_fee=1|spbill_create_ip=8.8.8.8|notify_url=http://a/b|contract_id=1";
        Assert.Equal("zzz Unknown", check("total_fee=0|zzz=1", []));
        Assert.Equal("body Required", check("total_fee=0|zzz=1", ["zzz"]));
        Assert.Equal("trade_type Required", check("body=b|" + Most, []));
        Assert.Null(check("body=b|" + Most, ["trade_type"]));
        Assert.Equal("total_fee Form", check("body=b|" + Most.Replace("=1|", "=0|", StringComparison.Ordinal), ["trade_type"]));
        Assert.Equal("body Length", check(Most + "|trade_type=PAP|body=" + new string('会', 43), []));
        Assert.Null(check(Most + "|trade_type=PAP|body=" + new string('会', 42), []));
    }

    [Fact]
    public void A_good_request_is_checked_without_making_texts()
    {
        var request = V2Message.Parse(Some.Signed(
            "appid=wx1|mch_id=1|nonce_str=a|body=连续包月|out_trade_no=1|total_fee=1|spbill_create_ip=8.8.8.8|notify_url=http://a/b|trade_type=PAP|contract_id=1|fee_type=CNY"));

        // Texts of names and values would be about a kilobyte. Code that the runtime has not optimised yet makes 192 bytes, later none.
        var least = Enumerable.Range(0, 50).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var problem = Endpoints.PapPayApply.Check(request);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Null(problem);
            return allocated;
        });
        Assert.InRange(least, 0, 400);
    }

    [Theory]
    [InlineData("http://a", true)]
    [InlineData("HTTPS://Pay.Example:8443/wechat/%E4%B8%AD", true)]
    [InlineData("http://127.0.0.1:8080/wechat/10000100/debit", true)]
    [InlineData("http://[::1]:8080/x", true)]
    [InlineData("http://a?x=1", false)]
    [InlineData("http://a/b?", false)]
    [InlineData("http://a/b#c", false)]
    [InlineData("ftp://a/b", false)]
    [InlineData("//a/b", false)]
    [InlineData("a/b", false)]
    [InlineData("http://", false)]
    [InlineData("http:///b", false)]
    [InlineData("http://:80/b", false)]
    [InlineData("http://user:secret@a/b", false)]
    [InlineData("http://a/b c", false)]
    [InlineData(" http://a/b", false)]
    [InlineData("http://a/中", false)]
    [InlineData("http:\\\\a\\b", false)]
    public void Notify_urls_have_no_query(string url, bool isFine) =>
        Assert.Equal(isFine, Endpoints.PapPayApply.Find("notify_url")!.Check(url, Limits.Own) is null);

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("256.1.1.1", false)]
    [InlineData("1.1.1", false)]
    [InlineData("1.1.1.1.1", false)]
    [InlineData("1.1.1.", false)]
    [InlineData(".1.1.1", false)]
    [InlineData("01.1.1.1", false)]
    [InlineData("1.1.1.1 ", false)]
    [InlineData("::ffff:1.2.3.4", false)]
    [InlineData("2001:db8::1", false)]
    public void Addresses_are_ipv4(string address, bool isFine) =>
        Assert.Equal(isFine, Endpoints.PapPayApply.Find("spbill_create_ip")!.Check(address, Limits.Own) is null);
}
