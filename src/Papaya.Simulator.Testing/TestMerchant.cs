using Papaya.WeChatPay;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Testing;

/// <summary>A merchant number of the simulator with its secrets.</summary>
public sealed class TestMerchant
{
    internal const string PresetNumber = "10000100";

    private TestMerchant()
    {
    }

    /// <summary><c>mch_id</c>.</summary>
    public required string Number { get; init; }

    /// <summary>The APIv2 key.</summary>
    public required string ApiV2Key { get; init; }

    /// <summary>Its apps by what they are for: <c>official_account</c>, <c>mobile_app</c>, <c>mini_program</c>.</summary>
    public required IReadOnlyDictionary<string, string> AppIds { get; init; }

    /// <summary>The API certificate with its key; null without <see cref="TestSimulator.WithKeysAsync"/>.</summary>
    public MerchantCertificate? Certificate { get; private init; }

    /// <summary>What V3 needs; null without <see cref="TestSimulator.WithKeysAsync"/>.</summary>
    public V3Credentials? V3 { get; private init; }

    /// <summary>The same for Papaya's client. The client certificate, which refunds need, is a header on loopback.</summary>
    public MerchantCredentials Credentials => new()
    {
        MerchantNumber = Number, ApiV2Keys = [new(ApiV2Key)], Certificate = Certificate, ClientCertificate = ClientCertificateMode.LoopbackHeader, V3 = V3,
    };

    /// <summary>The number only.</summary>
    public override string ToString() => $"merchant {Number}";

    internal static TestMerchant Of(MerchantView view) => new()
    {
        Number = view.MchId,
        ApiV2Key = view.Key,
        AppIds = view.Apps.GroupBy(a => a.Kind, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().AppId, StringComparer.Ordinal),
        Certificate = view.CertificatePem is null ? null : MerchantCertificate.FromPem(view.CertificatePem, view.PrivateKeyPem!),
        V3 = view.Apiv3Key is null
            ? null
            : new() { ApiV3Keys = [new(view.Apiv3Key)], PlatformKeys = new(PlatformKey.FromPublicKey(view.PlatformPublicKeyId!, view.PlatformPublicKeyPem!)) },
    };
}
