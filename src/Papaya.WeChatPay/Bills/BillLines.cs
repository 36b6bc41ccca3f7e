using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Bills;

/// <summary>What a bill may cost: how long nothing of it may come, and how many bytes it may have, unpacked.</summary>
internal sealed record BillLimits(TimeSpan Idle, TimeProvider Timers, long Bytes)
{
    /// <summary>For files at hand, which nobody waits for.</summary>
    public static BillLimits OfFiles { get; } = new(Timeout.InfiniteTimeSpan, TimeProvider.System, PapayClientOptions.DefaultBillLimit);
}

/// <summary>
/// The lines of a bill file from a stream: packed or not, with or without byte order mark, either line end, an error reply in
/// its place; one buffer of the longest line's length. A digest, where there is one, is of the unpacked file and is checked at its end.
/// </summary>
internal sealed class BillLines : IAsyncDisposable
{
    private const int LongestLine = 64 * 1024;

    private readonly Stream _stream;
    private readonly IDisposable? _owner;
    private readonly Endpoint _endpoint;
    private readonly string? _sha1;
    private readonly BillLimits _limits;
    private readonly IncrementalHash? _hash;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(LongestLine);
    private int _start;
    private int _end;
    private long _length;
    private bool _isAtEnd;
    private bool _isDisposed;
    private string? _summary;

    private BillLines(Stream stream, IDisposable? owner, Endpoint endpoint, string? sha1, BillLimits limits)
    {
        _stream = stream;
        _owner = owner;
        _endpoint = endpoint;
        _sha1 = sha1;
        _limits = limits;
#pragma warning disable CA5350 // WeChat chose SHA-1; it guards against a broken transfer, not against forgery.
        _hash = sha1 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
    }

    /// <summary>Number of the line that was read last.</summary>
    public long Number { get; private set; }

    private ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    public static async Task<BillLines> OpenAsync(Stream stream, IDisposable? owner, Endpoint endpoint, string? sha1, BillLimits limits, CancellationToken ct)
    {
        var lines = new BillLines(stream, owner, endpoint, sha1, limits);
        try
        {
            await lines.FillAsync(4, ct).ConfigureAwait(false);
            if (lines.Buffered.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            {
                // What was asked for does not count: an error comes as plain XML even when GZIP was asked for.
                var packed = new ReplayStream(lines.Buffered.ToArray(), stream);
                lines.Release();
                lines = new BillLines(new GZipStream(packed, CompressionMode.Decompress), owner, endpoint, sha1, limits);
                await lines.FillAsync(4, ct).ConfigureAwait(false);
            }

            if (lines.Buffered.StartsWith("\uFEFF"u8))
            {
                lines._start += 3;
            }

            if (lines.Buffered.StartsWith("<"u8))
            {
                await lines.FillAsync(LongestLine, ct).ConfigureAwait(false);
                throw Error(endpoint, lines.Buffered.ToArray());
            }

            return lines;
        }
        catch
        {
            lines.Release();
            throw;
        }
    }

    /// <summary>The line with the names of the columns.</summary>
    public async ValueTask<string> HeaderAsync(CancellationToken ct) =>
        await NextLineAsync(ct).ConfigureAwait(false) is { } header ? Text(header) : throw PapayException.BadBill("The bill is empty.", endpoint: _endpoint);

    /// <summary>The next row; null when the summary begins. Valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextRowAsync(CancellationToken ct)
    {
        while (await NextLineAsync(ct).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            if (line.Span[0] == (byte)'`')
            {
                return line;
            }

            _summary = Text(line);
            return null;
        }

        throw PapayException.BadBill($"The bill ends after line {Number} without its summary.", endpoint: _endpoint);
    }

    /// <summary>The summary's names and figures.</summary>
    public async ValueTask<(string Header, byte[] Figures)> SummaryAsync(string start, CancellationToken ct)
    {
        if (_summary is not { } header || header.Split(',')[0] != start)
        {
            throw PapayException.BadBill($"Line {Number} starts neither a row nor the summary.", endpoint: _endpoint);
        }

        return await NextLineAsync(ct).ConfigureAwait(false) is { Length: > 0 } line
            ? (header, line.ToArray())
            : throw PapayException.BadBill("The summary has no figures.", endpoint: _endpoint);
    }

    /// <summary>Reads to the very end, so that a packed file's own checksum is checked too, and compares the digest.</summary>
    public async ValueTask EndAsync(CancellationToken ct)
    {
        while (await NextLineAsync(ct).ConfigureAwait(false) is { } rest)
        {
            if (rest.Length > 0)
            {
                throw PapayException.BadBill($"Line {Number} follows the summary.", endpoint: _endpoint);
            }
        }

        if (_hash is not null && !Convert.ToHexString(_hash.GetHashAndReset()).Equals(_sha1, StringComparison.OrdinalIgnoreCase))
        {
            throw PapayException.BadBill("The file is not the one that its digest is of: it was damaged on the way.", endpoint: _endpoint);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stream.DisposeAsync().ConfigureAwait(false);
        _owner?.Dispose();
        Release();
    }

    private static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span);

    private static PapayException Error(Endpoint endpoint, byte[] body)
    {
        if (!V2Message.TryParse(body, out var message, out var error))
        {
            return PapayException.Unreadable(endpoint, error.ToString());
        }

        // The text tells more than downloadbill's numbers: 20002 is both "no bill" and "being made".
        var text = message.Text("return_msg"u8) ?? "";
        var code = ErrorCodes.FromText(endpoint.Name, text) ?? message.Text("error_code"u8) ?? message.Text("err_code"u8) ?? LocalCodes.ReturnFail;
        return PapayException.Refusal(endpoint, code, message.Text("err_code_des"u8) ?? text);
    }

    private void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        _hash?.Dispose();
    }

