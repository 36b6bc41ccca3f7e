using System.Text.Json;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

/// <summary>What can happen between a merchant's look and his act: one member names it.</summary>
internal static class Meanwhile
{
    private static readonly string[] Verbs = ["terminate", "execute", "balance"];

    /// <summary>Null, or why it cannot be done.</summary>
    public static string? WhyNot(JsonElement what) =>
        what.ValueKind == JsonValueKind.Object && what.EnumerateObject().ToArray() is [{ Value.ValueKind: JsonValueKind.Object } only] && Verbs.Contains(only.Name)
            ? null
            : "do is {\"terminate\": {contract_id, mode?}}, {\"execute\": {out_trade_no}} or {\"balance\": {openid, amount}}.";

    /// <summary>Under the world's lock. What does not exist any more is left alone.</summary>
    public static void Happen(SimulatorState state, string mchId, JsonElement what, DateTimeOffset now)
    {
        var act = what.EnumerateObject().Single();
        string? Text(string name) => act.Value.TryGetProperty(name, out var value) ? value.ToString() : null;
        switch (act.Name)
        {
            case "terminate" when state.FindContract(Text("contract_id")) is { IsActive: true } contract:
                Contracts.Terminate(state, contract, int.TryParse(Text("mode"), out var mode) ? mode : 2, null, now);
                break;
            case "execute" when state.FindOrder(mchId, Text("out_trade_no")) is { Kind: OrderKind.Debit, State: TradeState.NotPay or TradeState.Accept } order:
                Moments.Execute(state, order, now);
                break;
            case "balance" when state.FindUser(Text("openid")) is { } user && long.TryParse(Text("amount"), out var amount):
                user.Balance = amount;
                state.Put(user);
                break;
        }
    }
}
