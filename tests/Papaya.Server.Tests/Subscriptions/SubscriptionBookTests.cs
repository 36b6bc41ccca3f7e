using System.Text.Json.Nodes;
using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Checkout;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;
using Papaya.Server.Tests.Checkout;
using Papaya.Testing;

namespace Papaya.Server.Tests.Subscriptions;

public abstract class SubscriptionBookTests(TestDatabase database) : IAsyncLifetime
{
    private SigningDesk? _desk;

    private SigningDesk Desk => _desk ??= new SigningDesk(database);

    public Task InitializeAsync() => SigningDesk.EmptyAsync(database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_first_period_starts_with_the_payment_and_keeps_its_anchor()
    {
        Desk.Clock.Now = new DateTimeOffset(2026, 1, 31, 10, 0, 0, Beijing.Offset);
        var visit = await SubscribedAsync();
        Assert.Equal((At(1, 31), At(2, 28)), await PeriodAsync(visit));
        await RenewedAsync(visit, 1);
        Assert.Equal((At(2, 28), At(3, 31)), await PeriodAsync(visit));
    }

    [Fact]
    public async Task A_settled_charge_turns_the_period_once_however_often_it_is_said()
    {
        var visit = await SubscribedAsync();
        var before = await PeriodAsync(visit);
        await RenewedAsync(visit, 1);
        await RenewedAsync(visit, 1);
        Assert.Equal(before.End, (await PeriodAsync(visit)).Start);
        Assert.Equal(1, (await Desk.SubscriptionAsync(visit)).PeriodNumber);
        Assert.Single(await Desk.EventsAsync(visit.SubscriptionId), "subscription.renewed");
    }

    [Fact]
    public async Task A_period_out_of_turn_is_a_contradiction()
    {
        var visit = await SubscribedAsync();
        await RenewedAsync(visit, 3);
        Assert.Equal(0, (await Desk.SubscriptionAsync(visit)).PeriodNumber);
        Assert.Contains("contradiction.found", await Desk.EventsAsync(visit.SubscriptionId));
    }

    [Fact]
    public async Task A_failed_try_is_past_due_and_a_paid_one_is_active_again()
    {
        var visit = await SubscribedAsync();
        await FailedAsync(visit, Setback.TryFailed);
        Assert.Equal(SubscriptionState.PastDue, (await Desk.SubscriptionAsync(visit)).State);
        Assert.True((await Desk.SubscriptionAsync(visit)).Renews);
        await RenewedAsync(visit, 1);
        Assert.Equal(SubscriptionState.Active, (await Desk.SubscriptionAsync(visit)).State);
    }

    [Fact]
    public async Task The_last_failed_try_puts_it_on_hold_and_thirty_days_later_it_ends_with_its_contract()
    {
        var visit = await SubscribedAsync();
        var end = (await PeriodAsync(visit)).End;
        await FailedAsync(visit, Setback.TryFailed);
        await FailedAsync(visit, Setback.Exhausted);
        Assert.Equal(SubscriptionState.OnHold, (await Desk.SubscriptionAsync(visit)).State);
        Assert.Equal(["subscription.past_due", "subscription.on_hold"], (await Desk.EventsAsync(visit.SubscriptionId)).TakeLast(2));
        await Desk.PassAsync(end + TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1) - Desk.Clock.Now);
        Assert.Equal(SubscriptionState.OnHold, (await Desk.SubscriptionAsync(visit)).State);
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(SubscriptionState.Canceled, (await Desk.SubscriptionAsync(visit)).State);
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(visit.ContractId!)).State);
    }

    [Fact]
    public async Task A_period_whose_charge_was_waived_or_held_is_not_given_for_ever()
    {
        var visit = await SubscribedAsync();
        var end = (await PeriodAsync(visit)).End;
        await Desk.PassAsync(end + SubscriptionBook.Grace - TimeSpan.FromSeconds(1) - Desk.Clock.Now);
        Assert.Equal(SubscriptionState.Active, (await Desk.SubscriptionAsync(visit)).State);
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(SubscriptionState.OnHold, (await Desk.SubscriptionAsync(visit)).State);
        Assert.Equal("subscription.on_hold", (await Desk.EventsAsync(visit.SubscriptionId))[^1]);
        await Desk.PassAsync(TimeSpan.FromDays(24));
        Assert.Equal(SubscriptionState.Canceled, (await Desk.SubscriptionAsync(visit)).State);
    }

    [Fact]
    public async Task Canceling_at_the_periods_end_ends_the_contract_at_once_and_keeps_what_is_paid()
    {
        var visit = await SubscribedAsync();
        var view = await CancelAsync(visit, SubscriptionEvidence.CancelAtPeriodEnd);
        Assert.Equal(("active", false), ((string?)view["status"], (bool)view["auto_renew"]!));
        Assert.Null(view["next_charge"]);
        Assert.Equal(ContractState.Terminating, (await Desk.ContractAsync(visit.ContractId!)).State);
        Assert.Contains("subscription.cancel_scheduled", await Desk.EventsAsync(visit.SubscriptionId));
        await Desk.PassAsync(TimeSpan.FromDays(32));
        Assert.Equal(SubscriptionState.Canceled, (await Desk.SubscriptionAsync(visit)).State);
        Assert.Equal("subscription.canceled", (await Desk.EventsAsync(visit.SubscriptionId))[^1]);
    }

    [Fact]
    public async Task Canceling_now_ends_both_at_once()
    {
        var visit = await SubscribedAsync();
        var view = await CancelAsync(visit, SubscriptionEvidence.CancelNow);
        Assert.Equal("canceled", (string?)view["status"]);
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(visit.ContractId!)).State);
    }

    [Fact]
    public async Task A_renewal_that_was_under_way_when_the_customer_left_is_honoured()
    {
        var visit = await SubscribedAsync();
        await CancelAsync(visit, SubscriptionEvidence.CancelNow);
        await RenewedAsync(visit, 1);
        var subscription = await Desk.SubscriptionAsync(visit);
        Assert.Equal((SubscriptionState.Ending, false, 1L), (subscription.State, subscription.Renews, subscription.PeriodNumber));
        await Desk.PassAsync(TimeSpan.FromDays(70));
        Assert.Equal(SubscriptionState.Canceled, (await Desk.SubscriptionAsync(visit)).State);
    }

    [Fact]
    public async Task Without_a_contract_it_ends_with_its_period()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit);
        await Desk.PassAsync(TimeSpan.FromDays(30));
        Assert.Equal(SubscriptionState.Active, (await Desk.SubscriptionAsync(visit)).State);
        await Desk.PassAsync(TimeSpan.FromDays(2));
        Assert.Equal(SubscriptionState.Canceled, (await Desk.SubscriptionAsync(visit)).State);
    }

    [Fact]
    public async Task Who_cancels_before_paying_and_pays_after_all_gets_what_is_paid_for()
    {
        var visit = await Desk.OpenAsync();
        var view = await CancelAsync(visit, SubscriptionEvidence.CancelAtPeriodEnd);
        Assert.Equal("canceled", (string?)view["status"]);
        await Desk.PaidAsync(visit);
        var subscription = await Desk.SubscriptionAsync(visit);
        Assert.Equal((SubscriptionState.Ending, "active", false), (subscription.State, subscription.State.ToApi(), subscription.Renews));
        Assert.NotNull(subscription.PeriodEnd);
    }

    [Theory]
    [InlineData("sign", "cancel", "pay")]
    [InlineData("cancel", "sign", "pay")]
    [InlineData("cancel", "pay", "sign")]
    [InlineData("sign", "cancel", "loop", "pay")]
    [InlineData("cancel", "sign", "loop", "pay")]
    [InlineData("cancel", "pay", "loop", "sign")]
    public async Task After_a_cancel_before_the_payment_nothing_renews_in_whatever_order_the_rest_comes(params string[] steps)
    {
        var visit = await Desk.OpenAsync();
        foreach (var step in steps)
        {
            await (step switch
            {
                "sign" => Desk.AddAsync(Desk.Signed(visit)),
                "cancel" => CancelAsync(visit, SubscriptionEvidence.CancelAtPeriodEnd),
                "pay" => Desk.PaidAsync(visit),
                _ => Desk.PassAsync(TimeSpan.FromMinutes(1)),
            });
        }

        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        var subscription = await Desk.SubscriptionAsync(visit);
        Assert.Equal((SubscriptionState.Ending, false), (subscription.State, subscription.Renews));
        Assert.Equal(0, await Desk.Db.ReadAsync(reader => reader.ScalarAsync<long>("select count(*) from charge")));
        visit = await Desk.VisitAsync(visit.Id);
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(visit.ContractId!)).State);
        await Desk.PassAsync(TimeSpan.FromDays(32));
        Assert.Equal(SubscriptionState.Canceled, (await Desk.SubscriptionAsync(visit)).State);
    }

    [Fact]
    public async Task The_next_charge_is_told_while_it_renews()
    {
        var visit = await SubscribedAsync();
        var view = (await Desk.Db.ReadAsync(reader => Desk.SubscriptionFlow.ViewAsync(reader, visit.SubscriptionId)))!;
        Assert.Equal(2_500, view.NextCharge!.Amount);
        Assert.Equal(view.CurrentPeriod!.End - TimeSpan.FromDays(1), view.NextCharge.At);
    }

    [Fact]
    public async Task A_row_that_somebody_else_changed_is_not_saved()
    {
        var visit = await SubscribedAsync();
        var (mine, theirs) = (await Desk.SubscriptionAsync(visit), await Desk.SubscriptionAsync(visit));
        Assert.True(await Desk.Db.WriteAsync(tx => tx.TrySaveAsync(theirs)));
        Assert.False(await Desk.Db.WriteAsync(tx => tx.TrySaveAsync(mine)));
    }

    [Fact]
    public async Task Lists_are_narrowed_and_paged()
    {
        var plan = await Desk.PlanAsync();
        for (var i = 0; i < 3; i++)
        {
            await Desk.OpenAsync($"oUser{i}", plan);
        }

        var seen = new List<string>();
        var after = new Cursor(long.MinValue, "");
        while (true)
        {
            var at = after;
            var page = await Desk.Db.ReadAsync(reader => Desk.SubscriptionFlow.ListAsync(
                reader, new SubscriptionFilter("u1", "vip", null, ["incomplete"]), new PageQuery(2, at)));
            seen.AddRange(page.Data.Select(view => view.Id));
            if (page.Next is null || !Cursor.TryParse(page.Next, out after))
            {
                break;
            }
        }

        Assert.Equal(3, seen.Distinct().Count());
        Assert.Empty((await Desk.Db.ReadAsync(reader => Desk.SubscriptionFlow.ListAsync(
            reader, new SubscriptionFilter("u1", null, null, ["active", "ending"]), new PageQuery(2, new Cursor(long.MinValue, ""))))).Data);
    }

    private async Task<CheckoutVisit> SubscribedAsync()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit);
        await Desk.AddAsync(Desk.Signed(visit));
        return await Desk.VisitAsync(visit.Id);
    }

    private Task RenewedAsync(CheckoutVisit visit, long period) => Desk.Db.WriteAsync(tx => Desk.Subscriptions.RenewedAsync(tx, visit.SubscriptionId, period));

    private Task FailedAsync(CheckoutVisit visit, Setback setback) => Desk.Db.WriteAsync(tx => Desk.Subscriptions.ChargeFailedAsync(tx, visit.SubscriptionId, setback));

    private async Task<JsonNode> CancelAsync(CheckoutVisit visit, SubscriptionEvidence wish) =>
        JsonNode.Parse(((Answer)await Desk.SubscriptionFlow.CancelAsync(visit.SubscriptionId, wish, Desk.Request(), default)).Body)!;

    private async Task<(DateTimeOffset Start, DateTimeOffset End)> PeriodAsync(CheckoutVisit visit)
    {
        var subscription = await Desk.SubscriptionAsync(visit);
        return (Instant.FromMicros(subscription.PeriodStart!.Value), Instant.FromMicros(subscription.PeriodEnd!.Value));
    }

    private static DateTimeOffset At(int month, int day) => new DateTimeOffset(2026, month, day, 10, 0, 0, Beijing.Offset).ToUniversalTime();
}

public sealed class SubscriptionBookOnSqlite(SqliteFile db) : SubscriptionBookTests(db), IClassFixture<SqliteFile>;

public sealed class SubscriptionBookOnPostgres(PostgresSchema db) : SubscriptionBookTests(db), IClassFixture<PostgresSchema>;
