using Papaya.Billing.Contracts;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Checkout;
using Papaya.Server.Contracts;
using Papaya.Server.Hosting;
using Papaya.Testing;

namespace Papaya.Server.Tests.Checkout;

public abstract class CheckoutFlowTests(TestDatabase database) : IAsyncLifetime
{
    private SigningDesk? _desk;

    private SigningDesk Desk => _desk ??= new SigningDesk(database);

    public Task InitializeAsync() => SigningDesk.EmptyAsync(database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_order_answers_with_what_opens_the_cashier()
    {
        var answer = await Desk.CreateAsync();
        Assert.Equal("pending", (string?)answer["outcome"]);
        Assert.Equal("pending", (string?)answer["payment"]!["status"]);
        Assert.Equal("pending", (string?)answer["contract"]!["status"]);
        Assert.Equal("prepay_id=wx01", (string?)answer["invoke"]!["package"]);
        Assert.Equal(["checkout.created"], await Desk.EventsAsync((string)answer["id"]!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Payment_and_signature_come_in_either_order(bool paymentFirst)
    {
        var visit = await Desk.OpenAsync();
        if (paymentFirst)
        {
            await Desk.PaidAsync(visit);
            Assert.Equal(CheckoutOutcome.PaidSigningPending, (await Desk.VisitAsync(visit.Id)).Outcome);
            Assert.False((await Desk.SubscriptionAsync(visit)).Renews);
            await Desk.AddAsync(Desk.Signed(visit));
        }
        else
        {
            await Desk.AddAsync(Desk.Signed(visit));
            Assert.Equal(SubscriptionState.Incomplete, (await Desk.SubscriptionAsync(visit)).State);
            await Desk.PaidAsync(visit);
        }

        visit = await Desk.VisitAsync(visit.Id);
        var subscription = await Desk.SubscriptionAsync(visit);
        Assert.Equal(CheckoutOutcome.Complete, visit.Outcome);
        Assert.Equal((SubscriptionState.Active, true, visit.ContractId), (subscription.State, subscription.Renews, subscription.ContractId));
        Assert.Equal(2_500, await Desk.BookedAsync(visit.OutTradeNo));
        Assert.Single(await Desk.EventsAsync(visit.Id), "checkout.completed");
        Assert.Null(visit.NextAt);
    }

    [Fact]
    public async Task What_is_said_twice_counts_once()
    {
        var visit = await Desk.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            await Desk.PaidAsync(visit);
            await Desk.AddAsync(Desk.Signed(visit));
        }

        Assert.Equal(2_500, await Desk.BookedAsync(visit.OutTradeNo));
        Assert.Equal(["checkout.created", "checkout.paid", "checkout.signed", "checkout.completed"], await Desk.EventsAsync(visit.Id));
        Assert.Equal(["subscription.activated"], await Desk.EventsAsync(visit.SubscriptionId));
    }

    [Fact]
    public async Task Both_notifications_lost_are_asked_for()
    {
        var visit = await Desk.OpenAsync();
        Desk.WeChat.Payment = v => new(PaymentEvidence.PaidInFull, Desk.PaidFacts(v));
        Desk.WeChat.ContractOfVisit = v => new(ContractFinding.Signed, Desk.Signed(v));
        await Desk.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(CheckoutOutcome.Complete, (await Desk.VisitAsync(visit.Id)).Outcome);
        Assert.True((await Desk.SubscriptionAsync(visit)).Renews);
    }

    [Fact]
    public async Task Another_amount_is_no_payment_but_a_contradiction()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit, amount: 1);
        Assert.Equal("pending", (await Desk.VisitAsync(visit.Id)).Payment.ToApi());
        Assert.Equal(0, await Desk.BookedAsync(visit.OutTradeNo));
        Assert.Contains("contradiction.found", await Desk.EventsAsync(visit.Id));
        Assert.Equal(SubscriptionState.Incomplete, (await Desk.SubscriptionAsync(visit)).State);
    }

    [Fact]
    public async Task A_silent_contract_is_not_signed_fifteen_minutes_after_the_payment()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit);
        await Desk.PassAsync(TimeSpan.FromMinutes(14));
        Assert.Equal(CheckoutOutcome.PaidSigningPending, (await Desk.VisitAsync(visit.Id)).Outcome);
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(CheckoutOutcome.PaidNotSigned, (await Desk.VisitAsync(visit.Id)).Outcome);
        var subscription = await Desk.SubscriptionAsync(visit);
        Assert.Equal((SubscriptionState.Active, false), (subscription.State, subscription.Renews));
        Assert.Contains("checkout.not_signed", await Desk.EventsAsync(visit.Id));
    }

    [Fact]
    public async Task A_signature_that_comes_late_still_counts()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit);
        await Desk.PassAsync(TimeSpan.FromHours(1));
        await Desk.AddAsync(Desk.Signed(visit));
        Assert.Equal(CheckoutOutcome.Complete, (await Desk.VisitAsync(visit.Id)).Outcome);
        Assert.True((await Desk.SubscriptionAsync(visit)).Renews);
    }

    [Fact]
    public async Task A_signing_in_progress_is_waited_for_until_the_order_is_long_over()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit);
        Desk.WeChat.ContractOfVisit = _ => new(ContractFinding.InProgress);
        await Desk.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal(CheckoutOutcome.PaidSigningPending, (await Desk.VisitAsync(visit.Id)).Outcome);
        await Desk.PassAsync(TimeSpan.FromHours(3));
        Assert.Equal(CheckoutOutcome.PaidNotSigned, (await Desk.VisitAsync(visit.Id)).Outcome);
    }

    [Fact]
    public async Task A_contract_that_WeChat_refuses_is_told_before_the_payment()
    {
        Desk.WeChat.Orders.Enqueue(ScriptedWeChat.Prepared(SigningEvidence.PreSignFailed) with { SigningCode = "Fail", SigningReason = "已签约" });
        var answer = await Desk.CreateAsync();
        Assert.Equal("refused", (string?)answer["contract"]!["status"]);
        Assert.Equal("已签约", (string?)answer["contract"]!["reason"]);
        Assert.NotNull(answer["invoke"]);
        var visit = await Desk.VisitAsync((string)answer["id"]!);
        await Desk.PaidAsync(visit);
        Assert.Equal(CheckoutOutcome.PaidNotSigned, (await Desk.VisitAsync(visit.Id)).Outcome);
    }

    [Fact]
    public async Task A_contract_signed_though_refused_is_asked_about_and_then_believed()
    {
        Desk.WeChat.Orders.Enqueue(ScriptedWeChat.Prepared(SigningEvidence.PreSignFailed));
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit);
        await Desk.AddAsync(Desk.Signed(visit));
        Assert.Contains("contradiction.found", await Desk.EventsAsync(visit.Id));
        Assert.Equal(CheckoutOutcome.PaidNotSigned, (await Desk.VisitAsync(visit.Id)).Outcome);
        Desk.WeChat.ContractOfVisit = v => new(ContractFinding.Signed, Desk.Signed(v));
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(CheckoutOutcome.Complete, (await Desk.VisitAsync(visit.Id)).Outcome);
    }

    [Theory]
    [InlineData("PARAMETER FAIL", 422)]
    [InlineData("SIGN_ERROR", 502)]
    [InlineData("XML FAIL", 422)]
    [InlineData("RESULT NULL", 422)]
    [InlineData("MERCHANT PERMISSION ERROR", 502)]
    [InlineData("INVALID PLAN_ID", 502)]
    [InlineData("CONTRACT_CODE DUPLICATION", 502)]
    [InlineData("MERCHANT AUTHORITY ERROR", 502)]
    public async Task A_refusal_names_the_code_its_meaning_and_the_cure(string code, int status)
    {
        Desk.WeChat.Orders.Enqueue(new OrderAnswer(PaymentEvidence.RefusedByWeChat, SigningEvidence.OrderRefused) { Code = code, Reason = "错误" });
        var problem = await Desk.CreateAsync();
        Assert.Equal((status, "wechat_refused", code), ((int)problem["status"]!, (string?)problem["code"], (string?)problem["wechat_code"]));
        Assert.DoesNotContain("not in its documentation", (string?)problem["title"], StringComparison.Ordinal);
        Assert.NotEmpty((string)problem["detail"]!);
        var visit = await Desk.VisitAsync((string)problem["checkout"]!);
        Assert.Equal((CheckoutOutcome.Failed, SubscriptionState.NeverPaid), (visit.Outcome, (await Desk.SubscriptionAsync(visit)).State));
        Assert.Equal(["checkout.created", "checkout.closed"], await Desk.EventsAsync(visit.Id));
    }

    [Fact]
    public async Task A_lost_answer_is_looked_for_and_the_same_order_sent_again()
    {
        Desk.WeChat.Orders.Enqueue(OrderAnswer.None);
        var answer = await Desk.CreateAsync();
        Assert.Equal(["order", "ask payment", "order"], Desk.WeChat.Calls);
        Assert.NotNull(answer["invoke"]);
    }

    [Fact]
    public async Task While_WeChat_stays_silent_the_outcome_is_pending_and_the_loop_goes_on_asking()
    {
        Desk.WeChat.Orders.Enqueue(OrderAnswer.None);
        Desk.WeChat.Payment = _ => new(PaymentEvidence.NoAnswer);
        var answer = await Desk.CreateAsync();
        Assert.Equal(("pending", "unknown"), ((string?)answer["outcome"], (string?)answer["payment"]!["status"]));
        Assert.Null(answer["invoke"]);
        Desk.WeChat.Payment = _ => new(PaymentEvidence.NotFound);
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(PaymentLeg.Prepaid, (await Desk.VisitAsync((string)answer["id"]!)).Payment);
    }

    [Fact]
    public async Task A_crash_between_commit_and_call_is_driven_to_its_end()
    {
        var plan = await Desk.PlanAsync();
        var request = Desk.Request("crashed");
        Desk.WeChat.Payment = _ => throw new IOException("the machine stops here");
        Desk.WeChat.Orders.Enqueue(OrderAnswer.None);
        await Assert.ThrowsAsync<IOException>(() => Desk.CreateAsync(plan, request: request));

        Desk.WeChat.Calls.Clear();
        await Desk.Flow.CompleteAsync(request, Desk.View, default);
        var visit = await Desk.VisitAsync(request.Resource!);
        Assert.Equal(["order"], Desk.WeChat.Calls);
        Assert.Equal(PaymentLeg.Prepaid, visit.Payment);
        var stored = await Desk.Db.ReadAsync(reader => IdempotencyStore.FindAsync(reader, "/v1/checkouts", "crashed"));
        Assert.Equal(("done", 201L), (stored!.State, stored.Status));
        Assert.Contains(visit.Id, stored.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unpaid_order_is_asked_about_and_closed_after_two_hours()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PassAsync(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.DoesNotContain("close", Desk.WeChat.Calls);
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        visit = await Desk.VisitAsync(visit.Id);
        Assert.Equal(CheckoutOutcome.Failed, visit.Outcome);
        Assert.Equal(["ask payment", "close", "ask payment", "ask contract"], Desk.WeChat.Calls.TakeLast(4));
        Assert.Equal(SubscriptionState.NeverPaid, (await Desk.SubscriptionAsync(visit)).State);
        Assert.Null(visit.NextAt);
    }

    [Fact]
    public async Task Money_that_arrives_after_the_closing_is_taken_in()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PassAsync(TimeSpan.FromHours(3));
        await Desk.PaidAsync(visit);
        visit = await Desk.VisitAsync(visit.Id);
        Assert.Equal(CheckoutOutcome.PaidNotSigned, visit.Outcome);
        Assert.Equal(SubscriptionState.Active, (await Desk.SubscriptionAsync(visit)).State);
        Assert.Equal(2_500, await Desk.BookedAsync(visit.OutTradeNo));
    }

    [Fact]
    public async Task Signed_but_not_paid_sleeps_for_a_day_and_is_then_ended()
    {
        var visit = await Desk.OpenAsync();
        await Desk.AddAsync(Desk.Signed(visit));
        await Desk.PassAsync(TimeSpan.FromHours(3));
        visit = await Desk.VisitAsync(visit.Id);
        Assert.Equal(CheckoutOutcome.SignedNotPaid, visit.Outcome);
        Assert.Equal(ContractState.Active, (await Desk.ContractAsync(visit.ContractId!)).State);
        await Desk.PassAsync(TimeSpan.FromHours(24));
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(visit.ContractId!)).State);
        Assert.Contains("terminate 202603010000000001", Desk.WeChat.Calls);
    }

    [Fact]
    public async Task A_payment_wakes_the_sleeping_contract_up()
    {
        var visit = await Desk.OpenAsync();
        await Desk.AddAsync(Desk.Signed(visit));
        await Desk.PassAsync(TimeSpan.FromHours(3));
        await Desk.PaidAsync(visit);
        await Desk.PassAsync(TimeSpan.FromHours(48));
        visit = await Desk.VisitAsync(visit.Id);
        Assert.Equal((CheckoutOutcome.Complete, ContractState.Active), (visit.Outcome, (await Desk.ContractAsync(visit.ContractId!)).State));
        Assert.True((await Desk.SubscriptionAsync(visit)).Renews);
    }

    [Fact]
    public async Task A_user_who_signed_the_template_is_refused_and_offered_another_plan()
    {
        var plan = await Desk.PlanAsync();
        await Desk.PlanAsync("daily", template: 12537);
        var visit = await Desk.OpenAsync(plan: plan);
        await Desk.PaidAsync(visit);
        await Desk.AddAsync(Desk.Signed(visit));
        var problem = await Desk.CreateAsync(plan);
        Assert.Equal("already_signed", (string?)problem["code"]);
        Assert.Equal((await Desk.VisitAsync(visit.Id)).ContractId, (string?)problem["contract"]);
        Assert.Equal("daily", (string?)problem["offers"]![0]);
        Assert.Equal("pending", (string?)(await Desk.CreateAsync(plan, openId: "oUser2"))["outcome"]);
    }

    [Fact]
    public async Task Polling_asks_WeChat_when_the_notification_is_late()
    {
        var visit = await Desk.OpenAsync();
        await Desk.Flow.PollAsync(visit.Id, default);
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(["order"], Desk.WeChat.Calls);
        Desk.Clock.Now += TimeSpan.FromSeconds(16);
        await Desk.Flow.PollAsync(visit.Id, default);
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(["order", "ask payment"], Desk.WeChat.Calls);
        await Desk.Flow.PollAsync(visit.Id, default);
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(["order", "ask payment"], Desk.WeChat.Calls); // Asked a moment ago.
    }

    [Fact]
    public async Task After_three_days_without_an_answer_a_person_is_told()
    {
        Desk.WeChat.Orders.Enqueue(OrderAnswer.None);
        Desk.WeChat.Payment = _ => new(PaymentEvidence.NoAnswer);
        var visit = await Desk.OpenAsync();
        await Desk.PassAsync(TimeSpan.FromDays(4));
        visit = await Desk.VisitAsync(visit.Id);
        Assert.Null(visit.NextAt);
        Assert.Contains("contradiction.found", await Desk.EventsAsync(visit.Id));
    }
}

public sealed class CheckoutFlowOnSqlite(SqliteFile db) : CheckoutFlowTests(db), IClassFixture<SqliteFile>;

public sealed class CheckoutFlowOnPostgres(PostgresSchema db) : CheckoutFlowTests(db), IClassFixture<PostgresSchema>;
