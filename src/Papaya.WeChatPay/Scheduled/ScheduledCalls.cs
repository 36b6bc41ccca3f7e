using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Scheduled;

/// <summary>
/// 商户协议号查询协议: the only documented key is template and contract number
/// (<c>https://pay.weixin.qq.com/docs/merchant/apis/entrusted-payment/normal/normal-get-contract-by-code.html</c>).
/// </summary>
public sealed record ScheduledContractQuery : IPartyRequest
{
    /// <summary><c>plan_id</c>: the template, digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>out_contract_code</c>, at most 32 letters and digits.</summary>
    public required string ContractNumber { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>商户协议号解约 (<c>https://pay.weixin.qq.com/docs/merchant/apis/entrusted-payment/normal/normal-terminate-contract-by-code.html</c>).</summary>
public sealed record ScheduledTerminateRequest : IPartyRequest
{
    /// <summary><c>plan_id</c>: the template, digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>out_contract_code</c>, at most 32 letters and digits.</summary>
    public required string ContractNumber { get; init; }

    /// <summary><c>contract_termination_remark</c>: why, at most 256 characters.</summary>
    public required string Remark { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>
/// V3 预约扣费: a contract for one debit on one day. Sign; book on the day before (08:00 to 19:30); apply on the day; the success ends
/// the contract, and a day without success ends it at 08:00 of the next. For monthly renewals use the V2 calls instead.
/// </summary>
public sealed class ScheduledCalls
{
    private readonly V3Transport _transport;

    internal ScheduledCalls(V3Transport transport) => _transport = transport;

    /// <summary>Opens a signing session in an official account.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown; a new try takes a new contract number.</exception>
    public Task<ScheduledRedirect> PreSignJsApiAsync(ScheduledSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3SigningEndpoints.JsApi, request, ScheduledRedirect.Read, ct);

    /// <summary>Opens a signing session in a mobile browser.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown; a new try takes a new contract number.</exception>
    public Task<ScheduledRedirect> PreSignH5Async(ScheduledSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3SigningEndpoints.H5, request, ScheduledRedirect.Read, ct);

    /// <summary>Opens a signing session in a mobile app.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown; a new try takes a new contract number.</exception>
    public Task<ScheduledPreSign> PreSignAppAsync(ScheduledSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3SigningEndpoints.App, request, ScheduledPreSign.Read, ct);

    /// <summary>Opens a signing session in a mini program.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown; a new try takes a new contract number.</exception>
    public Task<ScheduledPreSign> PreSignMiniProgramAsync(ScheduledSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3SigningEndpoints.MiniProgram, request, ScheduledPreSign.Read, ct);

    /// <summary>Opens a signing session from a HarmonyOS app or by QR code.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown; a new try takes a new contract number.</exception>
    public Task<ScheduledPreSign> PreSignMultiDeviceAsync(MultiDeviceSignRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.CallAsync(V3SigningEndpoints.MultiDevice, request, ScheduledPreSign.Read, ct);
    }

    /// <summary>Asks for a contract.</summary>
    /// <exception cref="PapayException">Not known (<see cref="NextStep.NothingThere"/>) or not answered.</exception>
    public Task<ScheduledContract> QueryContractAsync(ScheduledContractQuery query, CancellationToken ct = default) =>
        CallAsync(V3ScheduledEndpoints.QueryContract, query, ScheduledContract.Read, ct);

    /// <summary>Terminates a contract. After any failure ask <see cref="QueryContractAsync"/>.</summary>
    /// <exception cref="PapayException">Not terminated, or it is unknown.</exception>
    public Task<ScheduledContract> TerminateAsync(ScheduledTerminateRequest request, CancellationToken ct = default) =>
        CallAsync(V3ScheduledEndpoints.Terminate, request, ScheduledContract.Read, ct);

    /// <summary>Books the debit. After any failure ask <see cref="QueryBookingAsync"/>: a booking cannot be repeated.</summary>
    /// <exception cref="PapayException">Not booked, or it is unknown.</exception>
    public Task<Booking> BookAsync(BookRequest request, CancellationToken ct = default) =>
        CallAsync(V3ScheduledEndpoints.Book, request, Booking.Read, ct);

    /// <summary>Asks what is booked.</summary>
    /// <exception cref="PapayException">Not known or not answered.</exception>
    public Task<Booking> QueryBookingAsync(BookingQuery query, CancellationToken ct = default) =>
        CallAsync(V3ScheduledEndpoints.QueryBooking, query, Booking.Read, ct);

    /// <summary>Applies for the booked debit. Returning normally means accepted, not paid.</summary>
    /// <param name="request">The debit; write its number down before the call.</param>
    /// <param name="ct">
    /// Cancelling after the request left proves nothing, like no answer: query the same number. Never pass a caller's
    /// <c>RequestAborted</c>; <see cref="PapayClientOptions.Deadline"/> bounds the wait.
    /// </param>
    /// <exception cref="PapayException">Not accepted, or it is unknown: then query the number and never take a new one.</exception>
    public Task<ScheduledAccepted> ApplyAsync(ScheduledApplyRequest request, CancellationToken ct = default) =>
        CallAsync(V3ScheduledEndpoints.Apply, request, ScheduledAccepted.Read, ct);

    /// <summary>Asks what became of a debit; <see cref="V3Transaction.IsPaid"/> is the test of success.</summary>
    /// <exception cref="PapayException">Not known or not answered.</exception>
    public Task<V3Transaction> QueryDebitAsync(ScheduledDebitQuery query, CancellationToken ct = default) =>
        CallAsync(V3ScheduledEndpoints.QueryDebit, query, V3Transaction.Read, ct);

    private Task<TReply> CallAsync<TRequest, TReply>(V3Endpoint<TRequest> endpoint, TRequest request, Func<System.Text.Json.JsonElement, TReply?> read, CancellationToken ct)
        where TRequest : class, IPartyRequest
        where TReply : class
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.CallAsync(endpoint.For(request.SubMerchant), request, read, ct);
    }
}
