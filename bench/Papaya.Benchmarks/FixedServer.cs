using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Papaya.Benchmarks;

/// <summary>
/// As little of an HTTP server as a client can be measured against: reads a request to its end and answers the same bytes, whatever
/// was asked.
/// </summary>
internal sealed class FixedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _answer;

    public FixedServer(byte[] body)
    {
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {body.Length}\r\n\r\n";
        _answer = [.. Encoding.ASCII.GetBytes(head), .. body];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(128);
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");
        Accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Ends when the server is disposed.</summary>
    public Task Accepting { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptAsync().ConfigureAwait(false)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was closed; connections end when the client closes them.
        }

        await Task.WhenAll(serving).ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length)).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                length += read;
                if (RequestLength(buffer.AsSpan(0, length)) is { } end && end <= length)
                {
                    length = 0; // One request at a time: no client here pipelines.
                    await socket.SendAsync(_answer).ConfigureAwait(false);
                }
            }
        }
        catch (SocketException)
        {
            // The client went away.
        }
    }

    private static int? RequestLength(ReadOnlySpan<byte> request)
    {
        var head = request.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return null;
        }

        var at = request[..head].IndexOf("Content-Length: "u8);
        var digits = request[(at + 16)..head];
        var end = digits.IndexOf((byte)'\r');
        return head + 4 + int.Parse(end < 0 ? digits : digits[..end], System.Globalization.CultureInfo.InvariantCulture);
    }
}
