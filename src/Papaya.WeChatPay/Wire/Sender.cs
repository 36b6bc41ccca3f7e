using System.Buffers;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Sending;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.WeChatPay.Wire;

/// <summary>A complete answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Response">For its headers; the content has been read.</param>
/// <param name="Body">The bytes received.</param>
internal sealed record Answer(HttpStatusCode Status, HttpResponseMessage Response, ReadOnlyMemory<byte> Body);

/// <summary>
/// Sends prepared requests: hosts and fail-over, deadline, limiter, telemetry, bounded reading. Knows nothing of XML or JSON. It repeats
/// what provably never left, and questions; never a call that moves money and whose outcome is unknown.
/// </summary>
internal sealed class Sender
{
    private const int MostTries = 2;

    private readonly HttpClient _http;
    private readonly MerchantCredentials _merchant;
    private readonly PapayClientOptions _options;
    private readonly Hosts _hosts;
    private readonly CertificateWatch _certificates;

    public Sender(HttpClient http, MerchantCredentials merchant, Uri baseUrl, PapayClientOptions options, CertificateWatch certificates)
    {
        _http = http;
        _merchant = merchant;
        _options = options;
        _hosts = new(baseUrl, options.SecondFor(baseUrl), options.PreferSecondFor, options.Timers);
        _certificates = certificates;
    }

    private ILogger Log => _options.Logger;

    /// <summary>Makes a call.</summary>
    /// <param name="endpoint">What is called.</param>
    /// <param name="make">Makes the request for a host; called for every try, so that each has its own nonce and sign.</param>
    /// <param name="judge">Turns a complete answer into a reply or throws a <see cref="PapayException"/>.</param>
    /// <param name="ct">The caller's token.</param>
    public Task<T> CallAsync<T>(Endpoint endpoint, Func<Uri, HttpRequestMessage> make, Func<Answer, T> judge, CancellationToken ct) =>
        RunAsync(endpoint, (Sender: this, endpoint, make, judge), static (call, host, timeout, ct) =>
            call.Sender.TryCallAsync(call.endpoint, call.make, call.judge, host, timeout, ct), ct);

    /// <summary>Sends a call whose answer is a file.</summary>
    /// <param name="endpoint">What is called.</param>
    /// <param name="make">Makes the request for a host; called for every try.</param>
    /// <param name="open">Judges status and beginning of the file, and holds the response from then on; the token ends with the try.</param>
    /// <param name="ct">The caller's token.</param>
    public Task<T> OpenAsync<T>(
        Endpoint endpoint, Func<Uri, HttpRequestMessage> make, Func<HttpResponseMessage, CancellationToken, Task<T>> open, CancellationToken ct) =>
        RunAsync(endpoint, (Sender: this, endpoint, make, open), static (call, host, timeout, ct) =>
            call.Sender.TryOpenAsync(call.endpoint, call.make, call.open, host, timeout, ct), ct);

    private static bool MayRepeat(Endpoint endpoint, PapayException e) =>
        e.Code == LocalCodes.NotSent
        || (endpoint.MayRepeat && (e.Code is LocalCodes.NoAnswer or LocalCodes.HttpStatus or LocalCodes.Unreadable or LocalCodes.BadSignature or "SYSTEMERROR" or "SYSTEM_ERROR"));

