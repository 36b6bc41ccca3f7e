using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Telemetry;

/// <summary>What is written to the log. The numbers are those of <see cref="WeChatPayEvents"/>; none of the values is a secret or personal.</summary>
internal static partial class Records
{
    /// <summary>WeChat's codes are short; what is longer is no code.</summary>
    private const int LongestCode = 64;

    /// <summary>A call failed. Only the code is written: WeChat's description could repeat what we sent.</summary>
    public static void CallFailed(this ILogger log, Endpoint endpoint, MerchantCredentials merchant, PapayException e)
    {
        var code = e.Code.Length <= LongestCode ? e.Code : e.Code[..LongestCode];
        switch (e.Kind)
        {
            case ErrorKind.Refused:
                log.CallRefused(endpoint.Name, merchant.MerchantNumber, code, e.Next);
                break;
            case ErrorKind.Throttled:
                log.CallThrottled(endpoint.Name, merchant.MerchantNumber, code, e.Next);
                break;
            default:
                log.CallUnknown(endpoint.Name, merchant.MerchantNumber, code, e.Next);
                break;
        }
    }

    [LoggerMessage(4101, LogLevel.Debug, "{Endpoint} for merchant {Merchant}: accepted", EventName = nameof(WeChatPayEvents.CallSucceeded))]
    public static partial void CallSucceeded(this ILogger log, string endpoint, string merchant);

    [LoggerMessage(4102, LogLevel.Information, "{Endpoint} for merchant {Merchant}: refused with {Code}; next: {Next}", EventName = nameof(WeChatPayEvents.CallRefused))]
    public static partial void CallRefused(this ILogger log, string endpoint, string merchant, string code, NextStep next);

    [LoggerMessage(4103, LogLevel.Warning, "{Endpoint} for merchant {Merchant}: not accepted this time ({Code}); next: {Next}", EventName = nameof(WeChatPayEvents.CallThrottled))]
    public static partial void CallThrottled(this ILogger log, string endpoint, string merchant, string code, NextStep next);

    [LoggerMessage(4104, LogLevel.Warning, "{Endpoint} for merchant {Merchant}: the outcome is unknown ({Code}); next: {Next}", EventName = nameof(WeChatPayEvents.CallUnknown))]
    public static partial void CallUnknown(this ILogger log, string endpoint, string merchant, string code, NextStep next);

    [LoggerMessage(4105, LogLevel.Warning, "{Endpoint} for merchant {Merchant}: {Code} at {Host}; trying again at {NextHost}", EventName = nameof(WeChatPayEvents.TryRepeated))]
    public static partial void TryRepeated(this ILogger log, string endpoint, string merchant, string code, string host, string nextHost);

    [LoggerMessage(4106, LogLevel.Warning, "{Host} fails; the other host is preferred for {Seconds} s", EventName = nameof(WeChatPayEvents.FailedOver))]
    public static partial void FailedOver(this ILogger log, string host, double seconds);

    [LoggerMessage(4107, LogLevel.Information, "{Host} answers again", EventName = nameof(WeChatPayEvents.FirstHostBack))]
    public static partial void FirstHostBack(this ILogger log, string host);

    [LoggerMessage(4108, LogLevel.Debug, "{Endpoint} for merchant {Merchant} waited {Milliseconds} ms for a permit", EventName = nameof(WeChatPayEvents.WaitedForPermit))]
    public static partial void WaitedForPermit(this ILogger log, string endpoint, string merchant, double milliseconds);

    [LoggerMessage(4109, LogLevel.Warning, "WeChat says that merchant {Merchant} is too fast; lane {Lane} goes on at {PerSecond} per second", EventName = nameof(WeChatPayEvents.SlowedDown))]
    public static partial void SlowedDown(this ILogger log, string merchant, RateLane lane, double perSecond);

    [LoggerMessage(4110, LogLevel.Warning, "The {Holder} certificate {Serial} of merchant {Merchant} ends at {ExpiresAt} ({Days} days left); replace it before",
        EventName = nameof(WeChatPayEvents.CertificateExpiring))]
    public static partial void CertificateExpiring(this ILogger log, CertificateHolder holder, string serial, string merchant, DateTimeOffset expiresAt, int days);

    [LoggerMessage(4111, LogLevel.Error, "The {Holder} certificate {Serial} of merchant {Merchant} ended at {ExpiresAt}; replace it", EventName = nameof(WeChatPayEvents.CertificateExpired))]
    public static partial void CertificateExpired(this ILogger log, CertificateHolder holder, string serial, string merchant, DateTimeOffset expiresAt);

    [LoggerMessage(4112, LogLevel.Error, "The callback for expiring certificates threw", EventName = nameof(WeChatPayEvents.CertificateCallbackFailed))]
    public static partial void CertificateCallbackFailed(this ILogger log, Exception error);

    [LoggerMessage(4113, LogLevel.Debug, "A {Kind} notification for merchant {Merchant} was accepted", EventName = nameof(WeChatPayEvents.NotificationAccepted))]
    public static partial void NotificationAccepted(this ILogger log, string kind, string merchant);

    [LoggerMessage(4114, LogLevel.Warning, "A notification for merchant {Merchant} was not accepted: {Verdict}", EventName = nameof(WeChatPayEvents.NotificationRefused))]
    public static partial void NotificationRefused(this ILogger log, string merchant, string verdict);

    [LoggerMessage(4115, LogLevel.Debug, "WeChat tested merchant {Merchant} with a wrong sign", EventName = nameof(WeChatPayEvents.NotificationProbe))]
    public static partial void NotificationProbe(this ILogger log, string merchant);

    [LoggerMessage(4116, LogLevel.Debug, "The answer of {Endpoint} holds elements that this version does not know: {Names}", EventName = nameof(WeChatPayEvents.UnknownElements))]
    public static partial void UnknownElements(this ILogger log, string endpoint, string names);
}
