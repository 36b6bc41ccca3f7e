using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Bills;

/// <summary><c>bill_type</c>: which rows the bill holds.</summary>
public enum BillKind
{
    /// <summary>Payments and refunds.</summary>
    All,

    /// <summary>Payments only; without the refund columns.</summary>
    Success,

    /// <summary>Refunds only; with two more columns of time.</summary>
    Refund,

    /// <summary>Refunds of recharge coupons.</summary>
    RechargeRefund,
}

/// <summary>Whether the file comes packed.</summary>
public enum BillCompression
{
    /// <summary>Plain text.</summary>
    None,

    /// <summary><c>tar_type</c> GZIP.</summary>
    Gzip,
}

/// <summary>
/// 下载交易账单 (<c>/pay/downloadbill</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987833</c>): one file per merchant number and
/// day with all apps and products. Made from 9:00 of the next day, to be fetched after 10:00 (Beijing), kept for three months.
/// </summary>
public sealed record BillRequest
{
    /// <summary><c>appid</c>: any app of the merchant; the bill holds all of them.</summary>
    public required string AppId { get; init; }

    /// <summary><c>bill_date</c>: the day in Beijing.</summary>
    public required DateOnly Day { get; init; }

    /// <summary><c>bill_type</c>. Default: all.</summary>
    public BillKind Kind { get; init; } = BillKind.All;

    /// <summary><c>tar_type</c>. Default: packed.</summary>
    public BillCompression Compression { get; init; } = BillCompression.Gzip;

    /// <summary>Algorithm; null takes the merchant's.</summary>
    public SignType? SignType { get; init; }
}

/// <summary>Wire names of <see cref="BillKind"/>.</summary>
public static class BillKinds
{
    /// <summary>The <c>bill_type</c> value.</summary>
    public static string WireName(this BillKind kind) => kind switch
    {
        BillKind.All => "ALL",
        BillKind.Success => "SUCCESS",
        BillKind.Refund => "REFUND",
        BillKind.RechargeRefund => "RECHARGE_REFUND",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>Calls about bills.</summary>
public sealed class BillCalls
{
    private readonly V2Transport _transport;
    private readonly BillLimits _limits;

    internal BillCalls(V2Transport transport, V3BillCalls v3, BillLimits limits)
    {
        _transport = transport;
        _limits = limits;
        V3 = v3;
    }

    /// <summary>The same bills by V3: signed digest, no client certificate.</summary>
    public V3BillCalls V3 { get; }

    /// <summary>Opens a trade bill; its rows are then read as they arrive, in constant memory.</summary>
    /// <exception cref="PapayException">No bill (<see cref="NextStep.NothingThere"/>), not made yet (throttled), or not answered.</exception>
    public async Task<BillReader> OpenAsync(BillRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new BillReader(await OpenAsync(BillTables.Trade, request, request.SignType, ct).ConfigureAwait(false));
    }

    /// <summary>Opens a fund-flow bill; the reply's digest of the file is checked when the last row was read.</summary>
    /// <exception cref="PapayException">No client certificate, no bill (<see cref="NextStep.NothingThere"/>), not made yet (throttled), or not answered.</exception>
    public async Task<FundFlowReader> OpenFundFlowAsync(FundFlowRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new FundFlowReader(await OpenAsync(BillTables.FundFlow, request, null, ct).ConfigureAwait(false));
    }

    // Digest: SHA=… is the hexadecimal SHA-1 of the unpacked file.
    private static string? DigestOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Digest", out var values)
            ? values.SelectMany(v => v.Split(',')).Select(v => v.Trim()).FirstOrDefault(v => v.StartsWith("SHA=", StringComparison.OrdinalIgnoreCase))?[4..]
            : null;

    private Task<BillLines> OpenAsync<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType, CancellationToken ct)
        where TRequest : class =>
        _transport.OpenAsync(
            endpoint, request, signType,
            async (response, inTime) => await BillLines.OpenAsync(
                await response.Content.ReadAsStreamAsync(inTime).ConfigureAwait(false), response, endpoint, DigestOf(response), _limits, inTime).ConfigureAwait(false),
            ct);
}
