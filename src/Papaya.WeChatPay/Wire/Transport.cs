using System.Buffers;
using System.Net.Http.Headers;

namespace Papaya.WeChatPay.Wire;

/// <summary>Sends one call and decides what its answer, or the lack of one, means.</summary>
internal sealed class Transport
{
    private static readonly MediaTypeHeaderValue Xml = new("text/xml") { CharSet = "utf-8" };
    private static readonly ProductInfoHeaderValue Agent = new("Papaya", "0.1");

    private readonly HttpClient _http;
    private readonly MerchantCredentials _merchant;
    private readonly Uri _baseUrl;
    private readonly PapayClientOptions _options;

    public Transport(HttpClient http, MerchantCredentials merchant, Uri baseUrl, PapayClientOptions options)
    {
        if (!baseUrl.IsAbsoluteUri || baseUrl.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("The base address must be an absolute http or https address.", nameof(baseUrl));
        }

        if (merchant.ClientCertificate == ClientCertificateMode.LoopbackHeader && !(baseUrl.IsLoopback && baseUrl.Scheme == "http"))
        {
            throw new ArgumentException("The certificate header is only for plain http on loopback.", nameof(merchant));
        }

        _http = http;
        _merchant = merchant;
        _baseUrl = baseUrl;
        _options = options;
    }

    /// <summary>
    /// Makes a call. Only what provably never left is repeated, and questions; each once.
    /// </summary>
    public async Task<V2Message> CallAsync<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType, CancellationToken ct)
        where TRequest : class
    {
        try
        {
            return await CallOnceAsync(endpoint, request, signType, ct).ConfigureAwait(false);
        }
        catch (PapayException e) when (MayRepeat(endpoint, e))
        {
            return await CallOnceAsync(endpoint, request, signType, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a call whose answer is a file; the caller disposes the response.</summary>
    public async Task<HttpResponseMessage> OpenAsync<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType, CancellationToken ct)
        where TRequest : class
    {
        try
        {
            return await SendAsync(endpoint, request, signType, ct).ConfigureAwait(false);
        }
        catch (PapayException e) when (MayRepeat(endpoint, e))
        {
            return await SendAsync(endpoint, request, signType, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Throws unless the answer is a signed success.</summary>
    internal static void Judge(Endpoint endpoint, V2Message message, MerchantCredentials merchant, SignType signType, ReplyVerification verification)
    {
        if (!message.IsSuccess("return_code"u8))
        {
            throw message.Is("return_code"u8, "FAIL"u8)
                ? CommunicationFailure(endpoint, message)
                : PapayException.Unreadable(endpoint, "The answer has no return_code.");
        }

        if (verification == ReplyVerification.Always)
        {
            var check = V2Signature.Verify(message, merchant.ApiV2Key, merchant.PreviousApiV2Key, signType);
            if (!check.IsValid)
            {
                throw PapayException.BadSignature(endpoint, check);
            }
        }

        if (message.Text("mch_id"u8) is { } number && number != merchant.MerchantNumber)
        {
            throw PapayException.Foreign(endpoint, "mch_id");
        }

        if (message.IsSuccess("result_code"u8))
        {
            return;
        }

        throw message.Is("result_code"u8, "FAIL"u8)
            ? PapayException.Refusal(endpoint, message.Text("err_code"u8) ?? LocalCodes.ReturnFail, message.Text("err_code_des"u8))
            : PapayException.Unreadable(endpoint, "The answer has no result_code.");
    }

    /// <summary><c>return_code</c> FAIL carries only a text and is unsigned; a text that is not in the table proves nothing.</summary>
    internal static PapayException CommunicationFailure(Endpoint endpoint, V2Message message)
    {
        var text = message.Text("return_msg"u8) ?? "";
        var code = message.Text("err_code"u8) is { } given && ErrorCodes.Find(endpoint.Name, given) is { } row ? row.Code : ErrorCodes.FromText(endpoint.Name, text);
        return PapayException.Refusal(endpoint, code ?? LocalCodes.ReturnFail, text);
    }

    private static bool MayRepeat(Endpoint endpoint, PapayException e) =>
        e.Code == LocalCodes.NotSent
        || (endpoint.IsRead && (e.Code is LocalCodes.NoAnswer or LocalCodes.HttpStatus or LocalCodes.Unreadable or LocalCodes.BadSignature or "SYSTEMERROR"));

    private async Task<V2Message> CallOnceAsync<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType, CancellationToken ct)
        where TRequest : class
    {
        var (used, content) = Write(endpoint, request, signType);
        byte[] body;
        using var timeout = new CancellationTokenSource(_options.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        using var response = await SendAsync(endpoint, content, either.Token, ct).ConfigureAwait(false);
        try
        {
            body = await ReadAsync(endpoint, response, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw PapayException.NoAnswer(endpoint, "The answer broke off.", e);
        }

        if (!V2Message.TryParse(body, out var message, out var error, _options.ReplyLimit))
        {
            throw PapayException.Unreadable(endpoint, error.ToString());
        }

        Judge(endpoint, message, _merchant, used, _options.Verification);
        foreach (var echo in endpoint.Echoes)
        {
            if (message.Text(System.Text.Encoding.ASCII.GetBytes(echo)) is { } repeated && endpoint.ValueOf(echo, request) is { } asked && repeated != asked)
            {
                throw PapayException.Foreign(endpoint, echo);
            }
        }

        return message;
    }

    private async Task<HttpResponseMessage> SendAsync<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType, CancellationToken ct)
        where TRequest : class
    {
        var (_, content) = Write(endpoint, request, signType);
        using var timeout = new CancellationTokenSource(_options.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        return await SendAsync(endpoint, content, either.Token, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// The bytes are copied out of the pool: a handler may still be writing a request whose answer came early or which was
    /// given up, and its memory must not be reused under it.
    /// </summary>
    private (SignType Used, byte[] Content) Write<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType)
        where TRequest : class
    {
        if (endpoint.NeedsCertificate && _merchant.ClientCertificate == ClientCertificateMode.None)
        {
            throw PapayException.WithoutCertificate(endpoint);
        }

        var used = endpoint.SignTypeFor(signType ?? _merchant.SignType);
        using var writer = new V2Writer();
        endpoint.Write(writer, request, new Call(_merchant.MerchantNumber, _options.Nonces.Next(), used));
        return (used, writer.Sign(_merchant.ApiV2Key, used).ToArray());
    }

    private async Task<HttpResponseMessage> SendAsync(Endpoint endpoint, byte[] content, CancellationToken ct, CancellationToken callers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_baseUrl, endpoint.Path));
        request.Content = new ByteArrayContent(content);
        request.Content.Headers.ContentType = Xml;
        request.Headers.UserAgent.Add(Agent);
        if (endpoint.NeedsCertificate && _merchant.ClientCertificate == ClientCertificateMode.LoopbackHeader)
        {
            request.Headers.Add("X-Client-Cert", _merchant.MerchantNumber);
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
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

        if (response.StatusCode != System.Net.HttpStatusCode.OK)
        {
            response.Dispose();
            throw PapayException.WrongStatus(endpoint, response.StatusCode);
        }

        return response;
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
