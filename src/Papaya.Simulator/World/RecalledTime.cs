using Papaya.Simulator.Clock;

namespace Papaya.Simulator.World;

/// <summary>How far time had come when the journal ended.</summary>
internal sealed class RecalledTime
{
    private DateTimeOffset _latest;
    private DateTimeOffset _clockAt;
    private DateTimeOffset? _machineAt;
    private bool _isFrozen;

    public void Read(Change line)
    {
        _latest = line.At > _latest ? line.At : _latest;
        if (line.MachineAt is { } machine)
        {
            // The clock itself speaks: a restored snapshot may have set it back.
            (_clockAt, _machineAt, _latest, _isFrozen) = (line.At, machine, line.At, line.Frozen);
        }
    }

    /// <summary>Unless it stood, time has gone on at the machine's speed while nobody was there.</summary>
    public void Continue(TestClock clock, bool mayGoBack)
    {
        if (_latest == default)
        {
            return;
        }

        var flowed = !_isFrozen && clock.MachineNow > _machineAt ? _clockAt + (clock.MachineNow - _machineAt.Value) : _clockAt;
        clock.ContinueFrom(Microseconds.Truncate(flowed > _latest ? flowed : _latest), mayGoBack);
        clock.IsFrozen |= _isFrozen;
    }
}
