using System.Buffers;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

/// <summary>Pooled request memory is never given back under a handler that is still writing it.</summary>
public sealed class SignedContentTests
{
    [Fact]
    public async Task It_says_what_it_is_and_writes_its_bytes_as_often_as_asked()
    {
        using var content = Content(out var expected);
        Assert.Equal("text/xml; charset=utf-8", content.Headers.ContentType!.ToString());
        Assert.Equal(expected.Length, content.Headers.ContentLength);
        Assert.Equal(expected, await content.ReadAsByteArrayAsync());

        using var again = Content(out _);
        using var stream = new MemoryStream();
        await again.CopyToAsync(stream);
        await again.CopyToAsync(stream);
        Assert.Equal(2 * expected.Length, stream.Length);
    }

    [Fact]
    public void Without_a_write_under_way_the_memory_goes_back_when_it_is_disposed_and_only_once()
    {
        var content = Content(out _);
        Assert.True(content.HoldsMemory);
        content.Dispose();
        Assert.False(content.HoldsMemory);
        content.Dispose();
        Assert.False(content.HoldsMemory);
    }

    [Fact]
    public async Task Nothing_is_written_after_it_was_disposed()
    {
        var content = Content(out _);
        content.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => content.CopyToAsync(new MemoryStream()));
    }

    [Fact]
    public async Task A_write_under_way_keeps_the_memory_although_the_request_is_disposed()
    {
        var content = Content(out var expected);
        var slow = new SlowStream();
        var writing = content.CopyToAsync(slow);
        var copied = await slow.Begun;

        content.Dispose();
        Assert.True(content.HoldsMemory);
        Scribble(copied.Length);
        Assert.Equal(expected, copied.ToArray());

        slow.Finish();
        await writing;
        Assert.False(content.HoldsMemory);
    }

    [Fact]
    public async Task A_write_that_fails_lets_go_of_the_memory()
    {
        var content = Content(out _);
        var slow = new SlowStream();
        var writing = content.CopyToAsync(slow);
        await slow.Begun;
        content.Dispose();
        slow.Fail();
        await Assert.ThrowsAnyAsync<Exception>(() => writing);
        Assert.False(content.HoldsMemory);
    }

    [Fact]
    public async Task Whoever_comes_first_no_stream_ever_sees_other_bytes()
    {
        for (var round = 0; round < 500; round++)
        {
            var content = Content(out var expected);
            var seen = new CheckingStream(expected);
            using var start = new Barrier(3);
            var writing = Task.Run(async () =>
            {
                start.SignalAndWait();
                try
                {
                    await content.CopyToAsync(seen);
                }
                catch (Exception e) when (e is ObjectDisposedException or HttpRequestException { InnerException: ObjectDisposedException })
                {
                    // Given up before the first byte.
                }
            });
            var disposing = Task.Run(() =>
            {
                start.SignalAndWait();
                content.Dispose();
            });
            var scribbling = Task.Run(() =>
            {
                start.SignalAndWait();
                Scribble(expected.Length);
            });
            await Task.WhenAll(writing, disposing, scribbling);
            Assert.False(content.HoldsMemory);
            Assert.True(seen.IsIntact);
        }
    }

    private static SignedContent Content(out byte[] expected)
    {
        using var writer = new V2Writer();
        writer.Add("appid", Some.AppId).Add("attach", new string('a', 400)).Add("total_fee", 1);
        var content = writer.SignAsContent(Some.Key, SignType.Md5);
        expected = Some.Utf8($"<xml><appid>{Some.AppId}</appid><attach>{new string('a', 400)}</attach><total_fee>1</total_fee><sign>"
            + V2Signature.Compute([new("appid", Some.AppId), new("attach", new string('a', 400)), new("total_fee", "1")], Some.Key, SignType.Md5) + "</sign></xml>");
        return content;
    }

    // What somebody else would do with memory that went back too early.
    private static void Scribble(int length)
    {
        var rented = Enumerable.Range(0, 40).Select(i => ArrayPool<byte>.Shared.Rent(length << (i % 4))).ToList();
        foreach (var buffer in rented)
        {
            buffer.AsSpan().Fill(0xFF);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private class WriteOnlyStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class SlowStream : WriteOnlyStream
    {
        private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ReadOnlyMemory<byte>> Begun => _begun.Task;

        public void Finish() => _end.SetResult();

        public void Fail() => _end.SetException(new IOException("The connection broke."));

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _begun.SetResult(buffer);
            await _end.Task;
        }
    }

    private sealed class CheckingStream(byte[] expected) : WriteOnlyStream
    {
        public bool IsIntact { get; private set; } = true;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var look = 0; look < 3; look++)
            {
                IsIntact &= buffer.Span.SequenceEqual(expected);
                await Task.Yield();
            }
        }
    }
}
