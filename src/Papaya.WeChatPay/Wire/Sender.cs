using System.Buffers;
using System.Net;

namespace Papaya.WeChatPay.Wire;

/// <summary>A complete answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Response">For its headers; the content has been read.</param>
/// <param name="Body">The bytes received.</param>
internal sealed record Answer(HttpStatusCode Status, HttpResponseMessage Response, ReadOnlyMemory<byte> Body);

/// <summary>
/// Sends prepared requests: hosts, deadline, bounded reading. Knows nothing of XML or JSON. It repeats what provably never left,
/// and questions; never a call that moves money and whose outcome is unknown.
/// </summary>
internal sealed class Sender
{
    private const int MostTries = 2;

    private readonly HttpClient _http;
    private readonly Uri _baseUrl;
    private readonly PapayClientOptions _options;

    public Sender(HttpClient http, Uri baseUrl, PapayClientOptions options)
    {
        if (!baseUrl.IsAbsoluteUri || baseUrl.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("The base address must be an absolute http or https address.", nameof(baseUrl));
        }

        _http = http;
        _baseUrl = baseUrl;
        _options = options;
    }

    /// <summary>Makes a call.</summary>
    /// <param name="endpoint">What is called.</param>
    /// <param name="make">Makes the request for a host; called for every try, so that each has its own nonce and sign.</param>
    /// <param name="judge">Turns a complete answer into a reply or throws a <see cref="PapayException"/>.</param>
    /// <param name="ct">The caller's token.</param>
    public async Task<T> CallAsync<T>(Endpoint endpoint, Func<Uri, HttpRequestMessage> make, Func<Answer, T> judge, CancellationToken ct)
    {
        for (var left = MostTries - 1; ; left--)
        {
            try
            {
                return await CallOnceAsync(endpoint, make, judge, ct).ConfigureAwait(false);
            }
            catch (PapayException e) when (left > 0 && MayRepeat(endpoint, e))
            {
            }
        }
    }

    /// <summary>Sends a call whose answer is a file: returns after the headers; the caller disposes the response.</summary>
    public async Task<HttpResponseMessage> OpenAsync(Endpoint endpoint, Func<Uri, HttpRequestMessage> make, CancellationToken ct)
    {
        for (var left = MostTries - 1; ; left--)
        {
            try
            {
                using var deadline = new CancellationTokenSource(_options.Timeout, TimeProvider.System);
                await using var _ = Join(ct, deadline).ConfigureAwait(false);
                return await SendAsync(endpoint, make, deadline.Token, ct).ConfigureAwait(false);
            }
            catch (PapayException e) when (left > 0 && MayRepeat(endpoint, e))
            {
            }
        }
    }

    private static bool MayRepeat(Endpoint endpoint, PapayException e) =>
        e.Code == LocalCodes.NotSent
        || (endpoint.IsRead && (e.Code is LocalCodes.NoAnswer or LocalCodes.HttpStatus or LocalCodes.Unreadable or LocalCodes.BadSignature or "SYSTEMERROR"));

    private static CancellationTokenRegistration Join(CancellationToken ct, CancellationTokenSource deadline) =>
        ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);

    private async Task<T> CallOnceAsync<T>(Endpoint endpoint, Func<Uri, HttpRequestMessage> make, Func<Answer, T> judge, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, TimeProvider.System);
        await using var _ = Join(ct, deadline).ConfigureAwait(false);
        using var response = await SendAsync(endpoint, make, deadline.Token, ct).ConfigureAwait(false);
        byte[] body;
        try
        {
            body = await ReadAsync(endpoint, response, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw PapayException.NoAnswer(endpoint, "The answer broke off.", e);
        }

        return judge(new Answer(response.StatusCode, response, body));
    }

    private async Task<HttpResponseMessage> SendAsync(Endpoint endpoint, Func<Uri, HttpRequestMessage> make, CancellationToken ct, CancellationToken callers)
    {
        using var request = make(_baseUrl);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw PapayException.NeverLeft(endpoint, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw PapayException.NoAnswer(endpoint, "The connection broke off.", e);
        }
        catch (OperationCanceledException e) when (!callers.IsCancellationRequested)
        {
            throw PapayException.NoAnswer(endpoint, "No answer in time.", e);
        }
    }

    private async Task<byte[]> ReadAsync(Endpoint endpoint, HttpResponseMessage response, CancellationToken ct)
    {
        var limit = _options.ReplyLimit;
        if (response.Content.Headers.ContentLength > limit)
        {
            throw PapayException.Unreadable(endpoint, $"The answer is longer than {limit} bytes.");
        }

        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent((int)(response.Content.Headers.ContentLength ?? 4096) + 1);
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
