using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Papaya.Cli.Bench;

/// <summary>
/// Sends bytes made before over connections that stay open, one request at a time on each: what is measured is the server, not a client library.
/// </summary>
internal sealed class BenchLoad(Uri server, int connections) : IAsyncDisposable
{
    private readonly List<TcpClient> _open = [];

    /// <summary>How many of the answers hold <paramref name="expected"/>.</summary>
    public async Task<int> SendAsync(string path, List<byte[]> bodies, byte[] expected, CancellationToken ct)
    {
        while (_open.Count < connections)
        {
            var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(server.Host, server.Port, ct);
            _open.Add(client);
        }

        var next = -1;
        var good = 0;
        await Task.WhenAll(_open.Select(client => Task.Run(
            async () =>
            {
                var stream = client.GetStream();
                var buffer = new byte[16 * 1024];
                while (Interlocked.Increment(ref next) is var i && i < bodies.Count)
                {
                    var body = bodies[i];
                    var length = Encoding.ASCII.GetBytes(
                        string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: text/xml\r\nContent-Length: {body.Length}\r\n\r\n"), buffer);
                    body.CopyTo(buffer, length);
                    await stream.WriteAsync(buffer.AsMemory(0, length + body.Length), ct);
                    var read = await ReadAsync(stream, buffer, ct);
                    if (buffer.AsSpan(0, read).IndexOf(expected) >= 0)
                    {
                        Interlocked.Increment(ref good);
                    }
                }
            },
            ct)));
        return good;
    }

    public ValueTask DisposeAsync()
    {
        _open.ForEach(client => client.Dispose());
        return default;
    }

    /// <summary>One whole answer with a Content-Length.</summary>
    private static async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, CancellationToken ct)
    {
        int read = 0, whole = int.MaxValue;
        while (read < whole)
        {
            var got = await stream.ReadAsync(buffer.AsMemory(read), ct);
            if (got == 0)
            {
                throw new CommandFailedException("The simulator closed a connection in the middle of the load.");
            }

            read += got;
            if (whole == int.MaxValue && buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8) is var end and >= 0)
            {
                whole = end + 4 + ContentLength(buffer.AsSpan(0, end));
            }
        }

        return read;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        var value = head[(at + "Content-Length: ".Length)..];
        var end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end], CultureInfo.InvariantCulture);
    }
}
