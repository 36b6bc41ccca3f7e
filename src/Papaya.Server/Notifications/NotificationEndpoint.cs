using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;
using Papaya.Server.WeChat;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Server.Notifications;

/// <summary>
/// What WeChat calls. A message is acknowledged only after its bytes are durable; what cannot be proven to come from WeChat
/// leaves no trace but a count, so that nobody can fill the disk.
/// </summary>
internal sealed class NotificationEndpoint(
    Database db, WeChatClients clients, LoopSignals signals, Ids ids, TimeProvider clock, NotificationMeter meter)
{
    /// <summary>WeChat's messages are a few kilobytes; one with twenty coupons is under 8.</summary>
    internal const int LargestBody = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var kind in (string[])["payment", "debit", "contract", "refund"])
        {
            // The address says what is expected, the content what it is: several kinds may share one address.
            routes.MapPost($"/wechat/{{merchant}}/{kind}", (string merchant, HttpContext context, NotificationEndpoint endpoint) => endpoint.ReceiveAsync(merchant, context))
                .NeedsNoKey(); // WeChat signs what it sends.
        }
    }

    private async Task ReceiveAsync(string merchant, HttpContext context)
    {
        if (clients.CredentialsOf(merchant) is not { } credentials)
        {
            await RefuseAsync(context, "foreign_merchant", "The merchant number is not ours.");
            return;
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            await RefuseAsync(context, "too_large", "The message is too long.");
            return;
        }

        if (!NotificationReader.TryRead(body, credentials, out var notification, out var refusal))
        {
            await RefuseAsync(context, ReasonOf(refusal.Fault), refusal.Detail);
            return;
        }

        await KeepAsync(merchant, NotificationConsumers.KindOf(notification), body);
        context.Response.ContentType = Acknowledgement.ContentType;
        context.Response.ContentLength = Acknowledgement.Success.Length;
        await context.Response.Body.WriteAsync(Acknowledgement.Success, context.RequestAborted);
    }

    private async Task KeepAsync(string merchant, string kind, byte[] body)
    {
        var row = new InboxRow
        {
            Id = ids.New("ntf"),
            Merchant = merchant,
            Kind = kind,
            BodyHash = Convert.ToHexStringLower(SHA256.HashData(body)),
            Body = Convert.ToBase64String(body),
            ReceivedAt = Instant.ToMicros(clock.GetUtcNow()),
        };

        // Not cancelled with the request: what is half-way in is worth keeping when WeChat hangs up.
        var isNew = await db.WriteAsync(
            async tx =>
            {
                tx.AfterCommit(() => signals.Wake(NotificationLoop.LoopName));
                return await InboxStore.TryInsertAsync(tx, row);
            },
            CancellationToken.None);
        meter.Received(kind, isNew);
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength is > LargestBody)
        {
            return null;
        }

        using var copy = new MemoryStream((int)(context.Request.ContentLength ?? 2_048));
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            foreach (var piece in read.Buffer)
            {
                copy.Write(piece.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (copy.Length > LargestBody)
            {
                return null;
            }

            if (read.IsCompleted)
            {
                return copy.ToArray();
            }
        }
    }

    private async Task RefuseAsync(HttpContext context, string reason, string detail)
    {
        meter.Refused(reason);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = Acknowledgement.ContentType;
        await context.Response.Body.WriteAsync(Acknowledgement.Fail(detail), context.RequestAborted);
    }

    private static string ReasonOf(NotificationFault fault) => fault switch
    {
        NotificationFault.Unreadable => "unreadable",
        NotificationFault.SignatureMissing => "unsigned",
        NotificationFault.SignatureMismatch => "bad_signature",
        NotificationFault.Undecipherable => "undecipherable",
        NotificationFault.Incomplete => "incomplete",
        NotificationFault.Foreign => "foreign_merchant",
        _ => "other",
    };
}

/// <summary>Counts what came in; the tags are a fixed few words.</summary>
internal sealed class NotificationMeter(IMeterFactory meters)
{
    private readonly Meter _meter = meters.Create("Papaya.Server");
    private Counter<long>? _received;
    private Counter<long>? _refused;

    public void Received(string kind, bool isNew) =>
        (_received ??= _meter.CreateCounter<long>("papaya.notifications.received")).Add(1, new("kind", kind), new KeyValuePair<string, object?>("new", isNew));

    public void Refused(string reason) =>
        (_refused ??= _meter.CreateCounter<long>("papaya.notifications.refused")).Add(1, new KeyValuePair<string, object?>("reason", reason));
}
