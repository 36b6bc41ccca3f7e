using Papaya.Billing.Refunds;
using Papaya.Server.Merchants;
using Papaya.Server.WeChat;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Refunds;

namespace Papaya.Server.Refunds;

/// <summary>WeChat's replies about refunds become findings here; wire words end.</summary>
internal sealed class RefundGateway(WeChatClients clients, MerchantDirectory merchants) : IRefundGateway
{
    public async Task<RefundFinding> RequestAsync(RefundRow refund, CancellationToken ct)
    {
        try
        {
            var reply = await clients.For(refund.Merchant).Refunds.RequestAsync(
                new RefundRequest
                {
                    AppId = refund.AppId,
                    RefundNumber = refund.RefundNumber,
                    WeChatTransactionId = refund.TransactionId,
                    OrderFen = refund.OrderAmount,
                    RefundFen = refund.Amount,
                    Reason = refund.Reason,
                    NotifyUrl = merchants.NotifyUrl(refund.Merchant, "refund"),
                },
                ct);
            return new(RefundEvidence.Accepted, null, reply.WeChatRefundId);
        }
        catch (PapayException e)
        {
            return e switch
            {
                { Code: LocalCodes.NotSent } => new(RefundEvidence.NeverLeft, e.Code),
                { NotSent: true } => new(RefundEvidence.NotTaken, e.Code),
                { Kind: ErrorKind.Throttled } => new(Refund.OfAnswer(e.Code) is RefundEvidence.NotEnoughFunds ? RefundEvidence.NotEnoughFunds : RefundEvidence.NotTaken, e.Code),
                _ => new(Refund.OfAnswer(e.Code), e.Code),
            };
        }
    }

    public async Task<RefundFinding> AskAsync(RefundRow refund, CancellationToken ct)
    {
        try
        {
            var reply = await clients.For(refund.Merchant).Refunds.QueryAsync(new RefundQuery { AppId = refund.AppId, RefundNumber = refund.RefundNumber }, ct);
            return reply.Refunds.FirstOrDefault(row => row.RefundNumber == refund.RefundNumber) is { } found
                ? Read(refund, found.Status, found.RefundFen, reply.OrderNumber, found.WeChatRefundId, found.SucceededAt, found.ReceivedBy)
                : new(RefundEvidence.NoAnswer);
        }
        catch (PapayException e)
        {
            return new(e.Code == "REFUNDNOTEXIST" ? RefundEvidence.NotFound : RefundEvidence.NoAnswer, e.Code);
        }
    }

    /// <summary>A refund notification is not signed: what it proves, it proves by its encryption and by matching what was asked.</summary>
    public static RefundFinding Read(RefundRow refund, RefundNotification notification) => Read(
        refund, notification.Status, notification.RefundFen, notification.OrderNumber, notification.WeChatRefundId, notification.SucceededAt, notification.ReceivedBy);

    private static RefundFinding Read(
        RefundRow refund, RefundStatus status, long? amount, string? orderNumber, string? refundId, DateTimeOffset? succeededAt, string? receivedBy) =>
        amount != refund.Amount || (orderNumber is not null && orderNumber != refund.OrderNumber)
            ? new(RefundEvidence.Mismatched)
            : status switch
            {
                RefundStatus.Success => new(RefundEvidence.Succeeded, null, refundId, succeededAt, receivedBy),
                RefundStatus.Processing => new(RefundEvidence.StillProcessing, null, refundId),
                RefundStatus.Abnormal => new(RefundEvidence.Changed, "CHANGE", refundId, null, receivedBy),
                RefundStatus.Closed => new(RefundEvidence.Closed, "REFUNDCLOSE", refundId),
                RefundStatus.Unknown => new(RefundEvidence.NoAnswer),
            };
}
