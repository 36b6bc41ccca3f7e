using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Billing.Debits;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Contracts;
using Papaya.Server.Debits;
using Papaya.Server.Notifications;
using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.Server.Tests.Debits;

public abstract class DebitFlowTests(TestDatabase test) : IAsyncLifetime
{
    private readonly ScriptedWeChat _wechat = new();
    private DebitHouse _house = null!; // Set before every test.

    public async Task InitializeAsync()
    {
        await test.InitializeAsync();
        test.Clock.Now = DebitHouse.Start;
        _house = new DebitHouse(test.Db, test.Clock, _wechat);
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await test.DisposeAsync();
    }

    // ---- opening and telling -----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_charge_opens_a_week_ahead_is_announced_six_days_ahead_and_sent_the_day_before()
    {
        var (subscription, _) = await _house.SubscriptionAsync();
        var charge = DebitNumber.ChargeOfPeriod(subscription, 1);
        var period = DebitHouse.Start.AddMonths(1);
        await _house.RunUntilAsync(period.AddDays(-7).AddSeconds(-1));
        Assert.Null(await test.Db.ReadAsync(reader => reader.FindChargeAsync(charge)));
        await _house.RunUntilAsync(period.AddDays(-7));
        Assert.Equal(ChargeState.Planned, (await _house.ChargeAsync(charge)).Status);
        await _house.RunUntilAsync(period.AddDays(-6));
        Assert.Equal(ChargeState.Noticed, (await _house.ChargeAsync(charge)).Status);
        Assert.Contains("renewal.upcoming", await _house.EventsAsync(subscription));
        await _house.RunUntilAsync(period.AddDays(-1).AddSeconds(-1));
        Assert.Empty(_wechat.Applied);
        await _house.RunUntilAsync(period.AddDays(-1));
        var order = Assert.Single(_wechat.Applied);
        Assert.Equal((2500, "月度会员", DebitNumber.OfPeriod(charge, new DateOnly(2026, 3, 31), 1)), (order.Amount, order.Description, order.Number));
    }

    [Fact]
    public async Task A_late_notice_delays_the_debit_by_five_days()
    {
        var (subscription, _) = await _house.SubscriptionAsync();
        var period = DebitHouse.Start.AddMonths(1);
        _house.Now = period.AddDays(-2); // The server was down for a while.
        await _house.RunUntilAsync(period.AddDays(3).AddSeconds(-1));
        Assert.Empty(_wechat.Applied);
        await _house.RunUntilAsync(period.AddDays(3));
        Assert.Single(_wechat.Applied);
        Assert.Equal(ChargeState.InAttempt, (await _house.ChargeAsync(DebitNumber.ChargeOfPeriod(subscription, 1))).Status);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(7, 0)]
    [InlineData(21, 45)]
    [InlineData(23, 59)]
    public async Task At_whatever_hour_the_period_starts_the_notice_comes_five_days_before_the_debit_is_asked_for(int hour, int minute)
    {
        _house.Now = new DateTimeOffset(2026, 3, 1, hour, minute, 0, TimeSpan.FromHours(8));
        var (subscription, _) = await _house.SubscriptionAsync();
        await _house.RunUntilAsync(_house.Now.AddMonths(1).AddHours(-1));
        var charge = await _house.ChargeAsync(DebitNumber.ChargeOfPeriod(subscription, 1));
        var attempt = Assert.Single(await _house.AttemptsAsync(charge.Id));
        Assert.True(attempt.SentAt - charge.NoticedAt >= TimeSpan.FromDays(5).Ticks / TimeSpan.TicksPerMicrosecond);
        Assert.True(Instant.FromMicros(attempt.SentAt!.Value) < Instant.FromMicros(charge.PeriodStart!.Value).AddHours(-16));
    }

    [Fact]
    public async Task A_short_interval_needs_no_notice_but_keeps_its_waiver()
    {
        var (subscription, _) = await _house.SubscriptionAsync("day");
        var charge = await _house.ChargeAsync(DebitNumber.ChargeOfPeriod(subscription, 1));
        Assert.Equal(ChargeState.Noticed, charge.Status);
        Assert.Equal("waiver", await test.Db.ReadAsync(reader => reader.ScalarAsync<string>("select kind from notice where charge_id = @Id", new { charge.Id })));
    }

    [Fact]
    public async Task Opening_twice_makes_one_charge()
    {
        var (subscription, _) = await _house.SubscriptionAsync("day");
        var row = await _house.FindSubscriptionAsync(subscription);
        await test.Db.WriteAsync(tx => _house.Charges.OpenNextAsync(tx, row));
        Assert.Equal(["charge.planned"], await _house.EventsAsync(DebitNumber.ChargeOfPeriod(subscription, 1)));
    }

    // ---- money -------------------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Money_turns_the_period_once_and_schedules_the_next_charge()
    {
        var (subscription, charge, number) = await SentAsync();
        await _house.NotifyPaidAsync(number);
        await _house.NotifyPaidAsync(number);
        var paid = await _house.ChargeAsync(charge);
        Assert.Equal((ChargeState.Succeeded, number), (paid.Status, paid.PaidNumber));
        Assert.Equal(1, (await _house.FindSubscriptionAsync(subscription)).PeriodNumber);
        Assert.Equal(2500, await _house.BookedAsync(number, "wechat_clearing"));
        Assert.Equal(-2500, await _house.BookedAsync(number, "revenue"));
        Assert.Equal(["charge.planned", "charge.due", "charge.succeeded"], await _house.EventsAsync(charge));
        await _house.RunUntilAsync(_house.Now.AddDays(27));
        Assert.Equal(ChargeState.Noticed, (await _house.ChargeAsync(DebitNumber.ChargeOfPeriod(subscription, 2))).Status);
    }

