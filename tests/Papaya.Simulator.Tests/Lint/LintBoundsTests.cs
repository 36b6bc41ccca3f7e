using System.Collections;
using System.Reflection;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Lint;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Tests.Lint;

/// <summary>A call costs the rules the same in an old world as in a young one, in time and in memory.</summary>
public sealed class LintBoundsTests
{
    private const int Most = 40;

    [Fact]
    public async Task What_the_rules_remember_does_not_grow_and_the_latest_is_still_judged()
    {
        await using var world = await World.StartAsync(lintMemory: Most);
        var lint = world.Get<LintReport>();
        Call(world, 0, 1_000);
        var full = lint.Remembered;
        Assert.InRange(full, Most, Most * 30);
        Call(world, 1_000, 3_000);
        Assert.Equal(full, lint.Remembered);

        await LintScripts.All.Single(s => s.Rule == "number-changed-while-undecided").Wrong(world);
        Assert.Contains(lint.Read(World.MchId, "number-changed-while-undecided", null, null).Single().Findings, f => f.Number == "NUMBER2");
    }

    [Fact]
    public async Task A_stranger_s_numbers_fill_nothing()
    {
        await using var world = await World.StartAsync(lintMemory: Most);
        for (var i = 0; i < 100; i++)
        {
            world.Get<CallJournal>().Note(new() { At = world.Now, Path = "/pay/pappayapply", MchId = "19" + i, OutTradeNo = "N" + i, ContractId = "C" + i, Status = 200, Connection = "c" + i });
        }

        Assert.Equal(0, world.Get<LintReport>().Remembered);
    }

    [Fact]
    public void The_oldest_goes_first_and_what_is_touched_stays()
    {
        List<string> gone = [];
        var recent = new Recent<int, string>(3) { Forgotten = gone.Add };
        recent.Put(1, "a");
        recent.Put(2, "b");
        recent.Put(3, "c");
        recent.Put(1, "A");
        Assert.False(recent.TryAdd(2, "B"));
        recent.Put(4, "d");
        recent.Put(5, "e");
        Assert.Equal(["b", "c"], gone);
        Assert.Equal("A", recent.Find(1));
        Assert.Equal(3, recent.Count);
        Assert.True(recent.TryTake(1, out var taken));
        Assert.Equal("A", taken);
        Assert.True(recent.TryOldest(out var oldest, out _));
        Assert.Equal(4, oldest);
    }

    [Fact]
    public void A_rule_can_look_things_up_and_walk_through_nothing()
    {
        Assert.False(typeof(IEnumerable).IsAssignableFrom(typeof(Recent<int, int>)));
        Assert.False(typeof(IEnumerable).IsAssignableFrom(typeof(Promises)));
        var walkable = typeof(LintFacts).GetProperties().Where(p => typeof(IEnumerable).IsAssignableFrom(p.PropertyType)).Select(p => p.Name);
        Assert.Equal([nameof(LintFacts.Merchants)], walkable);
        Assert.All(
            typeof(LintWorld).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(m => !m.IsSpecialName),
            method =>
            {
                Assert.NotEmpty(method.GetParameters());
                Assert.False(method.ReturnType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(method.ReturnType), method.Name);
            });
        foreach (var type in (Type[])[typeof(LintCase), typeof(LintReview)])
        {
            Assert.DoesNotContain(type.GetProperties(), p => p.PropertyType == typeof(SimulatorState));
        }
    }

    private static void Call(World world, int from, int to)
    {
        var journal = world.Get<CallJournal>();
        for (var i = from; i < to; i++)
        {
            journal.Note(new()
            {
                At = world.Now, Path = "/pay/pappayapply", MchId = World.MchId, OutTradeNo = "N" + i, ContractId = "C" + i, Status = 0, ErrCode = "SYSTEMERROR", Connection = "c" + i,
            });
            journal.Note(new() { At = world.Now, Path = "/pay/orderquery", MchId = World.MchId, OutTradeNo = "Q" + i, Status = 200, Connection = "c" + i });
            journal.Note(new()
            {
                At = world.Now, Kind = DeliveryKind.Debit, Path = "http://127.0.0.1:9/", MchId = World.MchId, OutTradeNo = "N" + i, ContractId = "C" + i, Delivery = i + 1, Status = 200,
                Verdict = CallVerdict.Acknowledged, Send = 1, Of = 10,
            });
        }
    }
}
