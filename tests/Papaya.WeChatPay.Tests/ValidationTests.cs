using System.Text;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>Every rule that is checked before anything is sent.</summary>
public sealed class ValidationTests
{
    private static readonly string Emoji = "小明😀";

    private static readonly (string Case, Func<PapayClient, Task> Call, string Problem)[] Cases =
    [
        // pay and sign
        PaySign("appid missing", r => r with { AppId = "" }, "appid Required 0"),
        PaySign("appid with blank", r => r with { AppId = "wx 1" }, "appid Form 4"),
        PaySign("appid too long", r => r with { AppId = new('a', 33) }, "appid Length 33"),
        PaySign("number missing", r => r with { OrderNumber = "" }, "out_trade_no Required 0"),
        PaySign("number too long", r => r with { OrderNumber = new('1', 33) }, "out_trade_no Length 33"),
        PaySign("number with a bar", r => r with { OrderNumber = "SIGN|01" }, "out_trade_no Form 7"),
        PaySign("number with a star", r => r with { OrderNumber = "SIGN*01" }, "out_trade_no Form 7"),
        PaySign("number too short", r => r with { OrderNumber = "SIGN1" }, "out_trade_no Length 5"),
        PaySign("number alphabet", r => r with { OrderNumber = "A/1" }, "out_trade_no Form 3"),
        PaySign("body missing", r => r with { Body = "" }, "body Required 0"),
        PaySign("body in bytes", r => r with { Body = new('中', 43) }, "body Length 129"),
        PaySign("body own limit", r => r with { Body = new('x', 128) }, "body Length 128"),
        PaySign("body emoji", r => r with { Body = Emoji }, "body Form 10"),
        PaySign("body control", r => r with { Body = "a\u0007" }, "body Form 2"),
        PaySign("detail too long", r => r with { Detail = new('中', 8193) }, "detail Length 8193"),
        PaySign("detail emoji", r => r with { Detail = Emoji }, "detail Form 4"),
        PaySign("attach in bytes", r => r with { Attach = new('中', 43) }, "attach Length 129"),
        PaySign("amount zero", r => r with { AmountFen = 0 }, "total_fee Form 1"),
        PaySign("amount negative", r => r with { AmountFen = -5 }, "total_fee Form 2"),
        PaySign("fee type", r => r with { FeeType = "USD" }, "fee_type Form 3"),
        PaySign("ip v6", r => r with { ClientIp = "2001:db8::1" }, "spbill_create_ip Form 11"),
        PaySign("ip missing", r => r with { ClientIp = "" }, "spbill_create_ip Required 0"),
        PaySign("payment url query", r => r with { PaymentNotifyUrl = "https://a/b?c=1" }, "notify_url Form 15"),
        PaySign("payment url missing", r => r with { PaymentNotifyUrl = "" }, "notify_url Required 0"),
        PaySign("payment url long", r => r with { PaymentNotifyUrl = "https://a/" + new string('b', 247) }, "notify_url Length 257"),
        PaySign("contract url scheme", r => r with { ContractNotifyUrl = "ftp://a/b" }, "contract_notify_url Form 9"),
        PaySign("contract url missing", r => r with { ContractNotifyUrl = "" }, "contract_notify_url Required 0"),
        PaySign("template letters", r => r with { TemplateId = "12a" }, "plan_id Form 3"),
        PaySign("template missing", r => r with { TemplateId = "" }, "plan_id Required 0"),
        PaySign("contract number own limit", r => r with { ContractNumber = new('a', 33) }, "contract_code Length 33"),
        PaySign("contract number alphabet", r => r with { ContractNumber = "a_b" }, "contract_code Form 3"),
        PaySign("sequence zero", r => r with { SigningSequence = 0 }, "request_serial Form 1"),
        PaySign("sequence own limit", r => r with { SigningSequence = 1_000_000_000_000 }, "request_serial Length 13"),
        PaySign("account missing", r => r with { DisplayAccount = "" }, "contract_display_account Required 0"),
        PaySign("account emoji", r => r with { DisplayAccount = Emoji }, "contract_display_account Form 4"),
        PaySign("account too long", r => r with { DisplayAccount = new('中', 65) }, "contract_display_account Length 65"),
        PaySign("openid for jsapi", r => r with { OpenId = null }, "openid Required 0"),
        PaySign("openid blank", r => r with { OpenId = "o p" }, "openid Form 3"),
        PaySign("openid too long", r => r with { OpenId = new('o', 129) }, "openid Length 129"),
        PaySign("product for native", r => r with { TradeType = TradeType.Native, OpenId = null }, "product_id Required 0"),
        PaySign("product too long", r => r with { ProductId = new('p', 33) }, "product_id Length 33"),
        PaySign("trade type", r => r with { TradeType = TradeType.Pap }, "trade_type Form 3"),
        PaySign("limit pay", r => r with { LimitPay = "no_debit" }, "limit_pay Form 8"),
        PaySign("device too long", r => r with { DeviceInfo = new('d', 33) }, "device_info Length 33"),
        PaySign("goods tag too long", r => r with { GoodsTag = new('d', 33) }, "goods_tag Length 33"),
        PaySign("outer id too long", r => r with { OuterId = new('d', 33) }, "contract_outerid Length 33"),
        PaySign("expires too soon", r => r with { StartsAt = DateTimeOffset.UnixEpoch, ExpiresAt = DateTimeOffset.UnixEpoch.AddMinutes(5) }, "time_expire Combination 14"),

        // debit
        Apply("appid missing", r => r with { AppId = "" }, "appid Required 0"),
        Apply("number missing", r => r with { OrderNumber = "" }, "out_trade_no Required 0"),
        Apply("number with an at", r => r with { OrderNumber = "DEBIT@1" }, "out_trade_no Form 7"),
        Apply("number too short", r => r with { OrderNumber = "P1" }, "out_trade_no Length 2"),
        Apply("hint of 1971", r => r with { Hints = new() { At = DateTimeOffset.UnixEpoch.AddSeconds(99_999_999) } }, "timestamp Length 8"),
        Apply("number alphabet", r => r with { OrderNumber = "编号" }, "out_trade_no Form 2"),
        Apply("contract missing", r => r with { WeChatContractId = "" }, "contract_id Required 0"),
        Apply("contract too long", r => r with { WeChatContractId = new('1', 33) }, "contract_id Length 33"),
        Apply("contract alphabet", r => r with { WeChatContractId = "1-2" }, "contract_id Form 3"),
        Apply("amount zero", r => r with { AmountFen = 0 }, "total_fee Form 1"),
        Apply("body missing", r => r with { Body = "" }, "body Required 0"),
        Apply("body in bytes", r => r with { Body = new('中', 43) }, "body Length 129"),
        Apply("ip v6", r => r with { ServerIp = "::1" }, "spbill_create_ip Form 3"),
        Apply("url query", r => r with { NotifyUrl = "https://a/b?" }, "notify_url Form 12"),
        Apply("url missing", r => r with { NotifyUrl = "" }, "notify_url Required 0"),
        Apply("attach in bytes", r => r with { Attach = new('x', 128) }, "attach Length 128"),
        Apply("detail too long", r => r with { Detail = new('x', 8193) }, "detail Length 8193"),
        Apply("fee type", r => r with { FeeType = "cny" }, "fee_type Form 3"),
        Apply("goods tag too long", r => r with { GoodsTag = new('x', 33) }, "goods_tag Length 33"),
        Apply("receipt", r => r with { Receipt = "N" }, "receipt Form 1"),
        Apply("hint openid", r => r with { Hints = new() { OpenId = new('o', 129) } }, "openid Length 129"),
        Apply("hint address", r => r with { Hints = new() { ClientIp = new('1', 65) } }, "clientip Length 65"),
        Apply("hint device", r => r with { Hints = new() { DeviceId = new('d', 129) } }, "deviceid Length 129"),
        Apply("hint mobile", r => r with { Hints = new() { Mobile = "1 2" } }, "mobile Form 3"),
        Apply("hint email", r => r with { Hints = new() { Email = "a b" } }, "email Form 3"),
        Apply("hint qq", r => r with { Hints = new() { Qq = "q" } }, "qq Form 1"),
        Apply("hint identity", r => r with { Hints = new() { IdentityNumber = "身份" } }, "creid Form 2"),
        Apply("hint outer id", r => r with { Hints = new() { OuterId = new('x', 33) } }, "outerid Length 33"),
        Apply("hint before 1970", r => r with { Hints = new() { At = DateTimeOffset.UnixEpoch.AddSeconds(-1) } }, "timestamp Form 2"),

        // contracts
        Terminate("remark missing", r => r with { Remark = "" }, "contract_termination_remark Required 0"),
        Terminate("remark own limit", r => r with { Remark = new('x', 257) }, "contract_termination_remark Length 257"),
        Terminate("remark emoji", r => r with { Remark = Emoji }, "contract_termination_remark Form 4"),
        Terminate("no contract", r => r with { WeChatContractId = null }, "contract_id Combination 0"),
        Terminate("half a contract", r => r with { WeChatContractId = null, TemplateId = "1" }, "contract_id Combination 0"),
        Terminate("both ways", r => r with { TemplateId = "1", ContractNumber = "2" }, "contract_id Combination 0"),
        Terminate("appid missing", r => r with { AppId = "" }, "appid Required 0"),
        ("query contract: id missing", c => c.Contracts.QueryAsync(new ContractQueryById { AppId = "wx1", WeChatContractId = "" }), "contract_id Combination 0"),
        ("query contract: template missing", c => c.Contracts.QueryAsync(new ContractQueryByNumber { AppId = "wx1", TemplateId = "", ContractNumber = "1" }), "contract_id Combination 0"),
        ("query contract: number alphabet", c => c.Contracts.QueryAsync(new ContractQueryByNumber { AppId = "wx1", TemplateId = "1", ContractNumber = "a-b" }), "contract_code Form 3"),
        ("query contract: number too long", c => c.Contracts.QueryAsync(new ContractQueryByNumber { AppId = "wx1", TemplateId = "1", ContractNumber = new('a', 129) }), "contract_code Length 129"),
        ("query contract: template letters", c => c.Contracts.QueryAsync(new ContractQueryByNumber { AppId = "wx1", TemplateId = "x", ContractNumber = "1" }), "plan_id Form 1"),

        // orders
        ("query order: no number", c => c.Orders.QueryAsync(Some.OrderQuery() with { OrderNumber = null }), "transaction_id Combination 0"),
        ("query order: number", c => c.Orders.QueryAsync(Some.OrderQuery() with { OrderNumber = "a b" }), "out_trade_no Form 3"),
        ("query order: transaction", c => c.Orders.QueryAsync(Some.OrderQuery() with { WeChatTransactionId = new('4', 33) }), "transaction_id Length 33"),
        ("query order: version", c => c.Orders.QueryAsync(Some.OrderQuery() with { Version = "2.0" }), "version Form 3"),
        ("query debit: no number", c => c.Debits.QueryAsync(Some.DebitQuery() with { OrderNumber = null }), "transaction_id Combination 0"),
        ("query debit: number", c => c.Debits.QueryAsync(Some.DebitQuery() with { OrderNumber = "a b" }), "out_trade_no Form 3"),
        ("close: no number", c => c.Orders.CloseAsync(Some.Close() with { OrderNumber = "" }), "out_trade_no Required 0"),

        // refunds
        RefundCase("no order", r => r with { OrderNumber = null }, "transaction_id Combination 0"),
        RefundCase("number missing", r => r with { RefundNumber = "" }, "out_refund_no Required 0"),
        RefundCase("number too long", r => r with { RefundNumber = new('r', 65) }, "out_refund_no Length 65"),
        RefundCase("number alphabet", r => r with { RefundNumber = "r#" }, "out_refund_no Form 2"),
        RefundCase("nothing to refund", r => r with { RefundFen = 0 }, "refund_fee Form 1"),
        RefundCase("order of nothing", r => r with { OrderFen = 0 }, "total_fee Form 1"),
        RefundCase("more than paid", r => r with { RefundFen = 2501 }, "refund_fee Combination 4"),
        RefundCase("reason too long", r => r with { Reason = new('由', 81) }, "refund_desc Length 81"),
        RefundCase("reason emoji", r => r with { Reason = Emoji }, "refund_desc Form 4"),
        RefundCase("account", r => r with { Account = "MY_FUNDS" }, "refund_account Form 8"),
        RefundCase("url query", r => r with { NotifyUrl = "https://a?b" }, "notify_url Form 11"),
        RefundCase("fee type", r => r with { FeeType = "USD" }, "refund_fee_type Form 3"),
        ("query refund: no number", c => c.Refunds.QueryAsync(Some.RefundQuery() with { RefundNumber = null }), "refund_id Combination 0"),
        ("query refund: offset", c => c.Refunds.QueryAsync(Some.RefundQuery() with { Offset = -1 }), "offset Form 2"),
        ("query refund: number", c => c.Refunds.QueryAsync(Some.RefundQuery() with { RefundNumber = "a b" }), "out_refund_no Form 3"),
        ("bill: appid missing", c => c.Bills.OpenAsync(Some.Bill() with { AppId = "" }), "appid Required 0"),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Case)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_broken_rule_is_named_before_anything_is_sent(string name)
    {
        var (_, call, problem) = Cases.Single(c => c.Case == name);
        var wechat = new Answering(_ => throw new InvalidOperationException("Something was sent."));
        var error = await Assert.ThrowsAsync<PapayException>(() => call(wechat.Client()));
        Assert.Equal(problem, $"{error.Field!.Field} {error.Field.Rule} {error.Field.ValueLength}");
        Assert.Equal((LocalCodes.InvalidField, ErrorKind.Refused, NextStep.FixRequest, true), (error.Code, error.Kind, error.Next, error.NotSent));
        Assert.Empty(wechat.Requests);
    }

