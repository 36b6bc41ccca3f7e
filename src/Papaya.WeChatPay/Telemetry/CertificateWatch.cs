using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Papaya.WeChatPay.Telemetry;

/// <summary>Whose certificate it is.</summary>
public enum CertificateHolder
{
    /// <summary>The merchant's API certificate; a new one is made on the merchant platform.</summary>
    Merchant,

    /// <summary>WeChat Pay's platform certificate; the next one is downloaded or replaced by the public key.</summary>
    Platform,
}

/// <summary>A certificate that ends within 30 days or has ended.</summary>
/// <param name="MerchantNumber"><c>mch_id</c> of the client that uses it.</param>
/// <param name="Holder">The merchant's or WeChat Pay's.</param>
/// <param name="SerialNumber">Its serial number in upper-case hexadecimal digits.</param>
/// <param name="ExpiresAt">Its end.</param>
/// <param name="Left">Time left; negative after the end.</param>
public sealed record CertificateExpiry(string MerchantNumber, CertificateHolder Holder, string SerialNumber, DateTimeOffset ExpiresAt, TimeSpan Left);

/// <summary>Warns once a day of each certificate that will soon end. It looks when calls are made, so it needs no timer of its own.</summary>
internal sealed class CertificateWatch
{
    private static readonly TimeSpan Notice = TimeSpan.FromDays(30);
    private static readonly TimeSpan Once = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromHours(1);

    private static readonly Lock AllLock = new();
    private static readonly List<WeakReference<CertificateWatch>> All = [];

    private readonly MerchantCredentials _merchant;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Action<CertificateExpiry>? _tell;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _warnedAt = [];
    private long _nextLook;

    public CertificateWatch(MerchantCredentials merchant, TimeProvider clock, ILogger log, Action<CertificateExpiry>? tell)
    {
        _merchant = merchant;
        _clock = clock;
        _log = log;
        _tell = tell;
        lock (AllLock)
        {
            All.RemoveAll(watch => !watch.TryGetTarget(out _));
            All.Add(new(this));
        }
    }

    /// <summary>Days until each certificate of a living client ends.</summary>
    public static IEnumerable<Measurement<double>> Measure()
    {
        CertificateWatch[] living;
        lock (AllLock)
        {
            living = [.. All.Select(watch => watch.TryGetTarget(out var target) ? target : null).OfType<CertificateWatch>()];
        }

        // Two clients of one merchant number share a certificate; a gauge has one value per series.
        return living.SelectMany(watch => watch.Certificates(watch._clock.GetUtcNow()))
            .DistinctBy(c => (c.MerchantNumber, c.SerialNumber))
            .Select(c => new Measurement<double>(
                c.Left.TotalDays,
                new KeyValuePair<string, object?>("wechatpay.merchant", c.MerchantNumber),
                new KeyValuePair<string, object?>("wechatpay.certificate.holder", c.Holder == CertificateHolder.Merchant ? "merchant" : "platform"),
                new KeyValuePair<string, object?>("wechatpay.certificate.serial", c.SerialNumber)));
    }

    /// <summary>Warns when it is time to.</summary>
    public void Look()
    {
        var now = _clock.GetUtcNow();
        var next = Volatile.Read(ref _nextLook);
        if (now.UtcTicks < next || Interlocked.CompareExchange(ref _nextLook, (now + BetweenLooks).UtcTicks, next) != next)
        {
            return;
        }

        foreach (var certificate in Certificates(now).Where(c => c.Left < Notice && IsDue(c.SerialNumber, now)))
        {
            Warn(certificate);
        }
    }

    private IEnumerable<CertificateExpiry> Certificates(DateTimeOffset now)
    {
        if (_merchant.Certificate is { } own)
        {
            yield return new(_merchant.MerchantNumber, CertificateHolder.Merchant, own.SerialNumber, own.ExpiresAt, own.ExpiresAt - now);
        }

        foreach (var key in _merchant.V3?.PlatformKeys.All ?? [])
        {
            if (key.ExpiresAt is { } end)
            {
                yield return new(_merchant.MerchantNumber, CertificateHolder.Platform, key.Id, end, end - now);
            }
        }
    }

    private bool IsDue(string serial, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_warnedAt.TryGetValue(serial, out var last) && now - last < Once)
            {
                return false;
            }

            _warnedAt[serial] = now;
            return true;
        }
    }

    private void Warn(CertificateExpiry certificate)
    {
        if (certificate.Left > TimeSpan.Zero)
        {
            _log.CertificateExpiring(certificate.Holder, certificate.SerialNumber, certificate.MerchantNumber, certificate.ExpiresAt, (int)certificate.Left.TotalDays);
        }
        else
        {
            _log.CertificateExpired(certificate.Holder, certificate.SerialNumber, certificate.MerchantNumber, certificate.ExpiresAt);
        }

        try
        {
            _tell?.Invoke(certificate);
        }
#pragma warning disable CA1031 // A warning must not stop the debit that happened to be the first call of the day.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.CertificateCallbackFailed(e);
        }
    }
}
