using Papaya.Server.Ledger;
using Papaya.Testing;

namespace Papaya.Server.Tests.Ledger;

/// <summary>A check that finds nothing proves little: each rule is shown the damage it is for.</summary>
public abstract class InvariantCheckTests(TestDatabase test)
{
    private const string Checkout =
        """
        insert into checkout (id, merchant, app_id, channel, plan, template, title, amount, customer, display_name, ip, options, out_trade_no, contract_code,
            request_serial, payment_leg, contract_leg, subscription_id, created_at, expires_at, payment_asked, contract_asked, version)
        values ('chk_1', '1', 'wx', 'jsapi', 'p', 1, 't', 100, 'u', 'd', '1.1.1.1', '{}', 'C1', 'K1', 1, 'paid', 'signed', 'sub_1', 1, 2, 0, 0, 1);
        """;

    private const string Charge =
        """
        insert into charge (id, merchant, kind, contract_id, amount, description, mode, state, due_day, due_at, attempts, failures, refusals, created_at, version)
        values ('chg_1', '1', 'use', 'ctr_1', 100, 'd', 'delay_24h', 'succeeded', 20260301, 1, 1, 0, 0, 1, 1);
        """;

    private const string Attempt =
        """
        insert into charge_attempt (merchant, number, charge_id, contract_id, attempt, mode, amount, state, excess, accepted, asked, not_found, created_at, version)
        values ('1', 'P1', 'chg_1', 'ctr_1', 1, 'delay_24h', 100, 'succeeded', 0, 1, 0, 0, 1, 1);
        """;

    private const string Books =
        """
        insert into ledger_entry (cause, step, line, account, amount, posted_at) values ('C1', 'paid', 1, 'wechat_clearing', 100, 1), ('C1', 'paid', 2, 'revenue', -100, 1);
        insert into ledger_entry (cause, step, line, account, amount, posted_at) values ('P1', 'paid', 1, 'wechat_clearing', 100, 1), ('P1', 'paid', 2, 'revenue', -100, 1);
        """;

    private const string Event = "insert into event (seq, id, type, at, aggregate, sequence, data) values (1, 'evt_1', 't', 1, 'chk_1', 1, '{}');";

    private const string Sound = Checkout + Charge + Attempt + Books + Event;

    private const string Refund =
        """
        insert into refundable (merchant, number, paid, reserved, refunds) values ('1', 'C1', 100, 0, 1);
        insert into refund (id, merchant, app_id, refund_number, order_number, transaction_id, order_amount, amount, reason, state, asked, created_at, version)
        values ('rfd_1', '1', 'wx', 'R1', 'C1', '42', 100, 101, 'r', 'processing', 0, 1, 1);
        """;

    private const string Subscription =
        """
        insert into subscription (id, merchant, plan, customer, checkout_id, status, auto_renew, amount, interval_unit, interval_count, period_number, created_at, version)
        values ('sub_1', '1', 'p', 'u', 'chk_1', 'active', 1, 100, 'month', 1, 1, 1, 1);
        """;

    public static TheoryData<string, string> Damages => new()
    {
        { "every posting balances", "update ledger_entry set amount = 99 where cause = 'C1' and line = 1" },
        { "clearing is what was paid less what was refunded", "delete from ledger_entry where cause = 'C1'" },
        { "refunds payable are the refunds under way", Refund },
        { "suspense is the money that came twice", "update charge_attempt set excess = 1" },
        { "every paid checkout is booked with its amount", "update ledger_entry set cause = 'C2' where cause = 'C1'" },
        { "every successful debit is booked with its amount", "update ledger_entry set step = 'paid_in_excess' where cause = 'P1'" },
        {
            "a charge is collected at most once",
            "drop index charge_attempt_one_success;" + Attempt.Replace("'P1'", "'P2'", StringComparison.Ordinal)
        },
        {
            "a charge has at most one undecided number",
            "drop index charge_attempt_one_success; drop index charge_attempt_one_waiting;"
            + Attempt.Replace("'P1'", "'P2'", StringComparison.Ordinal).Replace("'succeeded'", "'unknown'", StringComparison.Ordinal)
            + Attempt.Replace("'P1'", "'P3'", StringComparison.Ordinal).Replace("'succeeded'", "'sending'", StringComparison.Ordinal)
        },
        { "a charge has succeeded exactly when a number brought its money", "update charge set state = 'exhausted'" },
        { "no period is given without its charge", Subscription },
        { "refunds never exceed what was paid", Refund },
        { "events of one thing are numbered without a gap", "update event set sequence = 2" },
        { "nothing undecided is forgotten", "update charge_attempt set state = 'accepted', next_at = null" },
    };

    [Fact]
    public async Task Sound_books_break_no_rule() => Assert.Empty(await CheckAsync(""));

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Each_rule_finds_the_damage_it_is_for(string rule, string damage)
    {
        var found = await CheckAsync(damage);
        Assert.Contains(rule, found.Select(v => v.Rule));
        Assert.All(found, v => Assert.NotEmpty(v.What));
    }

    [Fact]
    public void Every_rule_is_shown_some_damage_but_the_one_a_unique_key_makes_impossible() =>
        Assert.Equal(
            InvariantCheck.RuleNames.Where(rule => rule != "a period is charged at most once").Order(),
            Damages.Select(row => (string)row[0]).Distinct().Order());

    /// <summary>On a database of its own: damage must not meet other tests.</summary>
    private async Task<IReadOnlyList<Violation>> CheckAsync(string damage)
    {
        TestDatabase own = test is SqliteFile ? new SqliteFile() : new PostgresSchema();
        await own.InitializeAsync();
        try
        {
            await own.Db.RunScriptAsync(Sound + damage, _ => Task.CompletedTask, default);
            return await InvariantCheck.RunAsync(own.Db);
        }
        finally
        {
            await own.DisposeAsync();
        }
    }
}

public sealed class InvariantCheckOnSqlite(SqliteFile db) : InvariantCheckTests(db), IClassFixture<SqliteFile>;

public sealed class InvariantCheckOnPostgres(PostgresSchema db) : InvariantCheckTests(db), IClassFixture<PostgresSchema>;