    [Fact]
    public async Task A_notification_that_is_faster_than_the_answer_settles()
    {
        _wechat.OnApply = async order =>
        {
            await _house.NotifyPaidAsync(order.Number, order.Amount);
            return new Finding(AttemptEvidence.Accepted);
        };
        var (_, charge, number) = await SentAsync();
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal(2500, await _house.BookedAsync(number, "wechat_clearing"));
    }

    [Fact]
    public async Task Without_any_notification_the_question_after_a_day_finds_the_money()
    {
        _wechat.OnAsk = ScriptedWeChat.Paid;
        var (_, charge, number) = await SentAsync();
        await _house.RunUntilAsync(_house.Now.AddHours(24).AddMinutes(4));
        Assert.Empty(_wechat.Asked);
        await _house.RunUntilAsync(_house.Now.AddMinutes(1));
        Assert.Equal([number], _wechat.Asked);
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_about_and_never_sent_under_a_new_number()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NoAnswer));
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.StillOpen);
        var (_, charge, number) = await SentAsync();
        Assert.Equal(AttemptState.Unknown, Assert.Single(await _house.AttemptsAsync(charge)).Status);
        await _house.RunUntilAsync(_house.Now.AddHours(1));
        Assert.Equal([number], _wechat.Numbers);
        _wechat.OnAsk = ScriptedWeChat.Paid;
        await _house.RunUntilAsync(_house.Now.AddDays(2));
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal([number], _wechat.Numbers);
    }

    [Fact]
    public async Task What_provably_never_arrived_goes_out_again_under_the_same_number()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NoAnswer));
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NotFoundYet);
        var (_, charge, number) = await SentAsync();
        await _house.RunUntilAsync(_house.Now.AddMinutes(4));
        Assert.Single(_wechat.Applied);
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Accepted));
        await _house.RunUntilAsync(_house.Now.AddMinutes(6));
        Assert.Equal([number, number], _wechat.Numbers);
        Assert.Equal(AttemptState.Accepted, Assert.Single(await _house.AttemptsAsync(charge)).Status);
    }

    [Fact]
    public async Task An_accepted_debit_that_is_not_found_during_its_day_keeps_waiting()
    {
        var (_, _, number) = await SentAsync();
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NotFoundYet);
        await _house.NotifyAsync(DebitHouse.FailedMessage(number, "NOTENOUGH")); // Makes us ask at once.
        await _house.RunUntilAsync(_house.Now.AddHours(20));
        Assert.NotEmpty(_wechat.Asked);
        Assert.Equal([number], _wechat.Numbers);
    }

    [Fact]
    public async Task After_a_crash_between_claim_and_call_the_number_is_asked_about_not_sent_anew()
    {
        _wechat.OnApply = _ => throw new OperationCanceledException("the process dies here");
        var (_, charge, number) = await DueAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _house.SendAsync());
        Assert.Equal(AttemptState.Sending, Assert.Single(await _house.AttemptsAsync(charge)).Status);

        var wechat = new ScriptedWeChat { OnAsk = _ => new Finding(AttemptEvidence.StillOpen) };
        await using var again = _house.Restarted(wechat);
        await again.RunUntilAsync(_house.Now.AddHours(1));
        Assert.Empty(wechat.Applied);
        Assert.Equal([number], wechat.Asked);
        wechat.OnAsk = ScriptedWeChat.Paid;
        await again.RunUntilAsync(_house.Now.AddHours(25));
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal([number], (await _house.AttemptsAsync(charge)).Select(a => a.Number));
    }

    [Fact]
    public async Task The_claim_is_durable_before_the_call()
    {
        var seen = "";
        _wechat.OnApply = async order =>
        {
            seen = (await test.Db.ReadAsync(reader => reader.FindAttemptAsync(order.Merchant, order.Number)))!.State;
            return new Finding(AttemptEvidence.Accepted);
        };
        await SentAsync();
        Assert.Equal("sending", seen);
    }

    // ---- failure and retry -------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_reported_failure_makes_us_ask_and_fails_nothing_by_itself()
    {
        var (_, charge, number) = await SentAsync();
        await _house.NotifyAsync(DebitHouse.FailedMessage(number, "NOTENOUGH"));
        Assert.Equal(AttemptState.Accepted, Assert.Single(await _house.AttemptsAsync(charge)).Status);
        _wechat.OnAsk = _ => ScriptedWeChat.Closing();
        await _house.AskAsync();
        var attempt = Assert.Single(await _house.AttemptsAsync(charge));
        Assert.Equal((AttemptState.Failed, "NOTENOUGH"), (attempt.Status, attempt.Code));
        Assert.Equal(ChargeState.RetryWait, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task Executions_are_repeated_on_the_second_and_fourth_day_and_the_third_failure_suspends()
    {
        var (subscription, charge, _) = await SentAsync();
        var contract = (await _house.ChargeAsync(charge)).ContractId;
        var firstExecution = _house.Now.AddHours(24).AddMinutes(5);
        _wechat.OnAsk = _ => ScriptedWeChat.Closing("NOTENOUGH");
        await _house.RunUntilAsync(firstExecution);
        Assert.Equal(SubscriptionState.PastDue, (await _house.FindSubscriptionAsync(subscription)).State);
        await _house.RunUntilAsync(firstExecution.AddDays(10));
        var attempts = await _house.AttemptsAsync(charge);
        Assert.Equal(3, attempts.Select(a => a.Number).Distinct().Count());
        Assert.All(attempts, a => Assert.Equal(AttemptState.Failed, a.Status));
        Assert.Equal([0, 2, 4], attempts.Select(a => (int)Math.Round((Instant.FromMicros(a.ExecutedAt!.Value) - firstExecution).TotalDays)));
        Assert.Equal(ChargeState.Exhausted, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal(ContractState.Suspended, await _house.ContractStateAsync(contract));
        Assert.Equal(SubscriptionState.OnHold, (await _house.FindSubscriptionAsync(subscription)).State);
        Assert.Equal(["charge.planned", "charge.due", "charge.failed", "charge.due", "charge.failed", "charge.due", "charge.exhausted"], await _house.EventsAsync(charge));
    }

    [Fact]
    public async Task A_recovery_uses_a_new_number_and_brings_the_subscription_back()
    {
        var (subscription, charge, first) = await SentAsync();
        _wechat.OnAsk = number => number == first ? ScriptedWeChat.Closing("NOTENOUGH") : ScriptedWeChat.Paid(number);
        await _house.RunUntilAsync(_house.Now.AddDays(4));
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal(2, (await _house.AttemptsAsync(charge)).Count);
        var renewed = await _house.FindSubscriptionAsync(subscription);
        Assert.Equal((SubscriptionState.Active, 1L), (renewed.State, renewed.PeriodNumber));
    }

    [Fact]
    public async Task Late_money_for_an_exhausted_charge_is_booked_and_renews()
    {
        var (subscription, charge, first) = await SentAsync();
        _wechat.OnAsk = _ => ScriptedWeChat.Closing("NOTENOUGH");
        await _house.RunUntilAsync(_house.Now.AddDays(10));
        await _house.NotifyPaidAsync(first);
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal(1, (await _house.FindSubscriptionAsync(subscription)).PeriodNumber);
        Assert.Equal(2500, await _house.BookedAsync(first, "wechat_clearing"));
    }

    [Fact]
    public async Task Money_of_a_second_number_for_one_charge_goes_to_suspense()
    {
        var (subscription, charge, first) = await SentAsync();
        _wechat.OnAsk = number => number == first ? ScriptedWeChat.Closing("NOTENOUGH") : new Finding(AttemptEvidence.StillOpen);
        await _house.RunUntilAsync(_house.Now.AddDays(2).AddHours(1));
        var second = _wechat.Numbers.Last();
        Assert.NotEqual(first, second);
        await _house.NotifyPaidAsync(first); // Late, while the second is out,
        await _house.NotifyPaidAsync(second); // which brings money too.
        Assert.Equal((1, 0), (await _house.BookedAsync(first, "wechat_clearing") / 2500, await _house.BookedAsync(first, "suspense")));
        Assert.Equal((2500, -2500), (await _house.BookedAsync(second, "wechat_clearing"), await _house.BookedAsync(second, "suspense")));
        Assert.Equal(1, (await _house.FindSubscriptionAsync(subscription)).PeriodNumber);
        Assert.Contains("contradiction.found", await _house.EventsAsync(charge));
        Assert.Equal([0L, 1L], (await _house.AttemptsAsync(charge)).Select(a => a.Excess));
    }

    [Fact]
    public async Task A_failure_after_the_money_is_a_contradiction_and_changes_nothing()
    {
        var (_, charge, number) = await SentAsync();
        await _house.NotifyPaidAsync(number);
        await _house.NotifyAsync(DebitHouse.FailedMessage(number, "NOTENOUGH"));
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal("contradiction.found", (await _house.EventsAsync(charge))[^1]);
    }

    [Fact]
    public async Task Another_amount_is_never_success()
    {
        var (_, charge, number) = await SentAsync();
        await _house.NotifyPaidAsync(number, amount: 1);
        Assert.Equal(ChargeState.InAttempt, (await _house.ChargeAsync(charge)).Status);
        Assert.Contains("contradiction.found", await _house.EventsAsync(charge));
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.PaidOtherAmount);
        await _house.AskAsync();
        Assert.Equal("manual_review", Charge.ApiName((await _house.ChargeAsync(charge)).Status));
        Assert.Equal(0, await _house.BookedAsync(number, "wechat_clearing"));
    }

    [Fact]
    public async Task After_SYSTEMERROR_an_order_that_stays_open_is_closed_before_a_new_number()
    {
        var (_, charge, first) = await SentAsync();
        _house.Now = _house.Now.AddHours(24).AddMinutes(6);
        await _house.NotifyAsync(DebitHouse.FailedMessage(first, "SYSTEMERROR"));
        await _house.RunUntilAsync(_house.Now.AddMinutes(1));
        Assert.Equal([first], _wechat.Closed);
        Assert.Equal(AttemptState.Closed, (await _house.AttemptsAsync(charge))[0].Status);
        await _house.RunUntilAsync(_house.Now.AddDays(1));
        Assert.Equal(2, _wechat.Numbers.Distinct().Count());
        Assert.Equal(0, (await _house.ChargeAsync(charge)).Failures); // Nobody's account was tried.
    }

    [Fact]
    public async Task FREQUENCY_LIMITED_sends_the_same_number_later()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NotTaken, "FREQUENCY_LIMITED"));
        var (_, charge, number) = await SentAsync();
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Accepted));
        await _house.RunUntilAsync(_house.Now.AddMinutes(1));
        Assert.Equal([number, number], _wechat.Numbers);
        Assert.Single(await _house.AttemptsAsync(charge));
    }

    [Fact]
    public async Task What_never_left_goes_out_again_under_the_same_number()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NeverLeft));
        var (_, _, number) = await SentAsync();
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Accepted));
        await _house.RunUntilAsync(_house.Now.AddMinutes(1));
        Assert.Equal([number, number], _wechat.Numbers);
    }

    [Fact]
    public async Task Five_faults_of_our_own_set_up_stop_the_lane()
    {
        for (var i = 0; i < 8; i++)
        {
            await _house.UseAsync(await _house.ContractAsync(12537));
        }

        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NotTaken, "SIGNERROR"));
        var next = await _house.SendAsync();
        Assert.Equal(DebitHouse.Start.AddMinutes(15), next);
        _house.Now = DebitHouse.Start.AddMinutes(14);
        Assert.Equal(DebitHouse.Start.AddMinutes(15), await _house.SendAsync());
        Assert.Equal(8, _wechat.Applied.Count);
    }

    [Fact]
    public async Task Three_days_without_any_answer_hand_the_charge_to_a_person()
    {
        var (_, charge, number) = await SentAsync();
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NoAnswer);
        await _house.RunUntilAsync(_house.Now.AddDays(5));
        Assert.Equal("manual_review", Charge.ApiName((await _house.ChargeAsync(charge)).Status));
        Assert.Equal([number], _wechat.Numbers);
        await _house.NotifyPaidAsync(number); // And yet it was paid.
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task A_number_that_could_not_be_sent_for_days_is_taken_back_and_frees_its_contract()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NeverLeft));
        var (_, charge, _) = await SentAsync();
        await _house.RunUntilAsync(_house.Now.AddDays(6));
        Assert.Equal(ChargeState.ManualReview, (await _house.ChargeAsync(charge)).Status);
        Assert.Equal(AttemptState.NotSent, Assert.Single(await _house.AttemptsAsync(charge)).Status);
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Accepted));
        var next = await _house.UseAsync((await _house.ChargeAsync(charge)).ContractId);
        await _house.RunUntilAsync(_house.Now.AddDays(1));
        Assert.Single(await _house.AttemptsAsync(next));
    }

    [Fact]
    public async Task An_unresolved_charge_that_is_retried_is_asked_about_and_sent_under_its_own_number_only()
    {
        var (_, charge, number) = await SentAsync();
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NoAnswer);
        await _house.RunUntilAsync(_house.Now.AddDays(5));
        Assert.Equal(ChargeState.Unresolved, (await _house.ChargeAsync(charge)).Status);
        await _house.ActAsync(desk => desk.RetryAsync(charge, _house.Request(), default));
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NotFoundYet);
        await _house.RunUntilAsync(_house.Now.AddDays(1));
        Assert.Equal([number, number], _wechat.Numbers);
        await _house.NotifyPaidAsync(number);
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task An_unresolved_charge_that_is_canceled_waits_for_its_number_and_ends_canceled()
    {
        var (_, charge, _) = await SentAsync();
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NoAnswer);
        await _house.RunUntilAsync(_house.Now.AddDays(5));
        await _house.ActAsync(desk => desk.CancelAsync(charge, null, _house.Request(), default));
        Assert.Equal(ChargeState.CancelPending, (await _house.ChargeAsync(charge)).Status);
        _wechat.OnAsk = _ => ScriptedWeChat.Closing();
        await _house.AskAsync();
        Assert.Equal(ChargeState.Canceled, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task Without_the_debit_query_no_such_order_is_not_believed_before_the_day_is_over()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NoAnswer));
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NotVisible, "ORDERNOTEXIST");
        var (_, _, number) = await SentAsync();
        await _house.RunUntilAsync(_house.Now.AddHours(24));
        Assert.Equal([number], _wechat.Numbers);
        await _house.RunUntilAsync(_house.Now.AddHours(24));
        Assert.Equal(number, _wechat.Numbers.Distinct().Single());
        Assert.True(_wechat.Applied.Count > 1);
    }

    [Fact]
    public async Task A_refused_repetition_says_nothing_about_the_first_send()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NoAnswer));
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NotFoundYet, "ORDERNOTEXIST");
        var (_, charge, number) = await SentAsync();
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Refused, "NOTENOUGH"));
        await _house.RunUntilAsync(_house.Now.AddHours(3));
        Assert.Equal([number, number], _wechat.Numbers);
        Assert.Equal(AttemptState.Unknown, Assert.Single(await _house.AttemptsAsync(charge)).Status);
        _wechat.OnAsk = ScriptedWeChat.Paid; // The first send was executed after all.
        await _house.RunUntilAsync(_house.Now.AddHours(24));
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
        Assert.Single(await _house.AttemptsAsync(charge));
    }

    [Fact]
    public async Task A_number_whose_first_send_was_never_decided_is_asked_about_before_it_is_taken_back()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NoAnswer));
        _wechat.OnAsk = _ => new Finding(AttemptEvidence.NotFoundYet, "ORDERNOTEXIST");
        var (_, charge, _) = await SentAsync();
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NotTaken, "SIGNERROR"));
        await _house.RunUntilAsync(_house.Now.AddMinutes(10));
        Assert.Equal(AttemptState.Planned, Assert.Single(await _house.AttemptsAsync(charge)).Status);
        await test.Db.WriteAsync(async tx => await _house.Charges.CancelUnsentAsync(tx, (await tx.FindChargeAsync(charge))!.ContractId, "contract_ended"));
        Assert.Equal(ChargeState.CancelPending, (await _house.ChargeAsync(charge)).Status);
        await _house.RunUntilAsync(_house.Now.AddHours(30));
        Assert.Equal(ChargeState.Canceled, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task What_stood_aside_for_a_withdrawn_number_is_woken()
    {
        var contract = await _house.ContractAsync();
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NotTaken, "SIGNERROR"));
        var first = await _house.UseAsync(contract);
        await _house.SendAsync();
        var second = await _house.UseAsync(contract);
        await _house.SendAsync();
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Accepted));
        await _house.ActAsync(desk => desk.CancelAsync(first, null, _house.Request(), default));
        await _house.SendAsync();
        Assert.Single(await _house.AttemptsAsync(second));
    }

    [Fact]
    public async Task What_stands_aside_looks_for_itself_when_its_wake_is_lost()
    {
        var (_, charge, _) = await DueAsync();
        var contract = (await _house.ChargeAsync(charge)).ContractId;
        await SetContractAsync(contract, ContractState.Suspended);
        await _house.SendAsync();
        await SetContractAsync(contract, ContractState.Active); // And nobody says so.
        await _house.RunUntilAsync(_house.Now.AddHours(6));
        Assert.Single(_wechat.Applied);
    }

    [Fact]
    public async Task A_missing_contract_puts_it_in_doubt_and_its_answer_decides()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Refused, "CONTRACT_NOT_EXIST"));
        var (_, charge, _) = await SentAsync();
        var contract = (await _house.ChargeAsync(charge)).ContractId;
        Assert.Equal(ContractState.InDoubt, await _house.ContractStateAsync(contract));
        await _house.RunUntilAsync(_house.Now.AddHours(2));
        Assert.Single(_wechat.Applied);
        await test.Db.WriteAsync(tx => _house.Charges.CancelUnsentAsync(tx, contract, "contract_ended"));
        Assert.Equal(ChargeState.Canceled, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task What_WeChat_keeps_refusing_ends_after_three_tries_with_the_contract_untouched()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.Refused, "INVALID_REQUEST"));
        var (_, charge, _) = await SentAsync();
        await _house.RunUntilAsync(_house.Now.AddDays(30));
        Assert.Equal(4, _wechat.Applied.Count);
        var ended = await _house.ChargeAsync(charge);
        Assert.Equal((ChargeState.Exhausted, "INVALID_REQUEST"), (ended.Status, ended.Reason));
        Assert.Equal(ContractState.Active, await _house.ContractStateAsync(ended.ContractId));
    }

    [Fact]
    public async Task A_charge_without_numbers_left_is_held()
    {
        var charge = await _house.UseAsync(await _house.ContractAsync(12537));
        await test.Db.WriteAsync(tx => tx.ExecuteAsync("update charge set attempts = 99 where id = @Id", new { Id = charge }));
        await _house.SendAsync();
        Assert.Equal((ChargeState.ManualReview, "too_many_attempts"), ((await _house.ChargeAsync(charge)).Status, (await _house.ChargeAsync(charge)).Reason));
    }

    [Fact]
    public async Task A_broken_row_stops_no_other_debit()
    {
        var (_, broken, _) = await DueAsync();
        await test.Db.WriteAsync(tx => tx.ExecuteAsync("update charge set due_day = 20260231 where id = @Id", new { Id = broken }));
        var sound = await _house.UseAsync(await _house.ContractAsync(12537));
        await _house.SendAsync();
        Assert.Equal(DebitNumber.OfUse(sound, 1), Assert.Single(_wechat.Applied).Number);
        Assert.True(Instant.FromMicros((await _house.ChargeAsync(broken)).NextAt!.Value) > _house.Now);
    }

    [Fact]
    public async Task What_can_never_be_sent_is_held_for_a_person_and_stops_nobody()
    {
        var broken = await _house.UseAsync(await _house.ContractAsync());
        _wechat.OnApply = order => Task.FromResult(order.Number == DebitNumber.OfUse(broken, 1)
            ? new Finding(AttemptEvidence.Unsendable, "papaya.invalid_field")
            : new Finding(AttemptEvidence.Accepted));
        await _house.SendAsync();
        var held = await _house.ChargeAsync(broken);
        Assert.Equal((ChargeState.ManualReview, "cannot_be_sent"), (held.Status, held.Reason));
        Assert.Equal(AttemptState.NotSent, Assert.Single(await _house.AttemptsAsync(broken)).Status);
        await _house.UseAsync(held.ContractId);
        await _house.SendAsync();
        Assert.Equal(2, _wechat.Applied.Count);
    }

    [Fact]
    public async Task What_goes_out_again_never_takes_the_whole_batch()
    {
        await using var house = new DebitHouse(test.Db, test.Clock, _wechat, options => (options.PermitsPerSecond, options.Batch) = (0, 2));
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NotTaken, "FREQUENCY_LIMITED"));
        for (var i = 0; i < 4; i++)
        {
            await house.UseAsync(await house.ContractAsync(12537));
            await house.SendAsync();
        }

        house.Now += TimeSpan.FromMinutes(1); // All four are due again.
        var fresh = await house.UseAsync(await house.ContractAsync(12537));
        await house.SendAsync();
        Assert.Contains(DebitNumber.OfUse(fresh, 1), _wechat.Numbers);
    }

    [Fact]
    public async Task A_merchants_faults_of_set_up_stop_only_its_own_debits()
    {
        for (var i = 0; i < 5; i++)
        {
            await _house.UseAsync(await _house.ContractAsync(12537));
        }

        _wechat.OnApply = order => Task.FromResult(order.Merchant == Preset.MerchantNumber
            ? new Finding(AttemptEvidence.NotTaken, "SIGNERROR")
            : new Finding(AttemptEvidence.Accepted));
        await _house.SendAsync();
        var (own, other) = (await _house.UseAsync(await _house.ContractAsync(12537)), await _house.UseAsync(await _house.ContractAsync(12537)));
        await test.Db.WriteAsync(tx => tx.ExecuteAsync("update charge set merchant = '20000200' where id = @Id", new { Id = other }));
        await _house.SendAsync();
        Assert.Contains(DebitNumber.OfUse(other, 1), _wechat.Numbers);
        Assert.DoesNotContain(DebitNumber.OfUse(own, 1), _wechat.Numbers);
    }

    [Fact]
    public async Task A_question_that_cannot_be_asked_loses_no_other_answer()
    {
        await _house.UseAsync(await _house.ContractAsync(12537));
        var sound = await _house.UseAsync(await _house.ContractAsync(12537), 2500);
        await _house.SendAsync();
        _wechat.OnAsk = number => number == DebitNumber.OfUse(sound, 1) ? ScriptedWeChat.Paid(number) : throw new InvalidOperationException("Merchant has no app.");
        _house.Now += TimeSpan.FromMinutes(1);
        await _house.AskAsync();
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(sound)).Status);
    }

    [Theory]
    [InlineData("月度会员", "月度会员")]
    [InlineData("会员🎁\u0007卡", "会员卡")]
    [InlineData("🎁", "自动续费")]
    public void A_description_is_sent_without_what_WeChat_refuses(string description, string expected) => Assert.Equal(expected, DebitGateway.Fit(description));

    [Fact]
    public async Task No_more_is_claimed_than_leaves_at_once()
    {
        await using var house = new DebitHouse(test.Db, test.Clock, _wechat, options => (options.PermitsPerSecond, options.Concurrency) = (0, 2));
        for (var i = 0; i < 5; i++)
        {
            await house.UseAsync(await house.ContractAsync(12537));
        }

        await house.SendAsync();
        Assert.Equal(2, _wechat.Applied.Count);
    }

    // ---- the guard ---------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(ContractState.Suspended)]
    [InlineData(ContractState.InDoubt)]
    [InlineData(ContractState.Terminating)]
    [InlineData(ContractState.Terminated)]
    public async Task Nothing_leaves_without_an_active_contract(ContractState state)
    {
        var (_, charge, _) = await DueAsync();
        await SetContractAsync((await _house.ChargeAsync(charge)).ContractId, state);
        await _house.RunUntilAsync(_house.Now.AddHours(3));
        Assert.Empty(_wechat.Applied);
        Assert.Equal(state is ContractState.Terminating or ContractState.Terminated, (await _house.ChargeAsync(charge)).Status == ChargeState.Canceled);
    }

    [Fact]
    public async Task A_resumed_contract_is_debited_again()
    {
        var (_, charge, _) = await DueAsync();
        var contract = (await _house.ChargeAsync(charge)).ContractId;
        await SetContractAsync(contract, ContractState.Suspended);
        await _house.SendAsync();
        await SetContractAsync(contract, ContractState.Active);
        await test.Db.WriteAsync(tx => _house.Charges.ContractActiveAsync(tx, contract));
        await _house.SendAsync();
        Assert.Single(_wechat.Applied);
    }

    [Fact]
    public async Task A_canceled_subscription_is_not_debited()
    {
        var (subscription, charge, _) = await DueAsync();
        await test.Db.WriteAsync(tx => tx.ExecuteAsync("update subscription set status = 'canceled' where id = @Id", new { Id = subscription }));
        await _house.SendAsync();
        Assert.Empty(_wechat.Applied);
        Assert.Equal(ChargeState.Canceled, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task At_night_nothing_leaves()
    {
        var contract = await _house.ContractAsync(12537);
        _house.Now = new DateTimeOffset(2026, 3, 1, 22, 0, 0, TimeSpan.FromHours(8));
        await _house.UseAsync(contract);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 7, 0, 0, TimeSpan.FromHours(8)), await _house.SendAsync());
        Assert.Empty(_wechat.Applied);
        await _house.RunUntilAsync(new DateTimeOffset(2026, 3, 2, 7, 0, 0, TimeSpan.FromHours(8)));
        Assert.Single(_wechat.Applied);
    }

    [Fact]
    public async Task Canceled_while_under_way_it_ends_canceled_unless_the_money_comes()
    {
        var (_, charge, number) = await SentAsync();
        var contract = (await _house.ChargeAsync(charge)).ContractId;
        await test.Db.WriteAsync(tx => _house.Charges.CancelUnsentAsync(tx, contract, "contract_ended"));
        Assert.Equal(ChargeState.CancelPending, (await _house.ChargeAsync(charge)).Status);
        await _house.NotifyAsync(DebitHouse.FailedMessage(number, "CONTRACT_NOT_EXIST"));
        _wechat.OnAsk = _ => ScriptedWeChat.Closing();
        await _house.AskAsync();
        Assert.Equal(ChargeState.Canceled, (await _house.ChargeAsync(charge)).Status);
        await _house.NotifyPaidAsync(number);
        Assert.Equal(ChargeState.Succeeded, (await _house.ChargeAsync(charge)).Status);
    }

    [Fact]
    public async Task Canceled_before_its_number_goes_out_again_it_never_does()
    {
        _wechat.OnApply = _ => Task.FromResult(new Finding(AttemptEvidence.NotTaken, "FREQUENCY_LIMITED"));
        var (_, charge, _) = await SentAsync();
        await test.Db.WriteAsync(async tx => await _house.Charges.CancelUnsentAsync(tx, (await tx.FindChargeAsync(charge))!.ContractId, "contract_ended"));
        Assert.Equal(ChargeState.Canceled, (await _house.ChargeAsync(charge)).Status);
        await _house.RunUntilAsync(_house.Now.AddDays(1));
        Assert.Single(_wechat.Applied);
        Assert.Equal(AttemptState.NotSent, Assert.Single(await _house.AttemptsAsync(charge)).Status);
    }

    [Fact]
    public async Task In_24_hour_mode_a_contract_has_one_debit_waiting()
    {
        var contract = await _house.ContractAsync();
        var (a, b) = (await _house.UseAsync(contract), await _house.UseAsync(contract));
        await _house.RunUntilAsync(_house.Now.AddHours(1));
        var first = Assert.Single(_wechat.Applied).Number;
        await _house.NotifyPaidAsync(first, 100);
        await _house.RunUntilAsync(_house.Now.AddHours(1));
        Assert.Equal(2, _wechat.Applied.Count);
        Assert.All([await _house.AttemptsAsync(a), await _house.AttemptsAsync(b)], attempts => Assert.Single(attempts));
    }

    [Fact]
    public async Task Eleven_uses_in_a_day_leave_one_for_tomorrow()
    {
        await using var house = new DebitHouse(test.Db, test.Clock, _wechat);
        var contract = await house.ContractAsync(12537);
        _wechat.OnApply = async order =>
        {
            await house.NotifyPaidAsync(order.Number, order.Amount);
            return new Finding(AttemptEvidence.Accepted);
        };
        for (var i = 0; i < 6; i++)
        {
            await house.UseAsync(contract);
        }

        await house.RunUntilAsync(house.Now.AddHours(1));
        Assert.Equal(5, _wechat.Applied.Count); // WeChat's own five successes a day come first.
        await house.RunUntilAsync(house.Now.AddDays(1));
        Assert.Equal(6, _wechat.Applied.Count);
    }

    [Fact]
    public async Task A_jump_above_twice_the_mean_waits_for_a_person()
    {
        var contract = await _house.ContractAsync(12537);
        _wechat.OnApply = async order =>
        {
            await _house.NotifyPaidAsync(order.Number, order.Amount);
            return new Finding(AttemptEvidence.Accepted);
        };
        await _house.UseAsync(contract, 100);
        await _house.SendAsync();
        var jump = await _house.UseAsync(contract, 201);
        await _house.SendAsync();
        var held = await _house.ChargeAsync(jump);
        Assert.Equal((ChargeState.ManualReview, "amount_jump"), (held.Status, held.Reason));
        Assert.Single(_wechat.Applied);
    }

    [Fact]
    public async Task No_more_than_150_leave_in_a_second()
    {
        for (var i = 0; i < 40; i++)
        {
            await _house.UseAsync(await _house.ContractAsync(12537));
        }

        var sent = new List<(DateTimeOffset At, int Count)>();
        while (_wechat.Applied.Count < 40)
        {
            var before = _wechat.Applied.Count;
            var next = await _house.SendAsync();
            sent.Add((_house.Now, _wechat.Applied.Count - before));
            _house.Now = next ?? _house.Now;
        }

        Assert.Equal(15, sent[0].Count);
        Assert.True(_house.Now > DebitHouse.Start);
    }

    // ---- what the indexes decide -------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Of_twenty_attempts_at_one_charge_at_once_one_is_stored()
    {
        var contract = await _house.ContractAsync(12537);
        var charge = await _house.UseAsync(contract);
        var stored = await Task.WhenAll(Enumerable.Range(1, 20).Select(n => test.Db.WriteAsync(tx => tx.InsertAsync(Attempt(charge, contract, n, "pay_later")))));
        Assert.Equal(1, stored.Sum());
    }

    [Fact]
    public async Task After_a_success_no_other_attempt_at_the_charge_is_stored()
    {
        var contract = await _house.ContractAsync(12537);
        var charge = await _house.UseAsync(contract);
        var paid = Attempt(charge, contract, 1, "pay_later");
        Assert.Equal(1, await test.Db.WriteAsync(tx => tx.InsertAsync(paid)));
        paid.Status = AttemptState.Succeeded;
        await test.Db.WriteAsync(tx => tx.SaveAsync(paid));
        Assert.Equal(0, await test.Db.WriteAsync(tx => tx.InsertAsync(Attempt(charge, contract, 2, "pay_later"))));
    }

    [Fact]
    public async Task In_24_hour_mode_of_two_charges_of_a_contract_one_has_an_open_attempt()
    {
        var contract = await _house.ContractAsync();
        var (a, b) = (await _house.UseAsync(contract), await _house.UseAsync(contract));
        var stored = await Task.WhenAll(new[] { a, b }.Select(charge => test.Db.WriteAsync(tx => tx.InsertAsync(Attempt(charge, contract, 1, "delay_24h")))));
        Assert.Equal(1, stored.Sum());
        var later = await _house.ContractAsync(12537);
        var (c, d) = (await _house.UseAsync(later), await _house.UseAsync(later));
        stored = await Task.WhenAll(new[] { c, d }.Select(charge => test.Db.WriteAsync(tx => tx.InsertAsync(Attempt(charge, later, 1, "pay_later")))));
        Assert.Equal(2, stored.Sum());
    }

    [Fact]
    public async Task One_transaction_number_pays_one_attempt()
    {
        var contract = await _house.ContractAsync(12537);
        var (a, b) = (Attempt(await _house.UseAsync(contract), contract, 1, "pay_later"), Attempt(await _house.UseAsync(contract), contract, 1, "pay_later"));
        await test.Db.WriteAsync(tx => tx.InsertAsync(a));
        await test.Db.WriteAsync(tx => tx.InsertAsync(b));
        (a.TransactionId, b.TransactionId) = ("4200000001", "4200000001");
        await test.Db.WriteAsync(tx => tx.SaveAsync(a));
        await Assert.ThrowsAnyAsync<Exception>(() => test.Db.WriteAsync(tx => tx.SaveAsync(b)));
    }

    [Fact]
    public async Task Four_senders_on_one_database_send_each_charge_once()
    {
        for (var i = 0; i < 60; i++)
        {
            await _house.UseAsync(await _house.ContractAsync(12537));
        }

        var houses = Enumerable.Range(0, 4).Select(_ => new DebitHouse(test.Db, test.Clock, _wechat, options => options.PermitsPerSecond = 0)).ToArray();
        await Task.WhenAll(houses.Select(house => house.SendAsync()));
        Assert.Equal(60, _wechat.Applied.Count);
        Assert.Equal(60, _wechat.Numbers.Distinct().Count());
        foreach (var house in houses)
        {
            await house.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_answer_that_cannot_be_written_stops_no_other()
    {
        var charges = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            charges.Add(await _house.UseAsync(await _house.ContractAsync(12537)));
        }

        charges.Sort((a, b) => string.CompareOrdinal(DebitNumber.OfUse(a, 1), DebitNumber.OfUse(b, 1))); // As they are asked about.
        await _house.SendAsync();
        var wrong = DebitNumber.OfUse(charges[1], 1);
        var taken = "42" + DebitNumber.OfUse(charges[0], 1);
        await _house.NotifyPaidAsync(DebitNumber.OfUse(charges[0], 1), 100);
        _wechat.OnAsk = number => number == wrong ? ScriptedWeChat.Paid(number) with { TransactionId = taken } : ScriptedWeChat.Paid(number);
        await _house.RunUntilAsync(_house.Now.AddMinutes(10));
        Assert.Equal([ChargeState.Succeeded, ChargeState.InAttempt, ChargeState.Succeeded], await Task.WhenAll(charges.Select(async id => (await _house.ChargeAsync(id)).Status)));
        Assert.True(_wechat.Asked.Count(number => number == wrong) is > 1 and < 10);
    }

    [Fact]
    public async Task A_notification_about_a_strange_number_is_not_applied() =>
        Assert.Equal(NotificationOutcome.UnknownNumber, await _house.NotifyPaidAsync("P260228QRVBW2QW3622XQK501F"));

    // ---- verbs -------------------------------------------------------------------------------------------------------------------

    /// <summary>A subscription whose second period's charge is due now.</summary>
    private async Task<(string Subscription, string Charge, string Number)> DueAsync()
    {
        var (subscription, _) = await _house.SubscriptionAsync();
        var charge = DebitNumber.ChargeOfPeriod(subscription, 1);
        var due = DebitHouse.Start.AddMonths(1).AddDays(-1);
        await _house.RunUntilAsync(due.AddSeconds(-1));
        _house.Now = due;
        return (subscription, charge, DebitNumber.OfPeriod(charge, Beijing.DateOf(due), 1));
    }

    private async Task<(string Subscription, string Charge, string Number)> SentAsync()
    {
        var due = await DueAsync();
        await _house.SendAsync();
        Assert.Equal([due.Number], _wechat.Numbers);
        return due;
    }

    private Task SetContractAsync(string id, ContractState state) => test.Db.WriteAsync(async tx =>
    {
        var contract = (await tx.TakeContractAsync(id))!;
        contract.State = state;
        Assert.True(await tx.TrySaveAsync(contract));
    });

    private static AttemptRow Attempt(string charge, string contract, int n, string mode) => new()
    {
        Merchant = Preset.MerchantNumber, Number = DebitNumber.OfUse(charge, n), ChargeId = charge, ContractId = contract, Attempt = n, Mode = mode, Amount = 100,
        Status = AttemptState.Sending, SentAt = 1, CreatedAt = 1, Version = 1,
    };
}

public sealed class DebitFlowTestsOnSqlite() : DebitFlowTests(new SqliteFile());

public sealed class DebitFlowTestsOnPostgres() : DebitFlowTests(new PostgresSchema());
