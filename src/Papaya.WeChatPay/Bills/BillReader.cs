using System.Runtime.CompilerServices;

namespace Papaya.WeChatPay.Bills;

/// <summary>
/// Reads a trade bill line by line, in constant memory: columns by their headers (both layouts), with or without byte order
/// mark, either line end, packed or not.
/// </summary>
public sealed class BillReader : IAsyncDisposable
{
    private readonly BillLines _lines;

    internal BillReader(BillLines lines) => _lines = lines;

    /// <summary>The closing line; null until every row was read, and for bills cut short.</summary>
    public BillSummary? Summary { get; private set; }

    /// <summary>Opens a bill from its bytes.</summary>
    /// <param name="stream">The file or the reply's body; disposed with the reader.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PapayException">The stream holds an error reply, or is not a bill.</exception>
    public static async Task<BillReader> OpenAsync(Stream stream, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new BillReader(await BillLines.OpenAsync(stream, null, BillTables.Trade, null, BillLimits.OfFiles, ct).ConfigureAwait(false));
    }

    /// <summary>Reads the rows, once.</summary>
    /// <exception cref="PapayException">A line does not have the documented form, or the summary is missing.</exception>
    public async IAsyncEnumerable<BillRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        var columns = TradeBill.Read(await _lines.HeaderAsync(ct).ConfigureAwait(false));
        while (await _lines.NextRowAsync(ct).ConfigureAwait(false) is { } line)
        {
            yield return TradeBill.Row(columns, line.Span, _lines.Number);
        }

        var (header, figures) = await _lines.SummaryAsync(TradeBill.SummaryStart, ct).ConfigureAwait(false);
        var summary = TradeBill.Summary(header, figures, _lines.Number);
        await _lines.EndAsync(ct).ConfigureAwait(false);
        Summary = summary;
    }

    /// <summary>Closes the stream.</summary>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();
}
