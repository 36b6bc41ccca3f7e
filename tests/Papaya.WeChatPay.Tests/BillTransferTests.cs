using System.IO.Compression;
using System.Net;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Telemetry;
using Papaya.WeChatPay.Tests.Telemetry;

namespace Papaya.WeChatPay.Tests;

/// <summary>A bill's way over the wire: its status, a line that falls silent, a file that is too long, a reader used too late.</summary>
public sealed class BillTransferTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_bad_status_is_no_success_and_the_question_is_asked_once_more()
    {
        using var heard = new Listening(Some.Merchant);
        var wechat = new Answering(_ => [], HttpStatusCode.BadGateway);
        var error = await Assert.ThrowsAsync<PapayException>(() => wechat.Client(options: new() { Logger = heard }).Bills.OpenAsync(Some.Bill()));
        Assert.Equal((LocalCodes.HttpStatus, HttpStatusCode.BadGateway), (error.Code, error.Status));
        Assert.Equal(2, wechat.Requests.Count);
        Assert.DoesNotContain(WeChatPayEvents.CallSucceeded, heard.Records.Select(r => r.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bill_that_stops_coming_is_given_up_after_the_timeout(bool isPacked)
    {
        var bytes = Some.Utf8(BillTests.Sample);
        using var body = new Stalling((isPacked ? Pack(bytes, CompressionLevel.NoCompression) : bytes)[..60]);
        using var http = new HttpClient(new Sending(body));
        var client = new PapayClient(http, Some.Credentials(), new Uri("http://127.0.0.1:8090"), _clock, new() { Timers = _clock });
        await using var bill = await client.Bills.OpenAsync(Some.Bill());
        var rows = CountAsync(bill);
        await body.SilentAsync();
        _clock.Advance(TimeSpan.FromSeconds(14));
        Assert.False(rows.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<PapayException>(() => rows);
        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask), (error.Code, error.Kind));
    }

    [Fact]
    public async Task A_small_file_that_unpacks_without_end_is_given_up()
    {
        var bomb = Pack(Some.Utf8(BillTests.Sample.Split('\n')[0] + new string('\n', 1_000_000)));
        Assert.InRange(bomb.Length, 1, 20_000);
        await using var bill = await new Answering(_ => bomb).Client(options: new() { BillLimit = 100_000 }).Bills.OpenAsync(Some.Bill());
        var error = await Assert.ThrowsAsync<PapayException>(() => CountAsync(bill));
        Assert.Equal(LocalCodes.Bill, error.Code);
        Assert.Contains("longer than 100000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bill_that_was_put_away_is_not_read_any_more()
    {
        var bill = await new Answering(_ => Some.Utf8(BillTests.Sample)).Client().Bills.OpenAsync(Some.Bill());
        await bill.DisposeAsync();
        await bill.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CountAsync(bill));
    }

    private static async Task<int> CountAsync(BillReader bill)
    {
        var count = 0;
        await foreach (var _ in bill.ReadRowsAsync())
        {
            count++;
        }

        return count;
    }

    private static byte[] Pack(byte[] bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private sealed class Sending(Stream body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });
    }

    /// <summary>Gives what it has and then nothing more, without an end.</summary>
    private sealed class Stalling(byte[] first) : MemoryStream(first)
    {
        private readonly TaskCompletionSource _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task SilentAsync() => _silent.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                _silent.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return read;
        }
    }
}
