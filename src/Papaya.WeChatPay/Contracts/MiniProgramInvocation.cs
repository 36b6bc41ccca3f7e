using System.Text.Json;
using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>
/// The argument of <c>wx.navigateToMiniProgram</c> that opens WeChat's signing mini program; its appId must be listed in the
/// caller's app.json. Afterwards ask querycontract: the front end's word is no proof.
/// </summary>
public sealed record MiniProgramInvocation
{
    /// <summary>WeChat's signing mini program.</summary>
    public const string SigningAppId = "wxbd687630cd02ce1d";

    /// <summary>Its page.</summary>
    public const string SigningPath = "pages/index/index";

    /// <summary><c>appId</c>.</summary>
    [JsonPropertyName("appId")]
    public string AppId { get; init; } = SigningAppId;

    /// <summary><c>path</c>.</summary>
    [JsonPropertyName("path")]
    public string Path { get; init; } = SigningPath;

    /// <summary><c>extraData</c>: the signed parameters, exactly these.</summary>
    [JsonPropertyName("extraData")]
    public required MiniProgramExtraData ExtraData { get; init; }

    /// <summary>The whole as JSON, to be handed to the front end as it is.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MiniProgramJson.Default.MiniProgramInvocation);

    /// <summary>Nothing: it is signed.</summary>
    public override string ToString() => "mini-program signing";
}

/// <summary>The signed parameters; a key too many or too few makes WeChat refuse them.</summary>
public sealed record MiniProgramExtraData
{
    /// <summary><c>appid</c>.</summary>
    [JsonPropertyName("appid")]
    public required string AppId { get; init; }

    /// <summary><c>mch_id</c>.</summary>
    [JsonPropertyName("mch_id")]
    public required string MerchantNumber { get; init; }

    /// <summary><c>plan_id</c>.</summary>
    [JsonPropertyName("plan_id")]
    public required string TemplateId { get; init; }

    /// <summary><c>contract_code</c>.</summary>
    [JsonPropertyName("contract_code")]
    public required string ContractNumber { get; init; }

    /// <summary><c>request_serial</c>, a JSON number.</summary>
    [JsonPropertyName("request_serial")]
    public required long SigningSequence { get; init; }

    /// <summary><c>contract_display_account</c>.</summary>
    [JsonPropertyName("contract_display_account")]
    public required string DisplayAccount { get; init; }

    /// <summary><c>notify_url</c>, raw.</summary>
    [JsonPropertyName("notify_url")]
    public required string NotifyUrl { get; init; }

    /// <summary><c>timestamp</c> in seconds, a JSON number.</summary>
    [JsonPropertyName("timestamp")]
    public required long Timestamp { get; init; }

    /// <summary><c>sign</c>: MD5 over the others.</summary>
    [JsonPropertyName("sign")]
    public required string Sign { get; init; }

    /// <summary>Nothing: it is signed.</summary>
    public override string ToString() => "extraData";

    internal static MiniProgramExtraData From(V2Message signed) => new()
    {
        AppId = signed["appid"]!,
        MerchantNumber = signed["mch_id"]!,
        TemplateId = signed["plan_id"]!,
        ContractNumber = signed["contract_code"]!,
        SigningSequence = signed.GetInt64("request_serial")!.Value,
        DisplayAccount = signed["contract_display_account"]!,
        NotifyUrl = signed["notify_url"]!,
        Timestamp = signed.GetInt64("timestamp")!.Value,
        Sign = signed["sign"]!,
    };
}

[JsonSerializable(typeof(MiniProgramInvocation))]
internal sealed partial class MiniProgramJson : JsonSerializerContext;
