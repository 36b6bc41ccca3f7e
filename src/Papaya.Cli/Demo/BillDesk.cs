using Papaya.Billing.Reconciliation;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Bills;

namespace Papaya.Cli.Demo;

/// <summary>What WeChat says happened on one day.</summary>
internal sealed record DayBill(DateOnly Day, IReadOnlyList<BillLine> Lines, BillTotals Totals);

/// <summary>Fetches bills over HTTP and puts their lines into the words of the matcher.</summary>
internal sealed class BillDesk(PapayClient client, string appId)
{
    public async Task<DayBill> DownloadAsync(DateOnly day, CancellationToken ct)
    {
        try
        {
            await using var bill = await client.Bills.OpenAsync(new BillRequest { AppId = appId, Day = day }, ct);
            List<BillLine> lines = [];
            await foreach (var row in bill.ReadRowsAsync(ct))
            {
                lines.Add(Line(row));
            }

            var summary = bill.Summary ?? throw new InvalidDataException($"The bill of {day:yyyy-MM-dd} has no closing line.");
            return new DayBill(day, lines, new BillTotals(summary.Lines, summary.AmountFen, summary.RequestedRefundFen ?? summary.RefundFen ?? 0));
        }
        catch (PapayException nothing) when (nothing.Next == NextStep.NothingThere)
        {
            return new DayBill(day, [], default); // A day without trades has no bill.
        }
    }

    private static BillLine Line(BillRow row) => row.IsRefund
        ? new BillLine(MovementKind.Refund, row.OrderNumber, row.WeChatTransactionId, row.RequestedRefundFen ?? row.RefundFen ?? 0, row.At, row.RefundNumber)
        : new BillLine(row.TradeType == "PAP" ? MovementKind.Debit : MovementKind.Payment, row.OrderNumber, row.WeChatTransactionId, row.AmountFen, row.At);
}
