// A natively compiled client: signs, sends, verifies. The first argument is the address of a simulator.
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Samples;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Hosting;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Refunds;

if (args is not [var address])
{
    Console.Error.WriteLine("usage: papaya-native http://127.0.0.1:PORT   (a simulator: papaya simulate)");
    return 2;
}

const string appId = "wxd930ea5d5a258f4f"; // The simulator's preset official account, template, user and key.
const string template = "12537";
const string openid = "oSimUser0001";
var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
{
    ["WeChatPay:MerchantNumber"] = "10000100",
    ["WeChatPay:ApiV2Keys:0"] = "192006250b4c09247ec02edce69f6a2d",
    ["WeChatPay:SignType"] = "HMAC-SHA256",
    ["WeChatPay:BaseUrl"] = address,
}).Build();
await using var services = new ServiceCollection().AddWeChatPay(configuration.GetSection("WeChatPay")).BuildServiceProvider();
var wechat = services.GetRequiredService<PapayClient>();
var notifications = services.GetRequiredService<WeChatPayNotifications>();

using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
var phone = new SimulatorPhone(http, new Uri(address));
var table = new ResultTable(Console.Out, TimeProvider.System);
var run = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
var (order, debit, refund) = ($"N{run}O", $"N{run}D", $"N{run}R");

var placed = await table.RowAsync("pay and sign", () => wechat.Contracts.PayAndSignAsync(new PayAndSignRequest
{
    AppId = appId, OrderNumber = order, Body = "原生示例", AmountFen = 1500, ClientIp = "203.0.113.9", TradeType = TradeType.JsApi, OpenId = openid,
    PaymentNotifyUrl = "http://127.0.0.1:9/payment", ContractNotifyUrl = "http://127.0.0.1:9/contract",
    TemplateId = template, ContractNumber = $"C{run}", SigningSequence = run % 1_000_000_000_000, DisplayAccount = "原生示例用户",
}), reply => $"contract part {reply.PreSigning}", reply => reply.PreSigning == PreSigning.Accepted);
var contract = await table.RowAsync("the user pays and signs", () => phone.PayAndSignAsync(placed.PrepayId, openid), id => $"contract {id}");
await table.RowAsync("query the order", () => wechat.Orders.QueryAsync(new OrderQuery { AppId = appId, OrderNumber = order }),
    reply => $"{reply.State}, {reply.AmountFen} fen", reply => reply.IsPaid(1500));
await table.RowAsync("query the contract", () => wechat.Contracts.QueryAsync(new ContractQueryById { AppId = appId, WeChatContractId = contract }),
    reply => $"{reply.State}", reply => reply.State == ContractState.Signed);

await table.RowAsync("apply for a debit", () => wechat.Debits.ApplyAsync(new DebitRequest
{
    AppId = appId, OrderNumber = debit, WeChatContractId = contract, AmountFen = 2500, Body = "原生示例, 第二期",
    ServerIp = "198.51.100.7", NotifyUrl = "http://127.0.0.1:9/debit",
}), _ => "accepted");
await phone.AdvanceAsync(TimeSpan.FromMinutes(1));
await table.RowAsync("query the debit", () => wechat.Debits.QueryAsync(new DebitQuery { AppId = appId, OrderNumber = debit }),
    reply => $"{reply.State}, {reply.AmountFen} fen", reply => reply.IsPaid(2500));
await table.RowAsync("verify notifications", async () => await Task.WhenAll((await phone.NotificationsAsync(debit)).Select(body => notifications.ReadAsync(body, _ => null))),
    all => $"{all.Length} verified", all => all.Length > 0 && all.All(n => n.Notification is DebitNotification d && d.IsPaid(2500)));

await table.RowAsync("request a refund", () => wechat.Refunds.RequestAsync(new RefundRequest
{
    AppId = appId, OrderNumber = debit, RefundNumber = refund, OrderFen = 2500, RefundFen = 1000, Reason = "示例",
}), reply => $"{reply.RefundFen} fen");
await table.RowAsync("query the refund", () => wechat.Refunds.QueryAsync(new RefundQuery { AppId = appId, RefundNumber = refund }),
    reply => $"{reply.Refunds[0].Status}, {reply.Refunds[0].RefundFen} fen", reply => reply.Refunds is [{ RefundFen: 1000 }]);
await table.RowAsync("a wrong number", () => Refusal(() => wechat.Debits.QueryAsync(new DebitQuery { AppId = appId, OrderNumber = "N0" })),
    e => $"{e.Code}, {e.Next}", e => e.Code == "ORDERNOTEXIST");
return table.ExitCode;

static async Task<PapayException> Refusal(Func<Task> call)
{
    try
    {
        await call();
    }
    catch (PapayException e)
    {
        return e;
    }

    throw new InvalidOperationException("It was not refused.");
}
