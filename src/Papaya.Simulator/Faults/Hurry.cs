using Papaya.Simulator.Notifications;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

/// <summary>What usually follows an answer, done before it.</summary>
internal static class Hurry
{
    /// <summary>What is due at this instant happens now, messages included.</summary>
    public static async Task DoAsync(SimulatorState state, Courier courier)
    {
        while (state.TakeDue() is { } due)
        {
            if (due.What is Delivery delivery)
            {
                await courier.SendNowAsync(delivery);
            }
            else
            {
                state.OnDue?.Invoke(due);
            }
        }
    }
}
