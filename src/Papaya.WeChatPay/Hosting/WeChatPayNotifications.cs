using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.WeChatPay.Hosting;

/// <summary>
/// Reads and checks notifications, V2 and V3, with the credentials of an added merchant, and writes the verdict to the log. Store the body
/// durably before acknowledging: WeChat does not send again what was acknowledged.
/// </summary>
public sealed class WeChatPayNotifications
{
    private readonly WeChatPayClients _clients;
    private readonly ILogger _log;

    /// <summary>Made by the container.</summary>
    public WeChatPayNotifications(WeChatPayClients clients, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(clients);
        ArgumentNullException.ThrowIfNull(loggers);
        _clients = clients;
        _log = loggers.CreateLogger("Papaya.WeChatPay.Notifications");
    }

    /// <summary>Reads and checks a body for the default merchant; never throws because of what the body holds.</summary>
    /// <param name="body">The raw body, as received.</param>
    /// <param name="headers">The headers of the signature, by name; V2 has none.</param>
    /// <param name="ct">Cancels.</param>
    public Task<NotificationReading> ReadAsync(ReadOnlyMemory<byte> body, Func<string, string?> headers, CancellationToken ct = default) =>
        ReadAsync(_clients.Default, body, headers, ct);

    /// <summary>Reads and checks a body for the merchant of this name.</summary>
    /// <exception cref="ArgumentException">No merchant was added under this name.</exception>
    public Task<NotificationReading> ReadAsync(string name, ReadOnlyMemory<byte> body, Func<string, string?> headers, CancellationToken ct = default) =>
        ReadAsync(_clients.Get(name), body, headers, ct);

    private async Task<NotificationReading> ReadAsync(PapayClient client, ReadOnlyMemory<byte> body, Func<string, string?> headers, CancellationToken ct)
    {
        var reading = await client.TryReadNotificationAsync(body, NotificationHeaders.From(headers), ct).ConfigureAwait(false);
        var merchant = client.Merchant.MerchantNumber;
        switch (reading.Refusal)
        {
            case null:
                _log.NotificationAccepted(Signals.Kind(reading.Notification), merchant);
                break;
            case { Fault: NotificationFault.Probe }:
                _log.NotificationProbe(merchant);
                break;
            case { } refusal:
                _log.NotificationRefused(merchant, Signals.Verdict(refusal));
                break;
        }

        return reading;
    }
}
