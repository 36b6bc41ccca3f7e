using System.Globalization;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>A call of a merchant: request and answer as they went over the wire.</summary>
internal sealed record CallView(
    string Id, DateTimeOffset At, string Method, string Path, string? Target, string? MchId, string? OutTradeNo, string? OutRefundNo, string? ContractId,
    string? ContractCode, string? Openid, int Status, string? ErrCode, CallVerdict Verdict, FaultKind? Fault, double DurationMs, string? Connection,
    Dictionary<string, string> Headers, Dictionary<string, string>? AnswerHeaders, string Request, string? Response, CanonicalView? Canonical);

/// <summary>A send of a notification; <c>next_at</c> tells when the next one follows, if its delivery is still under way.</summary>
internal sealed record SendView(
    string Id, DateTimeOffset At, DeliveryKind Kind, string Url, string? MchId, string? OutTradeNo, string? OutRefundNo, string? ContractId,
    string? ContractCode, string? Openid, string Delivery, int Send, int Of, DateTimeOffset? NextAt, int Status, bool Acknowledged, CallVerdict Verdict, string? Why,
    FaultKind? Fault, double DurationMs, Dictionary<string, string>? Headers, string Request, string? Response, CanonicalView? Canonical);

/// <summary>A message that is still to be sent.</summary>
internal sealed record DeliveryView(
    string Id, DeliveryKind Kind, DeliveryFormat Format, string MchId, string Url, string? OutTradeNo, string? ContractId, int Sends, int Of, DateTimeOffset? NextAt,
    string Request);

internal sealed record ResendRequest
{
    /// <summary>Another address than the message's own.</summary>
    public string? To { get; init; }

    // Settable: what is only initialised loses its default when it is absent from the JSON.
    public int Copies { get; set; } = 1;
}

internal static class CallViews
{
    extension(CallRecord record)
    {
        public string Name => (record.IsSend ? "s" : "r") + record.Id.ToString(CultureInfo.InvariantCulture);

        public CallView CallView(CanonicalView? canonical = null) => new(
            record.Name, record.At, record.Method, record.Path, record.Target, record.MchId, record.OutTradeNo, record.OutRefundNo, record.ContractId,
            record.ContractCode, record.Openid, record.Status, record.ErrCode, record.Verdict, record.Fault, record.DurationMs, record.Connection,
            new(record.Headers), record.AnswerHeaders.Length == 0 ? null : new(record.AnswerHeaders), RawText.Text(record.Request),
            record.Response is { } response ? RawText.Text(response) : null, canonical);

        public SendView SendView(SimulatorState state, CanonicalView? canonical = null) => new(
            record.Name, record.At, record.Kind!.Value, record.Path, record.MchId, record.OutTradeNo, record.OutRefundNo, record.ContractId,
            record.ContractCode, record.Openid, NameOfDelivery(record.Delivery), record.Send, record.Of, state.FindDelivery(record.Delivery)?.DueAt,
            record.Status, record.Acknowledged, record.Verdict, record.Why, record.Fault, record.DurationMs,
            record.Headers.Length == 0 ? null : new(record.Headers), RawText.Text(record.Request),
            record.Response is { } response ? RawText.Text(response) : null, canonical);
    }

    public static string NameOfDelivery(long id) => "d" + id.ToString(CultureInfo.InvariantCulture);

    public static DeliveryView View(Delivery d) => new(
        NameOfDelivery(d.Id), d.Kind, d.Format, d.MchId, d.Url, d.OutTradeNo, d.ContractId, d.Sends, Schedules.SendsOf(d), d.DueAt, RawText.Text(d.Body));
}
