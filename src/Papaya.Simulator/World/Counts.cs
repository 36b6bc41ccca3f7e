namespace Papaya.Simulator.World;

/// <summary>How much there is of what people ask about most, kept as the world changes so that nobody has to walk through all of it. Used under the world's lock.</summary>
internal sealed class Counts
{
    private static readonly int States = Enum.GetValues<TradeState>().Length;

    private readonly int[] _orders = new int[1 + (Enum.GetValues<OrderKind>().Length * States)];
    private readonly (int Count, long Amount)[] _movements = new (int, long)[Enum.GetValues<MovementKind>().Length];
    private readonly Dictionary<(string MchId, long PlanId), int> _signed = [];

    /// <summary>Contracts that are signed and not ended.</summary>
    public int Signed { get; private set; }

    /// <summary>Orders in one of these states; of one kind, or of both.</summary>
    public int Orders(OrderKind? kind, params ReadOnlySpan<TradeState> states)
    {
        var sum = 0;
        foreach (var state in states)
        {
            sum += kind is { } one ? _orders[Place(one, state)] : _orders[Place(OrderKind.Payment, state)] + _orders[Place(OrderKind.Debit, state)];
        }

        return sum;
    }

    /// <summary>Movements of a kind with the sum of their amounts in fen.</summary>
    public (int Count, long Amount) Movements(MovementKind kind) => _movements[(int)kind];

    /// <summary>Signed contracts of a template.</summary>
    public int SignedUnder(string mchId, long planId) => _signed.GetValueOrDefault((mchId, planId));

    /// <summary>Signed contracts of a merchant.</summary>
    public int SignedWith(string mchId) => _signed.Sum(s => s.Key.MchId == mchId ? s.Value : 0);

    /// <summary>An order as it is now; <paramref name="known"/> is what stood under its number before, perhaps itself.</summary>
    public void Note(Order order, Order? known)
    {
        _orders[known?.CountedAt ?? 0]--;
        order.CountedAt = Place(order.Kind, order.State);
        _orders[order.CountedAt]++;
    }

    /// <summary>A contract was signed (1) or ended (-1).</summary>
    public void Note(Contract contract, int change)
    {
        var key = (contract.MchId, contract.PlanId);
        _signed[key] = _signed.GetValueOrDefault(key) + change;
        Signed += change;
    }

    public void Note(Movement movement)
    {
        ref var sum = ref _movements[(int)movement.Kind];
        sum = (sum.Count + 1, sum.Amount + movement.Amount);
    }

    public void Clear()
    {
        Array.Clear(_orders);
        Array.Clear(_movements);
        _signed.Clear();
        Signed = 0;
    }

    /// <summary>Nothing is counted at the first place: what an order is taken from that was not there yet.</summary>
    private static int Place(OrderKind kind, TradeState state) => 1 + ((int)kind * States) + (int)state;
}
