using System.Net;
using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Server.Hosting;
using Papaya.Server.Notifications;
using Papaya.Server.Storage;
using Papaya.Simulator.Clock;
using Papaya.Testing;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Server.Tests.Notifications;

public abstract class NotificationTests(TestDatabase test) : IAsyncLifetime
{
    private static readonly ApiV2Key Key = new(Preset.ApiV2Key);
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestClock _clock = new(Start, new StillClock());
    private readonly List<string> _seen = [];
    private Func<Transaction, string, Task<NotificationOutcome>> _apply = (_, _) => Task.FromResult(NotificationOutcome.Applied);
    private RunningServer _server = null!; // Set by InitializeAsync.

    public async Task InitializeAsync()
    {
        await test.Db.WriteAsync(tx => tx.ExecuteAsync("delete from notification_inbox"));
        _server = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _clock.Dispose();
    }

    [Fact]
    public async Task An_accepted_message_is_durable_acknowledged_in_the_fixed_bytes_and_applied()
    {
        var body = Payment("C1");
        var (status, text) = await PostAsync("payment", body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Encoding.UTF8.GetString(Acknowledgement.Success.Span), text);
        var row = Assert.Single(await InboxAsync());
        Assert.Equal(body, Encoding.UTF8.GetString(Convert.FromBase64String(row.Body)));
        await SettleAsync();
        Assert.Equal(["payment C1"], _seen);
        Assert.Equal("applied", Assert.Single(await InboxAsync()).State);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_it_is_durable()
    {
        // The writer is held: the message is verified and waits for its commit.
        var (held, release) = await Storage.Blocked.WriterAsync(_server.Db);
        await using var blocker = await LockTableAsync();
        var answer = PostAsync("payment", Payment("C1"));
        for (var i = 0; i < 20; i++)
        {
            await _server.SendAsync("/healthz", apiKey: null); // Others are served meanwhile.
        }

        Assert.False(answer.IsCompleted);
        Assert.Empty(await InboxAsync());
        release.SetResult();
        await held;
        await blocker.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, (await answer).Status);
        Assert.Single(await InboxAsync());
    }