    private static CancellationTokenRegistration Join(CancellationToken ct, CancellationTokenSource deadline) =>
        ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);

    // One state machine for observing and repeating, one for each try: whole calls are measured against a bare HttpClient.
    private async Task<T> RunAsync<TCall, T>(
        Endpoint endpoint, TCall call, Func<TCall, Uri, TimeSpan, CancellationToken, Task<T>> attempt, CancellationToken ct)
    {
        _certificates.Look();
        using var observation = Observation.Begin(endpoint, _merchant, _options.Timers);
        var began = _options.Timers.GetTimestamp();
        var host = _hosts.Pick(endpoint);
        try
        {
            for (var tries = 1; ; tries++)
            {
                observation?.Trying(host, tries);
                await PermitAsync(endpoint, ct).ConfigureAwait(false);
                try
                {
                    var reply = await attempt(call, host, TimeLeft(endpoint, began), ct).ConfigureAwait(false);
                    Answered(host);
                    Log.CallSucceeded(endpoint.Name, _merchant.MerchantNumber);
                    return reply;
                }
                catch (PapayException e) when (WillRepeat(endpoint, host, tries, began, e))
                {
                    host = Next(endpoint, host, e);
                }
            }
        }
        catch (PapayException e)
        {
            observation?.Failed(e);
            Records.CallFailed(Log, endpoint, _merchant, e);
            throw;
        }
        catch (OperationCanceledException e)
        {
            observation?.Failed(e);
            throw;
        }
    }

    private TimeSpan TimeLeft(Endpoint endpoint, long began)
    {
        var left = _options.Deadline - _options.Timers.GetElapsedTime(began);
        return left <= TimeSpan.Zero ? throw PapayException.TooLate(endpoint, _options.Deadline) : left < _options.Timeout ? left : _options.Timeout;
    }

    /// <summary>Learns from a failed try, once, and says whether there will be another.</summary>
    private bool WillRepeat(Endpoint endpoint, Uri host, int tries, long began, PapayException e)
    {
        Learn(endpoint, host, e);
        return tries < MostTries && MayRepeat(endpoint, e) && _options.Timers.GetElapsedTime(began) < _options.Deadline;
    }

    private Uri Next(Endpoint endpoint, Uri host, PapayException e)
    {
        var next = _hosts.Next(host);
        Log.TryRepeated(endpoint.Name, _merchant.MerchantNumber, e.Code, host.Authority, next.Authority);
        if (next != host && Signals.Failovers.Enabled)
        {
            Signals.Failovers.Add(1, new("server.address", next.Host), new("wechatpay.merchant", _merchant.MerchantNumber), new("error.type", e.Code));
        }

        return next;
    }

    private async ValueTask PermitAsync(Endpoint endpoint, CancellationToken ct)
    {
        if (_options.Limiter is not { } limiter || RateLimiter.LaneOf(endpoint) is not { } lane)
        {
            return;
        }

        var waited = await limiter.EnterAsync(endpoint, lane, ct).ConfigureAwait(false);
        if (waited > TimeSpan.Zero)
        {
            Log.WaitedForPermit(endpoint.Name, _merchant.MerchantNumber, waited.TotalMilliseconds);
            Signals.LimiterWait.Record(waited.TotalSeconds, new("wechatpay.limiter.lane", lane.ToString()), new("wechatpay.merchant", _merchant.MerchantNumber));
        }
    }

    private void Answered(Uri host)
    {
        if (_hosts.Answered(host))
        {
            Log.FirstHostBack(host.Authority);
        }
    }

    private void Learn(Endpoint endpoint, Uri host, PapayException e)
    {
        if (e.Code is LocalCodes.NotSent or LocalCodes.NoAnswer)
        {
            if (_hosts.Failed(host, wasConnected: !e.NotSent))
            {
                Log.FailedOver(host.Authority, _options.PreferSecondFor.TotalSeconds);
            }
        }
        else if (!e.NotSent)
        {
            Answered(host);
        }

        if (_options.Limiter is { } limiter && RateLimiter.LaneOf(endpoint) is { } lane && limiter.Learn(lane, e))
        {
            Log.SlowedDown(_merchant.MerchantNumber, lane, limiter.Pace(lane));
            Signals.Slowings.Add(1, new("wechatpay.limiter.lane", lane.ToString()), new("wechatpay.merchant", _merchant.MerchantNumber));
        }
    }

    private async Task<T> TryCallAsync<T>(
        Endpoint endpoint, Func<Uri, HttpRequestMessage> make, Func<Answer, T> judge, Uri host, TimeSpan timeout, CancellationToken ct)
    {
        using var request = make(host);
        using var deadline = new CancellationTokenSource(timeout, _options.Timers);
        await using var _ = Join(ct, deadline).ConfigureAwait(false);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            return judge(new Answer(response.StatusCode, response, await ReadAsync(endpoint, response, deadline.Token).ConfigureAwait(false)));
        }
        catch (Exception e) when (IsSilence(e, response is not null, ct))
        {
            throw Silence(endpoint, e, response is not null);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private async Task<T> TryOpenAsync<T>(
        Endpoint endpoint, Func<Uri, HttpRequestMessage> make, Func<HttpResponseMessage, CancellationToken, Task<T>> open, Uri host, TimeSpan timeout, CancellationToken ct)
    {
        using var request = make(host);
        using var deadline = new CancellationTokenSource(timeout, _options.Timers);
        await using var _ = Join(ct, deadline).ConfigureAwait(false);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            return await open(response, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsSilence(e, response is not null, ct))
        {
            response?.Dispose();
            throw Silence(endpoint, e, response is not null);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// An answer that breaks off while the caller gives up is silence too: a verdict says more than "cancelled". And whatever a handler of the
    /// program's own throws before an answer, the request may have left.
    /// </summary>
    private static bool IsSilence(Exception e, bool hasBegun, CancellationToken callers) => e switch
    {
        HttpRequestException or IOException => true,
        OperationCanceledException => !callers.IsCancellationRequested,
        _ => !hasBegun,
    };

    /// <summary>What no complete answer means: only a connection that never came about proves that nothing was sent.</summary>
    private static PapayException Silence(Endpoint endpoint, Exception e, bool hasBegun) => e switch
    {
        _ when hasBegun => PapayException.NoAnswer(endpoint, "The answer broke off.", e),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        } refused => PapayException.NeverLeft(endpoint, refused),
        OperationCanceledException => PapayException.NoAnswer(endpoint, "No answer in time.", e),
        _ => PapayException.NoAnswer(endpoint, "The connection broke off.", e),
    };

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Endpoint endpoint, HttpResponseMessage response, CancellationToken ct)
    {
        var limit = _options.ReplyLimit;
        if (response.Content.Headers.ContentLength > limit)
        {
            throw PapayException.Unreadable(endpoint, $"The answer is longer than {limit} bytes.");
        }

        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        if (response.Content.Headers.ContentLength is { } announced)
        {
            var body = new byte[announced];
            await stream.ReadExactlyAsync(body, ct).ConfigureAwait(false);
            return body;
        }

        return await ReadToEndAsync(endpoint, stream, limit, ct).ConfigureAwait(false);
    }

    private static async ValueTask<byte[]> ReadToEndAsync(Endpoint endpoint, Stream stream, int limit, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var length = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), ct).ConfigureAwait(false);
                if (read == 0)
                {
                    return buffer.AsSpan(0, length).ToArray();
                }

                length += read;
                if (length > limit)
                {
                    throw PapayException.Unreadable(endpoint, $"The answer is longer than {limit} bytes.");
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
