using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Papaya.WeChatPay.Notifications;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// WeChat Pay's platform certificates, downloaded (<c>GET /v3/certificates</c>) when they are needed: before the first call when
/// no key was given, at least every 12 hours, and at once (but not more than once a minute) when a reply names a serial number
/// that is not known. Merchants that use the WeChat Pay public key never need them.
/// <para>Trust: the certificates come encrypted under the APIv3 key, which only WeChat and the merchant know. The reply's own
/// signature is checked with a key known before where there is one; on the first download, and when WeChat has already moved
/// on to a certificate that only this reply brings, it is checked with that certificate.</para>
/// </summary>
public sealed class PlatformCertificates
{
    /// <summary>How old the certificates may become.</summary>
    public static readonly TimeSpan RefreshEvery = TimeSpan.FromHours(12);

    /// <summary>Least time between two downloads that unknown serial numbers cause, and after a failed one.</summary>
    public static readonly TimeSpan LeastWait = TimeSpan.FromMinutes(1);

    private static readonly CertificatesRequest Nothing = new();

    private readonly V3Transport _transport;
    private readonly MerchantCredentials _merchant;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1);
    private long _due; // UTC ticks: read without the lock.
    private DateTimeOffset _mayLearn;

    internal PlatformCertificates(V3Transport transport, MerchantCredentials merchant, TimeProvider clock)
    {
        _transport = transport;
        _merchant = merchant;
        _clock = clock;
        _due = (clock.GetUtcNow() + RefreshEvery).UtcTicks;
    }

    /// <summary>Downloads the certificates now and trusts these instead of the former ones; public keys stay.</summary>
    /// <returns>How many are trusted.</returns>
    /// <exception cref="PapayException">They cannot be had or do not verify; the former ones stay.</exception>
    public async Task<int> RefreshAsync(CancellationToken ct = default)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await DownloadAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Sees to it that there is a key to verify with, and that certificates are fresh.</summary>
    internal async ValueTask EnsureAsync(V3Endpoint endpoint, CancellationToken ct)
    {
        var v3 = _transport.Signer.Require(endpoint);
        if (!IsDue(v3))
        {
            return;
        }

        // Whoever has a key to verify with does not wait for the one who renews.
        if (!await _one.WaitAsync(CanVerify(v3) ? 0 : Timeout.Infinite, ct).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            if (IsDue(v3))
            {
                await DownloadAsync(ct).ConfigureAwait(false);
            }
        }
        catch (PapayException) when (CanVerify(v3))
        {
            // The keys at hand still verify; the next call after a minute asks again.
            Volatile.Write(ref _due, (_clock.GetUtcNow() + LeastWait).UtcTicks);
        }
        catch (PapayException e)
        {
            throw PapayException.WithoutPlatformKey(endpoint, e);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Looks for a serial number that is not known; true when it is known now.</summary>
    internal async Task<bool> TryLearnAsync(string serial, CancellationToken ct)
    {
        if (_merchant.V3 is not { } v3 || serial.StartsWith(PlatformKey.PublicKeyPrefix, StringComparison.Ordinal))
        {
            return false; // Public keys are not handed out: somebody must fetch them from the merchant platform.
        }

        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!Knows(v3, serial) && _clock.GetUtcNow() >= _mayLearn)
            {
                await DownloadAsync(ct).ConfigureAwait(false);
            }
        }
        catch (PapayException)
        {
            return false;
        }
        finally
        {
            _one.Release();
        }

        return Knows(v3, serial);
    }

    private bool IsDue(V3Credentials v3)
    {
        if (v3.PlatformKeys.Preferred is not { } preferred)
        {
            return true;
        }

        var now = _clock.GetUtcNow();
        return preferred.IsCertificate && (now.UtcTicks >= Volatile.Read(ref _due) || preferred.HasEnded(now, v3.ClockTolerance));
    }

    private bool CanVerify(V3Credentials v3)
    {
        var now = _clock.GetUtcNow();
        return v3.PlatformKeys.All.Any(key => !key.HasEnded(now, v3.ClockTolerance));
    }

    private bool Knows(V3Credentials v3, string serial) => v3.PlatformKeys.Find(serial) is { } key && !key.HasEnded(_clock.GetUtcNow(), v3.ClockTolerance);

    private async Task<int> DownloadAsync(CancellationToken ct)
    {
        var endpoint = V3Endpoints.CertificatesTable;
        var v3 = _transport.Signer.Require(endpoint);
        _mayLearn = _clock.GetUtcNow() + LeastWait;
        var fresh = await _transport.CallUnverifiedAsync(endpoint, Nothing, answer => Judge(endpoint, v3, answer), ct).ConfigureAwait(false);
        v3.PlatformKeys.ReplaceCertificates(fresh);
        Volatile.Write(ref _due, (_clock.GetUtcNow() + RefreshEvery).UtcTicks);
        return fresh.Count;
    }

    private List<PlatformKey> Judge(V3Endpoint endpoint, V3Credentials v3, Answer answer)
    {
        if (answer.Status != System.Net.HttpStatusCode.OK)
        {
            throw V3Transport.Refusal(endpoint, answer.Status, answer.Body.Span);
        }

        if (!V3Json.TryParse(answer.Body.Span, int.MaxValue, out var root, out var problem))
        {
            throw PapayException.Unreadable(endpoint, problem);
        }

        var now = _clock.GetUtcNow();
        var certificates = new List<PlatformKey>();
        foreach (var item in root.Objects("data"))
        {
            var certificate = Open(item, v3) ?? throw PapayException.Unreadable(endpoint, "A certificate does not open under the APIv3 key, or is none.");
            if (certificate.ExpiresAt > now)
            {
                certificates.Add(certificate);
            }
        }

        if (certificates.Count == 0)
        {
            throw PapayException.Unreadable(endpoint, "The answer holds no valid certificate.");
        }

        var headers = NotificationHeaders.From(answer.Response);
        var keys = headers.Serial is { Length: > 0 } serial && v3.PlatformKeys.Find(serial) is { } known ? new PlatformKeys([known]) : new PlatformKeys(certificates);
        var verdict = V3Signature.Verify(keys, headers, answer.Body.Span, now, v3.ClockTolerance);
        return verdict == V3Verdict.Valid ? certificates : throw PapayException.BadV3Signature(endpoint, verdict);
    }

    private static PlatformKey? Open(JsonElement item, V3Credentials v3)
    {
        if (item.Object("encrypt_certificate") is not { } sealedOne || sealedOne.Text("nonce") is not { } nonce || sealedOne.Text("ciphertext") is not { } ciphertext)
        {
            return null;
        }

        foreach (var key in v3.ApiV3Keys)
        {
            if (V3Cipher.TryOpen(key, nonce, sealedOne.Text("associated_data") ?? "", ciphertext, out var pem))
            {
                try
                {
                    var certificate = PlatformKey.FromCertificate(Encoding.ASCII.GetString(pem));
                    return item.Text("serial_no") is { } serial && certificate.HasId(serial) ? certificate : null;
                }
                catch (Exception e) when (e is ArgumentException or CryptographicException)
                {
                    return null;
                }
            }
        }

        return null;
    }
}

/// <summary>获取平台证书列表 has no parameters.</summary>
internal sealed record CertificatesRequest;
