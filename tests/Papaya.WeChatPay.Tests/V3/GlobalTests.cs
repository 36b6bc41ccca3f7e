using Papaya.WeChatPay.Global;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>The overseas family: its own host, its own names, a debit whose answer is the outcome.</summary>
public sealed class GlobalTests
{
    private static GlobalSignRequest Sign => new()
    {
        AppId = "wx1",
        TemplateId = "123",
        ContractNumber = "100001256",
        DisplayName = "张三",
        NotifyUrl = "https://pay.weixin.qq.com",
        ExpiresAt = new DateTimeOffset(2026, 11, 20, 13, 29, 35, TimeSpan.FromHours(8)),
    };

    private static GlobalDebitRequest Debit => new()
    {
        AppId = "wx1",
        OrderNumber = "PAY001",
        WeChatContractId = "100005698",
        AmountFen = 888,
        Currency = "HKD",
        Description = "QQ公仔",
        CategoryCode = "1011",
        NotifyUrl = "https://a/b",
    };

    [Fact]
    public async Task It_speaks_to_the_overseas_host()
    {
        var platform = new Platform(Reply.Ok("""{"session_id":"S1"}"""));

        Assert.Equal("S1", (await platform.Client().Global.PreSignAppAsync(Sign with { OpenId = "o", ClientIp = "2001:db8::1" })).SessionId);

        var request = Assert.Single(platform.Requests);
        Assert.Equal("https://apihk.mch.weixin.qq.com/v3/global/papay/contracts/app-pre-entrust-sign", request.Uri.ToString());
        Assert.Equal(
            """{"appid":"wx1","plan_id":123,"out_contract_code":"100001256","user_display_name":"张三","success_notify_url":"https://pay.weixin.qq.com","expired_time":"2026-11-20T13:29:35+08:00","openid":"o","user_client_ip":"2001:db8::1"}""",
            request.Body);
        Assert.True(Platform.IsSigned(request));
    }

    [Fact]
    public async Task Each_channel_has_its_path_and_reply()
    {
        var platform = new Platform(Reply.Ok("""{"session_id":"S1","sign_url":"https://sign","show_code_url":"https://code"}"""));
        var global = platform.Client(options: new() { GlobalBaseUrl = new Uri("http://127.0.0.1:8090") }).Global;

        Assert.Equal("S1", (await global.PreSignMiniProgramAsync(Sign)).SessionId);
        Assert.Equal("https://code", (await global.PreSignWebAsync(Sign)).Url);
        await global.PreSignJsApiAsync(Sign with { ReturnUrl = "https://back?x=1" });
        await global.PreSignH5Async(Sign with { ClientIp = "1.2.3.4", ReturnAppId = "wx2" });

        Assert.Equal(["miniprogram", "web", "jsapi", "h5"], platform.Requests.Select(r => r.Uri.Segments[^1].Replace("-pre-entrust-sign", "", StringComparison.Ordinal)));
        Assert.All(platform.Requests, r => Assert.Equal("127.0.0.1", r.Uri.Host));
    }

    [Fact]
    public async Task What_a_channel_cannot_say_is_refused_and_not_dropped()
    {
        var platform = new Platform(Reply.Nothing);
        var global = platform.Client().Global;

        Assert.Equal("openid", (await Assert.ThrowsAsync<PapayException>(() => global.PreSignWebAsync(Sign with { OpenId = "o" }))).Field!.Field);
        Assert.Equal("return_appid", (await Assert.ThrowsAsync<PapayException>(() => global.PreSignAppAsync(Sign with { ReturnAppId = "wx2" }))).Field!.Field);
        Assert.Equal("user_client_ip", (await Assert.ThrowsAsync<PapayException>(() => global.PreSignH5Async(Sign))).Field!.Field);
        Assert.Empty(platform.Requests);
    }

