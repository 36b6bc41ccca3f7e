using FsCheck;
using FsCheck.Fluent;
using Papaya.WeChatPay.Sending;

namespace Papaya.WeChatPay.Tests.Sending;

public sealed class TokenBucketTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void No_second_sees_more_than_the_limit_whatever_the_calls()
    {
        var steps = Gen.Two(Gen.Choose(0, 400)).ArrayOf(60).ToArbitrary();
        Check.One(Runs, Prop.ForAll(Gen.Elements(1, 6, 7, 150, 300).ToArbitrary(), steps, (limit, walk) =>
        {
            var clock = new ManualClock();
            var bucket = new TokenBucket(limit, clock);
            var sends = new List<DateTimeOffset>();
            foreach (var (milliseconds, calls) in walk)
            {
                clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                for (var i = 0; i < calls; i++)
                {
                    if (bucket.TryTake(TimeSpan.FromSeconds(2), out var wait))
                    {
                        sends.Add(clock.GetUtcNow() + wait);
                    }
                }
            }

            Assert.All(sends.Index(), send => Assert.True(
                send.Index + limit >= sends.Count || sends[send.Index + limit] - send.Item >= TimeSpan.FromSeconds(1), $"{limit + 1} permits within a second"));
        }));
    }

    [Fact]
    public void Permits_come_in_the_order_of_asking_and_nobody_is_forgotten()
    {
        Check.One(Runs, Prop.ForAll(Gen.Choose(0, 30).ArrayOf(100).ToArbitrary(), walk =>
        {
            var clock = new ManualClock();
            var bucket = new TokenBucket(50, clock);
            var last = DateTimeOffset.MinValue;
            foreach (var milliseconds in walk)
            {
                clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                Assert.True(bucket.TryTake(TimeSpan.MaxValue, out var wait));
                Assert.True(clock.GetUtcNow() + wait >= last);
                last = clock.GetUtcNow() + wait;
            }
        }));
    }

    [Fact]
    public void Long_runs_reach_nine_tenths_of_the_limit()
    {
        var clock = new ManualClock();
        var bucket = new TokenBucket(150, clock);
        var taken = 0;
        for (var i = 0; i < 10_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            while (bucket.TryTake(TimeSpan.Zero, out _))
            {
                taken++;
            }
        }

        Assert.InRange(taken, 1_350, 1_500);
    }

    [Fact]
    public void Who_would_wait_too_long_takes_nothing()
    {
        var bucket = new TokenBucket(1, new ManualClock());
        Assert.True(bucket.TryTake(TimeSpan.Zero, out _));
        Assert.False(bucket.TryTake(TimeSpan.FromMilliseconds(999), out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        Assert.True(bucket.TryTake(TimeSpan.FromSeconds(1), out wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
    }

    [Fact]
    public void A_complaint_halves_the_pace_once_a_second_and_it_comes_back_steadily()
    {
        var clock = new ManualClock();
        var bucket = new TokenBucket(150, clock);
        Assert.Equal(135, bucket.Pace);
        Assert.True(bucket.Slow());
        Assert.False(bucket.Slow()); // The other answers of the same burst say nothing new.
        Assert.Equal(67.5, bucket.Pace, 3);
        Assert.False(bucket.TryTake(TimeSpan.Zero, out _)); // It is empty, too.
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(67.5 + (2 * 0.05 * 135), bucket.Pace, 3);
        Assert.True(bucket.Slow());
        Assert.Equal(40.5, bucket.Pace, 1);
        clock.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(135, bucket.Pace, 3);
    }

    [Fact]
    public void However_often_it_is_slowed_it_goes_on()
    {
        var clock = new ManualClock();
        var bucket = new TokenBucket(6, clock);
        for (var i = 0; i < 40; i++)
        {
            bucket.Slow();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(bucket.Pace >= 1);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(bucket.TryTake(TimeSpan.Zero, out _));
    }
}
