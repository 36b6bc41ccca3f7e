namespace Papaya.WeChatPay.Wire;

/// <summary>
/// All keys of WeChat Pay that a merchant trusts at the moment: while WeChat moves from certificates to public keys, and while
/// certificates overlap, there are several. Safe for concurrent use; a reader sees one whole set, the old or the new.
/// </summary>
public sealed class PlatformKeys
{
    private readonly object _change = new();
    private volatile PlatformKey[] _keys;

    /// <summary>Starts with these keys; with none, certificates are downloaded before the first reply is verified.</summary>
    public PlatformKeys(params IEnumerable<PlatformKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = [.. keys];
    }

    /// <summary>The keys, public keys first.</summary>
    public IReadOnlyList<PlatformKey> All => _keys;

    /// <summary>The key to ask replies for and to encrypt with: a public key when there is one, else the certificate that ends last; null when there is none.</summary>
    public PlatformKey? Preferred
    {
        get
        {
            PlatformKey? best = null;
            foreach (var key in _keys)
            {
                if (best is null || (best.IsCertificate && (!key.IsCertificate || key.ExpiresAt > best.ExpiresAt)))
                {
                    best = key;
                }
            }

            return best;
        }
    }

    /// <summary>The key that <c>Wechatpay-Serial</c> names; null when it is not trusted.</summary>
    public PlatformKey? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Array.Find(_keys, key => key.HasId(id));
    }

    /// <summary>Trusts one more key; one of the same id is replaced.</summary>
    public void Add(PlatformKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_change)
        {
            _keys = [.. _keys.Where(k => k.Id != key.Id && !k.IsCertificate), .. key.IsCertificate ? [] : (PlatformKey[])[key],
                .. _keys.Where(k => k.Id != key.Id && k.IsCertificate), .. key.IsCertificate ? (PlatformKey[])[key] : []];
        }
    }

    /// <summary>Trusts a key no longer; false when it was not there.</summary>
    public bool Remove(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_change)
        {
            var left = Array.FindAll(_keys, key => !key.HasId(id));
            var wasThere = left.Length < _keys.Length;
            _keys = left;
            return wasThere;
        }
    }

    /// <summary>Replaces every certificate at once; public keys stay.</summary>
    public void ReplaceCertificates(IEnumerable<PlatformKey> certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        var fresh = certificates.ToArray();
        if (Array.Find(fresh, key => !key.IsCertificate) is { } wrong)
        {
            throw new ArgumentException($"{wrong.Id} is no certificate.", nameof(certificates));
        }

        lock (_change)
        {
            _keys = [.. _keys.Where(k => !k.IsCertificate), .. fresh];
        }
    }
}
