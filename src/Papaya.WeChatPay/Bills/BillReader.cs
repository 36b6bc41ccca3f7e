using System.Buffers;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Bills;

/// <summary>
/// Reads a trade bill line by line, in constant memory: columns by their headers (both layouts), with or without byte order
/// mark, either line end, packed or not.
/// </summary>
public sealed class BillReader : IAsyncDisposable
{
    private const int LongestLine = 64 * 1024;

    private readonly Stream _stream;
    private readonly IDisposable? _owner;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(LongestLine);
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private long _line;

    private BillReader(Stream stream, IDisposable? owner)
    {
        _stream = stream;
        _owner = owner;
    }

    /// <summary>The closing line; null until every row was read, and for bills cut short.</summary>
    public BillSummary? Summary { get; private set; }

    /// <summary>Opens a bill from its bytes.</summary>
    /// <param name="stream">The file or the reply's body; disposed with the reader.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PapayException">The stream holds an error reply, or is not a bill.</exception>
    public static Task<BillReader> OpenAsync(Stream stream, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return OpenAsync(stream, null, ct);
    }

    /// <summary>Reads the rows, once.</summary>
    /// <exception cref="PapayException">A line does not have the documented form, or the summary is missing.</exception>
    public async IAsyncEnumerable<BillRow> ReadRowsAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        if (await NextLineAsync(ct).ConfigureAwait(false) is not { } header)
        {
            throw PapayException.BadBill("The bill is empty.");
        }

        var columns = BillColumns.Read(Text(header));
        while (await NextLineAsync(ct).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            if (line.Span[0] != (byte)'`')
            {
                var summary = await ReadSummaryAsync(Text(line), ct).ConfigureAwait(false);

                // Read to the very end, so that a packed file's own checksum is checked too.
                while (await NextLineAsync(ct).ConfigureAwait(false) is { } rest)
                {
                    if (rest.Length > 0)
                    {
                        throw PapayException.BadBill($"Line {_line} follows the summary.");
                    }
                }

                Summary = summary;
                yield break;
            }

            yield return columns.Row(line.Span, _line);
        }

        throw PapayException.BadBill($"The bill ends after line {_line} without its summary.");
    }

    /// <summary>Closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _owner?.Dispose();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    internal static async Task<BillReader> OpenAsync(Stream stream, IDisposable? owner, CancellationToken ct)
    {
        var reader = new BillReader(stream, owner);
        try
        {
            await reader.FillAsync(4, ct).ConfigureAwait(false);
            if (reader.Buffered.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            {
                // What was asked for does not count: an error comes as plain XML even when GZIP was asked for.
                var packed = new ReplayStream(reader.Buffered.ToArray(), stream);
                reader.Release();
                reader = new BillReader(new GZipStream(packed, CompressionMode.Decompress), owner);
                await reader.FillAsync(4, ct).ConfigureAwait(false);
            }

            if (reader.Buffered.StartsWith("\uFEFF"u8))
            {
                reader._start += 3;
            }

            if (reader.Buffered.StartsWith("<"u8))
            {
                await reader.FillAsync(LongestLine, ct).ConfigureAwait(false);
                throw Error(reader.Buffered.ToArray());
            }

            return reader;
        }
        catch
        {
            reader.Release();
            throw;
        }
    }

    private static PapayException Error(byte[] body)
    {
        if (!V2Message.TryParse(body, out var message, out var error))
        {
            return PapayException.Unreadable(Endpoints.DownloadBill, error.ToString());
        }

        // The text tells more than the numbers: 20002 is both "no bill" and "being made".
        var text = message.Text("return_msg"u8) ?? "";
        var code = ErrorCodes.FromText("downloadbill", text) ?? message.Text("error_code"u8) ?? message.Text("err_code"u8) ?? LocalCodes.ReturnFail;
        return PapayException.Refusal(Endpoints.DownloadBill, code, text);
    }

    private static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span);

    private ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    private async Task<BillSummary> ReadSummaryAsync(string header, CancellationToken ct)
    {
        var names = header.Split(',');
        if (names[0] != "总交易单数")
        {
            throw PapayException.BadBill($"Line {_line} starts neither a row nor the summary.");
        }

        if (await NextLineAsync(ct).ConfigureAwait(false) is not { Length: > 0 } line)
        {
            throw PapayException.BadBill("The summary has no figures.");
        }

        return BillColumns.Summary(names, line.Span, _line);
    }

    private void Release()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>The next line without its end; null after the last. Valid until the next call.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> NextLineAsync(CancellationToken ct)
    {
        var searched = 0;
        while (true)
        {
            var end = Buffered[searched..].IndexOf((byte)'\n');
            if (end >= 0 || (_isAtEnd && _start < _end))
            {
                var length = end >= 0 ? searched + end : _end - _start;
                var line = _buffer.AsMemory(_start, length);
                _start += end >= 0 ? length + 1 : length;
                _line++;
                return line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;
            }

            if (_isAtEnd)
            {
                return null;
            }

            searched = _end - _start;
            if (searched >= LongestLine)
            {
                throw PapayException.BadBill($"Line {_line + 1} is longer than {LongestLine} bytes.");
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
                var read = await _stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
                _end += read;
                _isAtEnd = read == 0;
            }
        }
        catch (InvalidDataException e)
        {
            throw PapayException.BadBill("The bill is not a whole gzip file.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw PapayException.NoAnswer(Endpoints.DownloadBill, "The bill broke off.", e);
        }
    }

    /// <summary>Some bytes that were read already, then the rest of a stream.</summary>
    private sealed class ReplayStream(byte[] first, Stream rest) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var replayed = Replay(buffer.AsSpan(offset, count));
            return replayed > 0 ? replayed : rest.Read(buffer, offset, count);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var replayed = Replay(buffer.Span);
            return replayed > 0 ? new(replayed) : rest.ReadAsync(buffer, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rest.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Replay(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, first.Length - _at);
            first.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }
    }
}
