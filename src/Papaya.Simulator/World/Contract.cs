using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>A signed contract (协议). Signing again makes a new one. Its appointment is its end by expiry.</summary>
internal sealed class Contract : Scheduled
{
    public required string ContractId { get; set; }

    public override required string MchId { get; set; }

    public string? SubMchId { get; set; }

    public required string AppId { get; set; }

    public string? SubAppId { get; set; }

    public required long PlanId { get; set; }

    public required string Openid { get; set; }

    public required string ContractCode { get; set; }

    public required string RequestSerial { get; set; }

    public required string DisplayAccount { get; set; }

    /// <summary>The account signed for, where one user may sign a template several times.</summary>
    public string? OuterId { get; set; }

    /// <summary>Whether V3 callbacks tell what becomes of it.</summary>
    public bool IsV3 { get; set; }

    /// <summary>Where V3 callbacks about it go.</summary>
    public string? NotifyUrl { get; set; }

    /// <summary>The one debit that it was signed for (预约扣费); null for contracts of periods.</summary>
    public DebitSchedule? Schedule { get; set; }

    /// <summary>Signed overseas (global family).</summary>
    public bool IsGlobal { get; set; }

    /// <summary>The merchant's own number of the user, given back by V3.</summary>
    public string? OutUserCode { get; set; }

    public SignType SignType { get; set; }

    public DateTimeOffset SignedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? TerminatedAt { get; set; }

    /// <summary>1 expired, 2 user, 3 merchant by API, 4 merchant platform, 5 account cancelled, 7 customer service.</summary>
    public int TerminationMode { get; set; }

    public string? TerminationRemark { get; set; }

    /// <summary>Whether a debit has ever succeeded.</summary>
    public bool WasDebited { get; set; }

    /// <summary>The debit that waits for its 24 hours; at most one.</summary>
    public string? WaitingOrder { get; set; }

    [JsonIgnore]
    public bool IsActive => TerminatedAt is null;
}
