using System.Buffers;
using System.Net;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// A signed request in pooled memory. The memory goes back when the content is disposed and nobody writes it any more: a handler
/// may still be writing a request whose answer came early or which was given up, and must not send somebody else's bytes.
/// </summary>
internal sealed class SignedContent : HttpContent
{
    private readonly int _length;
    private byte[]? _buffer;

    // One for whoever owns the content, and one for every write under way. At zero the memory goes back, once.
    private int _holders = 1;
    private int _isDisposed;

    public SignedContent(byte[] rented, int length)
    {
        _buffer = rented;
        _length = length;
        Headers.TryAddWithoutValidation("Content-Type", "text/xml; charset=utf-8");
    }

    /// <summary>True while the bytes may still be sent.</summary>
    internal bool HoldsMemory => Volatile.Read(ref _buffer) is not null;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = Hold();
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, _length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo();
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = Hold();
        try
        {
            stream.Write(buffer, 0, _length);
        }
        finally
        {
            LetGo();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            LetGo();
        }

        base.Dispose(disposing);
    }

    private byte[] Hold()
    {
        // Never from zero: what went back to the pool is somebody else's.
        for (var holders = Volatile.Read(ref _holders); holders > 0; holders = Volatile.Read(ref _holders))
        {
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return _buffer!; // It is only taken away by the last holder.
            }
        }

        throw new ObjectDisposedException(nameof(SignedContent));
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer!);
            _buffer = null;
        }
    }
}
