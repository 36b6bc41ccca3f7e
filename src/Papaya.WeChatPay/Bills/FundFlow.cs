using System.Runtime.CompilerServices;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Bills;

/// <summary><c>account_type</c>: one bill each.</summary>
public enum FundAccount
{
    /// <summary>基本账户.</summary>
    Basic,

    /// <summary>运营账户.</summary>
    Operation,

    /// <summary>手续费账户.</summary>
    Fees,
}

/// <summary>
/// 下载资金账单 (<c>/pay/downloadfundflow</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4011939779</c>): every movement of one of the merchant's accounts on one day. With the client
/// certificate, always signed by HMAC-SHA256; days from 2017-06-01 on. See <c>https://pay.weixin.qq.com/doc/v2/merchant/4011939779</c>.
/// </summary>
public sealed record FundFlowRequest
{
    /// <summary><c>appid</c>: any app of the merchant.</summary>
    public required string AppId { get; init; }

    /// <summary><c>bill_date</c>: the day in Beijing.</summary>
    public required DateOnly Day { get; init; }

    /// <summary><c>account_type</c>. Default: the basic account.</summary>
    public FundAccount Account { get; init; }

    /// <summary><c>tar_type</c>. Default: packed.</summary>
    public BillCompression Compression { get; init; } = BillCompression.Gzip;
}

/// <summary>收支类型.</summary>
public enum FundDirection
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,

    /// <summary>收入.</summary>
    In,

    /// <summary>支出.</summary>
    Out,
}

/// <summary>One movement of money.</summary>
public sealed record FundFlowRow
{
    /// <summary>记账时间.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>微信支付业务单号: of the payment, refund, withdrawal or fee that moved the money.</summary>
    public required string WeChatBusinessNumber { get; init; }

    /// <summary>资金流水单号.</summary>
    public required string FlowNumber { get; init; }

    /// <summary>业务名称.</summary>
    public string? BusinessName { get; init; }

    /// <summary>业务类型: 交易, 退款, 提现, 扣除交易手续费 and others.</summary>
    public required string BusinessKind { get; init; }

    /// <summary>收支类型.</summary>
    public required FundDirection Direction { get; init; }

    /// <summary>收支类型 as written.</summary>
    public string? DirectionText { get; init; }

    /// <summary>收支金额 in fen, without a sign: see <see cref="Direction"/>.</summary>
    public required long AmountFen { get; init; }

    /// <summary>账户结余 in fen, after the movement.</summary>
    public required long BalanceFen { get; init; }

    /// <summary>资金变更提交申请人.</summary>
    public string? Applicant { get; init; }

    /// <summary>备注.</summary>
    public string? Remark { get; init; }

    /// <summary>业务凭证号.</summary>
    public string? VoucherNumber { get; init; }

    /// <summary>Numbers only.</summary>
    public override string ToString() => $"fund flow {FlowNumber} {BusinessKind}";
}

/// <summary>The last line of a fund-flow bill.</summary>
public sealed record FundFlowSummary
{
    /// <summary>资金流水总笔数.</summary>
    public required long Lines { get; init; }

    /// <summary>收入笔数.</summary>
    public required long LinesIn { get; init; }

    /// <summary>收入金额 in fen.</summary>
    public required long FenIn { get; init; }

    /// <summary>支出笔数.</summary>
    public required long LinesOut { get; init; }

    /// <summary>支出金额 in fen.</summary>
    public required long FenOut { get; init; }
}

/// <summary>Reads a fund-flow bill line by line, in constant memory; with a digest, the file is checked against it at its end.</summary>
public sealed class FundFlowReader : IAsyncDisposable
{
    private readonly BillLines _lines;

    internal FundFlowReader(BillLines lines) => _lines = lines;

    /// <summary>The closing line; null until every row was read, and for bills cut short.</summary>
    public FundFlowSummary? Summary { get; private set; }

    /// <summary>Opens a bill from its bytes.</summary>
    /// <param name="stream">The file or the reply's body; disposed with the reader.</param>
    /// <param name="sha1">Hexadecimal SHA-1 of the unpacked file, as the reply's <c>Digest</c> header gives it; null checks nothing.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PapayException">The stream holds an error reply, or is not a bill.</exception>
    public static async Task<FundFlowReader> OpenAsync(Stream stream, string? sha1 = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new FundFlowReader(await BillLines.OpenAsync(stream, null, BillTables.FundFlow, sha1, BillLimits.OfFiles, ct).ConfigureAwait(false));
    }

    /// <summary>Reads the rows, once.</summary>
    /// <exception cref="PapayException">A line does not have the documented form, the summary is missing, or the file is not the one that its digest is of.</exception>
    public async IAsyncEnumerable<FundFlowRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        var columns = FundFlowBill.Read(await _lines.HeaderAsync(ct).ConfigureAwait(false));
        while (await _lines.NextRowAsync(ct).ConfigureAwait(false) is { } line)
        {
            yield return FundFlowBill.Row(columns, line.Span, _lines.Number);
        }

        var (header, figures) = await _lines.SummaryAsync(FundFlowBill.SummaryStart, ct).ConfigureAwait(false);
        var summary = FundFlowBill.Summary(header, figures, _lines.Number);
        await _lines.EndAsync(ct).ConfigureAwait(false);
        Summary = summary;
    }

    /// <summary>Closes the stream.</summary>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();
}
