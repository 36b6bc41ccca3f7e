using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Global;
using Papaya.WeChatPay.Notices;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Scheduled;
using Papaya.WeChatPay.Telemetry;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>Whether signs of replies are checked.</summary>
public enum ReplyVerification
{
    /// <summary>Every reply, over the bytes received. The default.</summary>
    Always,

    /// <summary>Never; only on loopback, for experiments against a server whose key is not known.</summary>
    Never,
}

/// <summary>
/// WeChat Pay's delegated debit (委托代扣), V2 and V3. One instance per merchant number, safe for concurrent use, to be kept: the
/// connections belong to the HttpClient.
/// </summary>
public sealed class PapayClient
{
    /// <summary>WeChat's own address.</summary>
    public static readonly Uri DefaultBaseUrl = new("https://api.mch.weixin.qq.com");

    /// <summary>WeChat's second site, with the same paths; for when the first cannot be reached.</summary>
    public static readonly Uri SecondBaseUrl = new("https://api2.mch.weixin.qq.com");

    private readonly TimeProvider _clock;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Sends the requests; its handler holds the client certificate when refunds are made.</param>
    /// <param name="merchant">Who calls.</param>
    /// <param name="baseUrl">Where to: <see cref="DefaultBaseUrl"/>, the second site, or a simulator.</param>
    /// <param name="clock">Tells the time for what is signed with it, and for the end of certificates. Waiting is done by <see cref="PapayClientOptions.Timers"/>.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An address or a time cannot be meant so; the message names it.</exception>
    public PapayClient(HttpClient http, MerchantCredentials merchant, Uri baseUrl, TimeProvider clock, PapayClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(merchant);
        ArgumentNullException.ThrowIfNull(baseUrl);
        ArgumentNullException.ThrowIfNull(clock);
        options ??= new();
        options.Check(merchant, baseUrl);
        var certificates = new CertificateWatch(merchant, clock, options.Logger, options.CertificateExpiring);
        var sender = new Sender(http, merchant, baseUrl, options, certificates);
        var transport = new V2Transport(sender, merchant, options);
        var v3 = new V3Transport(sender, new Sender(http, merchant, options.GlobalBaseUrl, options, certificates), merchant, clock, options);
        _clock = clock;
        Merchant = merchant;
        Contracts = new(transport, baseUrl, clock, new(v3));
        Debits = new(transport);
        Orders = new(transport);
        Refunds = new(transport);
        var limits = new BillLimits(options.Timeout, options.Timers, options.BillLimit);
        Bills = new(transport, new(v3, baseUrl, limits), limits);
        Invocations = new(merchant, clock, options.Nonces, v3.Signer);
        Notices = new(v3);
        Scheduled = new(v3);
        Global = new(v3);
        PlatformCertificates = v3.Certificates;
        certificates.Look();
    }

    /// <summary>Who calls.</summary>
    public MerchantCredentials Merchant { get; }

    /// <summary>Sign while paying, query, terminate.</summary>
    public ContractCalls Contracts { get; }

    /// <summary>Apply for a debit, query it.</summary>
    public DebitCalls Debits { get; }

    /// <summary>Query and close orders of every kind.</summary>
    public OrderCalls Orders { get; }

    /// <summary>Refund, query refunds.</summary>
    public RefundCalls Refunds { get; }

    /// <summary>Download bills.</summary>
    public BillCalls Bills { get; }

    /// <summary>What a front end needs to open the cashier.</summary>
    public Invocations Invocations { get; }

    /// <summary>Pre-debit notices and reminders (V3).</summary>
    public NoticeCalls Notices { get; }

    /// <summary>Scheduled debits (预约扣费, V3): one debit per contract.</summary>
    public ScheduledCalls Scheduled { get; }

    /// <summary>Delegated debits of overseas merchants (V3), on their own host.</summary>
    public GlobalCalls Global { get; }

    /// <summary>WeChat Pay's certificates; they refresh themselves.</summary>
    public PlatformCertificates PlatformCertificates { get; }

    /// <summary>
    /// Reads and checks a notification of either kind. When a V3 callback names a platform certificate that is not known, the
    /// certificates are downloaded (once a minute at most) and it is read again.
    /// </summary>
    /// <param name="body">The raw body; kept, not copied.</param>
    /// <param name="headers">The headers of the signature; V2 has none.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PapayException">It is not accepted.</exception>
    public async Task<Notification> ReadNotificationAsync(ReadOnlyMemory<byte> body, NotificationHeaders headers, CancellationToken ct = default)
    {
        var reading = await TryReadNotificationAsync(body, headers, ct).ConfigureAwait(false);
        return reading.Notification ?? throw PapayException.Notification(reading.Refusal!);
    }

    /// <summary>As <see cref="ReadNotificationAsync"/>, with the refusal as a value.</summary>
    public async Task<NotificationReading> TryReadNotificationAsync(ReadOnlyMemory<byte> body, NotificationHeaders headers, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var isRead = NotificationReader.TryRead(body, headers, Merchant, _clock, out var notification, out var refusal);
        if (!isRead && refusal!.Fault == NotificationFault.UnknownKey && headers.Serial is { Length: > 0 } serial
            && await PlatformCertificates.TryLearnAsync(serial, ct).ConfigureAwait(false))
        {
            NotificationReader.TryRead(body, headers, Merchant, _clock, out notification, out refusal);
        }

        return new(notification, refusal);
    }
}
