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
