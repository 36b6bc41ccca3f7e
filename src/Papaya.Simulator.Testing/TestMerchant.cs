using Papaya.WeChatPay;

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

    /// <summary>The same for Papaya's client. The client certificate, which refunds need, is a header on loopback.</summary>
    public MerchantCredentials Credentials => new() { MerchantNumber = Number, ApiV2Keys = [new(ApiV2Key)], ClientCertificate = ClientCertificateMode.LoopbackHeader };

    /// <summary>The number only.</summary>
    public override string ToString() => $"merchant {Number}";

    internal static TestMerchant Of(MerchantView view) => new()
    {
        Number = view.MchId, ApiV2Key = view.Key, AppIds = view.Apps.GroupBy(a => a.Kind, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().AppId, StringComparer.Ordinal),
    };
}
