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

    /// <summary>Reads and checks a body for the default merchant.</summary>
    public bool TryRead(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal) =>
        TryRead(_clients.Default, body, out notification, out refusal);

    /// <summary>Reads and checks a body for the merchant of this name.</summary>
    /// <exception cref="ArgumentException">No merchant was added under this name.</exception>
    public bool TryRead(
        string name, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal) =>
        TryRead(_clients.Get(name), body, out notification, out refusal);

    private bool TryRead(
        PapayClient client, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal)
    {
        var merchant = client.Merchant;
        if (NotificationReader.TryRead(body, merchant, out notification, out refusal))
        {
            _log.NotificationAccepted(Signals.Kind(notification), merchant.MerchantNumber);
            return true;
        }

        if (refusal.Fault == NotificationFault.Probe)
        {
            _log.NotificationProbe(merchant.MerchantNumber);
        }
        else
        {
            _log.NotificationRefused(merchant.MerchantNumber, Signals.Verdict(refusal));
        }

        return false;
    }
}