    [Fact]
    public async Task Thirty_copies_at_once_are_one_row_applied_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => PostAsync("payment", Payment("C1"))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        await SettleAsync();
        Assert.Single(await InboxAsync());
        Assert.Single(_seen);
    }

    [Fact]
    public async Task The_content_decides_what_a_message_is()
    {
        await PostAsync("payment", Debit("P1"));
        await PostAsync("refund", Payment("C2"));
        await PostAsync("debit", Contract("K1"));
        await PostAsync("contract", Refund("R1"));
        await SettleAsync();
        Assert.Equal(["contract K1", "debit P1", "payment C2", "refund R1"], _seen.Order());
    }

    public static TheoryData<string, string> Forgeries => new()
    {
        { "a wrong sign", Signed(("out_trade_no", "C1"), ("total_fee", "2500")).Replace("<sign>", "<sign>0", StringComparison.Ordinal) },
        { "an amount changed after signing", Payment("C1").Replace("2500", "1", StringComparison.Ordinal) },
        { "no sign", "<xml><mch_id>10000100</mch_id><out_trade_no>C1</out_trade_no></xml>" },
        { "signed with another key", Signed(new ApiV2Key(new string('k', 32)), ("mch_id", "10000100"), ("out_trade_no", "C1")) },
        { "for another merchant, rightly signed", Signed(Key, ("mch_id", "10000200"), ("out_trade_no", "C1")) },
        { "no XML", "{\"out_trade_no\":\"C1\"}" },
        { "nothing", "" },
        { "cut off", Payment("C1")[..40] },
        { "an entity", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><out_trade_no>&e;</out_trade_no></xml>" },
        { "a refund encrypted with another key", Refund("R1", new ApiV2Key(new string('k', 32))) },
        { "far too long", $"<xml><a>{new string('x', 70_000)}</a></xml>" },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forgery_is_refused_and_leaves_nothing_behind(string what, string body)
    {
        var (status, text) = await PostAsync("payment", body);
        Assert.Equal((what, HttpStatusCode.BadRequest), (what, status));
        Assert.Equal("FAIL", (string?)XDocument.Parse(text).Root!.Element("return_code"));
        Assert.DoesNotContain("root:", text, StringComparison.Ordinal);
        await SettleAsync();
        Assert.Empty(await InboxAsync());
        Assert.Empty(_seen);
    }

    [Fact]
    public async Task A_merchant_that_is_not_ours_is_refused()
    {
        using var content = new StringContent(Payment("C1"), Encoding.UTF8, "text/xml");
        using var answer = await _server.Http.PostAsync("/wechat/10000200/payment", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await InboxAsync());
    }

    [Fact]
    public async Task One_bad_message_stops_nobody_and_is_tried_again_with_its_error_kept()
    {
        var broken = true;
        _apply = async (tx, what) =>
        {
            await tx.ExecuteAsync(
                "insert into ledger_entry (cause, step, line, account, amount, posted_at) values (@What, @Step, 1, 'suspense', 0, 1)",
                new { What = what, Step = $"{GetType().Name}-{_seen.Count}" });
            return what == "payment BAD" && broken ? throw new InvalidOperationException("our own bug") : NotificationOutcome.Applied;
        };
        foreach (var number in (string[])["C1", "BAD", "C3"])
        {
            await PostAsync("payment", Payment(number));
        }

        await SettleAsync();
        var rows = await InboxAsync();
        Assert.Equal(2, rows.Count(r => r.State == "applied"));
        var bad = Assert.Single(rows, r => r.State == "failed");
        Assert.Contains("our own bug", bad.Error, StringComparison.Ordinal);
        Assert.Equal(0, await test.Db.ReadAsync(r => r.ScalarAsync<long>("select count(*) from ledger_entry where cause = 'payment BAD'")));

        broken = false;
        await _clock.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.All(await InboxAsync(), r => Assert.Equal(("applied", null), (r.State, r.Error)));
    }

    [Fact]
    public async Task A_message_that_never_applies_stays_visible_and_is_not_tried_for_ever()
    {
        _apply = (_, _) => throw new InvalidOperationException("never");
        await PostAsync("payment", Payment("C1"));
        await _clock.AdvanceAsync(TimeSpan.FromDays(30));
        var row = Assert.Single(await InboxAsync());
        Assert.Equal(("failed", null), (row.State, row.DueAt));
        Assert.InRange(row.Tries, 70, 90);
    }

    [Fact]
    public async Task A_number_that_becomes_known_a_moment_later_is_applied_then()
    {
        var known = false;
        _apply = (_, _) => Task.FromResult(known ? NotificationOutcome.Applied : NotificationOutcome.UnknownNumber);
        await PostAsync("payment", Payment("C1"));
        await SettleAsync();
        Assert.Equal("orphan", Assert.Single(await InboxAsync()).State);
        known = true;
        await _clock.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("applied", Assert.Single(await InboxAsync()).State);
    }

    [Fact]
    public async Task A_number_that_stays_unknown_is_kept_as_an_orphan()
    {
        _apply = (_, _) => Task.FromResult(NotificationOutcome.UnknownNumber);
        await PostAsync("payment", Payment("C1"));
        await _clock.AdvanceAsync(TimeSpan.FromDays(1));
        var row = Assert.Single(await InboxAsync());
        Assert.Equal(("orphan", null), (row.State, row.DueAt));
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_crash_is_applied_after_it()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _apply = (_, _) =>
        {
            reached.TrySetResult();
            throw new OperationCanceledException("the process dies here");
        };
        await PostAsync("payment", Payment("C1"));
        await reached.Task;
        await _server.DisposeAsync();
        _seen.Clear();
        _apply = (_, _) => Task.FromResult(NotificationOutcome.Applied);
        _server = await StartAsync();
        await _clock.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["payment C1"], _seen);
    }

    private static string Payment(string number) => Signed(
        ("appid", Preset.OfficialAccount), ("out_trade_no", number), ("total_fee", "2500"), ("trade_type", "JSAPI"),
        ("transaction_id", "4200000000202603010000000001"), ("time_end", "20260301120000"), ("openid", "oSimUser0001"));

    private static string Debit(string number) => Signed(
        ("out_trade_no", number), ("contract_id", "Wx1"), ("total_fee", "2500"), ("transaction_id", "42"), ("time_end", "20260301120000"));

    private static string Contract(string number) => Signed(
        ("contract_code", number), ("contract_id", "Wx1"), ("plan_id", "12535"), ("openid", "oSimUser0001"), ("change_type", "ADD"), ("operate_time", "2026-03-01 12:00:00"));

    private static string Refund(string number, ApiV2Key? key = null)
    {
        var inner = $"<root><out_refund_no>{number}</out_refund_no><out_trade_no>C1</out_trade_no><refund_fee>1</refund_fee><refund_status>SUCCESS</refund_status></root>";
        var sealed_ = RefundCipher.Encrypt(Encoding.UTF8.GetBytes(inner), key ?? Key);
        return $"<xml><return_code>SUCCESS</return_code><mch_id>10000100</mch_id><req_info><![CDATA[{sealed_}]]></req_info></xml>";
    }

    private static string Signed(params (string Name, string Value)[] fields) => Signed(Key, [("mch_id", Preset.MerchantNumber), .. fields]);

    private static string Signed(ApiV2Key key, params (string Name, string Value)[] fields)
    {
        List<KeyValuePair<string, string?>> all =
            [new("return_code", "SUCCESS"), new("result_code", "SUCCESS"), .. fields.Select(f => new KeyValuePair<string, string?>(f.Name, f.Value))];
        var sign = V2Signature.Compute(all, key, SignType.Md5);
        return $"<xml>{string.Concat(all.Select(f => $"<{f.Key}>{f.Value}</{f.Key}>"))}<sign>{sign}</sign></xml>";
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string kind, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "text/xml");
        using var answer = await _server.Http.PostAsync($"/wechat/{Preset.MerchantNumber}/{kind}", content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until nothing is in flight; time does not move.</summary>
    private Task SettleAsync() => _clock.AdvanceToAsync(_clock.GetUtcNow());

    private Task<IReadOnlyList<InboxRow>> InboxAsync() => test.Db.ReadAsync(r => r.QueryAsync<InboxRow>("select * from notification_inbox order by received_at, id"));

    /// <summary>PostgreSQL has no single writer to hold: there the table itself is locked.</summary>
    private async Task<IAsyncDisposable> LockTableAsync()
    {
        if (test.Db.Dialect.IsSqlite)
        {
            return new Unlocked(() => Task.CompletedTask);
        }

        var (locked, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        var write = test.Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("lock table notification_inbox in share mode");
            locked.SetResult();
            await open.Task;
        });
        await locked.Task;
        return new Unlocked(() =>
        {
            open.TrySetResult();
            return write;
        });
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(
        storage: test.Options,
        clock: _clock,
        services: services => services
            .AddSingleton<IWorkInFlight>(new Counted(_clock))
            .AddSingleton(new NotificationConsumers
            {
                Payment = (tx, n) => ApplyAsync(tx, $"payment {n.OrderNumber}"),
                Debit = (tx, n) => ApplyAsync(tx, $"debit {n.OrderNumber}"),
                Contract = (tx, n) => ApplyAsync(tx, $"contract {n.ContractNumber}"),
                Refund = (tx, n) => ApplyAsync(tx, $"refund {n.RefundNumber}"),
            }));

    private Task<NotificationOutcome> ApplyAsync(Transaction tx, string what)
    {
        lock (_seen)
        {
            _seen.Add(what);
        }

        return _apply(tx, what);
    }

    private sealed class Counted(TestClock clock) : IWorkInFlight
    {
        public IDisposable Enter() => clock.Enter();
    }

    private sealed class Unlocked(Func<Task> open) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await open();
    }
}

public sealed class NotificationsOnSqlite(SqliteFile db) : NotificationTests(db), IClassFixture<SqliteFile>;

public sealed class NotificationsOnPostgres(PostgresSchema db) : NotificationTests(db), IClassFixture<PostgresSchema>;
