using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>What is true about orders and money.</summary>
internal sealed class TruthRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/orders/{out_trade_no}", http => api.ShowAsync(http, Json.OrderView, "order", () => FindOrder(http)));
        routes.MapGet("/_sim/ledger", http => api.Read(http, Json.LedgerView, () => Ledger(ControlApi.Query(http, "mch_id"))));
    }

    private LedgerView Ledger(string? mchId)
    {
        foreach (var merchant in state.Merchants)
        {
            Fees.Settle(state, merchant, state.Now);
        }

        var moved = state.Movements.Where(m => mchId is null || m.MchId == mchId).ToLookup(m => m.IsPayment || m.Kind == MovementKind.Refund);
        return new([.. moved[true].Select(Entry)], [.. moved[false].Select(FundsEntry.Of)]);
    }

    private static LedgerEntry Entry(Movement m) =>
        new(m.Kind, m.OutTradeNo, m.TransactionId, m.ContractId, m.Openid, m.Amount, m.At, m.OutRefundNo, m.MchId, m.Fee)
        {
            CashAmount = m.CouponAmount == 0 ? null : m.Amount - m.CouponAmount,
            SettlementAmount = m.CouponAmount == 0 ? null : m.Settled,
        };

    private OrderView? FindOrder(HttpContext http)
    {
        var number = ControlApi.Route(http, "out_trade_no");
        var mchId = ControlApi.Query(http, "mch_id");
        return state.Merchants.Where(m => mchId is null || m.MchId == mchId).Select(m => state.FindOrder(m.MchId, number)).FirstOrDefault(o => o is not null) is { } order
            ? OrderView.Of(order)
            : null;
    }
}
