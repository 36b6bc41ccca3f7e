using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Global;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Scheduled;
using Papaya.WeChatPay.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Telemetry;

/// <summary>Nothing secret or personal reaches a log record, a span, a metric or an exception, whatever is called and however it ends.</summary>
[Collection("alone")] // Spans of other tests with the same merchant number would be counted.
public sealed partial class RedactionTests
{
    private const string MerchantNumber = "10000199";
    private const string Secret = "secretAPIv2key0secretAPIv2key000";
    private const string OpenId = "oSecretOpenId";
    private const string Name = "秘密用户";
    private const string Words = "秘密商品";

    private static readonly Dictionary<string, Func<PapayClient, Task>> Calls = new()
    {
        ["pay and sign"] = c => c.Contracts.PayAndSignAsync(Some.PayAndSign() with { OpenId = OpenId, DisplayAccount = Name, Body = Words, Attach = Words }),
        ["official account"] = c => Task.FromResult(c.Contracts.OfficialAccountUrl(Signing<OfficialAccountSigning>(new() { AppId = Some.AppId, TemplateId = "1", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = Name, NotifyUrl = "https://pay.example/n" }))),
        ["mini program"] = c => Task.FromResult(c.Contracts.MiniProgram(Signing<MiniProgramSigning>(new() { AppId = Some.AppId, TemplateId = "1", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = Name, NotifyUrl = "https://pay.example/n" }))),
        ["app"] = c => c.Contracts.PreSignAppAsync(new() { AppId = Some.AppId, TemplateId = "1", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = Name, NotifyUrl = "https://pay.example/n" }),
        ["h5"] = c => c.Contracts.OpenH5Async(new() { AppId = Some.AppId, TemplateId = "1", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = Name, NotifyUrl = "https://pay.example/n", ClientIp = "203.0.113.77" }),
        ["contract"] = c => c.Contracts.QueryAsync(Some.ContractById()),
        ["contract by number"] = c => c.Contracts.QueryAsync(Some.ContractByNumber()),
        ["terminate"] = c => c.Contracts.TerminateAsync(Some.Terminate() with { Remark = Words }),
        ["debit"] = c => c.Debits.ApplyAsync(Some.Debit() with { Body = Words, Attach = Words, Hints = new() { OpenId = OpenId, Mobile = "13800138000", ClientIp = "203.0.113.77" } }),
        ["debit query"] = c => c.Debits.QueryAsync(Some.DebitQuery()),
        ["order query"] = c => c.Orders.QueryAsync(Some.OrderQuery()),
        ["close"] = c => c.Orders.CloseAsync(Some.Close()),
        ["refund"] = c => c.Refunds.RequestAsync(Some.Refund() with { Reason = Words }),
        ["refund query"] = c => c.Refunds.QueryAsync(Some.RefundQuery()),
        ["bill"] = c => c.Bills.OpenAsync(Some.Bill()),
        ["fund flow"] = c => c.Bills.OpenFundFlowAsync(new() { AppId = Some.AppId, Day = new(2026, 1, 3) }),
        ["a broken rule"] = c => c.Debits.ApplyAsync(Some.Debit() with { Body = Words + "\u0001", OrderNumber = OpenId + " " }),
    };

