using Papaya.Simulator.Calls;

namespace Papaya.Simulator.World;

/// <summary>Counts what happens for everybody who is moving the clock.</summary>
internal sealed class Tallies(Lock gate)
{
    private readonly List<Tally> _all = [];

    public Tally Start()
    {
        var tally = new Tally();
        lock (gate)
        {
            _all.Add(tally);
        }

        return tally;
    }

    public Control.Happened End(Tally tally)
    {
        lock (gate)
        {
            _all.Remove(tally);
            return new(tally.Debits, tally.FailedDebits, tally.Refunds, new(tally.Sent, tally.Acknowledged), tally.Closed, tally.Expired, tally.First, tally.Last);
        }
    }

    /// <summary>Something fell due and was done. Under the lock.</summary>
    public void Count(Scheduled what, DateTimeOffset now)
    {
        foreach (var tally in _all)
        {
            tally.At(now);
            switch (what)
            {
                case Order { IsPaid: true }:
                    tally.Debits++;
                    break;
                case Order { State: TradeState.PayFail }:
                    tally.FailedDebits++;
                    break;
                case Order { State: TradeState.Closed }:
                    tally.Closed++;
                    break;
                case Refund { State: not RefundState.Processing }:
                    tally.Refunds++;
                    break;
                case Contract or SigningSession:
                    tally.Expired++;
                    break;
            }
        }
    }

    /// <summary>A notification was sent. Under the lock.</summary>
    public void CountSend(DateTimeOffset now, bool acknowledged)
    {
        foreach (var tally in _all)
        {
            tally.At(now);
            tally.Sent++;
            tally.Acknowledged += acknowledged ? 1 : 0;
        }
    }
}
