using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>A signed contract (协议). Signing again makes a new one.</summary>
internal sealed class Contract
{
    public required string ContractId { get; set; }

    public required string MchId { get; set; }

    public required string AppId { get; set; }

    public required long PlanId { get; set; }

    public required string Openid { get; set; }

    public required string ContractCode { get; set; }

    public required string RequestSerial { get; set; }

    public required string DisplayAccount { get; set; }

    public SignType SignType { get; set; }

    public DateTimeOffset SignedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? TerminatedAt { get; set; }

    /// <summary>1 expired, 2 user, 3 merchant by API, 4 merchant platform, 5 account cancelled, 7 customer service.</summary>
    public int TerminationMode { get; set; }

    public string? TerminationRemark { get; set; }

    /// <summary>The debit that waits for its 24 hours; at most one.</summary>
    public string? WaitingOrder { get; set; }

    /// <summary>The Beijing day (yyyymmdd) that the counters below belong to.</summary>
    public int CountedDay { get; set; }

    public int Applies { get; set; }

    public int Executions { get; set; }

    public int Successes { get; set; }

    public long Debited { get; set; }

    [JsonIgnore]
    public bool IsActive => TerminatedAt is null;
}
