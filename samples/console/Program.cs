// Makes each call once against a simulator, without a container: a handler, a client, and away.
using Papaya.Samples;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Sending;

if (args is not [var address])
{
    Console.Error.WriteLine("usage: papaya-console http://127.0.0.1:PORT   (a simulator: papaya simulate)");
    return 2;
}

const string appId = "wxd930ea5d5a258f4f"; // The simulator's preset official account, template, user and key.
const string template = "12537";
const string openid = "oSimUser0002";
const string notify = "http://127.0.0.1:9"; // Nobody listens: this program asks instead of waiting to be told.

var merchant = new MerchantCredentials
{
    MerchantNumber = "10000100",
    ApiV2Keys = [new("192006250b4c09247ec02edce69f6a2d")], // After a reset: [new key, old key].
    // Against WeChat itself: Certificate = MerchantCertificate.FromP12File("apiclient_cert.p12", "10000100").
    ClientCertificate = ClientCertificateMode.LoopbackHeader,
};
var baseUrl = new Uri(address); // Against WeChat itself: PapayClient.DefaultBaseUrl.
using var http = new HttpClient(Connections.Handler(merchant.Certificate, baseUrl)) { Timeout = Timeout.InfiniteTimeSpan };
var wechat = new PapayClient(http, merchant, baseUrl, TimeProvider.System, new() { Limiter = new() });

using var control = new HttpClient(new SocketsHttpHandler { UseProxy = false });
var phone = new SimulatorPhone(control, baseUrl);
var table = new ResultTable(Console.Out, TimeProvider.System);
var run = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

// 1. An order that also offers the contract; what the front end needs to open the cashier; the user pays and signs.
var order = $"K{run}O";
var placed = await table.RowAsync("contractorder", () => wechat.Contracts.PayAndSignAsync(new PayAndSignRequest
{
    AppId = appId, OrderNumber = order, Body = "会员首月", AmountFen = 1500, ClientIp = "203.0.113.9", TradeType = TradeType.JsApi, OpenId = openid,
    PaymentNotifyUrl = notify + "/payment", ContractNotifyUrl = notify + "/contract",
    TemplateId = template, ContractNumber = $"C{run}", SigningSequence = run % 1_000_000_000_000, DisplayAccount = "示例用户",
}), reply => $"prepay_id, contract part {reply.PreSigning}", reply => reply.PreSigning == PreSigning.Accepted);
var invocation = wechat.Invocations.JsApi(appId, placed.PrepayId);
await table.RowAsync("front-end parameters", () => Task.FromResult(invocation), i => $"signed with {i.SignType} at {i.TimeStamp}");
var contract = await table.RowAsync("the user pays, signs", () => phone.PayAndSignAsync(placed.PrepayId, openid), id => $"contract {id}");
await table.RowAsync("orderquery", () => wechat.Orders.QueryAsync(new OrderQuery { AppId = appId, OrderNumber = order }),
    reply => $"{reply.State}, {reply.AmountFen} fen", reply => reply.IsPaid(1500));
await table.RowAsync("querycontract by id", () => wechat.Contracts.QueryAsync(new ContractQueryById { AppId = appId, WeChatContractId = contract }),
    reply => $"{reply.State} since {reply.SignedAt:yyyy-MM-dd HH:mm}", reply => reply.State == ContractState.Signed);
await table.RowAsync("querycontract by code", () => wechat.Contracts.QueryAsync(new ContractQueryByNumber { AppId = appId, TemplateId = template, ContractNumber = $"C{run}" }),
    reply => $"{reply.State}", reply => reply.WeChatContractId == contract);

// 2. A debit. Accepted is not paid: ask, or wait for the notification.
var debit = $"K{run}D";
await table.RowAsync("pappayapply", () => wechat.Debits.ApplyAsync(new DebitRequest
{
    AppId = appId, OrderNumber = debit, WeChatContractId = contract, AmountFen = 2500, Body = "会员第二个月",
    ServerIp = "198.51.100.7", NotifyUrl = notify + "/debit",
}), _ => "accepted, not yet paid");
await phone.AdvanceAsync(TimeSpan.FromMinutes(1));
await table.RowAsync("paporderquery", () => wechat.Debits.QueryAsync(new DebitQuery { AppId = appId, OrderNumber = debit }),
    reply => $"{reply.State}, {reply.AmountFen} fen", reply => reply.IsPaid(2500));

