using System.Net;
using NaiveReference;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire.Fuzz;

/// <summary>Any bytes as the answer to any call of the client, up to the typed reply.</summary>
internal sealed class Replies : HttpMessageHandler
{
    private readonly Func<Task<V2Message>>[] _calls;
    private byte[] _body = [];

    public Replies()
    {
        var client = new PapayClient(new HttpClient(this), Some.Credentials(), new Uri("http://127.0.0.1:8090"), TimeProvider.System);
        _calls =
        [
            async () => (await client.Contracts.PayAndSignAsync(Some.PayAndSign() with { OrderNumber = "S1", ContractNumber = "C1" })).Raw,
            async () => (await client.Contracts.PreSignAppAsync(new AppSigning { AppId = Some.AppId, TemplateId = "12535", ContractNumber = "C1", SigningSequence = 1, DisplayAccount = "a", NotifyUrl = "https://pay.example/c" })).Raw,
            async () => (await client.Contracts.QueryAsync(new ContractQueryById { AppId = Some.AppId, WeChatContractId = "203" })).Raw,
            async () => (await client.Contracts.TerminateAsync(new TerminateRequest { AppId = Some.AppId, WeChatContractId = "100005698", Remark = "a" })).Raw,
            async () => (await client.Debits.ApplyAsync(Some.Debit() with { OrderNumber = "P1" })).Raw,
            async () => (await client.Debits.QueryAsync(Some.DebitQuery() with { OrderNumber = "P1" })).Raw,
            async () => (await client.Orders.QueryAsync(Some.OrderQuery() with { OrderNumber = "S1" })).Raw,
            async () => (await client.Refunds.RequestAsync(Some.Refund() with { OrderNumber = "P1", RefundNumber = "R1", OrderFen = 100, RefundFen = 10 })).Raw,
            async () => (await client.Refunds.QueryAsync(Some.RefundQuery() with { RefundNumber = "R1" })).Raw,
        ];
    }

    /// <summary>Returns how many calls took the answer.</summary>
    public int Judge(byte[] body, NaiveMessage? naive)
    {
        _body = body;
        var isSigned = naive?.IsSignedBy(Some.K) == true;
        var taken = 0;
        for (var i = 0; i < _calls.Length; i++)
        {
            // Without a sign that fits no call gets beyond it; one is enough to see that.
            if (isSigned || i == body.Length % _calls.Length)
            {
                taken += Judge(_calls[i], isSigned ? naive : null) ? 1 : 0;
            }
        }

        return taken;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(_body) });

    private static bool Judge(Func<Task<V2Message>> call, NaiveMessage? signed)
    {
        V2Message reply;
        try
        {
            reply = call().GetAwaiter().GetResult();
        }
        catch (PapayException)
        {
            return false;
        }

        Assert.NotNull(signed);
        Assert.Equal(signed.Fields, reply.Fields.Select(f => (f.Key, f.Value)));
        return true;
    }
}
