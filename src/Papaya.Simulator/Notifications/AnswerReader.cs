using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Papaya.Simulator.Notifications;

/// <summary>Reads one HTTP/1.1 answer. A body longer than the buffer is cut; its connection is not used again.</summary>
internal sealed class AnswerReader(Socket socket, byte[] buffer)
{
    private int _filled;

    /// <summary>Whether the connection may serve once more.</summary>
    public bool Stays { get; private set; }

    /// <summary>Whether anything of an answer has come.</summary>
    public bool HasBegun { get; private set; }

    public async Task<PostAnswer> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            int end;
            while ((end = buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (_filled == buffer.Length || !await FillAsync(ct))
                {
                    throw new IOException("The answer's head is too long, or the connection was closed before its end.");
                }
            }

            var head = Head.Parse(buffer.AsSpan(0, end + 2));
            var start = end + 4;
            if (head.Status is >= 100 and < 200)
            {
                buffer.AsSpan(start, _filled - start).CopyTo(buffer);
                _filled -= start;
                continue;
            }

            return new(head.Status, head switch
            {
                { Status: 204 or 304 } => Nothing(head, start),
                { IsChunked: true } => await ReadChunksAsync(head, start, ct),
                { Length: { } length } => await ReadLengthAsync(head, start, length, ct),
                _ => await ReadToEndAsync(start, ct),
            });
        }
    }

    private ReadOnlyMemory<byte> Nothing(Head head, int start)
    {
        Stays = !head.Closes && _filled == start;
        return default;
    }

    private async Task<ReadOnlyMemory<byte>> ReadLengthAsync(Head head, int start, long length, CancellationToken ct)
    {
        var whole = start + Math.Min(length, buffer.Length - start);
        while (_filled < whole)
        {
            if (!await FillAsync(ct))
            {
                throw new IOException("The connection was closed in the middle of the answer.");
            }
        }

        Stays = !head.Closes && _filled == start + length;
        return buffer.AsMemory(start, (int)whole - start);
    }

    private async Task<ReadOnlyMemory<byte>> ReadChunksAsync(Head head, int start, CancellationToken ct)
    {
        // What is decoded is moved together behind the head.
        int written = start, at = start;
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(at, _filled - at).IndexOf("\r\n"u8)) < 0)
            {
                if (_filled == buffer.Length)
                {
                    return buffer.AsMemory(start, written - start);
                }

                if (!await FillAsync(ct))
                {
                    throw new IOException("The connection was closed in the middle of a chunk.");
                }
            }

            if (!Utf8Parser.TryParse(buffer.AsSpan(at, line), out long size, out _, 'x') || size < 0)
            {
                throw new IOException("A chunk of the answer has no length.");
            }

            at += line + 2;
            while (_filled < at + size + 2 && _filled < buffer.Length)
            {
                if (!await FillAsync(ct))
                {
                    throw new IOException("The connection was closed in the middle of a chunk.");
                }
            }

            if (_filled < at + size + 2)
            {
                return buffer.AsMemory(start, written - start);
            }

            if (size == 0)
            {
                // Trailers, which nobody uses, end the reuse.
                Stays = !head.Closes && _filled == at + 2;
                return buffer.AsMemory(start, written - start);
            }

            buffer.AsSpan(at, (int)size).CopyTo(buffer.AsSpan(written));
            written += (int)size;
            at += (int)size + 2;
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadToEndAsync(int start, CancellationToken ct)
    {
        while (_filled < buffer.Length && await FillAsync(ct))
        {
        }

        return buffer.AsMemory(start, _filled - start);
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        var got = await socket.ReceiveAsync(buffer.AsMemory(_filled), ct);
        _filled += got;
        HasBegun |= got > 0;
        return got > 0;
    }

    /// <summary>What the head says that matters.</summary>
    private readonly record struct Head(int Status, long? Length, bool IsChunked, bool Closes)
    {
        public static Head Parse(ReadOnlySpan<byte> bytes)
        {
            var end = bytes.IndexOf("\r\n"u8);
            var line = bytes[..end];
            if (!line.StartsWith("HTTP/1."u8) || line.Length < 12 || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3)
            {
                throw new IOException("The answer is not HTTP/1.");
            }

            var head = new Head(status, null, false, line[7] == '0');
            for (var rest = bytes[(end + 2)..]; rest.Length > 0;)
            {
                end = rest.IndexOf("\r\n"u8);
                head = head.With(rest[..end]);
                rest = rest[(end + 2)..];
            }

            return head;
        }

        private Head With(ReadOnlySpan<byte> line)
        {
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                return this;
            }

            var value = line[(colon + 1)..].Trim((byte)' ');
            return colon switch
            {
                14 when Is(line[..colon], "content-length"u8) =>
                    Utf8Parser.TryParse(value, out long length, out var read) && read == value.Length && length >= 0
                        ? this with { Length = length }
                        : throw new IOException("The answer's Content-Length is no number."),
                17 when Is(line[..colon], "transfer-encoding"u8) => this with { IsChunked = Is(value, "chunked"u8) },
                10 when Is(line[..colon], "connection"u8) => this with { Closes = Closes || Is(value, "close"u8) },
                _ => this,
            };
        }

        private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(text, lower);
    }
}
