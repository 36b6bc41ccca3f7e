using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Clock;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

internal sealed record ClockMove
{
    public double? AdvanceSeconds { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>True: to the next thing that falls due.</summary>
    public bool? Next { get; init; }

    /// <summary>True: time stands until it is moved; false: it runs.</summary>
    public bool? Frozen { get; init; }
}

internal sealed record HappenedNotifications(int Sent, int Acknowledged);

/// <summary>What happened on the way, and the instants of the first and the last of it.</summary>
internal sealed record Happened(
    int Debits, int FailedDebits, int Refunds, HappenedNotifications Notifications, int Closed, int Expired, DateTimeOffset? First, DateTimeOffset? Last);

internal sealed record ClockView(DateTimeOffset Now, bool Frozen, DateTimeOffset? NextEvent, Happened? Happened);

/// <summary><c>/_sim/clock</c>. Its requests are not counted as work: they wait for the work.</summary>
internal static class ClockControl
{
    // A slip of the keyboard must not send a rehearsal into the next millennium.
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366 * 20);

    public static bool Waits(PathString path) => path == "/_sim/clock";

    public static Task ShowAsync(HttpContext http, TestClock clock, SimulatorState state) => http.AnswerAsync(View(clock, state, null), ControlJson.Default.ClockView);

    public static async Task MoveAsync(HttpContext http, TestClock clock, SimulatorState state)
    {
        var (move, reason) = await http.ReadAsync(ControlJson.Default.ClockMove);
        if (move is null)
        {
            await http.RefuseAsync(400, reason);
            return;
        }

        var now = clock.GetUtcNow();
        DateTimeOffset target;
        switch (move)
        {
            case { AdvanceSeconds: { } seconds, To: null, Next: null } when double.IsFinite(seconds) && seconds >= 0 && seconds <= Furthest.TotalSeconds:
                target = now + TimeSpan.FromSeconds(seconds);
                break;
            case { AdvanceSeconds: null, To: { } to, Next: null } when to >= now && to - now <= Furthest:
                target = to;
                break;
            case { AdvanceSeconds: null, To: { } to, Next: null } when to < now:
                await http.RefuseAsync(409, $"The clock never runs backwards; it is {Rfc3339.Text(now)}.");
                return;
            case { AdvanceSeconds: null, To: null, Next: true }:
                if (state.NextEvent is not { } next)
                {
                    await http.RefuseAsync(409, "Nothing falls due by itself; advance the clock by a time instead.");
                    return;
                }

                target = next > now ? next : now;
                break;
            case { AdvanceSeconds: null, To: null, Next: null, Frozen: not null }:
                target = now;
                break;
            default:
                await http.RefuseAsync(400,
                    "Send {\"advance_seconds\": n} with n >= 0, {\"to\": \"<RFC 3339>\"}, at most 20 years ahead, {\"next\": true}, or {\"frozen\": true|false}.");
                return;
        }

        if (move.Frozen is { } frozen)
        {
            clock.IsFrozen = frozen;
        }

        Happened? happened = null;
        if (move is not { AdvanceSeconds: null, To: null, Next: null })
        {
            var tally = state.Tallies.Start();
            try
            {
                await clock.AdvanceToAsync(target, http.RequestAborted);
            }
            finally
            {
                happened = state.Tallies.End(tally);
            }
        }

        await http.AnswerAsync(View(clock, state, happened), ControlJson.Default.ClockView);
    }

    private static ClockView View(TestClock clock, SimulatorState state, Happened? happened) => new(clock.GetUtcNow(), clock.IsFrozen, state.NextEvent, happened);
}
