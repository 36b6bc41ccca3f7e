using Papaya.Simulator.Testing;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;

public sealed class FirstTest
{
    [Fact]
    public async Task A_user_pays_and_signs()
    {
        await using var wechat = await TestSimulator.StartAsync(); // real HTTP and real signatures, on a free port
        var order = await wechat.CreateClient().Contracts.PayAndSignAsync(new PayAndSignRequest
        {
            AppId = wechat.Merchant.AppIds["official_account"], OrderNumber = "A00001", Body = "会员首月", AmountFen = 1_500, ClientIp = "203.0.113.9",
            TradeType = TradeType.JsApi, OpenId = "oSimUser0001", PaymentNotifyUrl = "http://127.0.0.1:5080/paid",
            TemplateId = "12535", ContractNumber = "C00001", SigningSequence = 1, DisplayAccount = "张三", ContractNotifyUrl = "http://127.0.0.1:5080/signed",
        });

        var visit = await wechat.PayAsync(order.PrepayId, "oSimUser0001", sign: true); // the user, in the cashier
        await wechat.AdvanceAsync(TimeSpan.FromMinutes(1)); // whatever falls due in this minute happens now

        Assert.True(visit.Signed);
        Assert.Equal(1_500, Assert.Single(await wechat.LedgerAsync()).Amount);
    }
}
