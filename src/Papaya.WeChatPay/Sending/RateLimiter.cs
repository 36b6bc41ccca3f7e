using Papaya.WeChatPay.Sending;
using Papaya.WeChatPay.Telemetry;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>Which published limit a call counts against.</summary>
public enum RateLane
{
    /// <summary>Applying for debits: 150 per second and merchant number (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987377</c>).</summary>
    Debit,

    /// <summary>Asking for contracts: 300 per second and merchant number (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987640</c>).</summary>
    ContractQuery,

    /// <summary>Requesting refunds: 150 per second and merchant number, 6 per second for refused ones (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987741</c>).</summary>
    Refund,
}

/// <summary>Limits of a <see cref="RateLimiter"/>; the defaults are WeChat's published ones.</summary>
public sealed class RateLimiterOptions
{
    /// <summary>Debits per second. Default 150.</summary>
    public int DebitsPerSecond { get; init; } = 150;

    /// <summary>Contract queries per second. Default 300.</summary>
    public int ContractQueriesPerSecond { get; init; } = 300;

    /// <summary>Refund requests per second. Default 150.</summary>
    public int RefundsPerSecond { get; init; } = 150;

    /// <summary>Refused refund requests per second. Default 6.</summary>
    public int RefusedRefundsPerSecond { get; init; } = 6;

    /// <summary>Longest wait for a permit; a call that would wait longer fails at once, as throttled and not sent. Default 5 s.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Keeps the calls of one merchant number under WeChat's published limits. To be shared by every client of that number in the process;
/// several processes each need their part of the limits. When WeChat says that it was too fast after all, the pace halves and
/// recovers by a twentieth of the limit per second; after too many wrong refunds no refund goes out for a minute.
/// </summary>
public sealed class RateLimiter
{
    /// <summary>WeChat takes no refund for a minute after too many wrong ones (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987741</c>).</summary>
    private static readonly TimeSpan AfterWrongRequests = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _clock;
    private readonly TimeSpan _longestWait;
    private readonly TokenBucket[] _lanes;
    private readonly TokenBucket _refusedRefunds;

    /// <summary>Makes a limiter for one merchant number.</summary>
    /// <param name="options">Limits; null takes WeChat's published ones.</param>
    /// <param name="clock">Paces and waits; null takes the machine's.</param>
    public RateLimiter(RateLimiterOptions? options = null, TimeProvider? clock = null)
    {
        options ??= new();
        _clock = clock ?? TimeProvider.System;
        _longestWait = options.LongestWait;
        _lanes = [new(options.DebitsPerSecond, _clock), new(options.ContractQueriesPerSecond, _clock), new(options.RefundsPerSecond, _clock)];
        _refusedRefunds = new(options.RefusedRefundsPerSecond, _clock);
    }

    /// <summary>Calls per second that a lane is being filled with now, its burst apart; less than the limit after WeChat complained.</summary>
    public double Pace(RateLane lane) => _lanes[(int)lane].Pace;

    /// <summary>The lane of a call; null for calls without a published limit.</summary>
    internal static RateLane? LaneOf(Endpoint endpoint) => (endpoint.Version, endpoint.Name) switch
    {
        (ApiVersion.V2, "pappayapply") => RateLane.Debit,
        (ApiVersion.V2, "querycontract") => RateLane.ContractQuery,
        (ApiVersion.V2, "refund") => RateLane.Refund,
        _ => null,
    };

    /// <summary>Waits for a permit.</summary>
    /// <returns>How long it waited.</returns>
    /// <exception cref="PapayException">It would have to wait too long; nothing was sent.</exception>
    internal ValueTask<TimeSpan> EnterAsync(Endpoint endpoint, RateLane lane, CancellationToken ct)
    {
        var bucket = _lanes[(int)lane];
        var penalty = lane == RateLane.Refund ? _refusedRefunds.Look() : TimeSpan.Zero;
        if (penalty > _longestWait || !bucket.TryTake(_longestWait, out var wait))
        {
            throw PapayException.TooFast(endpoint, lane, _longestWait);
        }

        wait = wait > penalty ? wait : penalty;
        return wait > TimeSpan.Zero ? WaitAsync(bucket, wait, ct) : ValueTask.FromResult(TimeSpan.Zero);
    }

    /// <summary>Learns from a failed call; true when it slowed down.</summary>
    internal bool Learn(RateLane lane, PapayException error)
    {
        if (error.Code is "FREQUENCY_LIMITED" or "RATELIMIT_EXCEEDED" or "FREQUENCY_LIMIT_EXCEED" or "FREQUENCY_LIMITED_EXCEED")
        {
            return _lanes[(int)lane].Slow();
        }

        if (error.Code == "INVALID_REQ_TOO_MUCH")
        {
            return _lanes[(int)lane].Pause(AfterWrongRequests);
        }

        if (lane == RateLane.Refund && error is { Kind: ErrorKind.Refused, NotSent: false })
        {
            _refusedRefunds.Charge();
        }

        return false;
    }

    private async ValueTask<TimeSpan> WaitAsync(TokenBucket bucket, TimeSpan wait, CancellationToken ct)
    {
        try
        {
            // Timers count whole milliseconds.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _clock, ct).ConfigureAwait(false);
            return wait;
        }
        catch (OperationCanceledException)
        {
            bucket.Return();
            throw;
        }
    }
}
