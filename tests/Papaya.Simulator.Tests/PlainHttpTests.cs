using System.Net;
using System.Net.Sockets;
using System.Text;
using Papaya.Simulator.Notifications;

namespace Papaya.Simulator.Tests;

/// <summary>Answers of merchants' servers, byte for byte.</summary>
public sealed class PlainHttpTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly PlainHttp _http = new();

    public PlainHttpTests() => _server.Start();

    private string Url => $"http://127.0.0.1:{((IPEndPoint)_server.LocalEndpoint).Port}/notify?a=1";

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
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
        await Assert.ThrowsAnyAsync<IOException>(() => _http.PostAsync(Url, "text/xml", [], "<xml/>"u8.ToArray(), new byte[1024], default));
        await serving;
    }

    [Fact]
    public async Task A_body_without_end_is_cut()
    {
        var serving = ServeAsync("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + new string('x', 5000));
        var answer = await _http.PostAsync(Url, "text/xml", [], "<xml/>"u8.ToArray(), new byte[1024], default);
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
            Assert.Equal(200, (await _http.PostAsync(Url, "text/xml", [], "<xml/>"u8.ToArray(), new byte[1024], default)).Status);
            if (i == 1)
            {
                await closed.Task;
            }
        }

        await serving;
        Assert.Equal(2, accepted);
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
