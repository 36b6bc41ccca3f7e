using Papaya.Server.Storage;

namespace Papaya.Server.Ledger;

/// <summary>A promise that the stored facts break.</summary>
public sealed record Violation(string Rule, string What)
{
    public override string ToString() => $"{Rule}: {What}";
}

/// <summary>
/// Reads the whole database and says which promises it breaks; none, at any moment, however the process ended before.
/// For demonstrations, crash tests and support, not for the running server: it reads every row.
/// </summary>
public static class InvariantCheck
{
    private const int MostShown = 20;

    /// <summary>Each selects one text, <c>what</c>, for each thing that is wrong.</summary>
    private static readonly (string Rule, string Sql)[] Rules =
    [
        ("every posting balances",
            """
            select cause || '/' || step || ' sums to ' || cast(sum(amount) as text) || ' fen' as what
              from ledger_entry group by cause, step having sum(amount) <> 0
            """),
        ("clearing is what was paid less what was refunded",
            """
            select 'clearing holds ' || cast(held as text) || ' fen, payments less refunds make ' || cast(due as text) as what
              from (select (select coalesce(sum(amount), 0) from ledger_entry where account = 'wechat_clearing') as held,
                           (select coalesce(sum(amount), 0) from checkout where payment_leg = 'paid')
                         + (select coalesce(sum(amount), 0) from charge_attempt where state = 'succeeded')
                         - (select coalesce(sum(amount), 0) from refund where state = 'succeeded') as due) books
             where held <> due
            """),
        ("refunds payable are the refunds under way",
            """
            select 'payable holds ' || cast(held as text) || ' fen, refunds under way make ' || cast(due as text) as what
              from (select -(select coalesce(sum(amount), 0) from ledger_entry where account = 'refund_payable') as held,
                           (select coalesce(sum(amount), 0) from refund where state not in ('succeeded', 'refused', 'closed')) as due) books
             where held <> due
            """),
        ("suspense is the money that came twice",
            """
            select 'suspense holds ' || cast(held as text) || ' fen, debits in excess make ' || cast(due as text) as what
              from (select -(select coalesce(sum(amount), 0) from ledger_entry where account = 'suspense') as held,
                           (select coalesce(sum(amount), 0) from charge_attempt where state = 'succeeded' and excess = 1) as due) books
             where held <> due
            """),
        ("every paid checkout is booked with its amount",
            """
            select c.id || ' is paid with ' || cast(c.amount as text) || ' fen, booked are ' || cast(coalesce(e.amount, 0) as text) as what
              from checkout c left join ledger_entry e on e.cause = c.out_trade_no and e.step = 'paid' and e.account = 'wechat_clearing'
             where c.payment_leg = 'paid' and coalesce(e.amount, 0) <> c.amount
            """),
        ("every successful debit is booked with its amount",
            """
            select a.number || ' brought ' || cast(a.amount as text) || ' fen, booked are ' || cast(coalesce(e.amount, 0) as text) as what
              from charge_attempt a
              left join ledger_entry e on e.cause = a.number and e.account = 'wechat_clearing'
               and e.step = case a.excess when 1 then 'paid_in_excess' else 'paid' end
             where a.state = 'succeeded' and coalesce(e.amount, 0) <> a.amount
            """),
        ("a charge is collected at most once",
            "select charge_id || ' was collected ' || cast(count(*) as text) || ' times' as what from charge_attempt where state = 'succeeded' and excess = 0 group by charge_id having count(*) > 1"),
        ("a charge has at most one undecided number",
            """
            select charge_id || ' has ' || cast(count(*) as text) || ' undecided numbers' as what
              from charge_attempt where state in ('planned', 'sending', 'accepted', 'unknown', 'closing') group by charge_id having count(*) > 1
            """),
        ("a charge has succeeded exactly when a number brought its money",
            """
            select c.id || ' is ' || c.state || ' and has ' || cast(count(a.number) as text) || ' successful numbers' as what
              from charge c left join charge_attempt a on a.charge_id = c.id and a.state = 'succeeded' and a.excess = 0
             group by c.id, c.state having (c.state = 'succeeded') <> (count(a.number) = 1)
            """),
        ("a period is charged at most once",
            """
            select subscription_id || ' has ' || cast(count(*) as text) || ' charges for period ' || cast(period as text) as what
              from charge where subscription_id is not null group by subscription_id, period having count(*) > 1
            """),
        ("no period is given without its charge",
            """
            select s.id || ' stands at period ' || cast(s.period_number as text) || ' after ' || cast(count(c.id) as text) || ' paid renewals' as what
              from subscription s left join charge c on c.subscription_id = s.id and c.kind = 'period' and c.state in ('succeeded', 'settled_offline')
             group by s.id, s.period_number having s.period_number > count(c.id)
            """),
        ("refunds never exceed what was paid",
            """
            select p.number || ': ' || cast(sum(r.amount) as text) || ' fen of ' || cast(p.paid as text) || ' are refunded' as what
              from refundable p join refund r on r.merchant = p.merchant and r.order_number = p.number and r.state not in ('refused', 'closed')
             group by p.merchant, p.number, p.paid having sum(r.amount) > p.paid
            """),
        ("events of one thing are numbered without a gap",
            """
            select aggregate || ' has ' || cast(count(*) as text) || ' events, numbered to ' || cast(max(sequence) as text) as what
              from event group by aggregate having min(sequence) <> 1 or max(sequence) <> count(*)
            """),
        ("nothing undecided is forgotten",
            """
            select a.number || ' is ' || a.state || ' and nobody will ask' as what
              from charge_attempt a join charge c on c.id = a.charge_id
             where a.state in ('planned', 'accepted', 'unknown', 'closing') and a.next_at is null and c.state <> 'unresolved'
            union all
            select id || ' is ' || state || ' and nobody will send it' as what from charge where state in ('planned', 'noticed', 'due', 'retry_wait') and next_at is null
            union all
            select id || ' renews and nobody will look whether it did' as what
              from subscription where auto_renew = 1 and status in ('active', 'past_due') and next_at is null
            union all
            select id || ' waits in the inbox without a date' as what from notification_inbox where state = 'waiting' and due_at is null
            union all
            select id || ' is being terminated and nobody will ask' as what from contract where status = 'terminating' and next_at is null
            """),
    ];

    /// <summary>The names of the rules, for reports.</summary>
    public static IReadOnlyList<string> RuleNames { get; } = [.. Rules.Select(rule => rule.Rule)];

    public static Task<IReadOnlyList<Violation>> RunAsync(Database db, CancellationToken ct = default) =>
        db.ReadAsync<IReadOnlyList<Violation>>(
            async reader =>
            {
                var found = new List<Violation>();
                foreach (var (rule, sql) in Rules)
                {
                    var wrong = await reader.QueryAsync<string>($"select what from ({sql}) wrong limit {MostShown}", ct: ct);
                    found.AddRange(wrong.Select(what => new Violation(rule, what)));
                }

                return found;
            },
            ct);
}
