using System.Globalization;
using System.Text;
using Dapper;
using Papaya.Billing.Ledger;
using Papaya.Server.Storage;

namespace Papaya.Server.Ledger;

/// <summary>The books. A posting is written in the transaction of the change it records, once per (cause, step).</summary>
public sealed class LedgerBook(TimeProvider clock)
{
    private const int MostLines = 8;

    private static readonly string[] Inserts = [.. Enumerable.Range(0, MostLines + 1).Select(Insert)];

    /// <summary>False when this (cause, step) was booked before; nothing is written then.</summary>
    public async Task<bool> PostAsync(Transaction tx, Posting posting)
    {
        var lines = posting.Lines;
        var args = new DynamicParameters();
        args.Add("Cause", posting.Cause);
        args.Add("Step", posting.Step);
        args.Add("PostedAt", Instant.ToMicros(clock.GetUtcNow()));
        for (var i = 0; i < lines.Count; i++)
        {
            args.Add(Inserted("Account", i), Name(lines[i].Account));
            args.Add(Inserted("Amount", i), lines[i].Amount.Value);
        }

        var inserted = await tx.ExecuteAsync(Inserts[lines.Count], args);
        return inserted == 0 || inserted == lines.Count
            ? inserted > 0
            : throw new InvalidOperationException($"{posting.Cause}/{posting.Step} was booked before with another number of lines.");
    }

    internal static string Name(Account account) => account switch
    {
        Account.CustomerReceivable => "customer_receivable",
        Account.WechatClearing => "wechat_clearing",
        Account.Revenue => "revenue",
        Account.RefundPayable => "refund_payable",
        Account.Suspense => "suspense",
        _ => throw new ArgumentOutOfRangeException(nameof(account), account, "An account without a name."),
    };

    private static string Insert(int lines)
    {
        var sql = new StringBuilder("insert into ledger_entry (cause, step, line, account, amount, posted_at) values ");
        for (var i = 0; i < lines; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}(@Cause, @Step, {i + 1}, @{Inserted("Account", i)}, @{Inserted("Amount", i)}, @PostedAt)");
        }

        return sql.Append(" on conflict (cause, step, line) do nothing").ToString();
    }

    private static string Inserted(string name, int line) => string.Create(CultureInfo.InvariantCulture, $"{name}{line + 1}");
}
