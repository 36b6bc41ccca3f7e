using System.Diagnostics;
using System.Diagnostics.Metrics;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Telemetry;

/// <summary>
/// Activities and metrics of the client, after OpenTelemetry's conventions; our own attributes begin with <c>wechatpay.</c>. Holds
/// numbers, names of calls, codes and hosts; never a key, an openid, a sign or a body.
/// </summary>
internal static class Signals
{
    private static readonly string Version = typeof(Signals).Assembly.GetName().Version?.ToString(3) ?? "";

    public static readonly ActivitySource Activities = new(WeChatPayTelemetry.ActivitySourceName, Version);

    private static readonly Meter Meter = new(WeChatPayTelemetry.MeterName, Version);

    // Boundaries that OpenTelemetry advises for durations of HTTP calls.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    public static readonly Histogram<double> CallDuration = Meter.CreateHistogram(
        "wechatpay.client.call.duration", "s", "Time from calling the client to its verdict, repeats and waits included.", null, Seconds);

    public static readonly Histogram<double> LimiterWait = Meter.CreateHistogram(
        "wechatpay.client.limiter.wait.duration", "s", "Time that a call waited for a permit; calls that did not wait are not counted.", null, Seconds);

    public static readonly Counter<long> Failovers = Meter.CreateCounter<long>(
        "wechatpay.client.failovers", "{failover}", "Tries that went to another host after the one before had failed.");

    public static readonly Counter<long> Slowings = Meter.CreateCounter<long>(
        "wechatpay.client.limiter.slowings", "{slowing}", "Times that the limiter halved its pace because WeChat said too fast.");

    private static readonly Counter<long> Notifications = Meter.CreateCounter<long>(
        "wechatpay.notifications", "{notification}", "Notifications checked, by kind and verdict.");

    private static readonly Counter<long> Probes = Meter.CreateCounter<long>(
        "wechatpay.notification.probes", "{probe}", "WeChat's own tests with a wrong sign; answered as failures, and not among the notifications.");

    static Signals() => Meter.CreateObservableGauge(
        "wechatpay.certificate.days_left", CertificateWatch.Measure, "d", "Days until a certificate expires.");

    /// <summary>True when somebody wants to know how a call went.</summary>
    public static bool AnyoneForCalls => CallDuration.Enabled || Activities.HasListeners();

    /// <summary>Counts the outcome of one check.</summary>
    public static void Checked(Notification? notification, NotificationRefusal? refusal)
    {
        if (refusal is { Fault: NotificationFault.Probe })
        {
            Probes.Add(1);
        }
        else if (Notifications.Enabled)
        {
            Notifications.Add(1, new("wechatpay.notification.kind", Kind(notification)), new("wechatpay.notification.verdict", Verdict(refusal)));
        }
    }

    /// <summary>What <c>error.type</c> and <c>wechatpay.error_kind</c> say of a failure.</summary>
    public static string ErrorType(Exception error) => error switch
    {
        // A code that is not in the table could be anything; one value for all keeps the number of series small.
        PapayException { IsKnownCode: true } papay => papay.Code,
        PapayException => "unknown_code",
        OperationCanceledException => "canceled",
        _ => "_OTHER",
    };

    internal static string Kind(Notification? notification) => notification switch
    {
        null => "unknown",
        PaymentNotification => "payment",
        DebitNotification => "debit",
        ContractNotification => "contract",
        RefundNotification => "refund",
        ScheduledContractNotification or GlobalContractNotification => "v3_contract",
        TransactionNotification => "v3_transaction",
        V3RefundNotification => "v3_refund",
        _ => "other",
    };

    internal static string Verdict(NotificationRefusal? refusal) => refusal?.Fault switch
    {
        null => "accepted",
        NotificationFault.Unreadable => "unreadable",
        NotificationFault.SignatureMissing => "signature_missing",
        NotificationFault.SignatureMismatch => "signature_mismatch",
        NotificationFault.Undecipherable => "undecipherable",
        NotificationFault.Incomplete => "incomplete",
        NotificationFault.Probe => "probe",
        NotificationFault.Stale => "stale",
        NotificationFault.UnknownKey => "unknown_key",
        NotificationFault.Foreign => "foreign",
        _ => "refused",
    };
}