    public static TheoryData<string, Func<byte[]>> Answers => new()
    {
        { "success", () => Signed($"return_code=SUCCESS|result_code=SUCCESS|prepay_id=wxSecretPrepay|openid={OpenId}|pre_entrustweb_id=secretPreId|redirect_url=https://x/?secretRedirect") },
        { "refused", () => Signed("return_code=SUCCESS|result_code=FAIL|err_code=CONTRACT_NOT_EXIST|err_code_des=没有") },
        { "throttled", () => Signed("return_code=SUCCESS|result_code=FAIL|err_code=FREQUENCY_LIMITED|err_code_des=慢") },
        { "asked", () => Signed("return_code=SUCCESS|result_code=FAIL|err_code=SYSTEMERROR|err_code_des=再试") },
        { "no rights to be heard", () => Some.Unsigned("return_code=FAIL|return_msg=签名错误") },
        { "another's sign", () => Some.Signed($"return_code=SUCCESS|result_code=SUCCESS|openid={OpenId}") },
        { "no message", () => Some.Utf8($"<html>{OpenId} {Words}</html>") },
        { "a broken line", () => throw new HttpRequestException(HttpRequestError.ResponseEnded) },
        { "no line", () => throw new HttpRequestException(HttpRequestError.ConnectionError) },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task No_call_tells_a_secret(string answer, Func<byte[]> body)
    {
        using var heard = new Listening(MerchantNumber);
        var wechat = new Answering(_ => body());
        var client = wechat.Client(Merchant(), new() { Logger = heard, Nonces = NonceSource.Seeded(5) });
        var said = new StringBuilder();
        foreach (var (name, call) in Calls)
        {
            var error = await Record.ExceptionAsync(() => call(client));
            Assert.True(error is null or PapayException, $"{name}, {answer}: {error}");
            said.AppendLine(error?.ToString());
        }

        var signed = wechat.Requests.SelectMany(r => SecretFields().Matches(Encoding.UTF8.GetString(r.Body))).Select(m => m.Groups[1].Value).Distinct().ToArray();
        Assert.True(signed.Length > 20, "signs and nonces were seen");
        Assert.NotEmpty(heard.Records);
        Assert.NotEmpty(heard.Spans);
        Assert.NotEmpty(heard.Metrics);
        AssertSilent(said.Append(heard.Everything()).ToString(), [.. signed, "wxSecretPrepay", "secretPreId", "secretRedirect"]);
    }

    [Fact]
    public void No_notification_tells_a_secret()
    {
        using var heard = new Listening(MerchantNumber);
        var merchant = Merchant();
        var said = new StringBuilder();
        const string common = $"mch_id={MerchantNumber}|nonce_str=secretNonce|openid={OpenId}|return_code=SUCCESS|result_code=SUCCESS";
        var payment = common + $"|out_trade_no=N1|trade_type=JSAPI|total_fee=100|time_end=20260103131540|transaction_id=1|attach={Words}";
        var key = new ApiV2Key(Secret);
        byte[][] bodies =
        [
            Signed(payment),
            Signed(common + $"|out_trade_no=N1|trade_type=PAP|contract_id=1|total_fee=100|time_end=20260103131540|transaction_id=1|attach={Words}"),
            Signed(common + "|contract_code=C1|plan_id=1|change_type=ADD|operate_time=2026-01-03 10:00:00|contract_id=1"),
            Signed(common + "|contract_code=C1|plan_id=1|change_type=DELETE|operate_time=2026-01-03 10:00:00|contract_id=1|contract_termination_mode=2"),
            Some.Unsigned($"return_code=SUCCESS|mch_id={MerchantNumber}|nonce_str=secretNonce|req_info={RefundCipher.Encrypt(Some.Unsigned($"out_refund_no=R1|out_trade_no=N1|refund_status=SUCCESS|refund_fee=1|refund_recv_accout={Name}", "root"), key)}"),
            Some.Signed(payment), Some.Unsigned(payment), Some.Utf8($"<xml><openid>{OpenId}</openid><openid>{OpenId}</openid></xml>"), Some.Utf8(OpenId),
            Signed($"nonce_str=secretNonce|openid={OpenId}|return_code=SUCCESS"),
            Some.Unsigned($"return_code=SUCCESS|mch_id={MerchantNumber}|req_info=bm90aGluZw=={OpenId}"),
        ];
        var accepted = 0;
        foreach (var body in bodies)
        {
            if (NotificationReader.TryRead(body, merchant, out var notification, out var refusal))
            {
                accepted++;
                said.AppendLine(notification.ToString());
            }
            else
            {
                said.AppendLine(refusal.ToString()).AppendLine(Assert.Throws<PapayException>(() => NotificationReader.Read(body, merchant)).ToString());
            }
        }

        Assert.Equal(5, accepted);
        Assert.Contains(heard.Metrics, m => m.Name == "wechatpay.notifications");
        var signs = bodies.SelectMany(b => SecretFields().Matches(Encoding.UTF8.GetString(b))).Select(m => m.Groups[1].Value).ToArray();
        AssertSilent(said.Append(heard.Everything()).ToString(), [.. signs, "secretNonce", "bm90aGluZw"]);
    }

    [Fact]
    public async Task No_V3_call_tells_a_secret()
    {
        using var heard = new Listening(Platform.MerchantNumber);
        var scheduled = new ScheduledSignRequest
        {
            AppId = "wx1", TemplateId = "12535", ContractNumber = "C1", DisplayAccount = Name, NotifyUrl = "https://a/b", UserCode = Name, OpenId = OpenId,
            Debit = new(new(2026, 11, 22), 1, Words),
        };
        var global = new GlobalSignRequest { AppId = "wx1", TemplateId = "1", ContractNumber = "C1", DisplayName = Name, NotifyUrl = "https://a/b", OpenId = OpenId, ClientIp = "203.0.113.77" };
        Func<PapayClient, Task>[] calls =
        [
            c => c.Notices.SendAsync(new() { WeChatContractId = "1234567890", AppId = "wx1", EstimatedFen = 1 }),
            c => c.Notices.RemindAsync(new() { WeChatContractId = "1234567890", AppId = "wx1" }),
            c => c.Scheduled.PreSignAppAsync(scheduled with { OpenId = null }),
            c => c.Scheduled.PreSignJsApiAsync(scheduled),
            c => c.Global.PreSignAppAsync(global),
            c => c.Global.DebitAsync(new() { AppId = "wx1", OrderNumber = "PAY001", WeChatContractId = "1", AmountFen = 8, Currency = "HKD", Description = Words, CategoryCode = "1011", NotifyUrl = "https://a/b" }),
            c => c.Contracts.V3.PayAndSignJsApiAsync(new()
            {
                AppId = "wx1", OrderNumber = "PAY001", Description = Words, AmountFen = 1, NotifyUrl = "https://a/b", OpenId = OpenId,
                Contract = new() { TemplateId = "1", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = Name, NotifyUrl = "https://a/b" },
            }),
        ];
        Reply[] replies =
        [
            Reply.Nothing, Reply.Ok($$$"""{"prepay_id":"wxSecretPrepay","openid":"{{{OpenId}}}","pre_entrustweb_id":"secretPreId","redirect_url":"https://x/?secretRedirect"}"""),
            new(400, $$$"""{"code":"PARAM_ERROR","message":"参数错误","detail":{"field":"/appid","value":"{{{OpenId}}}","issue":"不对"}}"""), new(500, OpenId),
        ];
        var said = new StringBuilder();
        var secrets = new List<string> { "0123456789ABCDEF0123456789ABCDEF", "wxSecretPrepay", "secretPreId", "secretRedirect" };
        foreach (var (call, reply) in calls.SelectMany(call => replies.Select(reply => (call, reply))))
        {
            var platform = new Platform(reply);
            var error = await Record.ExceptionAsync(() => call(platform.Client(options: new() { Logger = heard })));
            Assert.True(error is null or PapayException, error?.ToString());
            said.AppendLine(error?.ToString());
            var request = platform.Requests[0];
            secrets.AddRange([request.Headers["Authorization"], request.Body, .. Quoted().Matches(request.Headers["Authorization"]).Select(m => m.Groups[1].Value)]);
        }

        Assert.Equal(calls.Length * replies.Length, heard.Spans.Count(s => s.Kind == System.Diagnostics.ActivityKind.Client));
        AssertSilent(said.Append(heard.Everything()).ToString(), secrets);
    }

    private static void AssertSilent(string said, IEnumerable<string> more) =>
        Assert.All([Secret, OpenId, Name, Words, "13800138000", "203.0.113.77", .. more.Where(secret => secret.Length > 0)],
            secret => Assert.DoesNotContain(secret, said, StringComparison.OrdinalIgnoreCase));

    private static MerchantCredentials Merchant() => new()
    {
        MerchantNumber = MerchantNumber, ApiV2Keys = [new(Secret)], ClientCertificate = ClientCertificateMode.LoopbackHeader,
    };

    private static byte[] Signed(string fields) => Some.Signed(fields, SignType.Md5, new(Secret));

    private static T Signing<T>(T request) => request;

    [GeneratedRegex("<(?:sign|nonce_str|req_info)>(?:<!\\[CDATA\\[)?([0-9A-Za-z+/=]+)", RegexOptions.None, 1000)]
    private static partial Regex SecretFields();

    [GeneratedRegex("(?:signature|nonce_str)=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Quoted();
}
