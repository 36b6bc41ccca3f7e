using Papaya.Billing.Ledger;
using Papaya.Server.Storage;

namespace Papaya.Server.Ledger;

/// <summary>The books. A posting is written in the transaction of the change it records, once per (cause, step).</summary>
public sealed class LedgerBook(Ids ids, TimeProvider clock)
{
    /// <summary>False when this (cause, step) was booked before; nothing is written then.</summary>
    public async Task<bool> PostAsync(Transaction tx, Posting posting)
    {
        var id = ids.New("pst");
        var inserted = await tx.ExecuteAsync(
            """
            insert into ledger_posting (id, cause, step, posted_at) values (@Id, @Cause, @Step, @PostedAt)
            on conflict (cause, step) do nothing
            """,
            new { Id = id, posting.Cause, posting.Step, PostedAt = Instant.ToMicros(clock.GetUtcNow()) });
        if (inserted == 0)
        {
            return false;
        }

        for (var i = 0; i < posting.Lines.Count; i++)
        {
            await tx.ExecuteAsync(
                "insert into ledger_entry (posting, line, account, amount) values (@Posting, @Line, @Account, @Amount)",
                new { Posting = id, Line = (long)(i + 1), Account = Name(posting.Lines[i].Account), Amount = posting.Lines[i].Amount.Value });
        }

        return true;
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
}
