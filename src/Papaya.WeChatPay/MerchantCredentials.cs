using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>How the client certificate, which refunds need, reaches WeChat.</summary>
public enum ClientCertificateMode
{
    /// <summary>There is none: calls that need it are refused before anything is sent.</summary>
    None,

    /// <summary>The handler of the HttpClient presents it (<c>apiclient_cert.p12</c>, password = merchant number).</summary>
    Handler,

    /// <summary>Header <c>X-Client-Cert</c> with the merchant number; only over plain http on loopback, towards the simulator.</summary>
    LoopbackHeader,
}

/// <summary>Who calls: one merchant number and its secrets. Never prints a key.</summary>
public sealed class MerchantCredentials
{
    private readonly ClientCertificateMode? _clientCertificate;

    /// <summary><c>mch_id</c>: 8 to 10 digits.</summary>
    public required string MerchantNumber { get; init; }

    /// <summary>
    /// The APIv2 keys, newest first. Requests are signed with the first; what comes from WeChat is checked against each in turn,
    /// because WeChat still signs with the old key for up to 15 days after a reset.
    /// </summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public required IReadOnlyList<ApiV2Key> ApiV2Keys
    {
        get;
        init => field = value is { Count: > 0 } ? [.. value] : throw new ArgumentException("Give at least one APIv2 key.", nameof(value));
    }

    /// <summary>Algorithm of requests that take one. Default: MD5, as WeChat's.</summary>
    public SignType SignType { get; init; } = SignType.Md5;

    /// <summary>
    /// The merchant's API certificate (<c>apiclient_cert</c>): needed for refunds, and its key signs V3 requests. Null when neither is used.
    /// </summary>
    public MerchantCertificate? Certificate { get; init; }

    /// <summary>Where the client certificate is. Default: with the handler when there is a <see cref="Certificate"/>, otherwise none.</summary>
    public ClientCertificateMode ClientCertificate
    {
        get => _clientCertificate ?? (Certificate is null ? ClientCertificateMode.None : ClientCertificateMode.Handler);
        init => _clientCertificate = value;
    }

    /// <summary>What V3 calls and callbacks need beside <see cref="Certificate"/>; null when V3 is not used.</summary>
    public V3Credentials? V3 { get; init; }

    /// <summary>The key that requests are signed with.</summary>
    internal ApiV2Key SigningKey => ApiV2Keys[0];

    /// <summary>The merchant number only.</summary>
    public override string ToString() => $"merchant {MerchantNumber}";
}
