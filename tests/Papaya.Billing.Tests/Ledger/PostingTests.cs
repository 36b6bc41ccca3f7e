using FsCheck;
using FsCheck.Fluent;
using Papaya.Billing.Ledger;

namespace Papaya.Billing.Tests.Ledger;

public sealed class PostingTests
{
    private static readonly Func<string, Fen, Posting>[] All =
        [Posting.Paid, Posting.PaidInExcess, Posting.RefundReserved, Posting.RefundSettled, Posting.RefundVoided];

    [Fact]
    public void Every_posting_of_every_amount_sums_to_nothing() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<long>().Filter(fen => fen > 0),
            fen => All.All(post => post("C1", new Fen(fen)).Lines.Sum(line => (decimal)line.Amount.Value) == 0)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_mix_of_reports_leaves_clearing_with_what_was_paid_less_what_was_refunded() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Paid, byte Refunded, bool Settled)[]>(),
            sales =>
            {
                var (clearing, expected) = (0L, 0L);
                foreach (var (paid, refunded, settled) in sales)
                {
                    var (in_, out_) = (paid + 1L, Math.Min(refunded, paid) + 1L);
                    Posting[] postings = settled
                        ? [Posting.Paid("C", new Fen(in_)), Posting.RefundReserved("r", new Fen(out_)), Posting.RefundSettled("r", new Fen(out_))]
                        : [Posting.Paid("C", new Fen(in_)), Posting.RefundReserved("r", new Fen(out_)), Posting.RefundVoided("r", new Fen(out_))];
                    clearing += postings.SelectMany(p => p.Lines).Where(l => l.Account == Account.WechatClearing).Sum(l => l.Amount.Value);
                    expected += in_ - (settled ? out_ : 0);
                }

                return clearing == expected;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_voided_refund_leaves_no_trace_in_any_account()
    {
        var lines = Posting.RefundReserved("r", new Fen(7)).Lines.Concat(Posting.RefundVoided("r", new Fen(7)).Lines);
        Assert.All(lines.GroupBy(l => l.Account), account => Assert.Equal(0, account.Sum(l => l.Amount.Value)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Nothing_and_less_is_not_moved(long fen) =>
        Assert.All(All, post => Assert.Throws<ArgumentOutOfRangeException>(() => post("C1", new Fen(fen))));

    [Fact]
    public void An_unbalanced_posting_cannot_be_made()
    {
        Assert.Throws<ArgumentException>(() => new Posting("c", "s", new PostingLine(Account.Revenue, new Fen(1)), new PostingLine(Account.Suspense, new Fen(-2))));
        Assert.Throws<ArgumentException>(() => new Posting("c", "s", new PostingLine(Account.Revenue, Fen.Zero)));
        Assert.Throws<ArgumentException>(() => new Posting("", "s", new PostingLine(Account.Revenue, new Fen(1)), new PostingLine(Account.Suspense, new Fen(-1))));
    }

    [Fact]
    public void Money_overflows_loudly()
    {
        Assert.Throws<OverflowException>(() => new Fen(long.MaxValue) + new Fen(1));
        Assert.Throws<OverflowException>(() => new Fen(long.MinValue) - new Fen(1));
        Assert.Throws<OverflowException>(() => new Fen(long.MaxValue) * 2);
        Assert.Throws<OverflowException>(() => -new Fen(long.MinValue));
    }
}
