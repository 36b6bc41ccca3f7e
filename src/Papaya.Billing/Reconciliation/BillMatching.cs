namespace Papaya.Billing.Reconciliation;

public enum MovementKind
{
    /// <summary>A customer at the cashier.</summary>
    Payment,

    /// <summary>A debit under a contract (trade type PAP).</summary>
    Debit,
    Refund,
}

/// <summary>One line of WeChat's bill, in fen.</summary>
/// <param name="RefundNumber">Ours (out_refund_no), on refund lines.</param>
public readonly record struct BillLine(
    MovementKind Kind, string OrderNumber, string TransactionId, long Amount, DateTimeOffset At, string? RefundNumber = null);

/// <summary>What we believe about one movement of money.</summary>
/// <param name="IsSettled">Paid, or refunded; false when we hold the number and believe that no money moved.</param>
/// <param name="Debt">What it paid for (a charge's id): two settled movements for one debt are a duplicate.</param>
public readonly record struct OurMovement(
    MovementKind Kind, string OrderNumber, string? TransactionId, long Amount, DateTimeOffset At, bool IsSettled, string? RefundNumber = null, string? Debt = null);

public enum DifferenceKind
{
    /// <summary>长款: the bill has it, we do not.</summary>
    LocalMissing,

    /// <summary>短款: we say paid, the bill does not.</summary>
    BillMissing,
    Amount,

    /// <summary>Both have it; we believe that no money moved.</summary>
    State,

    /// <summary>One number twice in the bill, or one debt paid twice.</summary>
    Duplicate,

    /// <summary>The same number with another transaction number or kind.</summary>
    Identity,

    /// <summary>The lines do not add up to the bill's own totals.</summary>
    Totals,
}

/// <summary>One gap, named to the fen.</summary>
/// <param name="Billed">The bill's amount, or 0.</param>
/// <param name="Ours">Our amount, or 0.</param>
/// <param name="IsExpected">Near midnight a movement may stand in the neighbouring day's bill: not a fault before that bill is in.</param>
public sealed record Difference(
    DifferenceKind Kind, MovementKind Movement, string Number, long Billed, long Ours, bool IsExpected = false, string? Detail = null);

/// <summary>The bill's own closing line.</summary>
public readonly record struct BillTotals(long Lines, long Paid, long Refunded);

/// <summary>The result of one bill against our books.</summary>
/// <param name="Billed">Counted from the lines.</param>
/// <param name="Ours">Counted from our settled movements.</param>
/// <param name="Matched">Pairs that agree in everything.</param>
public sealed record MatchResult(IReadOnlyList<Difference> Differences, BillTotals Billed, BillTotals Ours, long Matched)
{
    public bool IsClean => Differences.Count == 0;
}

/// <summary>Compares a day's bill with our books, line by line. Pure; the same input in any order gives the same result.</summary>
public static class BillMatching
{
    /// <summary>How near midnight (Beijing) a movement may belong to the neighbouring day.</summary>
    public static TimeSpan CutOff { get; } = TimeSpan.FromMinutes(2);

