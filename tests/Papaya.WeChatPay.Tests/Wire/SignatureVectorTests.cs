using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

/// <summary>The published and recomputed vectors S-01 to S-22 and N-01 to N-04, each through all ways that make a sign.</summary>
public sealed class SignatureVectorTests
{
    private const string K = "192006250b4c09247ec02edce69f6a2d";
    private const string Common = "appid=wx2421b1c4370ec43b|mch_id=10000100|";

    public static TheoryData<string, string, string, SignType, string> Vectors => new()
    {
        { "S-01", "appid=wxd930ea5d5a258f4f|mch_id=10000100|device_info=1000|body=test|nonce_str=ibuaiVcKdpRxkhJA", K, SignType.Md5, "9A0A8659F005D6984697E2CA0A9CF3B7" },
        { "S-02", "appid=wxd930ea5d5a258f4f|mch_id=10000100|device_info=1000|body=test|nonce_str=ibuaiVcKdpRxkhJA", K, SignType.HmacSha256, "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6" },
        { "S-03", Common + "plan_id=12535|contract_code=100000|request_serial=1000|contract_display_account=微信代扣|notify_url=https://weixin.qq.com|version=1.0|timestamp=1414488825|return_app=Y|sign_type=MD5", K, SignType.Md5, "588134C9FA5B9D4E89E44FA303F6CB6F" },
        { "S-04", Common + "return_code=SUCCESS|return_msg=OK|nonce_str=IITRi8Iabbblz1Jc|result_code=SUCCESS|pre_entrustweb_id=5778aadY9nltAsZzXixCkFIGYnV2V", K, SignType.Md5, "A07C2571BA6F4FBFDB82490C97776AB4" },
        { "S-05", Common + "plan_id=106|contract_code=122|request_serial=123|contract_display_account=name1|notify_url=www.qq.com/test/papay|version=1.0|timestamp=1414488825", K, SignType.Md5, "EB82C3E01B0DB4639921AE07F5A1E68F" },
        { "S-06", Common + "plan_id=106|contract_code=122|request_serial=123|contract_display_account=张三|notify_url=https://www.qq.com/test/papay|timestamp=1414488825", K, SignType.Md5, "1A90937A8F2FF340B42A4ADB806B7D00" },
        { "S-07", "appid=wx426a3015555a46be|contract_code=122|contract_display_account=name1|mch_id=1223816102|notify_url=http://www.qq.com/test/papay|plan_id=106|request_serial=123|timestamp=1414488825|version=1.0", K, SignType.Md5, "A2B28FA9D4AE9542B2AE9E70FFDD80F0" },
        { "S-08", "appid=wx426a3015555a46be|contract_code=122|contract_display_account=name1|mch_id=1223816102|notify_url=http://www.qq.com/test/papay|plan_id=106|request_serial=123|timestamp=1414488825|version=1.0|clientip=119.145.83.6|return_appid=wxcbda96de0b165486", K, SignType.HmacSha256, "E9469BB536B54A675D6271C244B567C2EFBE160670A46CE9E7D44DE50AF53E0C" },
        { "S-09", Common + "plan_id=106|contract_code=122|request_serial=123|contract_display_account=name1|notify_url=www.qq.com/test/papay|version=1.0|timestamp=1414488825|clientip=12.1.1.12|return_appid=wxcbda96de0b165542", K, SignType.HmacSha256, "211AFAFF9BF4DE757BD281F3BEF39D06EC8BB710B1E2A07A3614CD63CEE08FCF" },
        { "S-10", Common + "contract_mchid=10000100|contract_appid=wx2421b1c4370ec43b|out_trade_no=123456|device_info=013467007045764|body=Ipad mini 16G 白色|detail=Ipad mini 16G 白色|notify_url=https://weixin.qq.com|total_fee=888|fee_type=CNY|spbill_create_ip=123.12.12.123|trade_type=JSAPI|plan_id=123|contract_code=100001256|request_serial=1000|contract_display_account=微信代扣|contract_notify_url=https://yoursite.com|nonce_str=5K8264ILTKCH16CQ2502SI8ZNMTM67VS", K, SignType.Md5, "0FEB33AF95AEFA8922ADB0753A14BB38" },
        { "S-11", Common + "return_code=SUCCESS|result_code=SUCCESS|nonce_str=IITRi8Iabbblz1Jc|prepay_id=wx201410272009395522657a690389285100|trade_type=JSAPI|code_url=weixin://wxpay/s/An4baqw|plan_id=123|out_trade_no=123456", K, SignType.Md5, "27CB53BB1FD0528DB119910CB1A456E0" },
        { "S-12", Common + "contract_id=201509160000028648|version=1.0", K, SignType.Md5, "D23A52B839DA39302E746FBB1D0E4F7D" },
        { "S-13", Common + "plan_id=123|contract_code=1023658866|version=1.0", K, SignType.Md5, "1FCDD5BAF037DF736096306BB5213920" },
        { "S-14", Common + "return_code=SUCCESS|result_code=SUCCESS|contract_id=201509160000028648|plan_id=123|openid=oHZx6uMbIG46UXQ3SKxVYEgw1LZs|request_serial=1000|contract_code=1023658866|contract_display_account=test|contract_state=1|contract_signed_time=1438141845|contract_expired_time=1453953047|contract_terminated_time=1438157486|contract_termination_mode=3|contract_termination_remark=delete ....", K, SignType.Md5, "35B3B9261A6A4E75BFB560FE0D6EA8CE" },
        { "S-15", Common + "out_trade_no=217752501201407033233368018|body=水电代扣|total_fee=888|fee_type=CNY|spbill_create_ip=8.8.8.8|notify_url=http://yoursite.com/wxpay.html|trade_type=PAP|contract_id=Wx15463511252015071056489715|nonce_str=5K8264ILTKCH16CQ2502SI8ZNMTM67VS", K, SignType.Md5, "94AD0747C8E32D815623D89A051F7DE8" },
        { "S-16", Common + "return_code=SUCCESS|return_msg=OK|nonce_str=IITRi8Iabbblz1Jc|result_code=SUCCESS", K, SignType.Md5, "1D001A3A187A984976FDB371813F898F" },
        { "S-17", Common + "contract_id=100005698|contract_termination_remark=原因|version=1.0", K, SignType.Md5, "5E8C697575CC65D77BBE96B5BB39916E" },
        { "S-18", Common + "return_code=SUCCESS|result_code=SUCCESS|contract_id=100005698", K, SignType.Md5, "D1F898877B9FC523A6F2FC993BE5B78F" },
        { "S-19", "a=3|b=4", "abc", SignType.Md5, "85566166DABF8B84307C0AF0A7699366" },
        { "S-20", "a=3|b=4", "abc", SignType.HmacSha256, "AAF907CA1B2239E0187A4BD73331DCD840F84748C6905B7FD857688BED84ACF7" },
        { "S-21", "appid=wxd930ea5d5a258f4f|mch_id=10000100|device_info=|body=test|nonce_str=ibuaiVcKdpRxkhJA|sign_type=HMAC-SHA256", K, SignType.HmacSha256, "0BAEDC4470F317D77C13682D149637AB4A9FA09996EA7E859F474ACDD1A50710" },
        { "S-22", "appid=wxd930ea5d5a258f4f|mch_id=10000100|nonce_str=ibuaiVcKdpRxkhJA|body=a&b=c <d> +e%20|attach= x ", K, SignType.Md5, "1010E9BCF59D64C8CC0F1A655AB0736F" },
        { "N-01", "return_code=SUCCESS|result_code=SUCCESS|mch_id=10010404|contract_code=100001256|openid=onqOjjmM1tad-3ROpncN-yUfa6ua|plan_id=123|change_type=ADD|operate_time=2015-07-01 10:00:00|contract_id=Wx15463511252015071056489715", K, SignType.Md5, "443D1E4B5D19B272395242E0FE655079" },
        { "N-01 HMAC", "return_code=SUCCESS|result_code=SUCCESS|mch_id=10010404|contract_code=100001256|openid=onqOjjmM1tad-3ROpncN-yUfa6ua|plan_id=123|change_type=ADD|operate_time=2015-07-01 10:00:00|contract_id=Wx15463511252015071056489715", K, SignType.HmacSha256, "8B9BBDBEAD8649B4D258C91857D864074D0D5CB4E1929447A689852944DD7D85" },
        { "N-02", "return_code=SUCCESS|result_code=SUCCESS|mch_id=10010404|contract_code=100001256|openid=onqOjjmM1tad-3ROpncN-yUfa6ua|plan_id=123|change_type=DELETE|operate_time=2015-09-01 10:00:00|contract_id=Wx15463511252015071056489715|contract_termination_mode=2|request_serial=1695", K, SignType.Md5, "73B55740A7E80B121CB244578A0FC6EF" },
        { "N-02 HMAC", "return_code=SUCCESS|result_code=SUCCESS|mch_id=10010404|contract_code=100001256|openid=onqOjjmM1tad-3ROpncN-yUfa6ua|plan_id=123|change_type=DELETE|operate_time=2015-09-01 10:00:00|contract_id=Wx15463511252015071056489715|contract_termination_mode=2|request_serial=1695", K, SignType.HmacSha256, "EA83B08D29688E279641F84222F72C3E055B7A4ED743723E0F5946AEE79F13F2" },
        { "N-03", DebitSample, K, SignType.Md5, "5360AB35611B07A1FB47F3B51134594E" },
        { "N-03 HMAC", DebitSample, K, SignType.HmacSha256, "B6734810E6A702E76E72BEF9D61BA36081E54F8C347CC6DDD66D65EADA923D7C" },
        { "N-04", FailedDebit, K, SignType.Md5, "D38A67B81C9CE530E083758FE125D1C0" },
        { "N-04 HMAC", FailedDebit, K, SignType.HmacSha256, "6A93A5D3B7F73B8239CBCBB6E9DCBD8697DD714D8E27FB07DB78F979929BD658" },
    };

