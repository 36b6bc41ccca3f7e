using System.Collections.Concurrent;
using Papaya.Billing.Debits;
using Papaya.Billing.Refunds;
using Papaya.Server.Debits;
using Papaya.Server.Hosting;
using Papaya.Server.Refunds;
using Papaya.Server.Storage;
using Papaya.Server.Tests.Debits;
using Papaya.Testing;

namespace Papaya.Server.Tests.Refunds;

internal sealed class ScriptedRefunds : IRefundGateway
{
    public Func<RefundRow, Task<RefundFinding>> OnRequest { get; set; } = _ => Task.FromResult(new RefundFinding(RefundEvidence.Accepted, null, "5000"));

    public Func<RefundRow, RefundFinding> OnAsk { get; set; } = _ => new RefundFinding(RefundEvidence.StillProcessing);

    public ConcurrentQueue<string> Sent { get; } = new();

    public Task<RefundFinding> RequestAsync(RefundRow refund, CancellationToken ct)
    {
        Sent.Enqueue(refund.RefundNumber);
        return OnRequest(refund);
    }

    public Task<RefundFinding> AskAsync(RefundRow refund, CancellationToken ct) => Task.FromResult(OnAsk(refund));
}

public abstract class RefundFlowTests(TestDatabase test) : IAsyncLifetime
{
    private readonly ScriptedRefunds _wechat = new();
    private DebitHouse _house = null!; // Set before every test.
    private string _charge = "";

    /// <summary>A use of 25.00 yuan that was paid.</summary>
    public async Task InitializeAsync()
    {
        await test.InitializeAsync();
        test.Clock.Now = DebitHouse.Start;
        _house = new DebitHouse(test.Db, test.Clock, refunds: _wechat);
        _charge = await _house.UseAsync(await _house.ContractAsync(12537), 2500);
        await _house.SendAsync();
        await _house.NotifyPaidAsync(DebitNumber.OfUse(_charge, 1));
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await test.DisposeAsync();
    }

