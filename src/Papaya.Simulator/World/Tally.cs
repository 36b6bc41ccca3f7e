namespace Papaya.Simulator.World;

/// <summary>What happened while the clock was moved. Under the world's lock.</summary>
internal sealed class Tally
{
    /// <summary>Debits that took money.</summary>
    public int Debits { get; set; }

    public int FailedDebits { get; set; }

    /// <summary>Refunds that reached an end.</summary>
    public int Refunds { get; set; }

    public int Sent { get; set; }

    public int Acknowledged { get; set; }

    /// <summary>Orders closed because nobody paid or a debit failed.</summary>
    public int Closed { get; set; }

    /// <summary>Contracts and signing sessions that ran out.</summary>
    public int Expired { get; set; }

    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    public void At(DateTimeOffset instant)
    {
        First ??= instant;
        Last = instant;
    }
}
