namespace Papaya.WeChatPay.Bills;

/// <summary>Some bytes that were read already, then the rest of a stream.</summary>
internal sealed class ReplayStream(byte[] first, Stream rest) : Stream
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
