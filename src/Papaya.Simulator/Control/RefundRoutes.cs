using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>A refund that the merchant makes by hand on its platform.</summary>
internal sealed record RefundRequest
{
    public required string OutTradeNo { get; init; }

    public required string OutRefundNo { get; init; }

    public required long Amount { get; init; }

    public string? MchId { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What becomes of a refund: <c>success</c>, <c>abnormal</c> or <c>closed</c>.</summary>
internal sealed record RefundEndRequest
{
    public required string Outcome { get; init; }

    public string? MchId { get; init; }
}

/// <summary>Refunds: made by hand, looked at, brought to an end.</summary>
internal sealed class RefundRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/refunds", http => api.ChangeAsync(http, Json.RefundRequest, Json.RefundView, Make));
        routes.MapGet("/_sim/refunds", http => api.ListAsync(http, Json.ListingRefundView, () => All(http)));
        routes.MapGet("/_sim/refunds/{out_refund_no}", http => api.ShowAsync(
            http, Json.RefundView, "refund", () => Find(ControlApi.Route(http, "out_refund_no"), ControlApi.Query(http, "mch_id")) is { } r ? RefundView.Of(r) : null));
        routes.MapPost("/_sim/refunds/{out_refund_no}",
            http => api.ChangeAsync(http, Json.RefundEndRequest, Json.RefundView, (r, now) => End(ControlApi.Route(http, "out_refund_no"), r, now)));
    }

    private Refund? Find(string number, string? mchId) =>
        state.Merchants.Where(m => mchId is null || m.MchId == mchId).Select(m => state.FindRefund(m.MchId, number)).FirstOrDefault(r => r is not null);

    private IEnumerable<RefundView> All(HttpContext http)
    {
        var number = ControlApi.Query(http, "out_trade_no");
        return state.Refunds.Where(r => number is null || r.OutTradeNo == number).OrderBy(r => r.AcceptedAt).ThenBy(r => r.RefundId, StringComparer.Ordinal).Select(RefundView.Of);
    }

    private Outcome<RefundView> Make(RefundRequest request, DateTimeOffset now)
    {
        var mchId = request.MchId ?? Presets.MchId;
        if (request.OutRefundNo.Length is < 1 or > 64 || request.Amount < 1)
        {
            return new(400, "out_refund_no has 1 to 64 characters; amount is at least 1 fen.");
        }

        if (state.FindMerchant(mchId) is not { } merchant || state.FindOrder(mchId, request.OutTradeNo) is not { IsPaid: true, IsGlobal: false } order)
        {
            return new(404, $"Merchant {mchId} has no paid order {request.OutTradeNo}; debits of the global family are taken back by reverse.");
        }

        state.Switches.ActFor(mchId);
        if (state.FindRefund(mchId, request.OutRefundNo) is not null)
        {
            return new(409, $"The number {request.OutRefundNo} is used.");
        }

        var wish = new RefundWish(order, request.OutRefundNo, order.Amount, request.Amount) { AppId = order.AppId, Reason = request.Reason, IsByHand = true };
        return RefundDesk.WhyNot(state, merchant, wish, now) is { } obstacle
            ? new(409, $"It cannot be refunded: {obstacle}.")
            : new(RefundView.Of(RefundDesk.Accept(state, merchant, wish, now)));
    }

    private Outcome<RefundView> End(string number, RefundEndRequest request, DateTimeOffset now)
    {
        RefundState? end = request.Outcome switch
        {
            "success" => RefundState.Success,
            "abnormal" => RefundState.Abnormal,
            "closed" => RefundState.Closed,
            _ => null,
        };
        if (end is null)
        {
            return new(400, "outcome is success, abnormal or closed.");
        }

        switch (Find(number, request.MchId))
        {
            case null:
                return new(404, "There is no such refund.");
            case { State: RefundState.Success or RefundState.Closed }:
                return new(409, "The refund has reached its end.");
            case { State: RefundState.Abnormal } when end == RefundState.Abnormal:
                return new(409, "The refund is abnormal already.");
            case { IsUnpaid: true } when end != RefundState.Closed:
                return new(409, "The merchant's account has not paid for the refund yet; fill it, or close the refund.");
            case { } refund:
                if (refund.State == RefundState.Abnormal && end == RefundState.Success)
                {
                    // Somebody saw to it on the platform: the user got it on another card.
                    (refund.Channel, refund.Receiver) = (RefundRoute.Elsewhere, "用户银行卡");
                }

                state.Switches.ActFor(refund.MchId);
                RefundDesk.End(state, refund, end.Value, now);
                return new(RefundView.Of(refund));
        }
    }
}
