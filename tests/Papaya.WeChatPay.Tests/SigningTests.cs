using System.Text.Json;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>The four ways to sign without payment, against the published vectors (S-05 and S-09 have an address without scheme, which is refused).</summary>
public sealed class SigningTests
{
    private static readonly MerchantCredentials Someone = new() { MerchantNumber = "1223816102", ApiV2Keys = [Some.Key] };
    private static readonly DateTimeOffset Published = DateTimeOffset.FromUnixTimeSeconds(1414488825);

    [Fact]
    public void The_address_of_an_official_account_is_the_published_one_byte_for_byte()
    {
        var client = new Answering(_ => []).Client(Someone);
        Assert.Equal(
            "http://127.0.0.1:8090/papay/entrustweb?appid=wx426a3015555a46be&contract_code=122&contract_display_account=name1&mch_id=1223816102"
            + "&notify_url=http%3A%2F%2Fwww.qq.com%2Ftest%2Fpapay&plan_id=106&request_serial=123&timestamp=1414488825&version=1.0&sign=A2B28FA9D4AE9542B2AE9E70FFDD80F0",
            client.Contracts.OfficialAccountUrl(OfficialAccount()));
    }

    [Fact]
    public void Values_are_signed_raw_and_encoded_once_as_utf8_with_upper_case_escapes()
    {
        var address = new Answering(_ => []).Client().Contracts.OfficialAccountUrl(OfficialAccount() with
        {
            DisplayAccount = "张三+a b%20&c",
            ReturnsToReferrer = true,
            OuterId = "李*艳（00000000000）",
        });
        Assert.Contains("&contract_display_account=%E5%BC%A0%E4%B8%89%2Ba%20b%2520%26c&", address, StringComparison.Ordinal);
        Assert.Contains("&return_web=1&", address, StringComparison.Ordinal);
        var fields = Fields(address);
        Assert.Equal("李*艳（00000000000）", fields["outerid"]);
        Assert.Equal(fields["sign"], V2Signature.Compute(fields, Some.Key, SignType.Md5));
        Assert.All(address, c => Assert.InRange(c, '!', '~'));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(256, "contract_display_account: the whole address has ")]
    public void An_address_has_at_most_1024_bytes_and_the_error_names_the_cure(int length, string? problem)
    {
        var request = OfficialAccount() with
        {
            DisplayAccount = new string('户', 50),
            NotifyUrl = "https://pay.example/" + new string('x', length - 20),
        };
        var client = new Answering(_ => []).Client();
        if (problem is null)
        {
            Assert.InRange(client.Contracts.OfficialAccountUrl(request).Length, 800, V2Query.LongestAddress);
            return;
        }

        // 256 characters and 50 Chinese ones of nine bytes each fit by themselves, but not with everything else.
        var error = Assert.Throws<PapayException>(() => client.Contracts.OfficialAccountUrl(request with { OuterId = new string('户', 28) }));
        Assert.StartsWith(problem, error.Field!.ToString(), StringComparison.Ordinal);
        Assert.Contains("may have 1024: shorten contract_display_account, which takes 450 of them", error.Message, StringComparison.Ordinal);
        Assert.Equal((LocalCodes.InvalidField, ErrorKind.Refused, true), (error.Code, error.Kind, error.NotSent));
    }

