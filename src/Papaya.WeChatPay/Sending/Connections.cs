using System.Net;

namespace Papaya.WeChatPay.Sending;

/// <summary>Connections to WeChat Pay.</summary>
public static class Connections
{
    /// <summary>
    /// A handler for the HttpClient of one merchant number: presents its certificate, checks WeChat's, follows no redirect, keeps no cookie,
    /// adds no header of tracing, and renews connections so that changes of DNS are followed.
    /// </summary>
    /// <param name="certificate">The merchant's certificate; null when no call needs it.</param>
    /// <param name="baseUrl">Where calls go; a proxy is not used towards this machine.</param>
    /// <param name="connectTimeout">Longest wait for a connection; null takes 5 s.</param>
    /// <param name="lifetime">Age at which a connection is replaced; null takes 10 min.</param>
    /// <param name="mostConnections">Most connections to one host.</param>
    public static SocketsHttpHandler Handler(
        MerchantCertificate? certificate, Uri baseUrl, TimeSpan? connectTimeout = null, TimeSpan? lifetime = null, int mostConnections = 64)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        var handler = new SocketsHttpHandler
        {
            UseProxy = !baseUrl.IsLoopback, // HTTP_PROXY is meant for the way to WeChat, not to a simulator on this machine.
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = lifetime ?? TimeSpan.FromMinutes(10),
            MaxConnectionsPerServer = mostConnections,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate.Certificate];
        }

        return handler;
    }
}
