using Microsoft.Extensions.Logging;

namespace Papaya.WeChatPay.Telemetry;

/// <summary>Names to subscribe to. What is measured is described in <c>docs/guides/client.md</c>.</summary>
public static class WeChatPayTelemetry
{
    /// <summary>The <see cref="System.Diagnostics.ActivitySource"/>: one client span per call.</summary>
    public const string ActivitySourceName = "Papaya.WeChatPay";

    /// <summary>The <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Papaya.WeChatPay";
}

/// <summary>Events in the log, by number. The numbers do not change.</summary>
public static class WeChatPayEvents
{
    /// <summary>Debug: WeChat accepted a call.</summary>
    public static readonly EventId CallSucceeded = new(4101, nameof(CallSucceeded));

    /// <summary>Information: a call was refused; nothing happened.</summary>
    public static readonly EventId CallRefused = new(4102, nameof(CallRefused));

    /// <summary>Warning: a call was not accepted this time.</summary>
    public static readonly EventId CallThrottled = new(4103, nameof(CallThrottled));

    /// <summary>Warning: the outcome of a call is unknown; the same number is to be queried.</summary>
    public static readonly EventId CallUnknown = new(4104, nameof(CallUnknown));

    /// <summary>Warning: a try failed and the call is repeated.</summary>
    public static readonly EventId TryRepeated = new(4105, nameof(TryRepeated));

    /// <summary>Warning: the first host fails; the second is preferred for a while.</summary>
    public static readonly EventId FailedOver = new(4106, nameof(FailedOver));

    /// <summary>Information: the first host answers again.</summary>
    public static readonly EventId FirstHostBack = new(4107, nameof(FirstHostBack));

    /// <summary>Debug: a call waited for a permit of the limiter.</summary>
    public static readonly EventId WaitedForPermit = new(4108, nameof(WaitedForPermit));

    /// <summary>Warning: WeChat said too fast; the limiter halved its pace.</summary>
    public static readonly EventId SlowedDown = new(4109, nameof(SlowedDown));

    /// <summary>Warning: a certificate ends within 30 days; once a day per certificate.</summary>
    public static readonly EventId CertificateExpiring = new(4110, nameof(CertificateExpiring));

    /// <summary>Error: a certificate has ended; once a day per certificate.</summary>
    public static readonly EventId CertificateExpired = new(4111, nameof(CertificateExpired));

    /// <summary>Error: the callback for expiring certificates threw.</summary>
    public static readonly EventId CertificateCallbackFailed = new(4112, nameof(CertificateCallbackFailed));

    /// <summary>Debug: a notification was accepted.</summary>
    public static readonly EventId NotificationAccepted = new(4113, nameof(NotificationAccepted));

    /// <summary>Warning: a notification was not accepted.</summary>
    public static readonly EventId NotificationRefused = new(4114, nameof(NotificationRefused));

    /// <summary>Debug: WeChat tested us with a wrong sign on purpose.</summary>
    public static readonly EventId NotificationProbe = new(4115, nameof(NotificationProbe));

    /// <summary>Debug: a reply holds elements that this version does not know; their names only.</summary>
    public static readonly EventId UnknownElements = new(4116, nameof(UnknownElements));
}
