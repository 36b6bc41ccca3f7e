using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Papaya.Simulator.Notifications;

/// <summary>
/// POST over plain HTTP/1.1 and connections that stay open. A rehearsal of a month sends hundreds of thousands of notifications to one address of the
/// same machine; a general client's share of that was a third of the work.
/// </summary>
internal sealed class PlainHttp : IDisposable
{
    private const int MostAddresses = 4_096;

    private readonly ConcurrentDictionary<string, Address> _addresses = new(StringComparer.Ordinal);
    private volatile bool _disposed;

    /// <summary>Whether an address is one for this way: http, and nothing that needs a proxy's or a credential's care.</summary>
    public static bool Serves(string url) => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Sends and reads one answer into <paramref name="buffer"/>; what does not fit is left unread.</summary>
    /// <exception cref="IOException">Nobody there, or an answer that is not HTTP.</exception>
    /// <exception cref="SocketException">The same, as the machine puts it.</exception>
    public async Task<PostAnswer> PostAsync(
        string url, string contentType, KeyValuePair<string, string>[] headers, ReadOnlyMemory<byte> body, byte[] buffer, CancellationToken ct)
    {
        var address = AddressOf(url);
        var socket = address.Idle() ?? await ConnectAsync(address, ct);
        var stays = false;
        try
        {
            var request = ArrayPool<byte>.Shared.Rent(address.Head.Length + contentType.Length + 64 + body.Length + headers.Sum(h => h.Key.Length + 4 + (3 * h.Value.Length)));
            try
            {
                var length = Write(request, address, contentType, headers, body.Span);
                for (var sent = 0; sent < length;)
                {
                    sent += await socket.SendAsync(request.AsMemory(sent, length - sent), ct);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(request);
            }

            var reader = new AnswerReader(socket, buffer);
            var answer = await reader.ReadAsync(ct);
            stays = reader.Stays;
            return answer;
        }
        finally
        {
            if (!stays || _disposed)
            {
                socket.Dispose();
            }
            else
            {
                address.Keep(socket);
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var address in _addresses.Values)
        {
            address.Close();
        }
    }

    private static async Task<Socket> ConnectAsync(Address address, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static int Write(byte[] request, Address address, string contentType, KeyValuePair<string, string>[] headers, ReadOnlySpan<byte> body)
    {
        address.Head.CopyTo(request, 0);
        var at = address.Head.Length;
        Add("Content-Type: ");
        Add(contentType);
        foreach (var (name, value) in headers)
        {
            Add("\r\n");
            Add(name);
            Add(": ");
            Add(value);
        }

        Add("\r\nContent-Length: ");
        Utf8Formatter.TryFormat(body.Length, request.AsSpan(at), out var digits);
        at += digits;
        Add("\r\n\r\n");
        body.CopyTo(request.AsSpan(at));
        return at + body.Length;

        void Add(string text) => at += Encoding.UTF8.GetBytes(text, request.AsSpan(at));
    }

    private Address AddressOf(string url)
    {
        if (_addresses.TryGetValue(url, out var known))
        {
            return known;
        }

        if (_addresses.Count >= MostAddresses)
        {
            foreach (var (old, address) in _addresses)
            {
                _addresses.TryRemove(old, out _);
                address.Close();
            }
        }

        return _addresses.GetOrAdd(url, static url => new(new(url)));
    }

    /// <summary>Where one URL leads, and its open connections that nobody uses now.</summary>
    private sealed class Address(Uri url)
    {
        private readonly ConcurrentStack<Socket> _idle = new();

        public string Host { get; } = url.DnsSafeHost;

        public int Port { get; } = url.Port;

        public byte[] Head { get; } = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n"));

        /// <summary>A connection that the other side has not closed in the meantime.</summary>
        public Socket? Idle()
        {
            while (_idle.TryPop(out var socket))
            {
                // Readable although nothing was asked: the end, or something that is no answer to us.
                if (!socket.Poll(0, SelectMode.SelectRead))
                {
                    return socket;
                }

                socket.Dispose();
            }

            return null;
        }

        public void Keep(Socket socket) => _idle.Push(socket);

        public void Close()
        {
            while (_idle.TryPop(out var socket))
            {
                socket.Dispose();
            }
        }
    }
}

/// <summary>Status and body of an answer; the body lies in the buffer that was given.</summary>
internal readonly record struct PostAnswer(int Status, ReadOnlyMemory<byte> Body);