    /// <summary>The next line without its end; null after the last. Valid until the next call.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> NextLineAsync(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var searched = 0;
        while (true)
        {
            var end = Buffered[searched..].IndexOf((byte)'\n');
            if (end >= 0 || (_isAtEnd && _start < _end))
            {
                var length = end >= 0 ? searched + end : _end - _start;
                var line = _buffer.AsMemory(_start, length);
                _start += end >= 0 ? length + 1 : length;
                Number++;
                return line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;
            }

            if (_isAtEnd)
            {
                return null;
            }

            searched = _end - _start;
            if (searched >= LongestLine)
            {
                throw PapayException.BadBill($"Line {Number + 1} is longer than {LongestLine} bytes.", endpoint: _endpoint);
            }

            await FillAsync(searched + 1, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Reads until so many bytes are buffered, or the stream ends.</summary>
    private async ValueTask FillAsync(int wanted, CancellationToken ct)
    {
        if (_start > 0)
        {
            Buffered.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        try
        {
            while (_end < wanted && _end < _buffer.Length && !_isAtEnd)
            {
                var read = await ReadAsync(ct).ConfigureAwait(false);
                _length += read;
                if (_length > _limits.Bytes)
                {
                    throw PapayException.BadBill($"The bill is longer than {_limits.Bytes} bytes.", endpoint: _endpoint);
                }

                _hash?.AppendData(_buffer, _end, read);
                _end += read;
                _isAtEnd = read == 0;
            }
        }
        catch (InvalidDataException e)
        {
            throw PapayException.BadBill("The bill is not a whole gzip file.", e, _endpoint);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw PapayException.NoAnswer(_endpoint, "The bill broke off.", e);
        }
    }

    /// <summary>One read, which ends in time: a connection that says nothing more is given up.</summary>
    private async ValueTask<int> ReadAsync(CancellationToken ct)
    {
        if (_limits.Idle == Timeout.InfiniteTimeSpan)
        {
            return await _stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
        }

        using var idle = new CancellationTokenSource(_limits.Idle, _limits.Timers);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, idle.Token);
        try
        {
            return await _stream.ReadAsync(_buffer.AsMemory(_end), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw PapayException.NoAnswer(_endpoint, "The bill stopped coming.", e);
        }
    }
}
