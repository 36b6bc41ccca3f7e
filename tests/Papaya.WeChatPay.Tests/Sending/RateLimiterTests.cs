using System.Net;
using System.Net.Sockets;

namespace Papaya.WeChatPay.Tests.Sending;

public sealed class RateLimiterTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_call_without_a_permit_in_time_is_throttled_and_certainly_not_sent()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS"));
        var client = wechat.Client(options: Options(new() { DebitsPerSecond = 1, LongestWait = TimeSpan.FromMilliseconds(500) }));
        await client.Debits.ApplyAsync(Some.Debit());
        var error = await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.TooFast, ErrorKind.Throttled, NextStep.SameNumberLater, true), (error.Code, error.Kind, error.Next, error.NotSent));
        Assert.Single(wechat.Requests);
    }

    [Fact]
    public async Task A_call_waits_for_its_permit_and_a_given_up_wait_returns_it()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS"));
        var client = wechat.Client(options: Options(new() { DebitsPerSecond = 1 }));
        await client.Debits.ApplyAsync(Some.Debit());
        using var patience = new CancellationTokenSource();
        var givenUp = client.Debits.ApplyAsync(Some.Debit(), patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        var waiting = client.Debits.ApplyAsync(Some.Debit());
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Single(wechat.Requests);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;
        Assert.Equal(2, wechat.Requests.Count);
    }

    [Fact]
    public async Task Clients_of_one_merchant_number_share_a_limiter()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS"));
        var options = Options(new() { DebitsPerSecond = 1, LongestWait = TimeSpan.Zero });
        await wechat.Client(options: options).Debits.ApplyAsync(Some.Debit());
        await Assert.ThrowsAsync<PapayException>(() => wechat.Client(options: options).Debits.ApplyAsync(Some.Debit()));
    }

    [Theory]
    [InlineData("FREQUENCY_LIMITED")]
    [InlineData("RATELIMIT_EXCEEDED")]
    [InlineData("FREQUENCY_LIMIT_EXCEED")]
    [InlineData("FREQUENCY_LIMITED_EXCEED")]
    public async Task What_WeChat_says_about_speed_slows_the_lane_it_was_said_about(string code)
    {
        var limiter = new RateLimiter(null, _clock);
        var wechat = new Answering(_ => Some.Signed($"return_code=SUCCESS|result_code=FAIL|err_code={code}"));
        var client = wechat.Client(options: new() { Limiter = limiter });
        await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit()));
        Assert.Equal(67.5, limiter.Pace(RateLane.Debit), 3);
        Assert.Equal((270, 135), (limiter.Pace(RateLane.ContractQuery), limiter.Pace(RateLane.Refund)));
    }

    [Fact]
    public async Task Six_refused_refunds_a_second_and_then_refunds_wait()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=FAIL|err_code=PARAM_ERROR"));
        var client = wechat.Client(options: Options(new() { LongestWait = TimeSpan.Zero }));
        var sent = 0;
        for (var i = 0; i < 60; i++)
        {
            var error = await Assert.ThrowsAsync<PapayException>(() => client.Refunds.RequestAsync(Some.Refund()));
            sent += error.NotSent ? 0 : 1;
            _clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.InRange(sent, 3 * 4, 3 * 6); // Three seconds at no more than six.
        await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit())); // Refused by WeChat, not by us: another lane.
        Assert.Equal("/pay/pappayapply", wechat.Requests[^1].Path);
    }

    [Fact]
    public async Task After_too_many_wrong_refunds_none_goes_out_for_a_minute()
    {
        var wechat = new Answering(n => Some.Signed(n == 1 ? "return_code=SUCCESS|result_code=FAIL|err_code=INVALID_REQ_TOO_MUCH" : "return_code=SUCCESS|result_code=SUCCESS"));
        var client = wechat.Client(options: Options(new() { LongestWait = TimeSpan.Zero }));
        var error = await Assert.ThrowsAsync<PapayException>(() => client.Refunds.RequestAsync(Some.Refund()));
        Assert.Equal((ErrorKind.Throttled, false), (error.Kind, error.NotSent));
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        Assert.True((await Assert.ThrowsAsync<PapayException>(() => client.Refunds.RequestAsync(Some.Refund()))).NotSent);
        await client.Debits.ApplyAsync(Some.Debit()); // Another lane.
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        await client.Refunds.RequestAsync(Some.Refund());
        Assert.Equal(3, wechat.Requests.Count);
    }

    [Fact]
    public async Task Calls_without_a_published_limit_and_clients_without_a_limiter_never_wait()
    {
        var wechat = new Answering(_ => Some.Signed("return_code=SUCCESS|result_code=SUCCESS|out_trade_no=SIGN2026010301"));
        var (limited, free) = (wechat.Client(options: Options(new() { DebitsPerSecond = 1, LongestWait = TimeSpan.Zero })), wechat.Client());
        for (var i = 0; i < 400; i++)
        {
            await free.Debits.ApplyAsync(Some.Debit());
            await limited.Orders.QueryAsync(Some.OrderQuery());
        }

        Assert.Equal(800, wechat.Requests.Count);
    }

    private PapayClientOptions Options(RateLimiterOptions limits) => new() { Limiter = new(limits, _clock), Timers = _clock };
}