// 3. Money back.
var refund = $"K{run}R";
await table.RowAsync("refund", () => wechat.Refunds.RequestAsync(new RefundRequest
{
    AppId = appId, OrderNumber = debit, RefundNumber = refund, OrderFen = 2500, RefundFen = 1000, Reason = "示例",
}), reply => $"{reply.RefundFen} fen on their way");
await phone.AdvanceAsync(TimeSpan.FromHours(1));
await table.RowAsync("refundquery", () => wechat.Refunds.QueryAsync(new RefundQuery { AppId = appId, RefundNumber = refund }),
    reply => $"{reply.Refunds[0].Status}", reply => reply.Refunds is [{ Status: RefundStatus.Success, RefundFen: 1000 }]);

// 4. An order that nobody pays is closed, and a contract that is no longer wanted is terminated.
var unpaid = $"K{run}X";
await wechat.Contracts.PayAndSignAsync(new PayAndSignRequest
{
    AppId = appId, OrderNumber = unpaid, Body = "不付款", AmountFen = 1, ClientIp = "203.0.113.9", TradeType = TradeType.Native, ProductId = "P1",
    PaymentNotifyUrl = notify + "/payment", ContractNotifyUrl = notify + "/contract",
    TemplateId = template, ContractNumber = $"X{run}", SigningSequence = (run + 1) % 1_000_000_000_000, DisplayAccount = "示例用户",
});
await phone.AdvanceAsync(TimeSpan.FromMinutes(6)); // WeChat closes no order that is younger than five minutes.
await table.RowAsync("closeorder", () => wechat.Orders.CloseAsync(new CloseRequest { AppId = appId, OrderNumber = unpaid }),
    reply => reply.WasClosedBefore ? "was closed before" : "closed");
await table.RowAsync("deletecontract", () => wechat.Contracts.TerminateAsync(new TerminateRequest { AppId = appId, WeChatContractId = contract, Remark = "示例结束" }),
    _ => "terminated");

// 5. What a failure says: the code, its kind, and the next step.
var refused = await table.RowAsync("a refused debit", async () =>
{
    try
    {
        await wechat.Debits.ApplyAsync(new DebitRequest
        {
            AppId = appId, OrderNumber = $"K{run}E", WeChatContractId = contract, AmountFen = 2500, Body = "解约之后", ServerIp = "198.51.100.7", NotifyUrl = notify + "/debit",
        });
        return null;
    }
    catch (PapayException e)
    {
        return e;
    }
}, e => $"{e?.Code}: {e?.Kind}, next: {e?.Next}", e => e is { Kind: ErrorKind.Refused });

// 6. The day's bill, from 10:00 the next morning in Beijing, row by row in constant memory.
var beijing = TimeSpan.FromHours(8);
var today = (await phone.NowAsync()).ToOffset(beijing);
await phone.AdvanceAsync(new DateTimeOffset(today.Date.AddDays(1).AddHours(10.5), beijing) - today);
await table.RowAsync("downloadbill", async () =>
{
    await using var bill = await wechat.Bills.OpenAsync(new BillRequest { AppId = appId, Day = DateOnly.FromDateTime(today.Date) });
    var rows = new List<BillRow>();
    await foreach (var row in bill.ReadRowsAsync())
    {
        rows.Add(row);
    }

    return rows;
}, rows => $"{rows.Count} rows", rows => rows.Exists(row => row.OrderNumber == debit));

// 7. Signing without paying: an address for the official account, parameters for the mini program. Nothing is sent.
await table.RowAsync("entrustweb address", () => Task.FromResult(wechat.Contracts.OfficialAccountUrl(new OfficialAccountSigning
{
    AppId = appId, TemplateId = template, ContractNumber = $"U{run}", SigningSequence = (run + 2) % 1_000_000_000_000, DisplayAccount = "示例用户", NotifyUrl = notify + "/contract",
})), url => $"{url.Length} characters");
return table.ExitCode;
