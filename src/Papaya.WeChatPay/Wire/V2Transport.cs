using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.WeChatPay.Wire;

/// <summary>Writes and signs V2 requests and decides what an answer means.</summary>
internal sealed class V2Transport
{
    internal static readonly ProductInfoHeaderValue Agent = new("Papaya", "0.1");
    private static readonly string AgentText = Agent.ToString();

    private readonly Sender _sender;
    private readonly MerchantCredentials _merchant;
    private readonly PapayClientOptions _options;

    // One address for each call; made anew when the other host is tried.
    private readonly ConcurrentDictionary<V2Endpoint, (Uri Host, Uri Address)> _addresses = new();

    public V2Transport(Sender sender, MerchantCredentials merchant, PapayClientOptions options)
    {
        _sender = sender;
        _merchant = merchant;
        _options = options;
    }

    /// <summary>Makes a call.</summary>
    public Task<V2Message> CallAsync<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType, CancellationToken ct)
        where TRequest : class
    {
        endpoint = endpoint.For(request);
        var type = endpoint.SignTypeFor(signType ?? _merchant.SignType);
        return _sender.CallAsync(endpoint, host => Make(endpoint, request, type, host), answer => Judge(endpoint, request, type, answer), ct);
    }

    /// <summary>Sends a call whose answer is a file; what <paramref name="open"/> makes of it holds the response from then on.</summary>
    public Task<T> OpenAsync<TRequest, T>(
        V2Endpoint<TRequest> endpoint, TRequest request, SignType? signType, Func<HttpResponseMessage, CancellationToken, Task<T>> open, CancellationToken ct)
        where TRequest : class
    {
        endpoint = endpoint.For(request);
        var type = endpoint.SignTypeFor(signType ?? _merchant.SignType);
        return _sender.OpenAsync(
            endpoint, host => Make(endpoint, request, type, host),
            (response, inTime) => response.StatusCode == HttpStatusCode.OK ? open(response, inTime) : throw PapayException.WrongStatus(endpoint, response.StatusCode),
            ct);
    }

    /// <summary>Parameters that a browser or a front end brings to WeChat: checked and signed, nothing is sent.</summary>
    public V2Message Sign<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request)
        where TRequest : class
    {
        var type = endpoint.SignTypeFor(_merchant.SignType);
        using var writer = Written(endpoint, request, type);
        return V2Message.Parse(writer.Sign(_merchant.SigningKey, type).ToArray());
    }

    /// <summary>Throws unless the answer is a success, signed where this call's answers are.</summary>
    internal static void Judge(V2Endpoint endpoint, V2Message message, MerchantCredentials merchant, SignType signType, ReplyVerification verification)
    {
        if (!message.IsSuccess("return_code"u8))
        {
            throw message.Is("return_code"u8, "FAIL"u8)
                ? CommunicationFailure(endpoint, message)
                : PapayException.Unreadable(endpoint, "The answer has no return_code.");
        }

        if (verification == ReplyVerification.Always && endpoint.ReplyForm != ReplyForm.UnsignedXml)
        {
            var check = V2Signature.VerifyReply(message, merchant.ApiV2Keys, signType);
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
            ? PapayException.Refusal(
                endpoint, message.Text("err_code"u8) ?? message.Text("result_msg"u8) ?? LocalCodes.ReturnFail, message.Text("err_code_des"u8) ?? message.Text("result_msg"u8))
            : PapayException.Unreadable(endpoint, "The answer has no result_code.");
    }

    /// <summary><c>return_code</c> FAIL carries only a text and is unsigned; a text that is not in the table proves nothing, and of the others few do.</summary>
    internal static PapayException CommunicationFailure(Endpoint endpoint, V2Message message)
    {
        var text = message.Text("return_msg"u8) ?? "";
        var code = message.Text("err_code"u8) is { } given && ErrorCodes.Find(endpoint.Name, given) is { } row ? row.Code : ErrorCodes.FromText(endpoint.Name, text);
        return PapayException.Refusal(endpoint, code ?? LocalCodes.ReturnFail, text).Unsigned();
    }

    private V2Writer Written<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType type)
        where TRequest : class
    {
        var writer = new V2Writer();
        endpoint.Write(writer, request, new Call(_merchant.MerchantNumber, _options.Nonces, type));
        return writer;
    }

    private Uri Address(V2Endpoint endpoint, Uri host)
    {
        if (_addresses.TryGetValue(endpoint, out var known) && ReferenceEquals(known.Host, host))
        {
            return known.Address;
        }

        var address = new Uri(host, endpoint.Path);
        _addresses[endpoint] = (host, address);
        return address;
    }

    private HttpRequestMessage Make<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType type, Uri host)
        where TRequest : class
    {
        if (endpoint.NeedsCertificate && _merchant.ClientCertificate == ClientCertificateMode.None)
        {
            throw PapayException.WithoutCertificate(endpoint);
        }

        using var writer = Written(endpoint, request, type);
        var message = endpoint.Method == HttpMethod.Get
            ? new HttpRequestMessage(HttpMethod.Get, V2Query.Address(host, endpoint, V2Message.Parse(writer.Sign(_merchant.SigningKey, type))))
            : new HttpRequestMessage(endpoint.Method, Address(endpoint, host)) { Content = writer.SignAsContent(_merchant.SigningKey, type) };
        message.Headers.TryAddWithoutValidation("User-Agent", AgentText);
        if (endpoint.NeedsCertificate && _merchant.ClientCertificate == ClientCertificateMode.LoopbackHeader)
        {
            message.Headers.Add("X-Client-Cert", _merchant.MerchantNumber);
        }

        return message;
    }

    private V2Message Judge<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request, SignType type, Answer answer)
        where TRequest : class
    {
        if (answer.Status != HttpStatusCode.OK)
        {
            throw PapayException.WrongStatus(endpoint, answer.Status);
        }

        if (!V2Message.TryParse(answer.Body, out var message, out var error, _options.ReplyLimit))
        {
            throw PapayException.Unreadable(endpoint, error.ToString());
        }

        Judge(endpoint, message, _merchant, type, _options.Verification);
        foreach (var echo in endpoint.Echoes)
        {
            if (endpoint.ValueOf(echo, request) is not { } asked)
            {
                continue;
            }

            if (message.Text(Encoding.ASCII.GetBytes(echo)) is not { } repeated)
            {
                if (endpoint.SureEchoes.Contains(echo))
                {
                    throw PapayException.Unreadable(endpoint, $"The answer has no {echo}.");
                }
            }
            else if (repeated != asked)
            {
                throw PapayException.Foreign(endpoint, echo);
            }
        }

        if (_options.Logger.IsEnabled(LogLevel.Debug) && endpoint.FindUnknown(message) is { Count: > 0 } unknown)
        {
            _options.Logger.UnknownElements(endpoint.Name, string.Join(", ", unknown));
        }

        return message;
    }
}
