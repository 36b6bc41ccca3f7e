using System.Text;
using NaiveReference;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire.Fuzz;

/// <summary>What must hold for any bytes whatsoever.</summary>
internal static class Oracle
{
    // Measured: a body of elements of five bytes takes 24 bytes for each and as much again for growth; strings and lists come on top.
    private const long BytesPerByte = 40;
    private const long BytesAtLeast = 16 * 1024;
    private const int Limit = 32 << 20;

    private static readonly MerchantCredentials Merchant = Some.Credentials();

    public static Verdict Judge(byte[] body)
    {
        var naive = NaiveMessage.Read(body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRead = V2Message.TryParse(body, out var message, out var error, Limit);
        var check = isRead ? V2Signature.Verify(message!, Merchant.ApiV2Keys) : default;
        var isAccepted = NotificationReader.TryRead(body, Merchant, out var notification, out var refusal);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated <= (BytesPerByte * body.Length) + BytesAtLeast, $"{allocated} bytes were allocated for a body of {body.Length}.");
        Assert.Equal(isRead, error is null);
        Assert.Equal(isAccepted, refusal is null);
        Assert.Equal(isAccepted, notification is not null);
        if (naive is null)
        {
            Assert.False(isRead, "A body was read that is no flat message.");
            Assert.False(isAccepted);
            return new(isRead, isAccepted);
        }

        Assert.True(isRead, $"A flat message was refused: {error}");
        Assert.Equal(naive.Fields, message!.Fields.Select(f => (f.Key, f.Value)));
        Assert.Equal(naive.CanonicalText + "key=***", V2Signature.CanonicalText(message));
        Assert.All(naive.Fields, f => Assert.Equal(f.Value, message[f.Name]));
        Assert.Equal(naive.IsSignedBy(Some.K), check.IsValid);
        if (body.Length <= V2Message.DefaultLimit)
        {
            JudgeReplies(message, naive);
        }

        if (isAccepted)
        {
            JudgeNotification(notification!, naive);
        }

        return new(isRead, isAccepted);
    }

    // A success that a signed call takes is signed; nothing but the documented exception leaves.
    private static void JudgeReplies(V2Message message, NaiveMessage naive)
    {
        foreach (var endpoint in Endpoints.All)
        {
            _ = endpoint.Check(message);
            try
            {
                V2Transport.Judge(endpoint, message, Merchant, SignType.Md5, ReplyVerification.Always);
            }
            catch (PapayException)
            {
                continue;
            }

            Assert.True(endpoint.ReplyForm == ReplyForm.UnsignedXml || naive.IsSignedBy(Some.K), $"{endpoint.Name} took a reply with a wrong sign.");
        }
    }

    private static void JudgeNotification(V2Notification notification, NaiveMessage naive)
    {
        Assert.Equal(Some.Merchant, notification.MerchantNumber);
        if (notification is RefundNotification refund)
        {
            // Not signed: what was read is what was encrypted.
            var inside = NaiveMessage.OpenRefund(naive.Fields.Single(f => f.Name == "req_info").Value, Some.K);
            Assert.NotNull(inside);
            Assert.Equal(NaiveMessage.Read(inside)?.Fields, refund.Inner.Fields.Select(f => (f.Key, f.Value)));
            return;
        }

        Assert.True(naive.IsSignedBy(Some.K), "A notification with a wrong sign was accepted.");
        Assert.Equal(naive.Fields, notification.Raw.Fields.Select(f => (f.Key, f.Value)));
        Assert.NotNull(notification.ToString());
        _ = notification switch
        {
            DebitNotification debit => debit.IsPaid(1),
            PaymentNotification payment => payment.IsPaid(1),
            _ => false,
        };
    }
}

/// <summary>What became of a body.</summary>
/// <param name="IsRead">It is a flat message.</param>
/// <param name="IsAccepted">It is a notification, with a right sign.</param>
internal readonly record struct Verdict(bool IsRead, bool IsAccepted);