    [Fact]
    public async Task An_institution_names_its_sub_merchant_on_the_same_paths()
    {
        var platform = new Platform((request, _) => request.Method == HttpMethod.Get
            ? Reply.Ok("""{"sp_mchid":"1230000109","sp_appid":"wx1","sub_mchid":"19","contract_id":"100005698","plan_id":123,"out_contract_code":"100001256","user_display_name":"张三","state":"TERMINATED","signed_time":"2026-01-01T00:00:00+08:00","terminated_time":"2026-01-02T00:00:00+08:00","termination_mode":"USER","openid":"o"}""")
            : Reply.Nothing);
        var global = platform.Client().Global;
        var sub = new SubMerchant("19", "wx9");

        var contract = await global.QueryContractAsync(new GlobalContractQueryByNumber { AppId = "wx1", TemplateId = "123", ContractNumber = "100001256", SubMerchant = sub });
        await global.QueryContractAsync(new GlobalContractQueryById { AppId = "wx1", WeChatContractId = "100005698" });
        await global.TerminateAsync(new() { AppId = "wx1", WeChatContractId = "100005698", Note = "原因", SubMerchant = sub });
        await global.ReverseAsync(new() { OrderNumber = "PAY001", SubMerchant = sub });

        Assert.Equal((GlobalContractState.Terminated, "USER", "19"), (contract.State, contract.TerminationMode, contract.SubMerchant!.Number));
        Assert.Equal(
            [
                "GET /v3/global/papay/contracts/out-contract-code/100001256?plan_id=123&sp_appid=wx1&sub_mchid=19&sub_appid=wx9",
                "GET /v3/global/papay/contracts/100005698?appid=wx1",
                "POST /v3/global/papay/contracts/100005698/terminate",
                "POST /v3/global/papay/transactions/out-trade-no/PAY001/reverse?sub_mchid=19",
            ],
            platform.Requests.Select(r => $"{r.Method} {r.Uri.PathAndQuery}"));
        Assert.Equal("""{"sp_appid":"wx1","sub_mchid":"19","sub_appid":"wx9","termination_note":"原因"}""", platform.Requests[2].Body);
        Assert.Equal("", platform.Requests[3].Body);
        Assert.All(platform.Requests, request => Assert.True(Platform.IsSigned(request)));
    }

    [Fact]
    public async Task The_answer_to_a_debit_is_its_outcome()
    {
        var platform = new Platform(Reply.Ok("""
            {"mchid":"1230000109","appid":"wx1","out_trade_no":"PAY001","transaction_id":"42","trade_type":"AUTH","trade_state":"SUCCESS","trade_state_desc":"ok","bank_type":"CMC","success_time":"2026-01-03T09:00:00+08:00","payer":{"openid":"o"},"amount":{"total":888,"payer_total":790,"currency":"HKD","payer_currency":"CNY","exchange_rate":{"type":"SETTLEMENT_RATE","rate":90000000}},"promotion_detail":[{"promotion_id":"1","type":"COUPON","scope":"GLOBAL","amount":10,"currency":"HKD","wxpay_contribute_amount":10}]}
            """));

        var paid = await platform.Client().Global.DebitAsync(Debit);

        Assert.Equal(
            """{"appid":"wx1","description":"QQ公仔","notify_url":"https://a/b","out_trade_no":"PAY001","merchant_category_code":"1011","contract_id":"100005698","amount":{"total":888,"currency":"HKD"}}""",
            platform.Requests[0].Body);
        Assert.True(paid.IsPaid(888, "HKD"));
        Assert.False(paid.IsPaid(888));
        Assert.Equal(("AUTH", 790L, 90000000L), (paid.TradeType, paid.PayerFen, paid.ExchangeRate));
        Assert.Equal(("1", 10L), (paid.Promotions[0].Id, paid.Promotions[0].WeChatFen));
    }

    [Theory]
    [InlineData(500, "SYSTEM_ERROR", ErrorKind.Ask)]
    [InlineData(502, "BANKERROR", ErrorKind.Ask)]
    [InlineData(403, "NOTENOUGH", ErrorKind.Refused)]
    [InlineData(403, "RULELIMIT", ErrorKind.Refused)]
    [InlineData(404, "CONTRACT_NOT_EXIST", ErrorKind.Refused)]
    public async Task Only_a_known_refusal_says_that_nothing_was_debited(int status, string code, ErrorKind kind)
    {
        var platform = new Platform(new Reply(status, $$"""{"code":"{{code}}","message":"m"}"""));

        var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client().Global.DebitAsync(Debit));

        Assert.Equal((code, kind), (e.Code, e.Kind));
        Assert.Single(platform.Requests);
    }

    [Fact]
    public async Task A_debit_whose_answer_is_lost_is_asked_about()
    {
        var platform = new Platform(new Func<HttpRequestMessage, string, Reply>((_, _) => throw new HttpRequestException(HttpRequestError.ResponseEnded)));

        var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client().Global.DebitAsync(Debit));

        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask), (e.Code, e.Kind));
        Assert.Single(platform.Requests);
    }

    [Fact]
    public async Task An_order_is_asked_for_by_either_number()
    {
        var platform = new Platform(Reply.Ok("""{"out_trade_no":"PAY001","transaction_id":"42","trade_state":"NOTPAY"}"""));
        var global = platform.Client().Global;

        Assert.Equal(TradeState.NotPay, (await global.QueryDebitAsync(new GlobalDebitQueryById { WeChatTransactionId = "42" })).State);
        await global.QueryDebitAsync(new GlobalDebitQueryByNumber { OrderNumber = "PAY001", SubMerchant = new("19") });

        Assert.Equal(
            ["/v3/global/papay/transactions/42", "/v3/global/papay/transactions/out-trade-no/PAY001?sub_mchid=19"],
            platform.Requests.Select(r => r.Uri.PathAndQuery));
    }
}