    [Fact]
    public void The_cases_have_different_names() => Assert.Equal(Cases.Length, Cases.Select(c => c.Case).Distinct().Count());

    [Fact]
    public async Task Values_at_their_limits_are_sent()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|prepay_id=p|mch_id=10000100"));
        await wechat.Client().Contracts.PayAndSignAsync(Some.PayAndSign() with
        {
            Body = new('中', 42),
            Attach = new('x', 127),
            Detail = new('中', 8192),
            OrderNumber = new string('1', 28) + "_-_-",
            ContractNumber = new('a', 32),
            SigningSequence = 999_999_999_999,
            DisplayAccount = new('中', 64),
            OpenId = new('o', 128),
            AmountFen = 1,
            DeviceInfo = new('d', 32),
            StartsAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            ExpiresAt = new DateTimeOffset(2026, 1, 1, 0, 5, 1, TimeSpan.Zero),
        });
        var sent = V2Message.Parse(wechat.Requests.Single().Body);
        Assert.Equal(("20260101080000", "20260101080501", "999999999999"), (sent["time_start"], sent["time_expire"], sent["request_serial"]));
        Assert.Null(Endpoints.ContractOrder.Check(sent));
        Assert.True(V2Signature.Verify(sent, Some.Key).IsValid);
    }

    [Fact]
    public async Task Numbers_of_old_orders_are_asked_for_whatever_WeChat_once_took()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|out_trade_no=A*@"));
        await wechat.Client().Orders.QueryAsync(Some.OrderQuery() with { OrderNumber = "A*@" });
        await wechat.Client().Orders.CloseAsync(Some.Close() with { OrderNumber = "A*@" });
        Assert.All(wechat.Requests, r => Assert.Equal("A*@", V2Message.Parse(r.Body)["out_trade_no"]));
    }

    [Fact]
    public async Task The_error_holds_the_length_and_never_the_value()
    {
        const string Secret = "1101011990030712341234567890123456789";
        var error = await Assert.ThrowsAsync<PapayException>(
            () => new Answering(_ => []).Client().Debits.ApplyAsync(Some.Debit() with { Hints = new() { IdentityNumber = Secret } }));
        Assert.Equal("pappayapply: papaya.invalid_field (Refused). creid: at most 32 characters (length given: 37).", error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_certificate_a_refund_is_not_sent()
    {
        var wechat = new Answering(_ => []);
        var error = await Assert.ThrowsAsync<PapayException>(() => wechat.Client(Some.Credentials(certificate: ClientCertificateMode.None)).Refunds.RequestAsync(Some.Refund()));
        Assert.Equal((LocalCodes.NoCertificate, ErrorKind.Refused, true), (error.Code, error.Kind, error.NotSent));
        Assert.Empty(wechat.Requests);
    }

    [Fact]
    public void The_certificate_header_is_only_for_plain_http_on_loopback()
    {
        foreach (var url in new[] { "https://api.mch.weixin.qq.com", "http://pay.example", "https://127.0.0.1" })
        {
            Assert.Throws<ArgumentException>(() => new PapayClient(new HttpClient(), Some.Credentials(), new Uri(url), TimeProvider.System));
        }

        Assert.Throws<ArgumentException>(() => new PapayClient(new HttpClient(), Some.Credentials(certificate: ClientCertificateMode.None), new Uri("file:///x"), TimeProvider.System));
        Assert.NotNull(new PapayClient(new HttpClient(), Some.Credentials(certificate: ClientCertificateMode.Handler), PapayClient.DefaultBaseUrl, TimeProvider.System));
    }

    private static (string, Func<PapayClient, Task>, string) PaySign(string name, Func<PayAndSignRequest, PayAndSignRequest> change, string problem) =>
        ("pay and sign: " + name, c => c.Contracts.PayAndSignAsync(change(Some.PayAndSign())), problem);

    private static (string, Func<PapayClient, Task>, string) Apply(string name, Func<DebitRequest, DebitRequest> change, string problem) =>
        ("debit: " + name, c => c.Debits.ApplyAsync(change(Some.Debit())), problem);

    private static (string, Func<PapayClient, Task>, string) Terminate(string name, Func<TerminateRequest, TerminateRequest> change, string problem) =>
        ("terminate: " + name, c => c.Contracts.TerminateAsync(change(Some.Terminate())), problem);

    private static (string, Func<PapayClient, Task>, string) RefundCase(string name, Func<RefundRequest, RefundRequest> change, string problem) =>
        ("refund: " + name, c => c.Refunds.RequestAsync(change(Some.Refund())), problem);
}
