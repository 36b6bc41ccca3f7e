using Papaya.WeChatPay;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Sending;

var baseUrl = new Uri("http://127.0.0.1:8090"); // in production: PapayClient.DefaultBaseUrl
var merchant = new MerchantCredentials
{
    MerchantNumber = "10000100",
    ApiV2Keys = [new("192006250b4c09247ec02edce69f6a2d")], // after a reset: [new key, old key]
};
using var http = new HttpClient(Connections.Handler(merchant.Certificate, baseUrl)) { Timeout = Timeout.InfiniteTimeSpan };
var wechat = new PapayClient(http, merchant, baseUrl, TimeProvider.System);

try
{
    var order = await wechat.Orders.QueryAsync(new OrderQuery { AppId = "wxd930ea5d5a258f4f", OrderNumber = "A0001" });
    Console.WriteLine(order.IsPaid(1500) ? "paid" : order.StateText);
}
catch (PapayException e)
{
    Console.WriteLine($"{e.Code}: {e.Kind}, next: {e.Next}"); // ORDERNOTEXIST: Refused, next: NothingThere
}
