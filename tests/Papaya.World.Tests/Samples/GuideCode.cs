using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Hosting;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.World.Tests.Samples;

/// <summary>The code of the guides in surroundings in which it compiles; <see cref="ClientGuideTests"/> compares the two.</summary>
internal static class GuideCode
{
    internal static void Install(WebApplicationBuilder builder)
    {
        builder.Services.AddWeChatPay(builder.Configuration.GetSection("WeChatPay"));
    }

    internal static async Task<object> DebitAsync(PapayClient wechat, string appId, string openid, string userIp, string serverIp, string notify)
    {
        // 1. An order whose cashier also offers the contract. Write the numbers down before you send.
        var placed = await wechat.Contracts.PayAndSignAsync(new PayAndSignRequest
        {
            AppId = appId, OrderNumber = "A20260103001", Body = "Membership, first month", AmountFen = 1500, ClientIp = userIp,
            TradeType = TradeType.JsApi, OpenId = openid,
            PaymentNotifyUrl = notify + "/payment", ContractNotifyUrl = notify + "/contract",
            TemplateId = "12535", ContractNumber = "C20260103001", SigningSequence = 20260103001, DisplayAccount = "user 42",
        });
        var invoke = wechat.Invocations.JsApi(appId, placed.PrepayId); // to the front end

        // 2. Two notifications say what became of it: a payment, and perhaps a contract. Either may be late; ask when it is.
        var contract = await wechat.Contracts.QueryAsync(new ContractQueryByNumber { AppId = appId, TemplateId = "12535", ContractNumber = "C20260103001" });

        // 3. A month later. Accepted is not paid: the money moves now, or after 24 hours, by the template's mode.
        await wechat.Debits.ApplyAsync(new DebitRequest
        {
            AppId = appId, OrderNumber = "D20260203001", WeChatContractId = contract.WeChatContractId!, AmountFen = 2500, Body = "Membership, second month",
            ServerIp = serverIp, NotifyUrl = notify + "/debit",
        });

        // 4. The notification, or a question, says whether it was paid.
        var debit = await wechat.Debits.QueryAsync(new DebitQuery { AppId = appId, OrderNumber = "D20260203001" });
        if (debit.IsPaid(expectedFen: 2500)) { /* six conditions in one method */ }

        return invoke;
    }

    internal static void Receive(WebApplication app)
    {
        app.MapPost("/wechat/{kind}", async (HttpContext http, WeChatPayNotifications notifications, MyInbox inbox) =>
        {
            var body = await RawBytesAsync(http.Request);             // never a model: the sign is over what was received
            var reading = await notifications.ReadAsync(body, name => http.Request.Headers[name], http.RequestAborted);
            if (reading.Notification is not { } notification)
            {
                http.Response.StatusCode = 400;                       // what is not proven is never stored
                await http.Response.Body.WriteAsync(Acknowledgement.Fail("not accepted"));
                return;
            }

            await inbox.StoreAsync(notification, body);               // durable first,
            http.Response.ContentType = Acknowledgement.ContentType;  // then the fixed bytes, within five seconds
            await http.Response.Body.WriteAsync(Acknowledgement.Success);
        });
    }

    internal static MerchantCredentials Credentials(string apiV2Key, string newKey, string oldKey)
    {
        var merchant = new MerchantCredentials
        {
            MerchantNumber = "1230000109",
            ApiV2Keys = [new(apiV2Key)],
            Certificate = MerchantCertificate.FromP12File("/run/secrets/apiclient_cert.p12", "1230000109"),
            V3 = new()
            {
                ApiV3Keys = [new(newKey), new(oldKey)],
                PlatformKeys = new(PlatformKey.FromPublicKey("PUB_KEY_ID_…", File.ReadAllText("/run/secrets/pub_key.pem"))),
            },
        };

        return merchant;
    }

    internal static async Task<int> ReceiveV3Async(PapayClient client, HttpRequest request, byte[] body, MyInbox inbox, long expectedFen, CancellationToken ct)
    {
        var headers = NotificationHeaders.From(name => request.Headers[name]);
        var reading = await client.TryReadNotificationAsync(body, headers, ct);   // V2 or V3, by content
        switch (reading.Notification)
        {
            case null:
                return StatusCodes.Status400BadRequest;                           // Acknowledgement.V3Fail("…")
            case TransactionNotification debit when debit.IsPaid(expectedFen):
                await inbox.StoreAsync(debit, body);                              // money, once
                break;
            case ScheduledContractNotification contract:
                await inbox.StoreAsync(contract, body);                           // signed, or ended
                break;
            case V3RefundNotification refund:
                await inbox.StoreAsync(refund, body);                             // compare it with your own record
                break;
            case var other:
                await inbox.StoreAsync(other, body);                              // a debit not paid; or UnknownV3Notification, whose PlainText is verified too
                break;
        }

        return Acknowledgement.V3SuccessStatus;                                   // 204 without a body, once it is durable
    }

    private static async Task<byte[]> RawBytesAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        return buffer.ToArray();
    }

    /// <summary>What a program keeps its notifications in.</summary>
    internal abstract class MyInbox
    {
        public abstract Task StoreAsync(Notification notification, byte[] body);
    }
}
