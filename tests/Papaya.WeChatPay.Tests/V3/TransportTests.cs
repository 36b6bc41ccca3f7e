using Papaya.WeChatPay.Notices;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>What a V3 answer is worth: the signature first, then the code, never the status alone.</summary>
public sealed class TransportTests
{
    private static NoticeRequest Notice => new() { WeChatContractId = "123124412412423431", AppId = "wxd678efh567hg6787", EstimatedFen = 1 };

    [Theory]
    [InlineData(400, "PARAM_ERROR", ErrorKind.Refused, NextStep.FixRequest)]
    [InlineData(400, "INVALID_REQUEST", ErrorKind.Refused, NextStep.FixRequest)]
    [InlineData(401, "SIGN_ERROR", ErrorKind.Refused, NextStep.FixSetup)]
    [InlineData(403, "NO_AUTH", ErrorKind.Refused, NextStep.FixSetup)]
    [InlineData(403, "RULELIMIT", ErrorKind.Refused, NextStep.SameNumberLater)]
    [InlineData(404, "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.CheckContract)]
    [InlineData(400, "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.CheckContract)]
    [InlineData(429, "RATELIMIT_EXCEEDED", ErrorKind.Throttled, NextStep.SameNumberLater)]
    [InlineData(429, "FREQUENCY_LIMITED", ErrorKind.Throttled, NextStep.SameNumberLater)]
    [InlineData(403, "FREQUENCY_LIMITED", ErrorKind.Throttled, NextStep.SameNumberLater)]
    [InlineData(500, "SYSTEM_ERROR", ErrorKind.Ask, NextStep.SameNumberLater)]
    [InlineData(502, "SERVICE_UNAVAILABLE", ErrorKind.Ask, NextStep.QueryThenSameNumber)]
    [InlineData(400, "A_BRAND_NEW_CODE", ErrorKind.Ask, NextStep.QueryThenSameNumber)]
    public async Task The_code_decides(int status, string code, ErrorKind kind, NextStep next)
    {
        var e = await FailsAsync(new Reply(status, $$"""{"code":"{{code}}","message":"说明"}"""));

        Assert.Equal((code, kind, next, status), (e.Code, e.Kind, e.Next, (int)e.Status!));
        Assert.Equal("说明", e.Description);
        Assert.Equal(code != "A_BRAND_NEW_CODE", e.IsKnownCode);
    }

    [Fact]
    public async Task The_offending_value_is_never_repeated()
    {
        var e = await FailsAsync(new Reply(400, """
            {"code":"PARAM_ERROR","message":"参数错误","detail":{"field":"/appid","value":"oSecretOpenId","issue":"格式错误","location":"body"}}
            """));

        Assert.Contains("/appid", e.Message, StringComparison.Ordinal);
        Assert.Contains("格式错误", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("oSecretOpenId", e.ToString() + e.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "<html>Internal Server Error</html>")]
    [InlineData(502, "")]
    [InlineData(404, "[]")]
    [InlineData(400, """{"message":"no code"}""")]
    [InlineData(400, """{"code":"PARAM_ERROR","code":"SYSTEM_ERROR"}""")]
    public async Task An_error_without_a_code_proves_nothing(int status, string body)
    {
        var e = await FailsAsync(new Reply(status, body));

        Assert.Equal((LocalCodes.HttpStatus, ErrorKind.Ask, status), (e.Code, e.Kind, (int)e.Status!));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("probe")]
    [InlineData("stale")]
    [InlineData("mismatch")]
    [InlineData("unknown")]
    public async Task An_empty_success_must_be_signed_like_any_other(string what)
    {
        var e = await FailsAsync(Reply.Nothing with
        {
            Spoil = stamp => what switch
            {
                "missing" => stamp with { Signature = null },
                "probe" => stamp with { Signature = "WECHATPAY/SIGNTEST/" + stamp.Signature },
                "stale" => stamp with { Timestamp = "1700000000" },
                "mismatch" => stamp with { Nonce = "other" },
                _ => stamp with { Serial = "PUB_KEY_ID_0" },
            },
        });

        Assert.Equal((LocalCodes.BadSignature, ErrorKind.Ask), (e.Code, e.Kind));
    }

    [Fact]
    public async Task A_refusal_may_come_unsigned_but_not_with_a_wrong_signature()
    {
        var refusal = new Reply(401, """{"code":"SIGN_ERROR","message":"签名错误"}""");

        Assert.Equal("SIGN_ERROR", (await FailsAsync(refusal with { Spoil = stamp => new(null, null, null, null) })).Code);
        Assert.Equal(LocalCodes.BadSignature, (await FailsAsync(refusal with { Spoil = stamp => stamp with { Nonce = "other" } })).Code);
    }

    [Theory]
    [InlineData(404, "CONTRACT_NOT_EXIST")]
    [InlineData(403, "RULELIMIT")]
    [InlineData(400, "ALREADY_EXISTS")]
    [InlineData(404, "ORDER_NOT_EXIST")]
    public async Task What_nobody_signed_settles_no_money(int status, string code)
    {
        var refusal = new Reply(status, $$"""{"code":"{{code}}","message":"说明"}""");
        Task<PapayException> AppliedAsync(Reply reply) => Assert.ThrowsAsync<PapayException>(() => new Platform(reply).Client().Scheduled.ApplyAsync(new()
        {
            AppId = "wx1", OrderNumber = "P2026010301", Description = "小乔", NotifyUrl = "https://a/b", WeChatContractId = "123", AmountFen = 100,
        }));

        Assert.Equal(code, (await AppliedAsync(refusal)).Code);
        var e = await AppliedAsync(refusal with { Spoil = stamp => new(null, null, null, null) });
        Assert.Equal((LocalCodes.UnsignedRefusal, ErrorKind.Ask, NextStep.QueryThenSameNumber, "说明"), (e.Code, e.Kind, e.Next, e.Description));
        Assert.Equal(status, (int)e.Status!);
    }

    [Theory]
    [InlineData(429, "FREQUENCY_LIMITED", ErrorKind.Throttled)]
    [InlineData(400, "PARAM_ERROR", ErrorKind.Refused)]
    [InlineData(403, "NO_AUTH", ErrorKind.Refused)]
    [InlineData(500, "SYSTEM_ERROR", ErrorKind.Ask)]
    public async Task What_nobody_signed_is_believed_where_it_ends_no_number(int status, string code, ErrorKind kind)
    {
        var e = await FailsAsync(new Reply(status, $$"""{"code":"{{code}}","message":"说明"}""") with { Spoil = stamp => new(null, null, null, null) });
        Assert.Equal((code, kind), (e.Code, e.Kind));
    }

    [Fact]
    public async Task A_call_that_changes_something_is_never_sent_twice()
    {
        var platform = new Platform(new Reply(500, """{"code":"SYSTEM_ERROR","message":"系统错误"}"""));

        await Assert.ThrowsAsync<PapayException>(() => platform.Client().Notices.SendAsync(Notice));

        Assert.Single(platform.Requests);
    }

    [Fact]
    public async Task A_client_without_V3_credentials_says_what_is_missing()
    {
        var platform = new Platform(Reply.Nothing);
        var full = Platform.Credentials();
        var withoutKeys = new MerchantCredentials { MerchantNumber = "1", ApiV2Keys = full.ApiV2Keys, Certificate = full.Certificate };
        var withoutCertificate = new MerchantCredentials { MerchantNumber = "1", ApiV2Keys = full.ApiV2Keys, V3 = full.V3 };

        foreach (var (credentials, missing) in ((MerchantCredentials, string)[])[(withoutKeys, "MerchantCredentials.V3"), (withoutCertificate, "MerchantCredentials.Certificate")])
        {
            var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client(credentials).Notices.SendAsync(Notice));
            Assert.Equal((LocalCodes.V3NotConfigured, true), (e.Code, e.NotSent));
            Assert.Contains(missing, e.Message, StringComparison.Ordinal);
        }

        Assert.Empty(platform.Requests);
    }

    [Fact]
    public async Task One_client_serves_many_at_once_with_one_key()
    {
        var platform = new Platform(Reply.Nothing);
        var client = platform.Client();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => client.Notices.SendAsync(Notice with { EstimatedFen = i + 1 }))));

        Assert.Equal(64, platform.Requests.Count);
        Assert.All(platform.Requests, request => Assert.True(Platform.IsSigned(request)));
        Assert.Equal(64, platform.Requests.Select(r => r.Headers["Authorization"]).Distinct().Count());
    }

    private static Task<PapayException> FailsAsync(Reply reply) =>
        Assert.ThrowsAsync<PapayException>(() => new Platform(reply).Client().Notices.SendAsync(Notice));
}
