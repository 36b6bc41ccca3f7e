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
internal sealed class PlainHttp(TimeProvider machine) : IDisposable
{
    private const int MostAddresses = 4_096;

    private readonly ConcurrentDictionary<string, Address> _addresses = new(StringComparer.Ordinal);
    private readonly IdleSockets _idle = new(machine);

    /// <summary>How many connections are open and not in use.</summary>
    public int Idle => _idle.Count;

    /// <summary>Whether an address is one for this way: http, and nothing that needs a proxy's or a credential's care.</summary>
    public static bool Serves(string url) => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Sends and reads one answer into <paramref name="buffer"/>; what does not fit is left unread. A connection that was kept may be closed by the other
    /// side at the moment of its use: when it gives nothing back, the message goes out once more on a new one.
    /// </summary>
    /// <exception cref="IOException">Nobody there, or an answer that is not HTTP.</exception>
    /// <exception cref="SocketException">The same, as the machine puts it.</exception>
    public async Task<PostAnswer> PostAsync(
        string url, string contentType, KeyValuePair<string, string>[] headers, ReadOnlyMemory<byte> body, byte[] buffer, CancellationToken ct)
    {
        var address = AddressOf(url);
        var request = ArrayPool<byte>.Shared.Rent(address.Head.Length + contentType.Length + 64 + body.Length + headers.Sum(h => h.Key.Length + 4 + (3 * h.Value.Length)));
        try
        {
            var bytes = request.AsMemory(0, Write(request, address, contentType, headers, body.Span));
            if (_idle.Take(address.Authority) is { } kept)
            {
                var reader = new AnswerReader(kept, buffer);
                try
                {
                    return await AskAsync(address, kept, reader, bytes, ct);
                }
                catch (Exception e) when (e is IOException or SocketException && !reader.HasBegun)
                {
                    // As if there had been no connection.
                }
            }

            var fresh = await ConnectAsync(address, ct);
            return await AskAsync(address, fresh, new(fresh, buffer), bytes, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(request);
        }
    }

    public void Dispose() => _idle.Dispose();

    /// <summary>One request and its answer; the connection is kept or closed.</summary>
    private async Task<PostAnswer> AskAsync(Address address, Socket socket, AnswerReader reader, ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        try
        {
            while (request.Length > 0)
            {
                request = request[await socket.SendAsync(request, ct)..];
            }

            return await reader.ReadAsync(ct);
        }
        finally
        {
            if (reader.Stays)
            {
                _idle.Keep(address.Authority, socket);
            }
            else
            {
                socket.Dispose();
            }
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
            _addresses.Clear();
        }

        return _addresses.GetOrAdd(url, static url => new(new(url)));
    }

    /// <summary>Where one URL leads. Connections belong to the authority: its other paths use them too.</summary>
    private sealed class Address(Uri url)
    {
        public string Authority { get; } = url.Authority;

        public string Host { get; } = url.DnsSafeHost;

        public int Port { get; } = url.Port;

        public byte[] Head { get; } = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n"));
    }
}

/// <summary>Status and body of an answer; the body lies in the buffer that was given.</summary>
internal readonly record struct PostAnswer(int Status, ReadOnlyMemory<byte> Body);