    [Fact]
    public async Task A_refund_is_reserved_at_once_and_settled_when_WeChat_says_so()
    {
        var refund = await AskForAsync(1000);
        Assert.Equal((-1000, 1000), (await BookedAsync(refund, "refund_payable"), await BookedAsync(refund, "revenue")));
        await RunAsync();
        Assert.Equal(RefundState.Processing, (await FindAsync(refund)).Status);
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.Succeeded, null, "5000", DebitHouse.Start, "支付用户零钱");
        await RunAsync(TimeSpan.FromHours(1));
        var settled = await FindAsync(refund);
        Assert.Equal((RefundState.Succeeded, "支付用户零钱"), (settled.Status, settled.ReceivedBy));
        Assert.Equal((0, 1000, -1000), (await BookedAsync(refund, "refund_payable"), await BookedAsync(refund, "revenue"), await BookedAsync(refund, "wechat_clearing")));
        Assert.Equal(["refund.created", "refund.succeeded"], await _house.EventsAsync(refund));
    }

    [Fact]
    public async Task Refunds_never_exceed_what_was_paid_also_when_asked_for_at_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RequestAsync(300)));
        Assert.Equal(8, answers.Count(a => a.Refusal is null)); // 8 × 300 ≤ 2500 < 9 × 300
        Assert.All(answers.Where(a => a.Refusal is not null), a => Assert.Equal(("more_than_left", "amount"), (a.Refusal!.Code, a.Refusal.Field)));
        Assert.NotNull((await RequestAsync(101)).Refusal);
        Assert.Null((await RequestAsync(100)).Refusal);
    }

    [Fact]
    public async Task A_closed_refund_frees_its_amount()
    {
        var refund = await AskForAsync(2500);
        await RunAsync();
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.Closed, "REFUNDCLOSE");
        await RunAsync(TimeSpan.FromHours(1));
        Assert.Equal(RefundState.Closed, (await FindAsync(refund)).Status);
        Assert.Equal((0, 0), (await BookedAsync(refund, "refund_payable"), await BookedAsync(refund, "revenue")));
        Assert.Null((await RequestAsync(2500)).Refusal);
    }

    [Fact]
    public async Task A_refused_refund_frees_its_amount()
    {
        _wechat.OnRequest = _ => Task.FromResult(new RefundFinding(RefundEvidence.Refused, "TRADE_OVERDUE"));
        var refund = await AskForAsync(2500);
        await RunAsync();
        var refused = await FindAsync(refund);
        Assert.Equal((RefundState.Refused, "TRADE_OVERDUE"), (refused.Status, refused.Code));
        Assert.Equal(["refund.created", "refund.closed"], await _house.EventsAsync(refund));
        Assert.Null((await RequestAsync(2500)).Refusal);
    }

    [Fact]
    public async Task Money_that_moves_after_all_is_booked_and_told()
    {
        _wechat.OnRequest = _ => Task.FromResult(new RefundFinding(RefundEvidence.Refused, "ERROR"));
        var refund = await AskForAsync(1000);
        await RunAsync();
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.Succeeded);
        await ForceAskAsync(refund);
        Assert.Equal(RefundState.Succeeded, (await FindAsync(refund)).Status);
        Assert.Equal((0, 1000, -1000), (await BookedAsync(refund, "refund_payable"), await BookedAsync(refund, "revenue"), await BookedAsync(refund, "wechat_clearing")));
        Assert.Contains("contradiction.found", await _house.EventsAsync(refund));
        Assert.NotNull((await RequestAsync(1501)).Refusal);
        Assert.Null((await RequestAsync(1500)).Refusal);
    }

    [Fact]
    public async Task A_lost_answer_is_repeated_under_the_same_number_only()
    {
        _wechat.OnRequest = _ => Task.FromResult(new RefundFinding(RefundEvidence.NoAnswer));
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.NotFound);
        var refund = await AskForAsync(1000);
        await RunAsync();
        Assert.Equal(RefundState.Unknown, (await FindAsync(refund)).Status);
        _wechat.OnRequest = _ => Task.FromResult(new RefundFinding(RefundEvidence.Accepted));
        await RunAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(2, _wechat.Sent.Count);
        Assert.Single(_wechat.Sent.Distinct());
        Assert.Equal(RefundState.Processing, (await FindAsync(refund)).Status);
    }

    [Fact]
    public async Task After_a_crash_between_claim_and_call_the_refund_is_asked_about_first()
    {
        _wechat.OnRequest = _ => throw new OperationCanceledException("the process dies here");
        var refund = await AskForAsync(1000);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());
        Assert.Equal(RefundState.Submitting, (await FindAsync(refund)).Status);
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.Succeeded);
        await RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(RefundState.Succeeded, (await FindAsync(refund)).Status);
        Assert.Single(_wechat.Sent);
    }

    [Fact]
    public async Task Without_funds_it_is_tried_daily_under_the_same_number()
    {
        _wechat.OnRequest = _ => Task.FromResult(new RefundFinding(RefundEvidence.NotEnoughFunds, "NOTENOUGH"));
        var refund = await AskForAsync(1000);
        await RunAsync();
        Assert.Equal("waiting_funds", Refund.ApiName((await FindAsync(refund)).Status));
        await RunAsync(TimeSpan.FromDays(3));
        Assert.Equal(4, _wechat.Sent.Count);
        Assert.Single(_wechat.Sent.Distinct());
    }

    [Fact]
    public async Task A_refund_that_the_bank_did_not_take_is_abnormal_until_it_is_settled()
    {
        var refund = await AskForAsync(1000);
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.Changed, "CHANGE");
        await RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(RefundState.Abnormal, (await FindAsync(refund)).Status);
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.Succeeded);
        await RunAsync(TimeSpan.FromDays(1));
        Assert.Equal(["refund.created", "refund.abnormal", "refund.succeeded"], await _house.EventsAsync(refund));
    }

    [Fact]
    public async Task A_result_of_another_amount_changes_nothing()
    {
        var refund = await AskForAsync(1000);
        _wechat.OnAsk = _ => new RefundFinding(RefundEvidence.Mismatched);
        await RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(RefundState.Processing, (await FindAsync(refund)).Status);
        Assert.Contains("contradiction.found", await _house.EventsAsync(refund));
    }

    [Fact]
    public async Task What_was_not_paid_cannot_be_refunded()
    {
        var unpaid = await _house.UseAsync(await _house.ContractAsync(12537));
        var (_, refusal) = await test.Db.WriteAsync(tx => Flow.RequestAsync(tx, unpaid, null, 1, "x"));
        Assert.Equal(("not_paid", 409), (refusal!.Code, refusal.Status));
        (_, refusal) = await test.Db.WriteAsync(tx => Flow.RequestAsync(tx, null, "chk_nobody", 1, "x"));
        Assert.Equal(("not_found", 404), (refusal!.Code, refusal.Status));
    }

    [Fact]
    public async Task After_a_year_WeChat_refunds_nothing()
    {
        _house.Now = DebitHouse.Start.AddDays(366);
        Assert.Equal("refund_too_late", (await RequestAsync(1)).Refusal!.Code);
    }

    private RefundFlow Flow => _house.Get<RefundFlow>();

    private Task<(RefundRow? Refund, Problem? Refusal)> RequestAsync(long amount) => test.Db.WriteAsync(tx => Flow.RequestAsync(tx, _charge, null, amount, "客户申请"));

    private async Task<string> AskForAsync(long amount) => (await RequestAsync(amount)).Refund!.Id;

    private Task<long> BookedAsync(string cause, string account) => _house.BookedAsync(cause, account);

    private async Task<RefundRow> FindAsync(string id) => (await test.Db.ReadAsync(reader => reader.FindRefundAsync(id)))!;

    private async Task RunAsync(TimeSpan time = default)
    {
        var until = _house.Now + time;
        while (true)
        {
            var next = await Flow.RunOnceAsync(default) ?? DateTimeOffset.MaxValue;
            if (next > until)
            {
                _house.Now = until;
                return;
            }

            _house.Now = next > _house.Now ? next : _house.Now;
        }
    }

    /// <summary>As if a late notification came: the row's question is due although it has ended.</summary>
    private Task ForceAskAsync(string id) => test.Db.WriteAsync(async tx =>
    {
        var refund = (await tx.TakeRefundAsync(id))!;
        await Flow.LearnAsync(tx, refund, _wechat.OnAsk(refund));
    });
}

public sealed class RefundFlowTestsOnSqlite() : RefundFlowTests(new SqliteFile());

public sealed class RefundFlowTestsOnPostgres() : RefundFlowTests(new PostgresSchema());
