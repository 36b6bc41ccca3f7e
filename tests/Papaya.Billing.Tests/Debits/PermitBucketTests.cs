using FsCheck;
using FsCheck.Fluent;
using Papaya.Billing.Debits;

namespace Papaya.Billing.Tests.Debits;

public sealed class PermitBucketTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public void No_sliding_second_ever_has_more_than_the_limit() =>
        Prop.ForAll(Gen.Choose(1, 400).ToArbitrary(), Gen.Choose(0, 900_000).Select(us => us % 7 == 0 ? us : us / 50).NonEmptyListOf().ToArbitrary(), (limit, gaps) =>
        {
            var bucket = PermitBucket.Full(limit, Start);
            var now = Start;
            var grants = new List<(DateTimeOffset At, int Count)>();
            foreach (var gap in gaps.Concat(gaps).Concat(gaps))
            {
                now = now.AddMicroseconds(gap);
                bucket = bucket.Take(now, 500, out var granted);
                grants.Add((now, granted));
            }

            return grants.All(g => grants.Where(o => o.At > g.At.AddSeconds(-1) && o.At <= g.At).Sum(o => o.Count) <= limit);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Whoever_waits_for_a_burst_finds_it() =>
        Prop.ForAll(Gen.Choose(1, 400).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), Gen.Choose(0, 120).ToArbitrary(), (limit, wanted, second) =>
        {
            var bucket = PermitBucket.Full(limit, Start).Slowed(Start);
            var now = Start.AddSeconds(second);
            bucket = bucket.Take(now, 500, out _);
            var then = bucket.NextAt(now, wanted);
            _ = bucket.Take(then, wanted, out var granted);
            return then > now && granted == Math.Min(wanted, bucket.Burst);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void An_hour_of_demand_gets_nearly_the_whole_limit()
    {
        var bucket = PermitBucket.Full(150, Start);
        var (now, total) = (Start, 0L);
        while (now < Start.AddHours(1))
        {
            bucket = bucket.Take(now, 1000, out var granted);
            total += granted;
            now = bucket.NextAt(now, 15);
        }

        Assert.InRange(total, 135 * 3600, 150 * 3600);
    }

    [Fact]
    public void FREQUENCY_LIMITED_halves_the_pace_for_a_minute()
    {
        var bucket = PermitBucket.Full(150, Start).Slowed(Start);
        _ = bucket.Take(Start, 100, out var atOnce);
        Assert.Equal(0, atOnce);
        Assert.Equal(Start.AddMicroseconds(14_706), bucket.NextAt(Start, 1)); // 68 a second
        Assert.Equal(Start.AddMinutes(2).AddMicroseconds(0), bucket.NextAt(Start.AddMinutes(2), 15));
    }

    [Fact]
    public void Unused_permits_come_back()
    {
        var bucket = PermitBucket.Full(150, Start).Take(Start, 15, out var granted).Return(5);
        Assert.Equal(15, granted);
        _ = bucket.Take(Start, 15, out granted);
        Assert.Equal(5, granted);
    }

    [Fact]
    public void Switched_off_it_grants_everything_at_once()
    {
        var bucket = PermitBucket.Full(0, Start).Take(Start, 5000, out var granted);
        Assert.Equal((5000, Start), (granted, bucket.NextAt(Start, 5000)));
    }
}
