using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>The way by which a user came to a signing page.</summary>
internal enum SigningChannel
{
    [JsonStringEnumMemberName("official_account")]
    OfficialAccount,

    [JsonStringEnumMemberName("h5")]
    H5,

    [JsonStringEnumMemberName("app")]
    App,

    [JsonStringEnumMemberName("mini_program")]
    MiniProgram,

    [JsonStringEnumMemberName("v3_jsapi")]
    V3JsApi,

    [JsonStringEnumMemberName("v3_h5")]
    V3H5,

    [JsonStringEnumMemberName("v3_app")]
    V3App,

    [JsonStringEnumMemberName("v3_mini_program")]
    V3MiniProgram,

    [JsonStringEnumMemberName("v3_multi_device")]
    V3MultiDevice,

    [JsonStringEnumMemberName("v3_global")]
    V3Global,
}

/// <summary>
/// A visit to a signing page, from the merchant's request to the user's decision. Nothing is paid here. Its appointment is its end:
/// then it expires without a word to the merchant.
/// </summary>
internal sealed class SigningSession : Scheduled
{
    /// <summary>What the merchant's front end hands to WeChat: <c>pre_entrustweb_id</c>, or <c>session_id</c> in an address.</summary>
    public required string Id { get; set; }

    public override required string MchId { get; set; }

    public string? SubMchId { get; set; }

    public required string AppId { get; set; }

    public string? SubAppId { get; set; }

    public required long PlanId { get; set; }

    public required string ContractCode { get; set; }

    public required string RequestSerial { get; set; }

    public required string DisplayAccount { get; set; }

    /// <summary>Where the result of signing goes; raw.</summary>
    public required string NotifyUrl { get; set; }

    public SigningChannel Channel { get; set; }

    /// <summary>Algorithm of the request, and so of the notification.</summary>
    public SignType SignType { get; set; }

    /// <summary>The account signed for, where one user may sign a template several times.</summary>
    public string? OuterId { get; set; }

    /// <summary>Where the page goes when it is done; null: it stays.</summary>
    public string? ReturnTo { get; set; }

    /// <summary>The app to be opened when the page is done.</summary>
    public string? ReturnAppId { get; set; }

    /// <summary>All that the merchant asked, as one text: the same again is the same session.</summary>
    public string? RequestKey { get; set; }

    public DateTimeOffset OpenedAt { get; set; }

    /// <summary>From then on the user can no longer agree.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>An app must have opened WeChat before this instant; null where there is no such limit.</summary>
    public DateTimeOffset? OpenBefore { get; set; }

    /// <summary>When the page was first shown; an H5 address is good for one time.</summary>
    public DateTimeOffset? ShownAt { get; set; }

    /// <summary>The user who acted, or the only one who may.</summary>
    public string? Openid { get; set; }

    /// <summary><c>signed</c>, <c>cancelled</c>, <c>expired</c>, or why WeChat refused; null while it is open.</summary>
    public string? Outcome { get; set; }

    /// <summary>Whether the result is told by a V3 callback.</summary>
    public bool IsV3 { get; set; }

    /// <summary>The merchant's own number of the user, given back by V3.</summary>
    public string? OutUserCode { get; set; }

    /// <summary>The one debit that the contract is for; null for contracts of periods.</summary>
    public DebitSchedule? Schedule { get; set; }

    /// <summary>Opened by the global family.</summary>
    public bool IsGlobal { get; set; }

    /// <summary>The contract that was signed.</summary>
    public string? ContractId { get; set; }

    [JsonIgnore]
    public bool IsOpen => Outcome is null;
}
