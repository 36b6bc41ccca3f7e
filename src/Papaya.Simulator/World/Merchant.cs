using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>What an app is for; a checkout opens in the app of its kind.</summary>
internal enum AppKind
{
    [JsonStringEnumMemberName("official_account")]
    OfficialAccount,

    [JsonStringEnumMemberName("mobile_app")]
    MobileApp,

    [JsonStringEnumMemberName("mini_program")]
    MiniProgram,
}

internal sealed class App
{
    public required string AppId { get; set; }

    public AppKind Kind { get; set; }
}

/// <summary>A merchant number with its key and the apps bound to it.</summary>
internal sealed class Merchant
{
    private ApiV2Key? _secret;
    private ApiV2Key[]? _secrets;

    public required string MchId { get; set; }

    public string Name { get; set; } = "";

    public required string Key { get; set; }

    /// <summary>The key before the last reset; WeChat accepts both for 15 days.</summary>
    public string? PreviousKey { get; set; }

    public List<App> Apps { get; set; } = [];

    /// <summary>Whether WeChat has granted delegated debit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool MayDebit { get; set; } = true;

    /// <summary>Where refund results go when a refund names no address of its own.</summary>
    public string? RefundNotifyUrl { get; set; }

    [JsonIgnore]
    public ApiV2Key Secret => _secret ??= new(Key);

    [JsonIgnore]
    public IReadOnlyList<ApiV2Key> Secrets => _secrets ??= PreviousKey is null ? [Secret] : [Secret, new(PreviousKey)];
}
