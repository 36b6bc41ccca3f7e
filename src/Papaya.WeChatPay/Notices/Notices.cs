using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Notices;

/// <summary>
/// 预扣费通知: tells the user, through WeChat, that a periodic debit is coming. Only for templates in pre-notice mode; between
/// 07:00 and 22:00 Beijing time. The day of the notice and the next one are the wait; then follow the days on which the debit
/// may be applied for (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987402</c>).
/// </summary>
public sealed record NoticeRequest : IPartyRequest
{
    /// <summary><c>contract_id</c>, at most 32 letters and digits. It stands in the path only.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary><c>appid</c> (a provider's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary><c>estimated_amount.amount</c> in fen, at least 1: the debit may not be more.</summary>
    public required long EstimatedFen { get; init; }

    /// <summary><c>deduct_duration.count</c>: days on which the debit may run, 1 to 3. Null leaves it to WeChat: 7 days.</summary>
    public int? DeductDays { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>
/// 重试扣费通知: after a debit failed on one of its days, reminds the user to put money into the account. Optional, in the
/// hours of notices (<c>https://pay.weixin.qq.com/wiki/doc/api/wxpay_v2/papay/chapter3_11.shtml</c>).
/// </summary>
public sealed record ReminderRequest : IPartyRequest
{
    /// <summary><c>contract_id</c>, at most 32 letters and digits. It stands in the path only.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary><c>appid</c> (a provider's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>What became of a notice.</summary>
public enum NoticeOutcome
{
    /// <summary>Sent now.</summary>
    Sent,

    /// <summary>The same notice was sent before (<c>RESOURCE_ALREADY_EXISTS</c>), for instance by a call whose answer was lost.</summary>
    AlreadySent,
}

/// <summary>Notices to the user before and after a periodic debit.</summary>
public sealed class NoticeCalls
{
    private readonly V3Transport _transport;

    internal NoticeCalls(V3Transport transport) => _transport = transport;

    /// <summary>
    /// Sends a pre-debit notice. It can neither be asked about nor taken back; when the outcome is unknown, repeat it with the
    /// same parameters.
    /// </summary>
    /// <exception cref="PapayException">Not sent, or it is unknown whether it was.</exception>
    public Task<NoticeOutcome> SendAsync(NoticeRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SendAsync(V3NoticeEndpoints.Notice.For(request.SubMerchant), request, ct);
    }

    /// <summary>Reminds the user after a failed debit.</summary>
    /// <exception cref="PapayException">Not sent, or it is unknown whether it was.</exception>
    public Task<NoticeOutcome> RemindAsync(ReminderRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SendAsync(V3NoticeEndpoints.Reminder.For(request.SubMerchant), request, ct);
    }

    private async Task<NoticeOutcome> SendAsync<TRequest>(V3Endpoint<TRequest> endpoint, TRequest request, CancellationToken ct)
        where TRequest : class
    {
        try
        {
            await _transport.CallAsync(endpoint, request, ct).ConfigureAwait(false);
            return NoticeOutcome.Sent;
        }
        catch (PapayException e) when (e.Next == NextStep.TreatAsDone)
        {
            return NoticeOutcome.AlreadySent;
        }
    }
}
