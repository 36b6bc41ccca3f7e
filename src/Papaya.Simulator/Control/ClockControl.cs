using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Clock;

namespace Papaya.Simulator.Control;

/// <summary><c>/_sim/clock</c>. Its requests are not counted as work: they wait for the work.</summary>
internal static class ClockControl
{
    // A slip of the keyboard must not send a rehearsal into the next millennium.
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366 * 20);

    public static Task ShowAsync(HttpContext http, TestClock clock) => http.AnswerAsync(new ClockView(clock.GetUtcNow()), ControlJson.Default.ClockView);

    public static async Task MoveAsync(HttpContext http, TestClock clock)
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
            case { AdvanceSeconds: { } seconds, To: null } when double.IsFinite(seconds) && seconds >= 0 && seconds <= Furthest.TotalSeconds:
                target = now + TimeSpan.FromSeconds(seconds);
                break;
            case { AdvanceSeconds: null, To: { } to } when to >= now && to - now <= Furthest:
                target = to;
                break;
            case { AdvanceSeconds: null, To: { } to } when to < now:
                await http.RefuseAsync(409, $"The clock never runs backwards; it is {Rfc3339.Text(now)}.");
                return;
            default:
                await http.RefuseAsync(400, "Send {\"advance_seconds\": n} with n >= 0, or {\"to\": \"<RFC 3339>\"}, at most 20 years ahead.");
                return;
        }

        await clock.AdvanceToAsync(target, http.RequestAborted);
        await http.AnswerAsync(new ClockView(clock.GetUtcNow()), ControlJson.Default.ClockView);
    }
}
