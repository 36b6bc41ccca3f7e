using System.Net;
using System.Net.Sockets;
using System.Text;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Notifications;

namespace Papaya.Simulator.Tests.Notifications;

/// <summary>Answers of merchants' servers, byte for byte.</summary>
public sealed class PlainHttpTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly TestClock _machine = new(World.Start, new StillMachine(World.Start));
    private readonly PlainHttp _http;
    private readonly List<TcpClient> _open = [];

    public PlainHttpTests()
    {
        _http = new(_machine);
        _server.Start();
    }

    private string Url => $"http://127.0.0.1:{((IPEndPoint)_server.LocalEndpoint).Port}/notify?a=1";

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
        _server.Dispose();
        _open.ForEach(c => c.Dispose());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-LENGTH:2\r\nConnection: close\r\n\r\nok", 200, "ok")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nto the end", 200, "to the end")]
    [InlineData("HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 500, "abc0123456789")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", 201, "")]
    [InlineData("HTTP/1.1 204 Nothing\r\n\r\n", 204, "")]
    public async Task Every_form_of_an_answer_is_read(string raw, int status, string body)
    {
        var serving = ServeAsync(raw);
        var answer = await _http.PostAsync(Url, "text/xml", [new("X-One", "一")], "<xml/>"u8.ToArray(), new byte[1024], default);
        Assert.Equal(status, answer.Status);
        Assert.Equal(body, Encoding.UTF8.GetString(answer.Body.Span));
        Assert.Equal($"POST /notify?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{new Uri(Url).Port}\r\nContent-Type: text/xml\r\nX-One: 一\r\nContent-Length: 6\r\n\r\n<xml/>", await serving);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n")]
    public async Task What_is_no_answer_is_an_error(string raw)
    {
        var serving = ServeAsync(raw);
        await Assert.ThrowsAnyAsync<IOException>(() => PostAsync(Url));
        await serving;
    }

    [Fact]
    public async Task A_body_without_end_is_cut()
    {
        var serving = ServeAsync("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + new string('x', 5000));
        var answer = await PostAsync(Url);
        Assert.True(answer.Body.Length is > 900 and < 1024);
        await serving;
    }

    [Fact]
    public async Task A_connection_serves_again_and_a_closed_one_is_replaced()
    {
        var accepted = 0;
        var closed = new TaskCompletionSource();
        var serving = Task.Run(async () =>
        {
            for (; accepted < 2; )
            {
                using var client = await _server.AcceptTcpClientAsync();
                accepted++;
                for (var i = 0; i < 2; i++)
                {
                    await ReadRequestAsync(client.GetStream());
                    await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                }

                client.Client.Shutdown(SocketShutdown.Both);
                closed.TrySetResult();
            }
        });
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await PostAsync(Url)).Status);
            if (i == 1)
            {
                await closed.Task;
            }
        }

        await serving;
        Assert.Equal(2, accepted);
    }

    [Fact]
    public async Task A_kept_connection_that_closes_at_the_moment_of_its_use_costs_no_send()
    {
        var requests = 0;
        var serving = Task.Run(async () =>
        {
            // As a server whose idle time ends while the next request is on its way: it is never answered on the old connection.
            for (var connection = 0; connection < 3; connection++)
            {
                using var client = await _server.AcceptTcpClientAsync();
                await ReadRequestAsync(client.GetStream());
                requests++;
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                if (connection < 2)
                {
                    await client.Client.ReceiveAsync(new byte[1]);
                    client.Client.Close(connection == 0 ? 0 : 1);
                }
            }
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await PostAsync(Url)).Status);
        }

        await serving;
        Assert.Equal(3, requests);
    }

    [Fact]
    public async Task A_new_connection_that_gives_nothing_back_is_not_tried_again()
    {
        var serving = ServeAsync("");
        await Assert.ThrowsAsync<IOException>(() => PostAsync(Url));
        await serving;
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task A_second_try_that_fails_too_is_an_error()
    {
        var serving = Task.Run(async () =>
        {
            for (var connection = 0; connection < 2; connection++)
            {
                using var client = await _server.AcceptTcpClientAsync();
                await ReadRequestAsync(client.GetStream());
                if (connection == 0)
                {
                    await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                    await ReadRequestAsync(client.GetStream());
                }

                client.Client.Shutdown(SocketShutdown.Both);
            }
        });
        Assert.Equal(200, (await PostAsync(Url)).Status);
        await Assert.ThrowsAsync<IOException>(() => PostAsync(Url));
        await serving;
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task All_paths_of_a_server_share_its_connection()
    {
        var serving = AnswerAsync(5);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await PostAsync($"{Url}&order={i}")).Status);
        }

        await serving;
        Assert.Equal(1, _http.Idle);
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task Idle_connections_are_bounded_in_number()
    {
        const int Servers = IdleSockets.Most + 3;
        var servers = Enumerable.Range(0, Servers).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var server in servers)
        {
            server.Start();
            var serving = AnswerAsync(1, server);
            await PostAsync($"http://{server.LocalEndpoint}/notify");
            await serving;
        }

        Assert.Equal(IdleSockets.Most, _http.Idle);
        Array.ForEach(servers, s => s.Dispose());
    }

    [Fact]
    public async Task Idle_connections_are_bounded_in_age()
    {
        var serving = AnswerAsync(2);
        await PostAsync(Url);
        await _machine.AdvanceAsync(IdleSockets.Longest - TimeSpan.FromSeconds(1));
        await PostAsync(Url);
        await serving;
        Assert.Equal(1, _http.Idle);
        await _machine.AdvanceAsync(2 * IdleSockets.Longest);
        Assert.Equal(0, _http.Idle);
        serving = AnswerAsync(1);
        Assert.Equal(200, (await PostAsync(Url)).Status);
        await serving;
    }

    private Task<PostAnswer> PostAsync(string url) => _http.PostAsync(url, "text/xml", [], "<xml/>"u8.ToArray(), new byte[1024], default);

    /// <summary>One connection with so many answers; it stays open.</summary>
    private async Task AnswerAsync(int answers, TcpListener? server = null)
    {
        var client = await (server ?? _server).AcceptTcpClientAsync();
        _open.Add(client);
        for (; answers > 0; answers--)
        {
            await ReadRequestAsync(client.GetStream());
            await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        }
    }

    private async Task<string> ServeAsync(string raw)
    {
        using var client = await _server.AcceptTcpClientAsync();
        var request = await ReadRequestAsync(client.GetStream());
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(raw));
        client.Client.Shutdown(SocketShutdown.Send);
        return request;
    }

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[4096];
        var read = 0;
        while (!buffer.AsSpan(0, read).EndsWith("<xml/>"u8))
        {
            var got = await stream.ReadAsync(buffer.AsMemory(read));
            Assert.True(got > 0);
            read += got;
        }

        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}
