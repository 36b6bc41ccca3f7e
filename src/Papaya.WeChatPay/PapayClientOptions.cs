using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Papaya.WeChatPay.Sending;
using Papaya.WeChatPay.Telemetry;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>Settings of a <see cref="PapayClient"/>.</summary>
public sealed class PapayClientOptions
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    internal const long DefaultBillLimit = 4L << 30;

    /// <summary>Longest wait for the complete answer to one try, and for more of a bill. Default 15 s; after it the outcome is unknown.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time for a call with everything: waiting for a permit, every try. Default 35 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Longest accepted reply in bytes (bills excepted). Default 1 MiB.</summary>
    public int ReplyLimit { get; init; } = V2Message.DefaultLimit;

    /// <summary>Longest accepted bill in bytes, unpacked, so that a small packed file cannot fill the memory or the disk of whoever keeps its rows. Default 4 GiB.</summary>
    public long BillLimit { get; init; } = DefaultBillLimit;

    /// <summary>Whether signs of replies are checked. Default: always.</summary>
    public ReplyVerification Verification { get; init; } = ReplyVerification.Always;

    /// <summary>Address of the overseas calls (<c>/v3/global/papay</c>), which have no second host. Default: <c>https://apihk.mch.weixin.qq.com</c>.</summary>
    public Uri GlobalBaseUrl { get; init; } = new("https://apihk.mch.weixin.qq.com");

    /// <summary>Where nonces come from.</summary>
    public NonceSource Nonces { get; init; } = new();

    /// <summary>
    /// The host for calls that are safe to repeat when the first fails: what provably never left, and questions. Null (the default) takes
    /// <see cref="PapayClient.SecondBaseUrl"/> when the base address is WeChat's own, and none otherwise.
    /// </summary>
    public Uri? SecondUrl { get; init; }

    /// <summary>Whether there is a second host at all. Default: yes.</summary>
    public bool FailOver { get; init; } = true;

    /// <summary>How long the second host is preferred after the first failed; then one question tries the first again. Default 1 minute.</summary>
    public TimeSpan PreferSecondFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Keeps calls under the published limits; to be shared by all clients of one merchant number. Null (the default here): no limiter.</summary>
    public RateLimiter? Limiter { get; init; }

    /// <summary>Where events go; see <see cref="WeChatPayEvents"/>. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Called from 30 days before the end of a certificate, once a day for each, during a call. Must return quickly.</summary>
    public Action<CertificateExpiry>? CertificateExpiring { get; init; }

    /// <summary>
    /// What timeouts, the limiter's waits and fail-over run on. Default: the machine's clock, also when the client's own clock is a virtual
    /// one on which nobody may wait.
    /// </summary>
    public TimeProvider Timers { get; init; } = TimeProvider.System;

    /// <summary>Refuses what would send secrets in the clear, trust anybody, or wait for ever.</summary>
    internal void Check(MerchantCredentials merchant, Uri baseUrl)
    {
        CheckAddress(baseUrl, nameof(baseUrl));
        CheckAddress(GlobalBaseUrl, nameof(GlobalBaseUrl));
        if (SecondUrl is not null)
        {
            CheckAddress(SecondUrl, nameof(SecondUrl));
        }

        Uri[] hosts = SecondFor(baseUrl) is { } second ? [baseUrl, second] : [baseUrl];
        if (merchant.ClientCertificate == ClientCertificateMode.LoopbackHeader && !hosts.All(host => host is { IsLoopback: true, Scheme: "http" }))
        {
            throw new ArgumentException($"{nameof(MerchantCredentials.ClientCertificate)}: the certificate header is only for plain http on loopback, also at {nameof(SecondUrl)}.", nameof(merchant));
        }

        if (Verification == ReplyVerification.Never && !hosts.All(host => host.IsLoopback))
        {
            throw new ArgumentException($"{nameof(Verification)}: answers go unverified only on loopback, also at {nameof(SecondUrl)}.", nameof(baseUrl));
        }

        CheckTime(Timeout, nameof(Timeout));
        CheckTime(Deadline, nameof(Deadline));
        CheckTime(PreferSecondFor, nameof(PreferSecondFor));
        if (Timeout > Deadline)
        {
            throw new ArgumentException($"{nameof(Timeout)}: {Timeout} is longer than the {nameof(Deadline)} of {Deadline}.", nameof(Timeout));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(ReplyLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BillLimit, 1);
    }

    private static void CheckAddress(Uri address, string name)
    {
        if (HostAddress.Problem(address) is { } problem)
        {
            throw new ArgumentException($"{name}: {problem}", name);
        }
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time <= TimeSpan.Zero || time > LongestTime)
        {
            throw new ArgumentException($"{name}: {time} is not between 0 and {LongestTime}.", name);
        }
    }

    internal Uri? SecondFor(Uri baseUrl)
    {
        var second = !FailOver || baseUrl == GlobalBaseUrl ? null : SecondUrl ?? (baseUrl == PapayClient.DefaultBaseUrl ? PapayClient.SecondBaseUrl : null);
        return second == baseUrl ? null : second;
    }
}
