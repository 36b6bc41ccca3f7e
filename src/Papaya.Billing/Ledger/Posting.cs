namespace Papaya.Billing.Ledger;

public enum Account
{
    /// <summary>What customers owe for what they were sold.</summary>
    CustomerReceivable,

    /// <summary>What WeChat Pay holds for us: collected, not yet settled.</summary>
    WechatClearing,

    Revenue,

    /// <summary>Refunds promised and not yet carried out.</summary>
    RefundPayable,

    /// <summary>Money that came in and belongs to no open debt, until a person or a refund explains it.</summary>
    Suspense,
}

/// <summary>One side of a posting; a debit is positive, a credit negative.</summary>
public readonly record struct PostingLine(Account Account, Fen Amount);

/// <summary>
/// One balanced entry in the books. <see cref="Cause"/> is the number of what moved the money (<c>out_trade_no</c>, refund id) and
/// <see cref="Step"/> the stage of it; a pair is booked once, whoever asks again.
/// </summary>
public sealed record Posting
{
    public Posting(string cause, string step, params IReadOnlyList<PostingLine> lines)
    {
        ArgumentException.ThrowIfNullOrEmpty(cause);
        ArgumentException.ThrowIfNullOrEmpty(step);
        var sum = Fen.Zero;
        foreach (var line in lines)
        {
            sum += line.Amount;
        }

        if (lines.Count < 2 || sum != Fen.Zero)
        {
            throw new ArgumentException($"The posting {cause}/{step} does not balance: its {lines.Count} lines sum to {sum} fen.", nameof(lines));
        }

        (Cause, Step, Lines) = (cause, step, lines);
    }

    public string Cause { get; }

    public string Step { get; }

    public IReadOnlyList<PostingLine> Lines { get; }

    /// <summary>A payment or debit succeeded: the debt is recognised as revenue and paid into WeChat's clearing in one entry.</summary>
    public static Posting Paid(string orderNumber, Fen amount) => new(
        orderNumber,
        "paid",
        Debit(Account.WechatClearing, amount),
        Credit(Account.CustomerReceivable, amount),
        Debit(Account.CustomerReceivable, amount),
        Credit(Account.Revenue, amount));

    /// <summary>Money that came twice for one debt (a second success of a charge): held until it is given back.</summary>
    public static Posting PaidInExcess(string orderNumber, Fen amount) => new(
        orderNumber,
        "paid_in_excess",
        Debit(Account.WechatClearing, amount),
        Credit(Account.Suspense, amount));

    /// <summary>A refund was promised. Reserving first is what keeps refunds within what was paid.</summary>
    public static Posting RefundReserved(string refundId, Fen amount) => new(
        refundId,
        "reserved",
        Debit(Account.Revenue, amount),
        Credit(Account.RefundPayable, amount));

    public static Posting RefundSettled(string refundId, Fen amount) => new(
        refundId,
        "settled",
        Debit(Account.RefundPayable, amount),
        Credit(Account.WechatClearing, amount));

    /// <summary>The refund was refused or closed: what was reserved is revenue again.</summary>
    public static Posting RefundVoided(string refundId, Fen amount) => new(
        refundId,
        "voided",
        Debit(Account.RefundPayable, amount),
        Credit(Account.Revenue, amount));

    private static PostingLine Debit(Account account, Fen amount) => new(account, Positive(amount));

    private static PostingLine Credit(Account account, Fen amount) => new(account, -Positive(amount));

    private static Fen Positive(Fen amount) =>
        amount.IsPositive ? amount : throw new ArgumentOutOfRangeException(nameof(amount), amount.Value, "Money is moved in positive amounts.");
}
