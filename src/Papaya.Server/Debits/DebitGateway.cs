using System.Text;
using Papaya.Billing.Debits;
using Papaya.Server.Merchants;
using Papaya.Server.WeChat;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Orders;

namespace Papaya.Server.Debits;

/// <summary>WeChat's replies about debits become findings here; wire words end.</summary>
internal sealed class DebitGateway(WeChatClients clients, MerchantDirectory merchants, DebitOptions options) : IDebitGateway
{
    private const int MostBodyBytes = 127;

    public async Task<Finding> ApplyAsync(DebitOrder order, CancellationToken ct)
    {
        try
        {
            await clients.For(order.Merchant).Debits.ApplyAsync(
                new DebitRequest
                {
                    AppId = order.AppId,
                    OrderNumber = order.Number,
                    WeChatContractId = order.ContractId,
                    AmountFen = order.Amount,
                    Body = Fit(order.Description),
                    ServerIp = options.ServerIp,
                    NotifyUrl = merchants.NotifyUrl(order.Merchant, "debit"),
                },
                ct);
            return new(AttemptEvidence.Accepted);
        }
        catch (PapayException e)
        {
            return e switch
            {
                { Code: LocalCodes.NotSent } => new(AttemptEvidence.NeverLeft, e.Code),
                { NotSent: true } => new(AttemptEvidence.Unsendable, e.Code), // Our own check refused a field.
                { Kind: ErrorKind.Throttled } => new(AttemptEvidence.NotTaken, "FREQUENCY_LIMITED"),
                _ => new(DebitCode.Of(e.Code).AsAnswerToApply, e.Code),
            };
        }
    }

    public async Task<Finding> AskAsync(string merchant, string number, long amount, CancellationToken ct)
    {
        var client = clients.For(merchant);
        var app = AppOf(merchant);
        var absent = AttemptEvidence.NotFoundYet;
        try
        {
            return Read(await client.Debits.QueryAsync(new DebitQuery { AppId = app, OrderNumber = number }, ct), amount);
        }
        catch (PapayException e) when (IsNoVerdict(e))
        {
            return new(AttemptEvidence.NoAnswer, e.Code);
        }
        catch (PapayException e)
        {
            // Not found there, not a debit any more once closed, or the merchant has no right to this query: the general one knows all orders.
            absent = e.Code == "ORDERNOTEXIST" ? AttemptEvidence.NotFoundYet : AttemptEvidence.NotVisible;
        }

        try
        {
            return Read(await client.Orders.QueryAsync(new OrderQuery { AppId = app, OrderNumber = number }, ct), amount);
        }
        catch (PapayException e)
        {
            return new(e.Code == "ORDERNOTEXIST" ? absent : AttemptEvidence.NoAnswer, e.Code);
        }
    }

    /// <summary>Silence, a broken answer, SYSTEMERROR or throttling. Any other refusal, whatever its words (订单不是委托代扣场景), is WeChat's.</summary>
    private static bool IsNoVerdict(PapayException e) =>
        e.Kind == ErrorKind.Throttled
        || e.Code is "SYSTEMERROR" or LocalCodes.NoAnswer or LocalCodes.HttpStatus or LocalCodes.Unreadable or LocalCodes.BadSignature or LocalCodes.ForeignReply
            or LocalCodes.UnsignedRefusal;

    public async Task<Finding> CloseAsync(string merchant, string number, CancellationToken ct)
    {
        try
        {
            await clients.For(merchant).Orders.CloseAsync(new CloseRequest { AppId = AppOf(merchant), OrderNumber = number }, ct);
            return new(AttemptEvidence.CloseConfirmed);
        }
        catch (PapayException e)
        {
            return new(AttemptEvidence.NoAnswer, e.Code);
        }
    }

    /// <summary>A notification proves money by all its marks together; anything else is only a reason to ask.</summary>
    public static Finding Read(DebitNotification notification, long amount) =>
        notification.IsPaid(amount)
            ? new(AttemptEvidence.Paid, null, notification.WeChatTransactionId, notification.EndedAt)
            : new(AttemptEvidence.FailureReported, notification.ErrorCode);

    /// <summary>It claims money, of another amount than was asked for.</summary>
    public static bool ClaimsOtherAmount(DebitNotification notification, long amount) =>
        !notification.SaysFailed && notification is { WeChatTransactionId: not null, AmountFen: { } claimed } && claimed != amount;

    private static Finding Read(OrderReply reply, long amount) => reply.State switch
    {
        TradeState.Success when reply.IsPaid(amount) => Paid(reply),
        TradeState.Refund when reply.AmountFen == amount && reply.WeChatTransactionId is not null => Paid(reply), // Paid first, refunded since.
        TradeState.Success or TradeState.Refund when reply.AmountFen is { } other && other != amount => new(AttemptEvidence.PaidOtherAmount, reply.StateText),
        TradeState.Accept or TradeState.NotPay or TradeState.UserPaying => new(AttemptEvidence.StillOpen),
        TradeState.Closed or TradeState.PayFail or TradeState.PayError or TradeState.Revoked => new(AttemptEvidence.ClosedAtWeChat, reply.StateText),
        _ => new(AttemptEvidence.NoAnswer, reply.StateText),
    };

    private static Finding Paid(OrderReply reply) => new(AttemptEvidence.Paid, null, reply.WeChatTransactionId, reply.EndedAt);

    // Any app bound to the merchant number may ask.
    private string AppOf(string merchant) => merchants.Find(merchant)?.Apps.Values.FirstOrDefault() ?? throw new InvalidOperationException($"Merchant {merchant} has no app.");

    /// <summary>As much of a description as WeChat takes: 127 bytes, without emoji and control characters.</summary>
    internal static string Fit(string description)
    {
        var (fitting, bytes) = (new StringBuilder(description.Length), 0);
        foreach (var rune in description.EnumerateRunes())
        {
            if (rune.Utf8SequenceLength > 3 || Rune.IsControl(rune))
            {
                continue;
            }

            if ((bytes += rune.Utf8SequenceLength) > MostBodyBytes)
            {
                break;
            }

            fitting.Append(rune.ToString());
        }

        return string.IsNullOrWhiteSpace(fitting.ToString()) ? "自动续费" : fitting.ToString();
    }
}