    public static MatchResult Match(IEnumerable<BillLine> bill, IEnumerable<OurMovement> ours, BillTotals? stated = null)
    {
        var differences = new List<Difference>();
        var waiting = new Dictionary<(bool IsRefund, string Number), OurMovement>();
        var ourTotals = Tally.Empty;
        var debts = new Dictionary<string, OurMovement>(StringComparer.Ordinal);
        foreach (var movement in ours)
        {
            waiting.Add(Key(movement.Kind, movement.OrderNumber, movement.RefundNumber), movement);
            if (!movement.IsSettled)
            {
                continue;
            }

            ourTotals.Add(movement.Kind, movement.Amount);
            if (movement is { Debt: { } debt, Kind: not MovementKind.Refund } && !debts.TryAdd(debt, movement))
            {
                // The lowest number is the one to keep, so that the order of the input does not matter.
                var (keep, surplus) = string.CompareOrdinal(debts[debt].OrderNumber, movement.OrderNumber) < 0 ? (debts[debt], movement) : (movement, debts[debt]);
                debts[debt] = keep;
                differences.Add(new(DifferenceKind.Duplicate, surplus.Kind, surplus.OrderNumber, surplus.Amount, surplus.Amount,
                    Detail: "Its debt was paid by another number too."));
            }
        }

        var billTotals = Tally.Empty;
        var matched = 0L;
        var seen = new HashSet<(bool, string)>();
        foreach (var line in bill)
        {
            billTotals.Add(line.Kind, line.Amount);
            var key = Key(line.Kind, line.OrderNumber, line.RefundNumber);
            if (!seen.Add(key))
            {
                differences.Add(new(DifferenceKind.Duplicate, line.Kind, key.Number, line.Amount, 0, Detail: "The number stands in the bill twice."));
            }
            else if (!waiting.Remove(key, out var movement))
            {
                differences.Add(new(DifferenceKind.LocalMissing, line.Kind, key.Number, line.Amount, 0, IsNearMidnight(line.At)));
            }
            else if (Compare(line, movement, key.Number) is { } difference)
            {
                differences.Add(difference);
            }
            else
            {
                matched++;
            }
        }

        foreach (var (key, movement) in waiting)
        {
            if (movement.IsSettled)
            {
                differences.Add(new(DifferenceKind.BillMissing, movement.Kind, key.Number, 0, movement.Amount, IsNearMidnight(movement.At)));
            }
        }

        if (stated is { } totals && totals != billTotals.Totals)
        {
            differences.Add(new(DifferenceKind.Totals, MovementKind.Payment, "", totals.Paid - totals.Refunded, billTotals.Totals.Paid - billTotals.Totals.Refunded,
                Detail: $"The bill states {totals.Lines} lines, {totals.Paid} paid, {totals.Refunded} refunded; its lines are {billTotals.Totals.Lines}, {billTotals.Totals.Paid}, {billTotals.Totals.Refunded}."));
        }

        differences.Sort(static (a, b) => (a.Kind, a.Movement).CompareTo((b.Kind, b.Movement)) is var order and not 0 ? order
            : string.CompareOrdinal(a.Number, b.Number) is var number and not 0 ? number : a.Billed.CompareTo(b.Billed));
        return new(differences, billTotals.Totals, ourTotals.Totals, matched);
    }

    private static Difference? Compare(BillLine line, OurMovement movement, string number) =>
        !movement.IsSettled ? new(DifferenceKind.State, line.Kind, number, line.Amount, 0, Detail: "We believe that no money moved.")
        : line.Amount != movement.Amount ? new(DifferenceKind.Amount, line.Kind, number, line.Amount, movement.Amount)
        : line.Kind != movement.Kind ? new(DifferenceKind.Identity, line.Kind, number, line.Amount, movement.Amount, Detail: $"We hold it as {movement.Kind}.")
        : movement.TransactionId is { } ours && ours != line.TransactionId
            ? new(DifferenceKind.Identity, line.Kind, number, line.Amount, movement.Amount, Detail: "Another transaction number.")
        : null;

    private static (bool IsRefund, string Number) Key(MovementKind kind, string orderNumber, string? refundNumber) =>
        kind == MovementKind.Refund ? (true, refundNumber ?? orderNumber) : (false, orderNumber);

    private static bool IsNearMidnight(DateTimeOffset at)
    {
        var time = at.ToOffset(TimeSpan.FromHours(8)).TimeOfDay;
        return time < CutOff || time >= TimeSpan.FromDays(1) - CutOff;
    }

    private struct Tally
    {
        private long _lines;
        private long _paid;
        private long _refunded;

        public static Tally Empty => default;

        public readonly BillTotals Totals => new(_lines, _paid, _refunded);

        public void Add(MovementKind kind, long amount)
        {
            checked
            {
                _lines++;
                _paid += kind == MovementKind.Refund ? 0 : amount;
                _refunded += kind == MovementKind.Refund ? amount : 0;
            }
        }
    }
}
