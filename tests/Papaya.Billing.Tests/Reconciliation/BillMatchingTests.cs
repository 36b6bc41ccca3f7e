using FsCheck;
using FsCheck.Fluent;
using Papaya.Billing.Reconciliation;
using static Papaya.Billing.Reconciliation.MovementKind;

namespace Papaya.Billing.Tests.Reconciliation;

public sealed class BillMatchingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 4, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NearMidnight = new(2026, 3, 10, 15, 59, 30, TimeSpan.Zero);

    private static readonly BillLine[] Bill =
    [
        new(Payment, "A", "42A", 2500, Noon), new(Debit, "B", "42B", 2500, Noon), new(Refund, "A", "42A", 1000, Noon, "R1"), new(Refund, "A", "42A", 500, Noon, "R2"),
    ];

    private static readonly OurMovement[] Books =
    [
        new(Payment, "A", "42A", 2500, Noon, true), new(Debit, "B", "42B", 2500, Noon, true, Debt: "chg_1"),
        new(Refund, "A", "42A", 1000, Noon, true, "R1"), new(Refund, "A", "42A", 500, Noon, true, "R2"),
    ];

    [Fact]
    public void Books_that_agree_have_no_difference()
    {
        var result = BillMatching.Match(Bill, Books, new BillTotals(4, 5000, 1500));
        Assert.True(result.IsClean);
        Assert.Equal((4, new BillTotals(4, 5000, 1500), new BillTotals(4, 5000, 1500)), (result.Matched, result.Billed, result.Ours));
    }

    [Fact]
    public void A_line_that_we_do_not_have_is_local_missing() => Assert.Equal(
        new Difference(DifferenceKind.LocalMissing, Debit, "B", 2500, 0), Assert.Single(BillMatching.Match(Bill, [.. Books.Where(m => m.OrderNumber != "B")]).Differences));

    [Fact]
    public void A_payment_that_the_bill_does_not_have_is_bill_missing() => Assert.Equal(
        new Difference(DifferenceKind.BillMissing, Debit, "B", 0, 2500), Assert.Single(BillMatching.Match([.. Bill.Where(l => l.OrderNumber != "B")], Books).Differences));

    [Fact]
    public void Near_midnight_the_other_day_may_have_it()
    {
        Assert.True(Assert.Single(BillMatching.Match([new(Debit, "B", "42B", 1, NearMidnight)], []).Differences).IsExpected);
        Assert.True(Assert.Single(BillMatching.Match([], [new(Debit, "B", "42B", 1, NearMidnight, true)]).Differences).IsExpected);
        Assert.False(Assert.Single(BillMatching.Match([], [new(Debit, "B", "42B", 1, Noon, true)]).Differences).IsExpected);
    }

    [Fact]
    public void One_fen_is_a_difference()
    {
        var altered = Bill.Select(l => l.OrderNumber == "B" ? l with { Amount = 2501 } : l);
        Assert.Equal(new Difference(DifferenceKind.Amount, Debit, "B", 2501, 2500), Assert.Single(BillMatching.Match(altered, Books).Differences));
    }

    [Fact]
    public void Money_for_what_we_think_failed_is_a_state_difference()
    {
        var failed = Books.Select(m => m.OrderNumber == "B" ? m with { IsSettled = false, TransactionId = null } : m);
        Assert.Equal(DifferenceKind.State, Assert.Single(BillMatching.Match(Bill, failed).Differences).Kind);
    }

    [Fact]
    public void What_failed_on_both_sides_is_no_difference() =>
        Assert.True(BillMatching.Match([], [new(Debit, "C", null, 2500, Noon, false, Debt: "chg_1")]).IsClean);

    [Fact]
    public void A_number_twice_in_the_bill_is_a_duplicate() => Assert.Equal(
        new Difference(DifferenceKind.Duplicate, Debit, "B", 2500, 0, Detail: "The number stands in the bill twice."), Assert.Single(BillMatching.Match([.. Bill, Bill[1]], Books).Differences));

    [Fact]
    public void A_debt_paid_by_two_numbers_is_a_duplicate()
    {
        var result = BillMatching.Match([.. Bill, new(Debit, "C", "42C", 2500, Noon)], [.. Books, new(Debit, "C", "42C", 2500, Noon, true, Debt: "chg_1")]);
        Assert.Equal((DifferenceKind.Duplicate, "C"), (Assert.Single(result.Differences).Kind, result.Differences[0].Number));
    }

    [Theory]
    [InlineData("missing", DifferenceKind.LocalMissing)]
    [InlineData("amount", DifferenceKind.Amount)]
    [InlineData("unsettled", DifferenceKind.State)]
    public void Refunds_are_matched_by_their_own_number(string what, DifferenceKind expected)
    {
        OurMovement[] books = [.. Books.Where(m => what != "missing" || m.RefundNumber != "R2").Select(m => m.RefundNumber != "R2" ? m
            : what == "amount" ? m with { Amount = 499 } : m with { IsSettled = false })];
        var difference = Assert.Single(BillMatching.Match(Bill, books).Differences);
        Assert.Equal((expected, Refund, "R2"), (difference.Kind, difference.Movement, difference.Number));
    }

    [Fact]
    public void Another_transaction_number_is_another_payment() =>
        Assert.Equal(DifferenceKind.Identity, Assert.Single(BillMatching.Match([Bill[1] with { TransactionId = "42X" }], [Books[1]]).Differences).Kind);

    [Fact]
    public void A_bill_that_does_not_add_up_is_noticed() =>
        Assert.Equal(DifferenceKind.Totals, Assert.Single(BillMatching.Match(Bill, Books, new BillTotals(4, 5001, 1500)).Differences).Kind);

    [Fact]
    public void The_order_of_lines_and_books_does_not_matter() =>
        Prop.ForAll(Books.Concat([new(Debit, "C", "42C", 7, Noon, true, Debt: "chg_1"), new(Debit, "D", "42D", 7, Noon, true, Debt: "chg_1")]).ToGenShuffled().ToArbitrary(),
            Bill.Append(new(Debit, "E", "42E", 1, Noon)).ToGenShuffled().ToArbitrary(), (books, bill) =>
            BillMatching.Match(bill, books).Differences.Select(d => (d.Kind, d.Number)).SequenceEqual(
                [(DifferenceKind.LocalMissing, "E"), (DifferenceKind.BillMissing, "C"), (DifferenceKind.BillMissing, "D"), (DifferenceKind.Duplicate, "C"), (DifferenceKind.Duplicate, "D")]))
            .Check(Config.QuickThrowOnFailure);
}

internal static class Shuffling
{
    public static Gen<T[]> ToGenShuffled<T>(this IEnumerable<T> items) => Gen.Shuffle(items.ToArray());
}
