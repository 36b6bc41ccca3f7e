using Papaya.Server.Hosting;
using Papaya.Server.Storage;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Server.Notifications;

/// <summary>Whether the slice knew what a notification speaks of.</summary>
public enum NotificationOutcome
{
    Applied,

    /// <summary>Its number is not ours, or not ours yet: WeChat can be faster than our own commit.</summary>
    UnknownNumber,
}

/// <summary>Who applies which notification, each inside the transaction that marks it as applied.</summary>
public sealed class NotificationConsumers
{
    public required Func<Transaction, PaymentNotification, Task<NotificationOutcome>> Payment { get; init; }

    public required Func<Transaction, DebitNotification, Task<NotificationOutcome>> Debit { get; init; }

    public required Func<Transaction, ContractNotification, Task<NotificationOutcome>> Contract { get; init; }

    public required Func<Transaction, RefundNotification, Task<NotificationOutcome>> Refund { get; init; }

    internal Task<NotificationOutcome> ApplyAsync(Transaction tx, Notification notification) => notification switch
    {
        PaymentNotification payment => Payment(tx, payment),
        DebitNotification debit => Debit(tx, debit),
        ContractNotification contract => Contract(tx, contract),
        RefundNotification refund => Refund(tx, refund),
        _ => throw new InvalidOperationException($"Nobody applies a {notification.GetType().Name}."),
    };

    internal static string KindOf(Notification notification) => notification switch
    {
        PaymentNotification => "payment",
        DebitNotification => "debit",
        ContractNotification => "contract",
        RefundNotification => "refund",
        _ => throw new InvalidOperationException($"A {notification.GetType().Name} has no name."),
    };
}

internal static class NotificationServices
{
    /// <summary>Needs a <see cref="NotificationConsumers"/>.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton<NotificationMeter>()
        .AddSingleton<NotificationEndpoint>()
        .AddSingleton<ILoop, NotificationLoop>();

    public static void MapNotifications(this IEndpointRouteBuilder routes) => NotificationEndpoint.Map(routes);
}
