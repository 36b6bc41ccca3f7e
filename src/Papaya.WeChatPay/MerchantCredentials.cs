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
    /// <summary><c>mch_id</c>: 8 to 10 digits.</summary>
    public required string MerchantNumber { get; init; }

    /// <summary>The APIv2 key.</summary>
    public required ApiV2Key ApiV2Key { get; init; }

    /// <summary>The key before the last reset; WeChat still signs with it for up to 15 days.</summary>
    public ApiV2Key? PreviousApiV2Key { get; init; }

    /// <summary>Algorithm of requests that take one. Default: MD5, as WeChat's.</summary>
    public SignType SignType { get; init; } = SignType.Md5;

    /// <summary>Where the client certificate is.</summary>
    public ClientCertificateMode ClientCertificate { get; init; } = ClientCertificateMode.None;

    /// <summary>The merchant number only.</summary>
    public override string ToString() => $"merchant {MerchantNumber}";
}
