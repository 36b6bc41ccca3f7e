using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>The journal: what came in, what went out, what is still to go out; and sending it again or never.</summary>
internal sealed class NotificationRoutes(ControlApi api, SimulatorState state, CallJournal journal)
{
    private const int MostCopies = 1_000;

    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/requests", ListCallsAsync);
        routes.MapGet("/_sim/requests/{id}", http => api.ShowAsync(http, Json.CallView, "request", () => FindCall(ControlApi.Route(http, "id"))));
        routes.MapGet("/_sim/notifications", ListSendsAsync);
        routes.MapGet("/_sim/notifications/{id}", ShowSendAsync);
        routes.MapPost("/_sim/notifications/{id}/send", http => api.ChangeAsync(http, Json.ResendRequest, Json.DeliveryView, (r, now) => Resend(ControlApi.Route(http, "id"), r, now), new()));
        routes.MapPost("/_sim/notifications/{id}/drop", http => api.ChangeAsync(http, Json.ResendRequest, Json.DeliveryView, (_, _) => Drop(ControlApi.Route(http, "id")), new()));
        routes.MapGet("/_sim/deliveries", ListDeliveriesAsync);
    }

    private Task ListCallsAsync(HttpContext http) => CallFilter.Read(http) is ({ } filter, _)
        ? api.ListAsync(http, Json.ListingCallView, () => journal.Calls(filter).Select(c => c.CallView()))
        : http.RefuseAsync(400, CallFilter.Read(http).Reason);

    private Task ListSendsAsync(HttpContext http) => CallFilter.Read(http) is ({ } filter, _)
        ? api.ListAsync(http, Json.ListingSendView, () => journal.Sends(filter).Select(s => s.SendView(state)))
        : http.RefuseAsync(400, CallFilter.Read(http).Reason);

    private Task ListDeliveriesAsync(HttpContext http) => CallFilter.Read(http) is ({ } filter, _)
        ? api.ListAsync(http, Json.ListingDeliveryView, () => state.Deliveries.OrderBy(d => d.Id)
            .Where(d => (filter.MchId is null || d.MchId == filter.MchId) && (filter.Kind is null || FaultCatalogue.NameOf(d.Kind) == filter.Kind)
                && (filter.OutTradeNo is null || d.OutTradeNo == filter.OutTradeNo) && (filter.ContractId is null || d.ContractId == filter.ContractId)
                && (filter.Number is null || d.OutTradeNo == filter.Number || d.ContractId == filter.Number))
            .Take(filter.Limit).Select(CallViews.View))
        : http.RefuseAsync(400, CallFilter.Read(http).Reason);

    private CallView? FindCall(string id) => Number(id, 'r') is { } number && journal.FindCall(number) is { } call
        ? call.CallView(CanonicalView.Of(call, state))
        : null;

    /// <summary>A send by its own id; a delivery by its id, whether it has been sent or not.</summary>
    private Task ShowSendAsync(HttpContext http)
    {
        var id = ControlApi.Route(http, "id");
        return Number(id, 'd') is { } delivery
            ? api.ShowAsync(http, Json.DeliveryView, "delivery under way", () => state.FindDelivery(delivery) is { } d ? CallViews.View(d) : null)
            : api.ShowAsync(http, Json.SendView, "notification",
                () => Number(id, 's') is { } number && journal.FindSend(number) is { } send ? send.SendView(state, CanonicalView.Of(send, state)) : null);
    }

    /// <summary>The same bytes once more (V3: under fresh headers), to whom they were meant or to somebody else, beside the schedule.</summary>
    private Outcome<DeliveryView> Resend(string id, ResendRequest request, DateTimeOffset now)
    {
        if (request.Copies is < 1 or > MostCopies)
        {
            return new(400, $"copies is 1 to {MostCopies}.");
        }

        if (request.To is { } to && !Uri.TryCreate(to, UriKind.Absolute, out _))
        {
            return new(400, "to is a whole address, with http:// or https://.");
        }

        if (Source(id) is not { } source)
        {
            return new(404, "There is no such notification in the journal and no such delivery under way.");
        }

        Delivery? made = null;
        for (var copy = 0; copy < request.Copies; copy++)
        {
            made = new()
            {
                Id = state.Numbers.Plain(), Kind = source.Kind, Format = source.Format, MchId = source.MchId, Url = request.To ?? source.Url, Body = source.Body,
                OutTradeNo = source.OutTradeNo, OutRefundNo = source.OutRefundNo, ContractId = source.ContractId, IsOnce = true,
            };
            state.Schedule(made, now);
            state.Put(made);
        }

        return new(CallViews.View(made!));
    }

    private Outcome<DeliveryView> Drop(string id)
    {
        var number = Number(id, 'd') ?? (Number(id, 's') is { } send ? journal.FindSend(send)?.Delivery : null);
        if (number is null || state.FindDelivery(number.Value) is not { } delivery)
        {
            return new(404, "No such delivery is under way: it was acknowledged, dropped, or sent for the last time.");
        }

        var view = CallViews.View(delivery);
        state.End(delivery);
        return new(view with { NextAt = null });
    }

    private Delivery? Source(string id)
    {
        if (Number(id, 'd') is { } delivery)
        {
            return state.FindDelivery(delivery);
        }

        return Number(id, 's') is { } number && journal.FindSend(number) is { Kind: { } kind, MchId: { } mchId } send
            ? new()
            {
                Id = 0, Kind = kind, MchId = mchId, Url = send.Path, Body = send.Request, OutTradeNo = send.OutTradeNo, OutRefundNo = send.OutRefundNo,
                ContractId = send.ContractId, Format = send.IsV3 ? DeliveryFormat.V3 : DeliveryFormat.V2,
            }
            : null;
    }

    private static long? Number(string id, char kind) =>
        id.Length > 1 && id[0] == kind && long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
