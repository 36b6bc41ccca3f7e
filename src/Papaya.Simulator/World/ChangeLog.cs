using Papaya.Simulator.Clock;
using Papaya.Simulator.Faults;

namespace Papaya.Simulator.World;

/// <summary>
/// What the operation under way has changed, and the file of all changes. Entities are named as often as an operation likes; they are written once, when
/// it ends. Used under the world's lock.
/// </summary>
/// <param name="options">Where the file is, if there is one.</param>
/// <param name="clock">Time, as the file remembers it.</param>
/// <param name="snapshot">All that is true at an instant: what the file begins with.</param>
internal sealed class ChangeLog(SimulatorOptions options, TestClock clock, Func<DateTimeOffset, IEnumerable<Change>> snapshot) : IDisposable
{
    private readonly FolderLock? _folder = options.JournalPath is { } journal ? FolderLock.Take(journal) : null;
    private Change? _change;
    private WorldFile? _file;
    private long _compactAt = long.MaxValue;
    private bool _disposed;
    private bool _isBehind;

    private Change Current => _change ??= new();

    public void Note(Merchant merchant) => (Current.Merchants ??= []).Add(merchant);

    public void Note(Template template) => (Current.Templates ??= []).Add(template);

    public void Note(User user) => Add(Current.Users ??= [], user);

    public void Note(Order order) => Add(Current.Orders ??= [], order);

    public void Note(Contract contract) => Add(Current.Contracts ??= [], contract);

    public void Note(SigningSession session) => Add(Current.Signings ??= [], session);

    public void Note(Notice notice) => Add(Current.Notices ??= [], notice);

    public void Note(Usage usage) => Add(Current.Usages ??= [], usage);

    public void Note(UserMessage message) => (Current.Messages ??= []).Add(message);

    public void Note(Refund refund) => Add(Current.Refunds ??= [], refund);

    public void Note(Movement movement) => (Current.Movements ??= []).Add(movement);

    public void Note(MerchantKeys keys) => Add(Current.Keys ??= [], keys);

    public void Note(PlatformIdentity identity) => Add(Current.Platform ??= [], identity);

    public void Note(SwitchValue value) => (Current.Switches ??= []).Add(value);

    public void Note(FaultRule rule) => (Current.Faults ??= []).Add(rule);

    public void Note(FaultMark mark) => (Current.FaultMarks ??= []).Add(mark);

    public void NoteGone(FaultRule rule) => (Current.FaultsGone ??= []).Add(rule.Id);

    public void Note(Delivery delivery) => Add(Current.Deliveries ??= [], delivery);

    public void NoteSent(Delivery delivery) =>
        (Current.Sent ??= []).Add(new(delivery.Id, delivery.Sends, delivery.HeldBack, delivery.DueAt!.Value, delivery.DueNumber));

    public void NoteEnded(Delivery delivery) => (Current.Ended ??= []).Add(delivery.Id);

    /// <summary>What was changed up to here is not written: the file is about to begin anew with it, or it was read from there.</summary>
    public void Forget() => _change = null;

    /// <summary>The operation is over: its line is written.</summary>
    public void Write(DateTimeOffset at, long given, long due)
    {
        var change = _change;
        _change = null;
        if (_isBehind)
        {
            // What is read now is answered for as well.
            Rebase(clock.GetUtcNow());
        }
        else if (change is { IsEmpty: false } && _file is not null && !_disposed)
        {
            (change.At, change.Given, change.Due) = (at, given, due);
            Append(change);
            if (_file.Length >= _compactAt)
            {
                Rebase(clock.GetUtcNow());
            }
        }
    }

    /// <summary>Writes down what time it is.</summary>
    public void WriteClock()
    {
        if (!_disposed)
        {
            // Read under the lock: no line before this one is later.
            var line = ClockLine(clock.GetUtcNow());
            if (_isBehind)
            {
                Rebase(line.At);
            }
            else
            {
                Append(line);
            }
        }
    }

    /// <summary>A line that says what time it is, and the machine's time with it.</summary>
    public Change ClockLine(DateTimeOffset at) => new() { At = Microseconds.Truncate(at), MachineAt = clock.MachineNow, Frozen = clock.IsFrozen };

    /// <summary>The file begins anew with what is true.</summary>
    public void Rebase(DateTimeOffset at)
    {
        if (options.JournalPath is { } path && !_disposed)
        {
            _isBehind = true;
            _file?.Dispose();
            _file = WorldFile.StartFrom(path, snapshot(at));
            _isBehind = false;
            _compactAt = _file.Length + Math.Max(_file.Length, options.CompactAfterBytes);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _file?.Dispose();
        _folder?.Dispose();
    }

    /// <summary>
    /// Writes a line. After one that could not be written, on a full disk for example, the file lacks what memory has: whatever comes next begins it anew with
    /// all that is true, or fails likewise, so that nothing is answered for that a restart would not find.
    /// </summary>
    private void Append(Change line)
    {
        _isBehind = true;
        _file?.Append(line);
        _isBehind = false;
    }

    private static void Add<T>(List<T> list, T item)
        where T : class
    {
        foreach (var known in list)
        {
            if (ReferenceEquals(known, item))
            {
                return;
            }

            // A long list is a bulk load: writing something twice is harmless, searching it is not.
            if (list.Count > 16)
            {
                break;
            }
        }

        list.Add(item);
    }
}
