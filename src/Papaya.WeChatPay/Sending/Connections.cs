using System.Net;
using System.Net.Sockets;

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
    /// <param name="connectTimeout">
    /// Longest wait for a TCP connection, after which the call has provably not left and goes to the next host; the TLS handshake has as long
    /// again, after which the outcome is unknown. Null takes 5 s.
    /// </param>
    /// <param name="lifetime">Age at which a connection is replaced; null takes 10 min.</param>
    /// <param name="mostConnections">Most connections to one host.</param>
    public static SocketsHttpHandler Handler(
        MerchantCertificate? certificate, Uri baseUrl, TimeSpan? connectTimeout = null, TimeSpan? lifetime = null, int mostConnections = 64)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        return Handler(certificate, baseUrl, connectTimeout ?? TimeSpan.FromSeconds(5), lifetime ?? TimeSpan.FromMinutes(10), mostConnections, TimeProvider.System, OpenAsync);
    }

    internal static SocketsHttpHandler Handler(
        MerchantCertificate? certificate, Uri baseUrl, TimeSpan connectTimeout, TimeSpan lifetime, int mostConnections,
        TimeProvider timers, Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> open)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = !baseUrl.IsLoopback, // HTTP_PROXY is meant for the way to WeChat, not to a simulator on this machine.
            UseCookies = false,
            AllowAutoRedirect = false,
            // This one's end looks like a lost answer, so it only bounds the handshake; the other's looks like what it is.
            ConnectTimeout = 2 * connectTimeout,
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, open, connectTimeout, timers, ct),
            PooledConnectionLifetime = lifetime,
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

    /// <summary>Connects in time or fails as a host does that refuses, so that no request is thought to have left.</summary>
    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint host, Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> open, TimeSpan timeout, TimeProvider timers, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(timeout, timers);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            return await open(host, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private static async ValueTask<Stream> OpenAsync(DnsEndPoint host, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, ct).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
