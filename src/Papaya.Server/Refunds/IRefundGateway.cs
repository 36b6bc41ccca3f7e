using Papaya.Billing.Refunds;

namespace Papaya.Server.Refunds;

/// <summary>What a call or a notification brought to light about a refund.</summary>
/// <param name="Code">WeChat's code, where it gave one.</param>
internal readonly record struct RefundFinding(
    RefundEvidence Evidence, string? Code = null, string? WechatRefundId = null, DateTimeOffset? SettledAt = null, string? ReceivedBy = null);

/// <summary>WeChat's side of a refund, in the domain's words. Silence is a finding, never an exception.</summary>
internal interface IRefundGateway
{
    /// <summary>/secapi/pay/refund.</summary>
    Task<RefundFinding> RequestAsync(RefundRow refund, CancellationToken ct);

    /// <summary>/pay/refundquery by our number.</summary>
    Task<RefundFinding> AskAsync(RefundRow refund, CancellationToken ct);
}
