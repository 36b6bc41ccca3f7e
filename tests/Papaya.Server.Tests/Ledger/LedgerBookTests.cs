using Papaya.Billing;
using Papaya.Billing.Ledger;
using Papaya.Server.Ledger;
using Papaya.Testing;

namespace Papaya.Server.Tests.Ledger;

public abstract class LedgerBookTests(TestDatabase test)
{
    private readonly LedgerBook _book = new(test.Clock);

    [Fact]
    public async Task A_payment_is_booked_once_however_often_it_is_reported()
    {
        var posting = Posting.Paid("C-once", new Fen(2500));
        Assert.True(await test.Db.WriteAsync(tx => _book.PostAsync(tx, posting)));
        Assert.False(await test.Db.WriteAsync(tx => _book.PostAsync(tx, posting)));
        Assert.Equal(4, await EntriesAsync("C-once"));
    }

    [Fact]
    public async Task Of_twenty_reports_at_once_one_is_booked()
    {
        var posted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.Db.WriteAsync(tx => _book.PostAsync(tx, Posting.Paid("C-crowd", new Fen(1))))));
        Assert.Single(posted, booked => booked);
        Assert.Equal(4, await EntriesAsync("C-crowd"));
    }

    [Fact]
    public async Task A_posting_is_as_durable_as_the_change_it_records()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Db.WriteAsync<bool>(async tx =>
        {
            await _book.PostAsync(tx, Posting.Paid("C-undone", new Fen(5)));
            throw new InvalidOperationException();
        }));
        Assert.Equal(0, await EntriesAsync("C-undone"));
    }

    [Fact]
    public async Task Steps_of_one_cause_stand_beside_each_other()
    {
        await test.Db.WriteAsync(async tx =>
        {
            Assert.True(await _book.PostAsync(tx, Posting.RefundReserved("rfd_steps", new Fen(100))));
            return await _book.PostAsync(tx, Posting.RefundSettled("rfd_steps", new Fen(100)));
        });
        var balances = await test.Db.ReadAsync(r => r.QueryAsync<Balance>(
            """
            select account, cast(sum(amount) as bigint) as amount from ledger_entry
             where cause = 'rfd_steps' group by account order by account
            """));
        Assert.Equal([("refund_payable", 0L), ("revenue", 100L), ("wechat_clearing", -100L)], balances.Select(b => (b.Account, b.Amount)));
    }

    private Task<long> EntriesAsync(string cause) => test.Db.ReadAsync(r => r.ScalarAsync<long>(
        "select count(*) from ledger_entry where cause = @Cause", new { Cause = cause }));

    private sealed class Balance
    {
        public string Account { get; set; } = "";

        public long Amount { get; set; }
    }
}

public sealed class LedgerBookOnSqlite(SqliteFile db) : LedgerBookTests(db), IClassFixture<SqliteFile>;

public sealed class LedgerBookOnPostgres(PostgresSchema db) : LedgerBookTests(db), IClassFixture<PostgresSchema>;
