namespace Papaya.Simulator;

/// <summary>How a simulator is set up; every value has a default that suits one developer's machine.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Where the preset templates send termination results. Null: nowhere (a real template must have one).</summary>
    public string? TerminateNotifyUrl { get; init; }

    /// <summary>The address people's browsers use, for <c>mweb_url</c>. Null: the address the host listens on.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>The file that keeps the world over a restart. Null: in memory only.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Makes all numbers and nonces repeatable. Null: different in every run.</summary>
    public int? Seed { get; init; }

    /// <summary>Whether more than 150 applies in a second per merchant are answered by FREQUENCY_LIMITED. Benchmarks switch it off.</summary>
    public bool FrequencyLimit { get; init; } = true;

    /// <summary>Whether requests and notifications are kept with their bodies for <c>/_sim/requests</c> and <c>/_sim/notifications</c>.</summary>
    public bool KeepJournal { get; init; } = true;

    /// <summary>How many requests and how many notifications are kept; the oldest are dropped.</summary>
    public int JournalLength { get; init; } = 10_000;

    /// <summary>How many entries of each kind (order numbers, contracts, refunds, …) the lint rules remember; the oldest are forgotten.</summary>
    internal int LintMemory { get; init; } = 50_000;

    /// <summary>How many notifications may be on their way at once.</summary>
    public int NotificationConcurrency { get; init; } = 64;

    /// <summary>A second address to listen at, which stands for WeChat's second host; faults can tell the two apart. Null: there is none.</summary>
    public string? BackupUrl { get; init; }

    /// <summary>Where the https authority and its key are kept (and made, if there are none). Null: in memory, new in every run.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>
    /// Whether the control API and the pages answer callers that are not on this machine, under any name, and requests that another site's page
    /// makes a browser send. For containers and networks of one's own.
    /// </summary>
    public bool AllowRemoteControl { get; init; }

    /// <summary>Whether nobody else lives by the clock, so that restoring a snapshot may set it back.</summary>
    public bool OwnsClock { get; init; }

    /// <summary>The journal is written anew from what is true when it has grown by so many bytes, and at every start.</summary>
    public long CompactAfterBytes { get; init; } = 256L << 20;

    /// <summary>Values of named switches that differ from their defaults; see <c>GET /_sim/switches</c>.</summary>
    public IReadOnlyDictionary<string, string> Switches { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
