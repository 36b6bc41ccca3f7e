namespace Papaya.Simulator.World;

/// <summary>Something with one next instant at which it acts by itself.</summary>
internal abstract class Scheduled
{
    /// <summary>Whose it is.</summary>
    public abstract string MchId { get; set; }

    /// <summary>When it acts next; null when it waits for somebody.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Order among those due at the same instant; also tells a current appointment from an old one.</summary>
    public long DueNumber { get; set; }
}

/// <summary>An appointment taken from the agenda. What it was made for may happen otherwise before it is performed.</summary>
internal readonly record struct Due(Scheduled What, long Number)
{
    /// <summary>Whether it still stands; asked under the world's lock.</summary>
    public bool Stands => What.DueNumber == Number && What.DueAt is not null;
}
