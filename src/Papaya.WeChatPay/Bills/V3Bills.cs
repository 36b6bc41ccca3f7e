using System.Buffers;
using System.Net;
using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Bills;

/// <summary>
/// 申请交易账单 (<c>https://pay.weixin.qq.com/docs/merchant/apis/bill-download/trade-bill/get-trade-bill.html</c>). Made from 9:00 of the next
/// day, to be fetched after 10:00, kept for three months.
/// </summary>
public sealed record V3BillRequest
{
    /// <summary><c>bill_date</c>: the day in Beijing.</summary>
    public required DateOnly Day { get; init; }

    /// <summary><c>bill_type</c>: all, success or refund. Default: all.</summary>
    public BillKind Kind { get; init; } = BillKind.All;

    /// <summary><c>tar_type</c>. Default: packed.</summary>
    public BillCompression Compression { get; init; } = BillCompression.Gzip;

    /// <summary><c>sub_mchid</c>: only this sub-merchant's rows; only for service providers.</summary>
    public string? SubMerchantNumber { get; init; }
}

/// <summary>申请资金账单 (<c>https://pay.weixin.qq.com/docs/merchant/apis/bill-download/fund-bill/get-fund-bill.html</c>).</summary>
public sealed record V3FundFlowRequest
{
    /// <summary><c>bill_date</c>: the day in Beijing.</summary>
    public required DateOnly Day { get; init; }

    /// <summary><c>account_type</c>. Default: the basic account.</summary>
    public FundAccount Account { get; init; }

    /// <summary><c>tar_type</c>. Default: packed.</summary>
    public BillCompression Compression { get; init; } = BillCompression.Gzip;
}

/// <summary>
/// Bills by V3: no client certificate. WeChat answers with a signed digest and an address; the file comes unsigned from there and is
/// compared with the digest when its last line was read, so rows count only once the reading ended without an exception.
/// </summary>
public sealed class V3BillCalls
{
    private const int LongestError = 64 * 1024;

    private readonly V3Transport _transport;
    private readonly Uri _baseUrl;
    private readonly BillLimits _limits;

    internal V3BillCalls(V3Transport transport, Uri baseUrl, BillLimits limits)
    {
        _limits = limits;
        _transport = transport;
        _baseUrl = baseUrl;
    }

    /// <summary>Opens a trade bill; the same rows as by V2.</summary>
    /// <exception cref="PapayException">No bill (<see cref="NextStep.NothingThere"/>), not made yet (throttled), or not answered.</exception>
    public async Task<BillReader> OpenAsync(V3BillRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new BillReader(await OpenAsync(V3BillEndpoints.Trade, request, ct).ConfigureAwait(false));
    }

    /// <summary>Opens a fund-flow bill; the same rows as by V2.</summary>
    /// <exception cref="PapayException">No bill (<see cref="NextStep.NothingThere"/>), not made yet (throttled), or not answered.</exception>
    public async Task<FundFlowReader> OpenFundFlowAsync(V3FundFlowRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new FundFlowReader(await OpenAsync(V3BillEndpoints.FundFlow, request, ct).ConfigureAwait(false));
    }

    private async Task<BillLines> OpenAsync<TRequest>(V3Endpoint<TRequest> endpoint, TRequest request, CancellationToken ct)
        where TRequest : class
    {
        var file = await _transport.CallAsync(endpoint, request, BillFile.Read, ct).ConfigureAwait(false);
        if (file.Sha1 is null)
        {
            throw PapayException.Unreadable(endpoint, "The digest is not SHA1.");
        }

        // The file's request carries our Authorization: it goes to WeChat Pay or nowhere.
        if (!IsOurs(file.Address))
        {
            throw PapayException.Unreadable(endpoint, "download_url does not lead to WeChat Pay; nothing was fetched.");
        }

        var download = V3BillEndpoints.Download;
        return await _transport.OpenAsync(download, _ => file.Address, (response, inTime) => ReadAsync(response, file.Sha1, inTime), ct).ConfigureAwait(false);
    }

    private async Task<BillLines> ReadAsync(HttpResponseMessage response, string sha1, CancellationToken ct)
    {
        var download = V3BillEndpoints.Download;
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw V3Transport.Refusal(download, response.StatusCode, await ErrorAsync(response, ct).ConfigureAwait(false)).Unsigned();
        }

        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        return await BillLines.OpenAsync(stream, response, download, sha1, _limits, ct).ConfigureAwait(false);
    }

    private bool IsOurs(Uri address) =>
        address.UserInfo.Length == 0
        && ((address.Scheme == Uri.UriSchemeHttps && address.IsDefaultPort && address.IdnHost.EndsWith(".mch.weixin.qq.com", StringComparison.OrdinalIgnoreCase))
            || (address.Scheme == _baseUrl.Scheme && address.Authority == _baseUrl.Authority));

    private static async Task<byte[]> ErrorAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestError);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
            return buffer.AsSpan(0, await stream.ReadAtLeastAsync(buffer.AsMemory(0, LongestError), LongestError, throwOnEndOfStream: false, ct).ConfigureAwait(false)).ToArray();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return [];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record BillFile(Uri Address, string? Sha1)
    {
        public static BillFile? Read(JsonElement json) =>
            Uri.TryCreate(json.Text("download_url"), UriKind.Absolute, out var address) && json.Text("hash_value") is { } hash
                ? new(address, json.Text("hash_type") == "SHA1" ? hash : null)
                : null;
    }
}
