// A back end: a checkout that also signs, debits (DebitDesk.cs), and the four addresses that WeChat notifies.
using Papaya.Samples;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Hosting;
using Papaya.WeChatPay.Wire;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddWeChatPay(builder.Configuration.GetSection("WeChatPay")); // Checked when the program starts.
builder.Services.AddSingleton<Shelf>();
var app = builder.Build();

var shop = app.Configuration.GetSection("Shop");
var (appId, template) = (shop["AppId"]!, shop["Template"]!);

// WeChat must reach this address; in production it is public, https, and has no query.
string Address(string kind) => (shop["PublicUrl"] is { Length: > 0 } given ? given : app.Urls.First()) + "/wechat/" + kind;

app.MapPost("/checkouts", async (CheckoutRequest request, PapayClient wechat, Shelf shelf, TimeProvider clock) =>
{
    // The numbers are written down before anything is sent: after a crash they are asked about, never taken anew.
    var checkout = shelf.Open(clock.GetUtcNow(), request.AmountFen);
    var reply = await wechat.Contracts.PayAndSignAsync(new PayAndSignRequest
    {
        AppId = appId,
        OrderNumber = checkout.OrderNumber,
        Body = "会员首月",
        AmountFen = request.AmountFen,
        ClientIp = "203.0.113.9", // The user's address, from the connection or your proxy's header.
        TradeType = TradeType.JsApi,
        OpenId = request.OpenId,
        PaymentNotifyUrl = Address("payment"),
        ContractNotifyUrl = Address("contract"),
        TemplateId = template,
        ContractNumber = checkout.ContractNumber,
        SigningSequence = checkout.Sequence,
        DisplayAccount = request.DisplayName,
    }, CancellationToken.None); // Never RequestAborted: a caller who hangs up must not cut an order off from its answer.
    return Results.Ok(new { id = checkout.OrderNumber, prepayId = reply.PrepayId, invoke = wechat.Invocations.JsApi(appId, reply.PrepayId) });
});

app.MapGet("/checkouts/{id}", (string id, Shelf shelf) => shelf.Find(id) is { } checkout ? Results.Ok(checkout) : Results.NotFound());

app.MapPost("/checkouts/{id}/debits", async (string id, DebitBody body, PapayClient wechat, Shelf shelf) =>
{
    if (!shelf.TryTakeTurn(id))
    {
        return Results.Conflict(new { reason = "Another debit of this checkout is under way." });
    }

    try
    {
        return shelf.Find(id) is { ContractId: not null } checkout
            ? await new DebitDesk(wechat, shelf, appId).DebitAsync(checkout, body, Address("debit"))
            : Results.Conflict(new { reason = "There is no contract." });
    }
    finally
    {
        shelf.EndTurn(id);
    }
});

foreach (var kind in (string[])["payment", "contract", "debit", "refund"])
{
    app.MapPost("/wechat/" + kind, async (HttpContext context, WeChatPayNotifications notifications, Shelf shelf) =>
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted); // The raw bytes: a model binder would lose what is signed.
        var body = buffer.ToArray();
        var reading = await notifications.ReadAsync(body, name => context.Request.Headers[name], context.RequestAborted);
        if (reading.Notification is not { } notification)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.Body.WriteAsync(Acknowledgement.Fail("not accepted"), context.RequestAborted);
            return;
        }

        // IN MEMORY: what is acknowledged here is lost when the process ends, and WeChat does not send it again. Put the body into your
        // database, commit, and only then acknowledge; within five seconds, so do the work that follows elsewhere.
        shelf.Apply(notification, body);
        context.Response.ContentType = Acknowledgement.ContentType;
        await context.Response.Body.WriteAsync(Acknowledgement.Success, context.RequestAborted);
    });
}

await app.RunAsync();
