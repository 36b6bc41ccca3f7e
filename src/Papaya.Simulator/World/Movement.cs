using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum MovementKind
{
    [JsonStringEnumMemberName("payment")]
    Payment,

    [JsonStringEnumMemberName("debit")]
    Debit,

    [JsonStringEnumMemberName("refund")]
    Refund,
}

/// <summary>One movement of money; never changed afterwards.</summary>
internal sealed class Movement
{
    public required string MchId { get; set; }

    public MovementKind Kind { get; set; }

    public required string OutTradeNo { get; set; }

    public required string TransactionId { get; set; }

    public string? ContractId { get; set; }

    public required string Openid { get; set; }

    public required long Amount { get; set; }

    public DateTimeOffset At { get; set; }

    public string? OutRefundNo { get; set; }
}
