using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Tests.Debits;

/// <summary>Debits of a template in pre-notice mode. Day 1 is that of the notice, 10:00 in Beijing.</summary>
public sealed class NoticeTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Theory]
    [InlineData(1, 2, 0, "需要先下发扣费前通知才能发起扣费", false)] // None was sent.
    [InlineData(1, 2, 0, "扣费等待期内不能发起扣费")]
    [InlineData(1, 3, -3, null)] // 07:00
    [InlineData(1, 3, -4, "扣款时间需在7:00-22:00之间")]
    [InlineData(1, 3, 11, null)] // 21:00
    [InlineData(1, 3, 12, "扣款时间需在7:00-22:00之间")]
    [InlineData(1, 4, 0, "扣费期已过，需要重新下发扣费前通知")]
    [InlineData(3, 5, 0, null)]
    [InlineData(3, 6, 0, "扣费期已过，需要重新下发扣费前通知")]
    [InlineData(null, 9, 0, null)]
    [InlineData(null, 10, 0, "扣费期已过，需要重新下发扣费前通知")]
    public async Task A_debit_runs_on_the_days_after_the_wait(int? count, int day, int hours, string? refusal, bool isSent = true)
    {
        await using var world = await World.StartAsync();
        var contract = await NoticedAsync(world, count, isSent);
        await world.AdvanceAsync(((day - 1) * Day) + TimeSpan.FromHours(hours));
        var applied = await world.ApplyAsync(contract, "D1");
        if (refusal is not null)
        {
            Assert.Equal(("INVALID_REQUEST", refusal), (applied.Outcome, applied["err_code_des"]));
            return;
        }

        Assert.Equal("SUCCESS", applied.Outcome);
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
    }

    [Fact]
    public async Task A_failure_may_be_tried_again_under_a_new_number_and_one_success_ends_the_period()
    {
        await using var world = await World.StartAsync();
        var contract = await NoticedAsync(world, 3);
        var openid = world.State.FindContract(contract)!.Openid;
        await world.AdvanceAsync(2 * Day);
        await world.UserAsync(0, openid: openid);
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("NOTENOUGH", (string?)(await world.SeeAsync("/orders/D1"))["err_code"]);
        Assert.NotNull(world.State.FindNotice(contract)!.FailedAt);

        await world.UserAsync(100_000, openid: openid);
        Assert.Equal("OUT_TRADE_NO_USED", (await world.ApplyAsync(contract, "D1")).Outcome);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D2")).Outcome);
        await world.AdvanceAsync(Day);
        Assert.Equal("需要先下发扣费前通知才能发起扣费", (await world.ApplyAsync(contract))["err_code_des"]);
    }

    [Theory]
    [InlineData("yes", "需要先下发扣费前通知才能发起扣费", null)]
    [InlineData("no", null, "需要先下发扣费前通知才能发起扣费")]
    public async Task The_first_or_the_second_success_ends_the_period(string value, string? second, string? third)
    {
        await using var world = await World.StartAsync(switches: [("notice_success_ends_period", value), ("successes_per_cycle", "unlimited")]);
        var contract = await NoticedAsync(world, 3);
        await world.AdvanceAsync(2 * Day);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract)).Outcome);
        await world.AdvanceAsync(Day);
        Assert.Equal(second, (await world.ApplyAsync(contract))["err_code_des"]);
        if (second is null)
        {
            await world.AdvanceAsync(Day);
            Assert.Equal(third, (await world.ApplyAsync(contract))["err_code_des"]);
        }
    }

    [Theory]
    [InlineData(5, null)]
    [InlineData(6, "扣费期已过，需要重新下发扣费前通知")]
    public async Task A_period_that_is_left_to_WeChat_may_have_three_days(int day, string? refusal)
    {
        await using var world = await World.StartAsync(switches: ("notice_default_days", "3"));
        var contract = await NoticedAsync(world, null);
        await world.AdvanceAsync((day - 1) * Day);
        Assert.Equal(refusal, (await world.ApplyAsync(contract))["err_code_des"]);
    }

    [Theory]
    [InlineData("notice_wins", "INVALID_REQUEST")]
    [InlineData("immediate_wins", "SUCCESS")]
    public async Task A_notice_within_twelve_hours_of_signing_has_its_own_days(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("notice_first_12h", value));
        var contract = await world.SignedAsync(plan: "12536");
        Send(world, contract, 1);
        Assert.Equal(outcome, (await world.ApplyAsync(contract)).Outcome);
    }

    [Theory]
    [InlineData("ignored", "SUCCESS")]
    [InlineData("counts", "INVALID_REQUEST")]
    public async Task The_first_debit_at_night_is_a_matter_of_reading(string value, string outcome)
    {
        await using var world = await World.StartAsync(start: new(2026, 1, 15, 15, 0, 0, TimeSpan.Zero), switches: ("first_debit_and_window", value)); // 23:00 in Beijing
        var contract = await world.SignedAsync(plan: "12536");
        Assert.Equal(outcome, (await world.ApplyAsync(contract)).Outcome);
    }

    [Fact]
    public async Task A_notice_survives_a_restart()
    {
        var journal = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        string contract;
        await using (var world = await World.StartAsync(journal))
        {
            contract = await NoticedAsync(world, 2);
        }

        await using (var world = await World.StartAsync(journal))
        {
            var notice = world.State.FindNotice(contract)!;
            Assert.Equal((new DateOnly(2026, 1, 18), new DateOnly(2026, 1, 19), 2_500L), (notice.FirstDay, notice.LastDay, notice.Amount));
        }

        File.Delete(journal);
    }

    [Theory]
    [InlineData("yes", "PAY_FAIL", 1)]
    [InlineData("no", "SUCCESS", 2)]
    public async Task Two_debits_accepted_under_one_notice_take_what_it_allows(string endsPeriod, string second, int debits)
    {
        await using var world = await World.StartAsync(switches: [("notpay_seconds", "600"), ("notice_success_ends_period", endsPeriod)]);
        var contract = await NoticedAsync(world, 3);
        // Five successes a day are allowed, so that only the notice can stop the second.
        world.State.FindTemplate(World.MchId, 12536)!.IsTest = true;
        world.State.FindTemplate(World.MchId, 12536)!.Fee = FeeRule.Capped;
        await world.AdvanceAsync(2 * Day);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1", ("total_fee", "10"))).Outcome);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D2", ("total_fee", "10"))).Outcome);
        await world.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal(second, (await world.OrderQueryAsync("D2", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal(debits, (await world.LedgerAsync()).Count(e => (string?)e!["kind"] == "debit"));
    }

    private static async Task<string> NoticedAsync(World world, int? count, bool isSent = true)
    {
        var contract = await world.SignedAsync(plan: "12536");
        await world.AdvanceAsync(Day);
        if (isSent)
        {
            Send(world, contract, count);
        }

        return contract;
    }

    private static void Send(World world, string contract, int? count)
    {
        using var op = world.State.Begin();
        Notices.Send(world.State, world.State.FindContract(contract)!, World.AppId, 2_500, count, op.Now);
    }
}
