using Papaya.WeChatPay;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Orders;

namespace Papaya.Samples;

/// <summary>Debits one checkout's contract so that no period is ever debited twice, whatever is lost and however often the caller repeats.</summary>
internal sealed class DebitDesk(PapayClient wechat, Shelf shelf, string appId)
{
    private enum Standing
    {
        Undecided,
        NothingThere,
        Paid,
        Failed,
    }

    public async Task<IResult> DebitAsync(Checkout checkout, DebitBody body, string notifyUrl)
    {
        if (body.Period is not { Length: >= 1 and <= 12 } period || !period.All(char.IsAsciiLetterOrDigit) || body.AmountFen < 1)
        {
            return Results.Problem(title: "period: 1 to 12 letters and digits, such as 202602; amountFen: at least 1", statusCode: 400);
        }

        // 1. The number follows from the period: whoever repeats the request, after a crash or a 503, arrives at the same number.
        var number = $"{checkout.OrderNumber}D{period}";
        var last = checkout.Debits.Count > 0 ? checkout.Debits[^1] : null;
        var same = checkout.Debits.FirstOrDefault(d => d.OrderNumber == number);
        if (same is not null && same.AmountFen != body.AmountFen)
        {
            return Results.Conflict(new { reason = "This period was asked for with another amount.", orderNumber = number });
        }

        // 2. What is over stays as it is. After a failure the caller takes a new name, such as 202602b.
        if (same is { IsPaid: true } or { HasFailed: true })
        {
            return Told(same);
        }

        // 3. A debit without a final answer is asked about, under its own number. While it is undecided no other number is sent.
        if (last is { IsPaid: false, HasFailed: false })
        {
            var standing = await AskAsync(last);
            last = shelf.Save(checkout.OrderNumber, last with { IsPaid = standing == Standing.Paid, HasFailed = standing == Standing.Failed });
            var (isOver, isSame) = (last.IsPaid || last.HasFailed, last.OrderNumber == number);
            if (isSame && (isOver || standing != Standing.NothingThere))
            {
                return Told(last);
            }

            if (!isSame && !isOver)
            {
                return Results.Conflict(new { reason = "An earlier debit has no final answer yet.", orderNumber = last.OrderNumber });
            }
        }

        return await SendAsync(checkout, new Debit(number, body.AmountFen), notifyUrl);
    }

    private async Task<IResult> SendAsync(Checkout checkout, Debit debit, string notifyUrl)
    {
        shelf.Save(checkout.OrderNumber, debit); // Written down before a byte leaves.
        try
        {
            // CancellationToken.None, never RequestAborted: a caller who hangs up must not cut a debit off from its answer. The client's own
            // deadline bounds the wait.
            await wechat.Debits.ApplyAsync(
                new DebitRequest
                {
                    AppId = appId, OrderNumber = debit.OrderNumber, WeChatContractId = checkout.ContractId!, AmountFen = debit.AmountFen,
                    Body = "会员续费", ServerIp = "198.51.100.7", NotifyUrl = notifyUrl,
                },
                CancellationToken.None);
            return Told(debit); // Accepted by WeChat; paid when the notification or a query says so.
        }
        catch (PapayException e)
        {
            // Refused: over, tell the user. Throttled and Ask: undecided; the caller repeats the same period, and step 3 asks first.
            if (e.Kind == ErrorKind.Refused)
            {
                shelf.Save(checkout.OrderNumber, debit with { HasFailed = true });
            }

            return Results.Problem(title: $"{e.Kind}: {e.Next}", statusCode: e.Kind == ErrorKind.Refused ? 422 : 503, extensions: new Dictionary<string, object?> { ["code"] = e.Code });
        }
    }

    /// <summary>A closed debit may be unknown to paporderquery, and a waiting one to orderquery: only both together know nothing.</summary>
    private async Task<Standing> AskAsync(Debit debit)
    {
        var unknownToBoth = false;
        try
        {
            return Judge(await wechat.Debits.QueryAsync(new DebitQuery { AppId = appId, OrderNumber = debit.OrderNumber }), debit);
        }
        catch (PapayException e)
        {
            unknownToBoth = e.Next == NextStep.NothingThere;
        }

        try
        {
            return Judge(await wechat.Orders.QueryAsync(new OrderQuery { AppId = appId, OrderNumber = debit.OrderNumber }), debit);
        }
        catch (PapayException e)
        {
            return unknownToBoth && e.Next == NextStep.NothingThere ? Standing.NothingThere : Standing.Undecided;
        }
    }

    private static Standing Judge(OrderReply order, Debit debit) =>
        order.IsPaid(debit.AmountFen) || order.State is TradeState.Refund ? Standing.Paid // Paid, and perhaps paid back since.
        : order.State is TradeState.Closed ? Standing.Failed // Before it is closed a failed debit may still change.
        : Standing.Undecided;

    private static IResult Told(Debit debit)
    {
        var view = new { orderNumber = debit.OrderNumber, isPaid = debit.IsPaid, hasFailed = debit.HasFailed };
        return debit.IsPaid || debit.HasFailed ? Results.Ok(view) : Results.Json(view, statusCode: StatusCodes.Status202Accepted);
    }
}
