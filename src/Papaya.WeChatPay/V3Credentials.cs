using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>
/// What V3 needs beside the merchant's certificate: the APIv3 key and WeChat Pay's own keys. Never prints a key.
/// See https://pay.weixin.qq.com/doc/v3/merchant/4012081606.
/// </summary>
public sealed class V3Credentials
{
    private IReadOnlyList<ApiV3Key> _keys = [];

    /// <summary>The APIv3 keys, newest first: while one is being replaced, callbacks may still be encrypted under the one before.</summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public required IReadOnlyList<ApiV3Key> ApiV3Keys
    {
        get => _keys;
        init => _keys = value is { Count: > 0 } ? value : throw new ArgumentException("At least one APIv3 key is needed.", nameof(value));
    }

    /// <summary>WeChat Pay's keys; may be changed while the client runs. Empty: platform certificates are downloaded first.</summary>
    public PlatformKeys PlatformKeys { get; init; } = new();

    /// <summary>How far a signed timestamp may lie from the clock, in either direction. Default 5 minutes, as WeChat says.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The ids of WeChat's keys only.</summary>
    public override string ToString() => $"V3 credentials ({string.Join(", ", PlatformKeys.All)})";
}
