using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.WeChatPay.Hosting;

/// <summary>Reads and checks notifications with the credentials of an added merchant, and writes the verdict to the log.</summary>
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

    /// <summary>Reads and checks a V2 body for the default merchant.</summary>
    public bool TryRead(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal) =>
        TryRead(_clients.Default, body, out notification, out refusal);

    /// <summary>Reads and checks a V2 body for the merchant of this name.</summary>
    /// <exception cref="ArgumentException">No merchant was added under this name.</exception>
    public bool TryRead(
        string name, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal) =>
        TryRead(_clients.Get(name), body, out notification, out refusal);

    /// <summary>Reads and checks a body of either kind, V2 or V3, for the default merchant.</summary>
    /// <param name="body">The raw body.</param>
    /// <param name="headers">The headers of the signature; V2 has none.</param>
    /// <param name="ct">Cancels the download of certificates that an unknown serial number causes.</param>
    public Task<NotificationReading> ReadAsync(ReadOnlyMemory<byte> body, NotificationHeaders headers, CancellationToken ct = default) =>
        ReadAsync(_clients.Default, body, headers, ct);

    /// <summary>Reads and checks a body of either kind, V2 or V3, for the merchant of this name.</summary>
    /// <exception cref="ArgumentException">No merchant was added under this name.</exception>
    public Task<NotificationReading> ReadAsync(string name, ReadOnlyMemory<byte> body, NotificationHeaders headers, CancellationToken ct = default) =>
        ReadAsync(_clients.Get(name), body, headers, ct);

    private async Task<NotificationReading> ReadAsync(PapayClient client, ReadOnlyMemory<byte> body, NotificationHeaders headers, CancellationToken ct)
    {
        var reading = await client.TryReadNotificationAsync(body, headers, ct).ConfigureAwait(false);
        Record(client.Merchant, reading.Notification, reading.Refusal);
        return reading;
    }

    private bool TryRead(
        PapayClient client, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal)
    {
        var isFine = NotificationReader.TryRead(body, client.Merchant, out var read, out refusal);
        notification = read;
        Record(client.Merchant, notification, refusal);
        return isFine;
    }

    private void Record(MerchantCredentials merchant, Notification? notification, NotificationRefusal? refusal)
    {
        if (refusal is null)
        {
            _log.NotificationAccepted(Signals.Kind(notification), merchant.MerchantNumber);
        }
        else if (refusal.Fault == NotificationFault.Probe)
        {
            _log.NotificationProbe(merchant.MerchantNumber);
        }
        else
        {
            _log.NotificationRefused(merchant.MerchantNumber, Signals.Verdict(refusal));
        }
    }
}
