using Papaya.WeChatPay;
using Papaya.WeChatPay.Debits;

namespace Papaya.Samples;

/// <summary>The code under test: what a merchant might write to collect a month's fee.</summary>
public sealed class Renewals(PapayClient wechat, string appId, Uri notifyUrl)
{
    /// <summary>Asks for the money. The order number belongs to the month, so however often this is called, the month is paid once.</summary>
    public async Task CollectAsync(string contractId, string month, long fen, CancellationToken ct = default)
    {
        try
        {
            await wechat.Debits.ApplyAsync(new DebitRequest
            {
                AppId = appId, OrderNumber = OrderNumber(contractId, month), WeChatContractId = contractId, AmountFen = fen, Body = "会员 " + month,
                ServerIp = "198.51.100.7", NotifyUrl = notifyUrl.OriginalString,
            }, ct);
        }
        catch (PapayException lost) when (lost.Kind == ErrorKind.Ask)
        {
            // Nobody knows whether WeChat took it: IsPaidAsync will tell, and until then no other number is sent.
        }
    }

    /// <summary>Whether the month is paid, according to WeChat.</summary>
    public async Task<bool> IsPaidAsync(string contractId, string month, long fen, CancellationToken ct = default) =>
        (await wechat.Debits.QueryAsync(new DebitQuery { AppId = appId, OrderNumber = OrderNumber(contractId, month) }, ct)).IsPaid(fen);

    public static string OrderNumber(string contractId, string month) => $"{contractId}{month}";
}
