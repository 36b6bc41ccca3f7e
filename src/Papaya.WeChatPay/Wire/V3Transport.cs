using System.Net;
using System.Text.Json;
using Papaya.WeChatPay.Notifications;

namespace Papaya.WeChatPay.Wire;

/// <summary>Writes and signs V3 requests and decides what an answer means: over the raw bytes first, by code and never by status alone.</summary>
internal sealed class V3Transport
{
    private readonly Sender _mainland;
    private readonly Sender _global;
    private readonly MerchantCredentials _merchant;
    private readonly TimeProvider _clock;
    private readonly PapayClientOptions _options;

    public V3Transport(Sender mainland, Sender global, MerchantCredentials merchant, TimeProvider clock, PapayClientOptions options)
    {
        _mainland = mainland;
        _global = global;
        _merchant = merchant;
        _clock = clock;
        _options = options;
        Signer = new(merchant, clock, options.Nonces);
        Certificates = new(this, merchant, clock);
    }

    public V3Signer Signer { get; }

    public PlatformCertificates Certificates { get; }

    /// <summary>Makes a call whose answer is one JSON object.</summary>
    public async Task<TReply> CallAsync<TRequest, TReply>(V3Endpoint<TRequest> endpoint, TRequest request, Func<JsonElement, TReply?> read, CancellationToken ct)
        where TRequest : class
        where TReply : class =>
        await CallAsync(endpoint, request, answer => Read(endpoint, request, answer, read), ct).ConfigureAwait(false);

    /// <summary>Makes a call whose answer is empty.</summary>
    public async Task CallAsync<TRequest>(V3Endpoint<TRequest> endpoint, TRequest request, CancellationToken ct)
        where TRequest : class =>
        await CallAsync(endpoint, request, static _ => true, ct).ConfigureAwait(false);

    /// <summary>Makes a call and leaves verification to the judge; for certificates, which verify themselves.</summary>
    public Task<T> CallUnverifiedAsync<TRequest, T>(V3Endpoint<TRequest> endpoint, TRequest request, Func<Answer, T> judge, CancellationToken ct)
        where TRequest : class
    {
        Signer.Require(endpoint);
        var (target, body) = endpoint.Write(request, new Call(_merchant.MerchantNumber, Call.Unknown.Nonces, SignType.Md5));
        return SenderOf(endpoint).CallAsync(endpoint, host => Signer.Make(endpoint, new Uri(host, target), body), judge, ct);
    }

    /// <summary>Opens a file; what <paramref name="open"/> makes of it holds the response from then on.</summary>
    public Task<T> OpenAsync<T>(V3Endpoint endpoint, Func<Uri, Uri> address, Func<HttpResponseMessage, CancellationToken, Task<T>> open, CancellationToken ct) =>
        SenderOf(endpoint).OpenAsync(endpoint, host => Signer.Make(endpoint, address(host), []), open, ct);

    /// <summary>What an error reply says; the message of WeChat is kept, the offending value never is.</summary>
    public static PapayException Refusal(V3Endpoint endpoint, HttpStatusCode status, ReadOnlySpan<byte> body)
    {
        if (!V3Json.TryParse(body, V2Message.DefaultLimit, out var root, out _) || root.Text("code") is not { Length: <= 64 } code)
        {
            return PapayException.WrongStatus(endpoint, status);
        }

        var detail = root.Object("detail");
        return PapayException.V3Refusal(endpoint, status, code, root.Text("message"), detail?.Text("field"), detail?.Text("issue"));
    }

    private TReply Read<TRequest, TReply>(V3Endpoint<TRequest> endpoint, TRequest request, Answer answer, Func<JsonElement, TReply?> read)
        where TRequest : class
        where TReply : class
    {
        if (!V3Json.TryParse(answer.Body.Span, int.MaxValue, out var root, out var problem))
        {
            throw PapayException.Unreadable(endpoint, problem);
        }

        if ((root.Text("mchid") ?? root.Text("sp_mchid")) is { } number && number != _merchant.MerchantNumber)
        {
            throw PapayException.Foreign(endpoint, "mchid");
        }

        foreach (var echo in endpoint.Echoes)
        {
            if (root.Digits(echo) is { } repeated && endpoint.ValueOf(echo, request, Call.Unknown) is { } asked && repeated != asked)
            {
                throw PapayException.Foreign(endpoint, echo);
            }
        }

        return read(root) ?? throw PapayException.Unreadable(endpoint, "The answer lacks a member that every answer has.");
    }

    // The overseas host is not the one that an experiment is made on.
    private bool MustVerify(V3Endpoint endpoint) =>
        _options.Verification == ReplyVerification.Always || (endpoint.Site == ApiSite.Global && !_options.GlobalBaseUrl.IsLoopback);

    private Sender SenderOf(V3Endpoint endpoint) => endpoint.Site == ApiSite.Global ? _global : _mainland;

    private async Task<T> CallAsync<TRequest, T>(V3Endpoint<TRequest> endpoint, TRequest request, Func<Answer, T> read, CancellationToken ct)
        where TRequest : class
    {
        Signer.Require(endpoint);
        await Certificates.EnsureAsync(endpoint, ct).ConfigureAwait(false);
        Answer? last = null;
        string? unknown = null;
        try
        {
            return await CallUnverifiedAsync(endpoint, request, Judge, ct).ConfigureAwait(false);
        }
        catch (PapayException e) when (e.Code == LocalCodes.BadSignature && unknown is not null)
        {
            // The answer is here and complete: only the key to check it with is missing, so nothing is sent twice.
            if (!await Certificates.TryLearnAsync(unknown, ct).ConfigureAwait(false))
            {
                throw;
            }

            return Judge(last!);
        }

        T Judge(Answer answer)
        {
            (last, unknown) = (answer, null);
            var headers = NotificationHeaders.From(answer.Response);
            var isSuccess = (int)answer.Status is >= 200 and < 300;
            if (MustVerify(endpoint) && (isSuccess || headers.Signature is not null))
            {
                // Refusals may come unsigned: WeChat cannot sign for a caller that it does not know. Signed ones must fit; the others settle no money.
                var verdict = V3Signature.Verify(_merchant.V3!.PlatformKeys, headers, answer.Body.Span, _clock.GetUtcNow(), _merchant.V3.ClockTolerance);
                if (verdict != V3Verdict.Valid)
                {
                    unknown = verdict == V3Verdict.UnknownKey ? headers.Serial : null;
                    throw PapayException.BadV3Signature(endpoint, verdict);
                }
            }

            if (isSuccess)
            {
                return read(answer);
            }

            var refusal = Refusal(endpoint, answer.Status, answer.Body.Span);
            throw headers.Signature is null ? refusal.Unsigned() : refusal;
        }
    }
}
