using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Papaya.WeChatPay.Tests;

/// <summary>Real sockets on loopback: what certainly never left, and what may have arrived.</summary>
public sealed class TransportTests
{
    [Fact]
    public async Task A_refused_connection_certainly_never_left()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var error = await Assert.ThrowsAsync<PapayException>(() => Client(port).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NotSent, ErrorKind.Throttled, NextStep.SameNumberLater, true), (error.Code, error.Kind, error.Next, error.NotSent));
    }

    [Fact]
    public async Task A_failed_tls_handshake_certainly_never_left()
    {
        await using var server = new RawServer((socket, _) =>
        {
            socket.Send("this is not TLS\r\n\r\n"u8);
            return Task.CompletedTask;
        });
        var client = new PapayClient(Http(), Some.Credentials(certificate: ClientCertificateMode.None), new Uri($"https://127.0.0.1:{server.Port}"), TimeProvider.System);
        var error = await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NotSent, true), (error.Code, error.NotSent));
        // What never left is repeated once.
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task What_never_left_is_repeated_once_and_may_then_succeed()
    {
        var failures = 0;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, ct) =>
            {
                if (failures++ == 0)
                {
                    throw new SocketException((int)SocketError.ConnectionRefused);
                }

                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        await using var server = new RawServer((socket, _) => Answer(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        var client = new PapayClient(http, Some.Credentials(), new Uri($"http://127.0.0.1:{server.Port}"), TimeProvider.System);
        var error = await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.Unreadable, ErrorKind.Ask), (error.Code, error.Kind)); // An empty answer came: the second try arrived.
        Assert.Equal((2, 1), (failures, server.Connections));
    }

    [Fact]
    public async Task A_connection_cut_before_the_answer_may_have_arrived()
    {
        await using var server = new RawServer(async (socket, _) => await ReadRequest(socket));
        var error = await Assert.ThrowsAsync<PapayException>(() => Client(server.Port).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask, NextStep.QueryThenSameNumber, false), (error.Code, error.Kind, error.Next, error.NotSent));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_question_cut_short_is_asked_once_more()
    {
        await using var server = new RawServer(async (socket, _) => await ReadRequest(socket));
        await Assert.ThrowsAsync<PapayException>(() => Client(server.Port).Orders.QueryAsync(Some.OrderQuery()));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_proves_nothing()
    {
        await using var server = new RawServer((socket, _) => Answer(socket, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<xml><return_code>SUCCESS"));
        var error = await Assert.ThrowsAsync<PapayException>(() => Client(server.Port).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask, false), (error.Code, error.Kind, error.NotSent));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(302)]
    public async Task Any_other_status_proves_nothing(int status)
    {
        await using var server = new RawServer((socket, _) => Answer(socket, $"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"));
        var error = await Assert.ThrowsAsync<PapayException>(() => Client(server.Port).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.HttpStatus, ErrorKind.Ask, (HttpStatusCode?)status), (error.Code, error.Kind, error.Status));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Silence_is_no_failure_but_a_question()
    {
        await using var server = new RawServer((_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        var error = await Assert.ThrowsAsync<PapayException>(() => Client(server.Port, TimeSpan.FromMilliseconds(200)).Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask, false), (error.Code, error.Kind, error.NotSent));
    }

    [Fact]
    public async Task A_callers_own_cancellation_is_passed_on()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new RawServer(async (_, stop) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(server.Port).Debits.ApplyAsync(Some.Debit(), cancel.Token));
    }

    [Fact]
    public async Task An_answer_that_breaks_while_the_caller_gives_up_is_still_a_verdict()
    {
        using var cancel = new CancellationTokenSource();
        using var http = new HttpClient(new Breaking(cancel));
        var client = new PapayClient(http, Some.Credentials(), new Uri("http://127.0.0.1:8090"), TimeProvider.System);
        var error = await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit(), cancel.Token));
        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask), (error.Code, error.Kind));
    }

    private static HttpClient Http() => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private static PapayClient Client(int port, TimeSpan? timeout = null) =>
        new(Http(), Some.Credentials(), new Uri($"http://127.0.0.1:{port}"), TimeProvider.System, new() { Timeout = timeout ?? TimeSpan.FromSeconds(30) });

    private static async Task Answer(Socket socket, string text)
    {
        await ReadRequest(socket);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
    }

    private static async Task ReadRequest(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        var text = new StringBuilder();
        while (!text.ToString().Contains("</xml>", StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer);
            Assert.NotEqual(0, read);
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }

    /// <summary>Answers with a body that breaks just after the caller gave up.</summary>
    private sealed class Breaking(CancellationTokenSource callers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Body(callers)) });

        private sealed class Body(CancellationTokenSource callers) : MemoryStream
        {
            public override bool CanSeek => false; // Nor is the length announced.

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                await callers.CancelAsync();
                throw new IOException("reset");
            }
        }
    }

    /// <summary>Accepts connections, does something, and closes them.</summary>
    private sealed class RawServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;
        private int _connections;

        public RawServer(Func<Socket, CancellationToken, Task> serve)
        {
            _listener.Start();
            _loop = Task.Run(async () =>
            {
                while (!_stop.IsCancellationRequested)
                {
                    using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                    Interlocked.Increment(ref _connections);
                    await serve(socket, _stop.Token);
                }
            });
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Connections => _connections;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            try
            {
                await _loop;
            }
            catch (OperationCanceledException)
            {
                // The way it stops.
            }

            _listener.Dispose();
            _stop.Dispose();
        }
    }
}
