using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum RefundState
{
    [JsonStringEnumMemberName("PROCESSING")]
    Processing,

    [JsonStringEnumMemberName("SUCCESS")]
    Success,
}

internal sealed class Refund : Scheduled
{
    public required string MchId { get; set; }

    public required string AppId { get; set; }

    public required string OutRefundNo { get; set; }

    public required string RefundId { get; set; }

    public required string OutTradeNo { get; set; }

    public required string TransactionId { get; set; }

    public required long TotalFee { get; set; }

    public required long Amount { get; set; }

    public string? NotifyUrl { get; set; }

    public string Account { get; set; } = "REFUND_SOURCE_UNSETTLED_FUNDS";

    public RefundState State { get; set; }

    public DateTimeOffset AcceptedAt { get; set; }

    public DateTimeOffset? SucceededAt { get; set; }
}
