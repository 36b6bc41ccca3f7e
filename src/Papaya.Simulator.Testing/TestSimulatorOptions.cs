namespace Papaya.Simulator.Testing;

/// <summary>How a simulator for tests is set up; every default suits a test that wants the same result in every run.</summary>
public sealed class TestSimulatorOptions
{
    /// <summary>Where the virtual clock begins. Default: the machine's time. Time then runs at the machine's speed until a test advances it.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The same seed gives the same numbers and nonces. Default 1; null: different in every run.</summary>
    public int? Seed { get; init; } = 1;

    /// <summary>Whether the simulator also speaks https on a port of its own (<see cref="TestSimulator.HttpsAddress"/>). Default: no.</summary>
    public bool Https { get; init; }

    /// <summary>Where the preset templates send the results of terminations. Default: nowhere.</summary>
    public Uri? TerminateNotifyUrl { get; init; }

    /// <summary>Whether more than 150 applies in a second of one merchant are refused, as WeChat does. Default: yes.</summary>
    public bool FrequencyLimit { get; init; } = true;

    /// <summary>Values of switches that differ from their defaults (<c>docs/reference/fidelity.md</c>).</summary>
    public IReadOnlyDictionary<string, string> Switches { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
