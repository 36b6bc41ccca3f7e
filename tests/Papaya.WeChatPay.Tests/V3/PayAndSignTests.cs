using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>V3 orders that offer a contract, and the RSA signatures that open their cashier.</summary>
public sealed class PayAndSignTests
{
    private static V3PayAndSignRequest Order => new()
    {
        AppId = "wxd678efh567hg6787",
        OrderNumber = "PAY001",
        Description = "首月",
        AmountFen = 100,
        NotifyUrl = "https://a/pay",
        Contract = new() { TemplateId = "12535", ContractNumber = "C1", SigningSequence = 1695, DisplayAccount = "微信代扣", NotifyUrl = "https://a/contract" },
    };

    [Fact]
    public async Task An_order_in_an_app_offers_a_contract_all_of_whose_members_are_texts()
    {
        var platform = new Platform(Reply.Ok("""{"prepay_id":"wx2014"}"""));

        Assert.Equal("wx2014", (await platform.Client().Contracts.V3.PayAndSignAppAsync(Order with { SharesProfit = false, ExpiresAt = Platform.Start.AddHours(1) })).PrepayId);

        Assert.Equal("/v3/pay/transactions/app-with-contract", platform.Requests[0].Uri.PathAndQuery);
        Assert.Equal(
            """{"appid":"wxd678efh567hg6787","mchid":"1230000109","description":"首月","out_trade_no":"PAY001","notify_url":"https://a/pay","amount":{"total":100,"currency":"CNY"},"time_expire":"2026-01-03T10:00:00+08:00","settle_info":{"profit_sharing":false},"contract_info":{"plan_id":"12535","contract_mchid":"1230000109","contract_appid":"wxd678efh567hg6787","contract_code":"C1","request_serial":"1695","contract_display_account":"微信代扣","contract_notify_url":"https://a/contract"}}""",
            platform.Requests[0].Body);
    }

    [Fact]
    public async Task An_order_tells_its_detail_its_scene_and_a_serial_of_at_most_twelve_digits()
    {
        var platform = new Platform(Reply.Ok("""{"prepay_id":"wx2014"}"""));
        var contracts = platform.Client().Contracts.V3;

        await contracts.PayAndSignAppAsync(Order with { Detail = new(120, "I1"), Scene = new("203.0.113.9", "D1", new("S1", Address: "深圳")) });

        Assert.Contains(""","detail":{"cost_price":120,"invoice_id":"I1"},"scene_info":{"payer_client_ip":"203.0.113.9","device_id":"D1","store_info":{"id":"S1","address":"深圳"}},"contract_info":{""", platform.Requests[0].Body, StringComparison.Ordinal);
        Assert.Equal("scene_info.payer_client_ip", await RefusedAsync(() => contracts.PayAndSignAppAsync(Order with { Scene = new("", "D1") })));
        Assert.Equal("contract_info.request_serial", await RefusedAsync(() => contracts.PayAndSignAppAsync(Order with { Contract = Order.Contract! with { SigningSequence = 0 } })));
        Assert.Equal("contract_info.request_serial", await RefusedAsync(() => contracts.PayAndSignAppAsync(Order with { Contract = Order.Contract! with { SigningSequence = 1_000_000_000_000 } })));
        Assert.Equal("out_trade_no", await RefusedAsync(() => contracts.PayAndSignAppAsync(Order with { OrderNumber = "PAY*001" })));
        Assert.Single(platform.Requests);
    }

    [Fact]
    public async Task An_order_in_an_official_account_may_bring_a_token_instead()
    {
        var platform = new Platform(Reply.Ok("""{"prepay_id":"wx2014"}"""));
        var contracts = platform.Client().Contracts.V3;

        await contracts.PayAndSignJsApiAsync(Order with { OpenId = "o" });
        await contracts.PayAndSignJsApiAsync(Order with { OpenId = "o", Contract = null, Token = "t" });

        Assert.EndsWith(""","payer":{"openid":"o"},"contract_info":{"token":"t"}}""", platform.Requests[1].Body, StringComparison.Ordinal);
        Assert.Equal("payer.openid", await RefusedAsync(() => contracts.PayAndSignJsApiAsync(Order)));
        Assert.Equal("contract_info.plan_id", await RefusedAsync(() => contracts.PayAndSignJsApiAsync(Order with { OpenId = "o", Contract = null })));
        Assert.Equal("contract_info", await RefusedAsync(() => contracts.PayAndSignJsApiAsync(Order with { OpenId = "o", Token = "t" })));
        Assert.Equal("payer.openid", await RefusedAsync(() => contracts.PayAndSignAppAsync(Order with { OpenId = "o" })));
        Assert.Equal("contract_info.plan_id", await RefusedAsync(() => contracts.PayAndSignAppAsync(Order with { Contract = null })));
        Assert.Equal(2, platform.Requests.Count);
    }

    [Fact]
    public void The_text_of_an_invocation_is_the_published_one()
    {
        var text = V3Signature.InvocationText("wxd678efh567hg6787", "1414561699", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "prepay_id=wx201410272009395522657a690389285100");

        Assert.Equal(110, text.Length);
        Assert.Equal("aec260fe0eb6858f74ac0df96dab2ae8bd62f8d0694bc9ff4774ec749d67582a", Convert.ToHexStringLower(SHA256.HashData(text)));
    }

    [Fact]
    public void The_cashier_is_opened_with_an_RSA_signature()
    {
        var invocations = new Platform(Reply.Nothing).Client().Invocations;

        var js = invocations.V3JsApi("wx1", "wx2014");
        var app = invocations.V3App("wx2", "wx2015");

        Assert.Equal(("wx1", "prepay_id=wx2014", "RSA"), (js.AppId, js.Package, js.SignType));
        Assert.Equal(("wx2", Platform.MerchantNumber, "wx2015", "Sign=WXPay"), (app.AppId, app.PartnerId, app.PrepayId, app.Package));
        Assert.True(IsSigned($"wx1\n{js.TimeStamp}\n{js.NonceStr}\nprepay_id=wx2014\n", js.PaySign));
        Assert.True(IsSigned($"wx2\n{app.TimeStamp}\n{app.NonceStr}\nwx2015\n", app.Sign));
        Assert.Equal(LocalCodes.V3NotConfigured, Assert.Throws<PapayException>(() =>
            new Platform(Reply.Nothing).Client(Some.Credentials(certificate: ClientCertificateMode.None)).Invocations.V3App("wx2", "wx2015")).Code);
    }

    private static bool IsSigned(string text, string signature)
    {
        using var key = Platform.Credentials().Certificate!.Certificate.PublicKey.GetRSAPublicKey()!;
        return key.VerifyData(Encoding.UTF8.GetBytes(text), Convert.FromBase64String(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static async Task<string> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<PapayException>(call)).Field!.Field;
}
