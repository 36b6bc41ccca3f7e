using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Papaya.WeChatPay.Sending;

namespace Papaya.WeChatPay.Tests.Sending;

/// <summary>Whoever answers in the name of WeChat Pay must have a certificate that the machine trusts.</summary>
public sealed class ServerCertificateTests
{
    [Fact]
    public async Task A_server_with_an_untrusted_certificate_gets_nothing_and_the_debit_certainly_never_left()
    {
        await using var server = new TlsServer();
        using var handler = Connections.Handler(null, server.Address);
        var error = await Assert.ThrowsAsync<PapayException>(() => Client(handler, server.Address).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NotSent, ErrorKind.Throttled, NextStep.SameNumberLater, true), (error.Code, error.Kind, error.Next, error.NotSent));
        Assert.Contains(Causes(error), cause => cause is AuthenticationException);
        Assert.Equal("", server.Received);
    }

    [Fact]
    public async Task The_same_server_gets_the_request_of_whoever_does_not_check()
    {
        await using var server = new TlsServer();
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        var error = await Assert.ThrowsAsync<PapayException>(() => Client(handler, server.Address).Debits.ApplyAsync(Some.Debit()));
        Assert.False(error.NotSent);
        Assert.Contains("POST /pay/pappayapply", server.Received, StringComparison.Ordinal);
    }

    private static PapayClient Client(SocketsHttpHandler handler, Uri address) => new(
        new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, Some.Credentials(certificate: ClientCertificateMode.None), address, TimeProvider.System);

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    /// <summary>TLS with a certificate that nobody vouches for; keeps what arrives inside, and answers nothing.</summary>
    private sealed class TlsServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly X509Certificate2 _certificate = SelfMade();
        private readonly StringBuilder _received = new();
        private readonly Task _loop;

        public TlsServer()
        {
            _listener.Start();
            _loop = Task.Run(async () =>
            {
                while (true)
                {
                    using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                    await ServeAsync(socket);
                }
            });
        }

        public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public string Received
        {
            get
            {
                lock (_received)
                {
                    return _received.ToString();
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _loop);
            _listener.Dispose();
            _certificate.Dispose();
            _stop.Dispose();
        }

        private async Task ServeAsync(Socket socket)
        {
            using var stream = new SslStream(new NetworkStream(socket));
            try
            {
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                var buffer = new byte[16 * 1024];
                var read = await stream.ReadAsync(buffer, _stop.Token);
                lock (_received)
                {
                    _received.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                // The caller turned away.
            }
        }

        private static X509Certificate2 SelfMade()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback); // The right name: only trust is missing.
            request.CertificateExtensions.Add(names.Build());
            using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
            return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        }
    }
}