    private const string DebitSample = "appid=wx2421b1c4370ec43b|attach=支付测试|bank_type=CFT|fee_type=CNY|is_subscribe=N|mch_id=10000100|nonce_str=5d2b6c2a8db53831f7eda20af46e531c|openid=oUpF8uMEb4qRXf22hE3X68TekukE|out_trade_no=1409811653|result_code=SUCCESS|return_code=SUCCESS|time_end=20140903131540|total_fee=1|transaction_id=1004400740201409030005092168|contract_id=Wx15463511252015071056489715";
    private const string FailedDebit = "appid=wx2421b1c4370ec43b|contract_id=Wx15463511252015071056489715|err_code=NOTENOUGH|err_code_des=余额不足|mch_id=10000100|nonce_str=9Tu9BnKNh6ilTfMJ|out_trade_no=1409811653|result_code=FAIL|return_code=SUCCESS|return_msg=OK";

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Loose_fields_give_the_published_sign(string id, string fields, string key, SignType type, string sign)
    {
        Assert.NotEmpty(id);
        Assert.Equal(sign, V2Signature.Compute(Pairs(fields).Append(new("sign", "IGNORED")), new ApiV2Key(key), type));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_received_message_gives_the_published_sign(string id, string fields, string key, SignType type, string sign)
    {
        Assert.NotEmpty(id);
        var body = new StringBuilder("<xml><sign>IGNORED</sign>");
        foreach (var (name, value) in Pairs(fields))
        {
            body.Append('<').Append(name).Append("><![CDATA[").Append(value).Append("]]></").Append(name).Append('>');
        }

        var message = V2Message.Parse(Encoding.UTF8.GetBytes(body.Append("</xml>").ToString()));
        Assert.Equal(sign, V2Signature.Compute(message, new ApiV2Key(key), type));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_written_message_carries_the_published_sign_and_verifies(string id, string fields, string key, SignType type, string sign)
    {
        Assert.NotEmpty(id);
        foreach (var style in new[] { XmlText.Escaped, XmlText.CData })
        {
            using var writer = new V2Writer(style);
            foreach (var (name, value) in Pairs(fields))
            {
                writer.Add(name, value);
            }

            var message = V2Message.Parse(writer.Sign(new ApiV2Key(key), type));
            Assert.Equal(sign, message["sign"]);
            Assert.True(V2Signature.Verify(message, new ApiV2Key(key)).IsValid);
            Assert.Equal(Pairs(fields), message.Fields.SkipLast(1).Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)));
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(string fields) =>
        fields.Split('|').Select(f => f.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], (string?)p[1]));
}
