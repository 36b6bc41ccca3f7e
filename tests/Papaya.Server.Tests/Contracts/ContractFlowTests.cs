using Papaya.Billing.Contracts;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Checkout;
using Papaya.Server.Contracts;
using Papaya.Server.Tests.Checkout;
using Papaya.Testing;

namespace Papaya.Server.Tests.Contracts;

public abstract class ContractFlowTests(TestDatabase database) : IAsyncLifetime
{
    private const string First = "202603010000000001";
    private const string Second = "202603010000000002";

    private SigningDesk? _desk;

    private SigningDesk Desk => _desk ??= new SigningDesk(database);

    public Task InitializeAsync() => SigningDesk.EmptyAsync(database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_end_that_comes_before_its_beginning_stays_an_end()
    {
        var visit = await Desk.OpenAsync();
        await Desk.PaidAsync(visit);
        var end = Desk.Ended(visit);
        await Desk.DeleteAsync(end);
        await Desk.AddAsync(Desk.Signed(visit));
        var contract = (await Desk.ContractOfAsync(First))!;
        Assert.Equal((ContractState.Terminated, 2L), (contract.State, contract.TerminationMode));
        Assert.NotNull(contract.SignedAt);
        visit = await Desk.VisitAsync(visit.Id);
        Assert.Equal(CheckoutOutcome.Complete, visit.Outcome);
        Assert.False((await Desk.SubscriptionAsync(visit)).Renews);
    }

    [Fact]
    public async Task Messages_about_numbers_that_are_not_ours_are_not_taken()
    {
        var visit = await Desk.OpenAsync();
        Assert.False(await Desk.AddAsync(Desk.Signed(visit) with { ContractCode = "ELSEWHERE" }));
        Assert.False(await Desk.AddAsync(Desk.Signed(visit) with { Template = 12537 }));
        await Desk.DeleteAsync(Desk.Ended(visit) with { ContractCode = "ELSEWHERE" });
        Assert.Null(await Desk.ContractOfAsync(First));
    }

    [Fact]
    public async Task A_user_who_leaves_in_WeChat_keeps_the_paid_period()
    {
        var visit = await SubscribedAsync();
        await Desk.DeleteAsync(Desk.Ended(visit));
        await Desk.DeleteAsync(Desk.Ended(visit));
        var subscription = await Desk.SubscriptionAsync(visit);
        Assert.Equal((SubscriptionState.Ending, false), (subscription.State, subscription.Renews));
        Assert.Equal(["contract.signed", "contract.terminated"], await Desk.EventsAsync(visit.ContractId!));
        Assert.Contains("subscription.auto_renew_off", await Desk.EventsAsync(visit.SubscriptionId));
        await Desk.PassAsync(TimeSpan.FromDays(32));
        Assert.Equal(SubscriptionState.Canceled, (await Desk.SubscriptionAsync(visit)).State);
    }

    [Fact]
    public async Task Terminating_holds_at_once_and_is_told_to_WeChat()
    {
        var visit = await SubscribedAsync();
        Assert.Null(await Desk.Db.WriteAsync(tx => Desk.Contracts.TerminateAsync(tx, visit.ContractId!, "用户申请")));
        Assert.False(await Desk.Db.WriteAsync(tx => Desk.Contracts.AllowsDebitAsync(tx, visit.ContractId!)));
        Assert.Equal(ContractState.Terminating, (await Desk.ContractAsync(visit.ContractId!)).State);
        Assert.False((await Desk.SubscriptionAsync(visit)).Renews);
        await Desk.PassAsync(TimeSpan.Zero);
        var contract = await Desk.ContractAsync(visit.ContractId!);
        Assert.Equal((ContractState.Terminated, 3L, "用户申请"), (contract.State, contract.TerminationMode, contract.Reason));
        Assert.Equal(["contract.signed", "contract.terminating", "contract.terminated"], await Desk.EventsAsync(contract.Id));
    }

    [Fact]
    public async Task A_termination_without_an_answer_is_asked_about_until_it_is_true()
    {
        var visit = await SubscribedAsync();
        Desk.WeChat.Terminates = false;
        await Desk.Db.WriteAsync(tx => Desk.Contracts.TerminateAsync(tx, visit.ContractId!, "用户申请"));
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(ContractState.Terminating, (await Desk.ContractAsync(visit.ContractId!)).State);
        Desk.WeChat.ContractState = _ => new(ContractFinding.Ended, Desk.Ended(visit, mode: 3));
        await Desk.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(visit.ContractId!)).State);
    }

    [Fact]
    public async Task A_contract_that_WeChat_still_holds_is_terminated_again()
    {
        var visit = await SubscribedAsync();
        Desk.WeChat.Terminates = false;
        Desk.WeChat.ContractState = _ => new(ContractFinding.Signed, Desk.Signed(visit));
        await Desk.Db.WriteAsync(tx => Desk.Contracts.TerminateAsync(tx, visit.ContractId!, "用户申请"));
        await Desk.PassAsync(TimeSpan.FromMinutes(5));
        Desk.WeChat.Terminates = true;
        await Desk.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(visit.ContractId!)).State);
        Assert.True(Desk.WeChat.Calls.Count(call => call == "terminate " + First) > 1);
    }

    [Fact]
    public async Task A_held_contract_allows_no_debit_until_it_is_resumed()
    {
        var visit = await SubscribedAsync();
        Assert.Null(await Desk.Db.WriteAsync(tx => Desk.Contracts.SuspendAsync(tx, visit.ContractId!, "three failures")));
        Assert.Null(await Desk.Db.WriteAsync(tx => Desk.Contracts.SuspendAsync(tx, visit.ContractId!, "again")));
        Assert.False(await Desk.Db.WriteAsync(tx => Desk.Contracts.AllowsDebitAsync(tx, visit.ContractId!)));
        Assert.Null(await Desk.Db.WriteAsync(tx => Desk.Contracts.ResumeAsync(tx, visit.ContractId!, null)));
        Assert.True(await Desk.Db.WriteAsync(tx => Desk.Contracts.AllowsDebitAsync(tx, visit.ContractId!)));
        Assert.Equal(["contract.signed", "contract.suspended", "contract.resumed"], await Desk.EventsAsync(visit.ContractId!));
    }

    [Fact]
    public async Task What_has_ended_can_be_neither_held_nor_resumed()
    {
        var visit = await SubscribedAsync();
        await Desk.DeleteAsync(Desk.Ended(visit));
        Assert.NotNull(await Desk.Db.WriteAsync(tx => Desk.Contracts.SuspendAsync(tx, visit.ContractId!, "late")));
        Assert.NotNull(await Desk.Db.WriteAsync(tx => Desk.Contracts.ResumeAsync(tx, visit.ContractId!, null)));
        Assert.Null(await Desk.Db.WriteAsync(tx => Desk.Contracts.TerminateAsync(tx, visit.ContractId!, "twice"))); // Done already.
    }

    [Theory]
    [InlineData(true, ContractState.Terminated)]
    [InlineData(false, ContractState.Active)]
    public async Task A_contract_that_a_debit_missed_is_asked_about(bool hasEnded, ContractState expected)
    {
        var visit = await SubscribedAsync();
        Desk.WeChat.ContractState = _ => hasEnded ? new(ContractFinding.Ended, Desk.Ended(visit)) : new(ContractFinding.Signed, Desk.Signed(visit));
        await Desk.Db.WriteAsync(tx => Desk.Contracts.MissedByDebitAsync(tx, visit.ContractId!));
        Assert.False(await Desk.Db.WriteAsync(tx => Desk.Contracts.AllowsDebitAsync(tx, visit.ContractId!)));
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(expected, (await Desk.ContractAsync(visit.ContractId!)).State);
    }

    [Fact]
    public async Task A_contract_in_doubt_is_told_as_suspended_and_then_as_resumed()
    {
        var visit = await SubscribedAsync();
        Desk.WeChat.ContractState = _ => new(ContractFinding.Signed, Desk.Signed(visit));
        await Desk.Db.WriteAsync(tx => Desk.Contracts.MissedByDebitAsync(tx, visit.ContractId!));
        await Desk.PassAsync(TimeSpan.Zero);
        Assert.Equal(["contract.signed", "contract.suspended", "contract.resumed"], await Desk.EventsAsync(visit.ContractId!));
    }

    [Fact]
    public async Task A_suspended_contract_that_a_debit_missed_is_asked_about_until_WeChat_answers()
    {
        var visit = await SubscribedAsync();
        await Desk.Db.WriteAsync(tx => Desk.Contracts.SuspendAsync(tx, visit.ContractId!, "three failures"));
        await Desk.Db.WriteAsync(tx => Desk.Contracts.MissedByDebitAsync(tx, visit.ContractId!));
        await Desk.PassAsync(TimeSpan.FromMinutes(5)); // No answer.
        Assert.NotNull((await Desk.ContractAsync(visit.ContractId!)).NextAt);
        Desk.WeChat.ContractState = _ => new(ContractFinding.Ended, Desk.Ended(visit));
        await Desk.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(visit.ContractId!)).State);
    }

    [Fact]
    public async Task A_suspended_rival_is_asked_about_until_the_newer_contract_may_come_into_force()
    {
        var plan = await Desk.PlanAsync();
        var old = await SubscribedAsync(plan);
        await Desk.Db.WriteAsync(tx => Desk.Contracts.SuspendAsync(tx, old.ContractId!, "three failures"));
        var visit = await Desk.OpenAsync(openId: null, plan);
        await Desk.PaidAsync(visit);
        Desk.WeChat.ContractOfVisit = v => new(ContractFinding.Signed, Desk.Signed(v, Second));
        await Desk.AddAsync(Desk.Signed(visit, Second));
        await Desk.PassAsync(TimeSpan.FromMinutes(10)); // Nobody answers about either.
        Assert.Equal((ContractState.Suspended, ContractState.Pending), ((await Desk.ContractAsync(old.ContractId!)).State, (await Desk.ContractOfAsync(Second))!.State));
        Desk.WeChat.ContractState = contract => contract.ContractId == First
            ? new(ContractFinding.Ended, Desk.Ended(old))
            : new(ContractFinding.Signed, Desk.Signed(visit, Second));
        await Desk.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal((ContractState.Terminated, ContractState.Active), ((await Desk.ContractAsync(old.ContractId!)).State, (await Desk.ContractOfAsync(Second))!.State));
        Assert.True((await Desk.SubscriptionAsync(visit)).Renews);
    }

    [Fact]
    public async Task A_newer_contract_that_WeChat_does_not_know_is_told_as_refused()
    {
        var plan = await Desk.PlanAsync();
        var old = await SubscribedAsync(plan);
        var visit = await Desk.OpenAsync(openId: null, plan);
        Desk.WeChat.ContractState = contract => contract.ContractId == First ? new(ContractFinding.Signed, Desk.Signed(old)) : new(ContractFinding.NotSigned);
        await Desk.AddAsync(Desk.Signed(visit, Second));
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        var fresh = (await Desk.ContractOfAsync(Second))!;
        Assert.Equal(ContractState.Refused, fresh.State);
        Assert.Equal(["contract.refused"], await Desk.EventsAsync(fresh.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_visit_learns_moves_no_termination_and_no_question(bool terminating)
    {
        var visit = await Desk.OpenAsync();
        await Desk.AddAsync(Desk.Signed(visit));
        visit = await Desk.VisitAsync(visit.Id);
        await Desk.Db.WriteAsync<object?>(async tx => terminating
            ? await Desk.Contracts.TerminateAsync(tx, visit.ContractId!, "用户申请")
            : await DoubtAsync(tx, visit.ContractId!));
        var due = (await Desk.ContractAsync(visit.ContractId!)).NextAt;
        Assert.NotNull(due);
        await Desk.Db.WriteAsync(async tx => await Desk.Book.PaymentAsync(tx, (await tx.TakeCheckoutAsync(visit.Id))!, PaymentEvidence.ClosedByWeChat));
        Assert.Equal(due, (await Desk.ContractAsync(visit.ContractId!)).NextAt);
        await Desk.PaidAsync(visit);
        Assert.Equal(due, (await Desk.ContractAsync(visit.ContractId!)).NextAt);
    }

    private async Task<object?> DoubtAsync(Papaya.Server.Storage.Transaction tx, string contract)
    {
        await Desk.Contracts.MissedByDebitAsync(tx, contract);
        return null;
    }

    [Fact]
    public async Task Of_two_contracts_of_one_user_the_one_that_WeChat_knows_stays()
    {
        var plan = await Desk.PlanAsync();
        var old = await SubscribedAsync(plan);
        var visit = await Desk.OpenAsync(openId: null, plan); // A QR code: nobody knows yet who will pay.
        await Desk.PaidAsync(visit);
        Desk.WeChat.ContractOfVisit = _ => new(ContractFinding.InProgress);
        Desk.WeChat.ContractState = contract => contract.ContractId == First
            ? new(ContractFinding.Ended, Desk.Ended(old))
            : new(ContractFinding.Signed, Desk.Signed(visit, Second));
        await Desk.AddAsync(Desk.Signed(visit, Second));
        Assert.Equal(ContractState.Pending, (await Desk.ContractOfAsync(Second))!.State);
        await Desk.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(ContractState.Terminated, (await Desk.ContractAsync(old.ContractId!)).State);
        var fresh = (await Desk.ContractOfAsync(Second))!;
        Assert.Equal((ContractState.Active, old.ContractId), (fresh.State, fresh.PreviousId));
        Assert.True((await Desk.SubscriptionAsync(visit)).Renews);
        Assert.False((await Desk.SubscriptionAsync(old)).Renews);
    }

    [Fact]
    public async Task While_two_claim_to_be_in_force_only_the_older_one_is()
    {
        var plan = await Desk.PlanAsync();
        var old = await SubscribedAsync(plan);
        var visit = await Desk.OpenAsync(openId: null, plan);
        await Desk.PaidAsync(visit);
        Desk.WeChat.ContractOfVisit = v => new(ContractFinding.Signed, Desk.Signed(v, Second));
        Desk.WeChat.ContractState = contract => new(ContractFinding.Signed, Desk.Signed(contract.ContractId == First ? old : visit, contract.ContractId));
        await Desk.AddAsync(Desk.Signed(visit, Second));
        await Desk.PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(ContractState.Active, (await Desk.ContractAsync(old.ContractId!)).State);
        Assert.Equal(ContractState.Pending, (await Desk.ContractOfAsync(Second))!.State);
        Assert.Contains("contradiction.found", await Desk.EventsAsync(old.ContractId!));
        Assert.Equal(CheckoutOutcome.PaidSigningPending, (await Desk.VisitAsync(visit.Id)).Outcome);
        await Desk.PassAsync(TimeSpan.FromDays(5)); // A person was told; nothing is asked for ever.
        Assert.Null((await Desk.ContractOfAsync(Second))!.NextAt);
    }

    [Fact]
    public async Task A_user_has_one_contract_in_force_under_a_template()
    {
        var visit = await SubscribedAsync();
        var twin = await Desk.ContractAsync(visit.ContractId!);
        (twin.Id, twin.ContractId) = ("ctr_twin", Second);
        Assert.Equal(0, await Desk.Db.WriteAsync(tx => tx.InsertAsync(twin)));
        twin.State = ContractState.Terminated;
        Assert.Equal(1, await Desk.Db.WriteAsync(tx => tx.InsertAsync(twin)));
    }

    [Fact]
    public async Task A_row_that_somebody_else_changed_is_not_saved()
    {
        var visit = await SubscribedAsync();
        var (mine, theirs) = (await Desk.ContractAsync(visit.ContractId!), await Desk.ContractAsync(visit.ContractId!));
        Assert.True(await Desk.Db.WriteAsync(tx => tx.TrySaveAsync(theirs)));
        Assert.False(await Desk.Db.WriteAsync(tx => tx.TrySaveAsync(mine)));
    }

    private async Task<CheckoutVisit> SubscribedAsync(Papaya.Server.Plans.Plan? plan = null)
    {
        var visit = await Desk.OpenAsync(plan: plan);
        await Desk.PaidAsync(visit);
        await Desk.AddAsync(Desk.Signed(visit));
        return await Desk.VisitAsync(visit.Id);
    }
}

public sealed class ContractFlowOnSqlite(SqliteFile db) : ContractFlowTests(db), IClassFixture<SqliteFile>;

public sealed class ContractFlowOnPostgres(PostgresSchema db) : ContractFlowTests(db), IClassFixture<PostgresSchema>;
