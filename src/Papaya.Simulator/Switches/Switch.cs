namespace Papaya.Simulator;

/// <summary>How sure we are of a behaviour.</summary>
internal enum Evidence
{
    /// <summary>An official page says so.</summary>
    Official,

    /// <summary>Reported by merchants or answered by WeChat's staff in the developer community.</summary>
    Community,

    /// <summary>Nobody published it; our reasoning.</summary>
    Inferred,
}

/// <summary>A point on which sources are silent or contradict each other; what it decides stands in English and in Chinese.</summary>
internal sealed record Switch(string Name, string[] Values, Evidence Evidence, string Source, string Meaning, string Chinese)
{
    public string Default => Values[0];
}