    [Fact]
    public void A_missing_time_is_the_clocks()
    {
        var address = new Answering(_ => []).Client().Contracts.OfficialAccountUrl(OfficialAccount() with { At = null });
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(Fields(address)["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(sent, Published.AddYears(10), DateTimeOffset.MaxValue);
    }

    [Fact]
    public async Task An_app_reserves_a_session_without_nonce_and_with_the_published_sign()
    {
        var wechat = new Answering(_ => Some.Utf8("""
            <xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg><appid>wx2421b1c4370ec43b</appid><mch_id>10000100</mch_id>
            <nonce_str>IITRi8Iabbblz1Jc</nonce_str><result_code>SUCCESS</result_code><pre_entrustweb_id>5778aadY9nltAsZzXixCkFIGYnV2V</pre_entrustweb_id>
            <sign>A07C2571BA6F4FBFDB82490C97776AB4</sign></xml>
            """));
        var reply = await wechat.Client().Contracts.PreSignAppAsync(App());
        Assert.Equal(("5778aadY9nltAsZzXixCkFIGYnV2V", (string?)null), (reply.PreSigningId, reply.MiniProgramUserName));

        var sent = V2Message.Parse(wechat.Requests.Single().Body);
        Assert.Equal("/papay/preentrustweb", wechat.Requests.Single().Path);
        Assert.Equal("588134C9FA5B9D4E89E44FA303F6CB6F", sent["sign"]);
        Assert.Null(Endpoints.PreEntrustWeb.Check(sent));
        Assert.False(sent.Contains("nonce_str"u8));
    }

    [Fact]
    public async Task A_reply_with_a_mini_program_is_read_with_its_ampersands()
    {
        var wechat = new Answering(_ => Some.Signed(
            "return_code=SUCCESS|result_code=SUCCESS|appid=wx2421b1c4370ec43b|mch_id=10000100|nonce_str=a|pre_entrustweb_id=p|miniprogram_username=gh_xxxxxxxxxxxxx|miniprogram_path=pages/index/index?sign_scene=app&domain_type=cn&pre_entrustweb_id=p"));
        var reply = await wechat.Client().Contracts.PreSignAppAsync(App() with { SignType = null });
        Assert.Equal(("gh_xxxxxxxxxxxxx", "pages/index/index?sign_scene=app&domain_type=cn&pre_entrustweb_id=p"), (reply.MiniProgramUserName, reply.MiniProgramPath));
        Assert.False(V2Message.Parse(wechat.Requests.Single().Body).Contains("sign_type"u8));
    }

    [Fact]
    public async Task H5_signing_is_a_get_by_hmac_without_sign_type_whatever_the_merchants_algorithm()
    {
        var wechat = new Answering(_ => H5Sample);
        var client = wechat.Client(Someone);
        var reply = await client.Contracts.OpenH5Async(H5());
        Assert.Equal("https://payapp.weixin.qq.com", reply.RedirectUrl);

        var (method, address) = wechat.Calls.Single();
        Assert.Equal(HttpMethod.Get, method);
        Assert.StartsWith("http://127.0.0.1:8090/papay/h5entrustweb?appid=wx426a3015555a46be&clientip=119.145.83.6&", address, StringComparison.Ordinal);
        Assert.EndsWith("&sign=E9469BB536B54A675D6271C244B567C2EFBE160670A46CE9E7D44DE50AF53E0C", address, StringComparison.Ordinal);
        Assert.DoesNotContain("sign_type", address, StringComparison.Ordinal);
        Assert.Empty(wechat.Requests.Single().Body);
    }

    [Fact]
    public async Task What_is_encoded_stays_encoded_on_the_wire()
    {
        var wechat = new Answering(_ => H5Sample);
        await wechat.Client().Contracts.OpenH5Async(H5() with { DisplayAccount = "a~b!c'd(e)*%2F/é", OuterId = "李*艳（00000000000）" });
        var address = wechat.Calls.Single().Address;
        Assert.Contains("&contract_display_account=a~b%21c%27d%28e%29%2A%252F%2F%C3%A9&", address, StringComparison.Ordinal);
        Assert.Contains("&outerid=%E6%9D%8E%2A%E8%89%B3%EF%BC%8800000000000%EF%BC%89&", address, StringComparison.Ordinal);
        var fields = Fields(address);
        Assert.Equal(fields["sign"], V2Signature.Compute(fields, Some.Key, SignType.HmacSha256));
    }

    [Theory]
    [InlineData("return_code=SUCCESS|result_code=FAIL|result_msg=SIGN_ERROR", "SIGN_ERROR", ErrorKind.Refused)]
    [InlineData("return_code=SUCCESS|result_code=FAIL|result_msg=没见过", "没见过", ErrorKind.Ask)]
    [InlineData("return_code=FAIL|return_msg=签约参数签名校验错误", "SIGNERROR", ErrorKind.Refused)]
    [InlineData("return_code=SUCCESS|result_code=SUCCESS", "papaya.unreadable", ErrorKind.Ask)]
    public async Task H5_failures_are_read_from_the_codes(string reply, string code, ErrorKind kind)
    {
        var error = await Assert.ThrowsAsync<PapayException>(() => new Answering(_ => Some.Unsigned(reply)).Client().Contracts.OpenH5Async(H5()));
        Assert.Equal((code, kind), (error.Code, error.Kind));
    }

    [Theory]
    [InlineData("2001:db8::1", true)]
    [InlineData("119.145.83.6", true)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("119.145.83", false)]
    [InlineData("localhost", false)]
    public async Task H5_takes_the_users_ip_of_either_kind(string ip, bool isFine)
    {
        var error = await Record.ExceptionAsync(() => new Answering(_ => H5Sample).Client().Contracts.OpenH5Async(H5() with { ClientIp = ip }));
        Assert.Equal(isFine ? null : "clientip", (error as PapayException)?.Field?.Field);
    }

    [Fact]
    public void A_mini_program_gets_exactly_the_documented_keys_and_the_published_sign()
    {
        var invocation = new Answering(_ => []).Client(Some.Credentials(SignType.HmacSha256)).Contracts.MiniProgram(MiniProgram());
        using var json = JsonDocument.Parse(invocation.ToJson());
        Assert.Equal(["appId", "path", "extraData"], json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("wxbd687630cd02ce1d", "pages/index/index"), (json.RootElement.GetProperty("appId").GetString(), json.RootElement.GetProperty("path").GetString()));
        var data = json.RootElement.GetProperty("extraData");
        Assert.Equal(
            ["appid", "contract_code", "contract_display_account", "mch_id", "notify_url", "plan_id", "request_serial", "sign", "timestamp"],
            data.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal((123, 1414488825), (data.GetProperty("request_serial").GetInt64(), data.GetProperty("timestamp").GetInt64()));
        Assert.Equal(("张三", "https://www.qq.com/test/papay"), (data.GetProperty("contract_display_account").GetString(), data.GetProperty("notify_url").GetString()));
        Assert.Equal("1A90937A8F2FF340B42A4ADB806B7D00", data.GetProperty("sign").GetString());
    }

    [Fact]
    public void Nothing_signed_is_printed_by_accident()
    {
        var invocation = new Answering(_ => []).Client().Contracts.MiniProgram(MiniProgram());
        Assert.DoesNotContain(invocation.ExtraData.Sign, $"{invocation} {invocation.ExtraData}", StringComparison.Ordinal);
        Assert.Equal("signing 122", MiniProgram().ToString());
    }

    private static byte[] H5Sample => Some.Utf8(
        "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[PARAM_ERROR]]></return_msg><result_code><![CDATA[SUCCESS]]></result_code><result_msg><![CDATA[SIGN_ERROR]]></result_msg><redirect_url><![CDATA[https://payapp.weixin.qq.com]]></redirect_url></xml>");

    private static OfficialAccountSigning OfficialAccount() => new()
    {
        AppId = "wx426a3015555a46be",
        TemplateId = "106",
        ContractNumber = "122",
        SigningSequence = 123,
        DisplayAccount = "name1",
        NotifyUrl = "http://www.qq.com/test/papay",
        At = Published,
    };

    private static AppSigning App() => new()
    {
        AppId = Some.AppId,
        TemplateId = "12535",
        ContractNumber = "100000",
        SigningSequence = 1000,
        DisplayAccount = "微信代扣",
        NotifyUrl = "https://weixin.qq.com",
        At = Published,
        ReturnsToApp = true,
        SignType = SignType.Md5,
    };

    private static H5Signing H5() => new()
    {
        AppId = "wx426a3015555a46be",
        TemplateId = "106",
        ContractNumber = "122",
        SigningSequence = 123,
        DisplayAccount = "name1",
        NotifyUrl = "http://www.qq.com/test/papay",
        At = Published,
        ClientIp = "119.145.83.6",
        ReturnAppId = "wxcbda96de0b165486",
    };

    private static MiniProgramSigning MiniProgram() => new()
    {
        AppId = Some.AppId,
        TemplateId = "106",
        ContractNumber = "122",
        SigningSequence = 123,
        DisplayAccount = "张三",
        NotifyUrl = "https://www.qq.com/test/papay",
        At = Published,
    };

    private static Dictionary<string, string?> Fields(string address) => address.Split('?')[1].Split('&')
        .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], string? (pair) => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
}
