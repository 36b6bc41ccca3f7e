using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Papaya.WeChatPay.Wire;

/// <summary>Makes signed V3 requests. The private key is opened once and kept.</summary>
internal sealed class V3Signer
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptJson = new("application/json");

    private readonly MerchantCredentials _merchant;
    private readonly TimeProvider _clock;
    private readonly NonceSource _nonces;
    private readonly Lazy<RSA>? _key;
    private readonly string _serial;

    public V3Signer(MerchantCredentials merchant, TimeProvider clock, NonceSource nonces)
    {
        _merchant = merchant;
        _clock = clock;
        _nonces = nonces;
        if (merchant.Certificate is { } certificate)
        {
            _key = new(() => certificate.Certificate.GetRSAPrivateKey()!);
        }

        _serial = merchant.Certificate is { } given ? Serial(given.SerialNumber) : "";
    }

    /// <summary>The V3 credentials.</summary>
    /// <exception cref="PapayException">They or the certificate are missing; nothing was sent.</exception>
    public V3Credentials Require(Endpoint endpoint) =>
        _merchant.V3 is not { } v3 ? throw PapayException.V3NotConfigured(endpoint, "MerchantCredentials.V3 (APIv3 key and WeChat Pay's keys)")
        : _key is null ? throw PapayException.V3NotConfigured(endpoint, "MerchantCredentials.Certificate (the merchant's API certificate with its private key)")
        : v3;

    /// <summary>A signed request with a fresh timestamp and nonce.</summary>
    /// <param name="endpoint">What is called.</param>
    /// <param name="address">Where to; exactly its path and query are signed.</param>
    /// <param name="body">The JSON body; empty for none.</param>
    public HttpRequestMessage Make(Endpoint endpoint, Uri address, byte[] body)
    {
        var v3 = Require(endpoint);
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        var nonce = _nonces.Next();
        var signature = V3Signature.SignRequest(_key!.Value, endpoint.Method.Method, address.PathAndQuery, timestamp, nonce, body);
        var request = new HttpRequestMessage(endpoint.Method, address);
        request.Headers.TryAddWithoutValidation("Authorization", V3Signature.Authorization(_merchant.MerchantNumber, _serial, nonce, timestamp, signature));
        request.Headers.Accept.Add(AcceptJson);
        request.Headers.UserAgent.Add(V2Transport.Agent);
        if (v3.PlatformKeys.Preferred is { IsCertificate: false } key)
        {
            // While both exist, WeChat signs its reply with the key that is asked for.
            request.Headers.TryAddWithoutValidation("Wechatpay-Serial", key.Id);
        }

        if (endpoint.Method != HttpMethod.Get)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = Json;
        }

        return request;
    }

    /// <summary>Signs lines for a front end.</summary>
    public string Sign(Endpoint endpoint, ReadOnlySpan<byte> text)
    {
        _ = Require(endpoint);
        return V3Signature.Sign(_key!.Value, text);
    }

    // The zero byte that keeps a DER integer positive is no part of the number that WeChat prints.
    private static string Serial(string hex) => hex.Length > 2 && hex.StartsWith("00", StringComparison.Ordinal) ? Serial(hex[2..]) : hex;
}
