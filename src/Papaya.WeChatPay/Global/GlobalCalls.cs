using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Global;

/// <summary>
/// Delegated debits of overseas merchants (<c>/v3/global/papay</c>), on their own host (<see cref="PapayClientOptions.GlobalBaseUrl"/>). Unlike
/// the mainland's: V3 only, debits are synchronous, there is no pre-debit notice, and an order can be reversed.
/// </summary>
public sealed class GlobalCalls
{
    private readonly V3Transport _transport;

    internal GlobalCalls(V3Transport transport) => _transport = transport;

    /// <summary>Opens a signing session in a mini program.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown.</exception>
    public Task<GlobalSession> PreSignMiniProgramAsync(GlobalSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3GlobalSigningEndpoints.MiniProgram, request, GlobalSession.Read, ct);

    /// <summary>Opens a signing session in a mobile app.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown.</exception>
    public Task<GlobalSession> PreSignAppAsync(GlobalSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3GlobalSigningEndpoints.App, request, GlobalSession.Read, ct);

    /// <summary>Opens a signing session in an official account.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown.</exception>
    public Task<GlobalAddress> PreSignJsApiAsync(GlobalSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3GlobalSigningEndpoints.JsApi, request, GlobalAddress.Read, ct);

    /// <summary>Opens a signing session in a mobile browser.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown.</exception>
    public Task<GlobalAddress> PreSignH5Async(GlobalSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3GlobalSigningEndpoints.H5, request, GlobalAddress.Read, ct);

    /// <summary>Opens a signing session for a QR code on a computer.</summary>
    /// <exception cref="PapayException">No session was opened, or it is unknown.</exception>
    public Task<GlobalAddress> PreSignWebAsync(GlobalSignRequest request, CancellationToken ct = default) =>
        CallAsync(V3GlobalSigningEndpoints.Web, request, GlobalAddress.Read, ct);

    /// <summary>Asks for a contract.</summary>
    /// <exception cref="PapayException">Not known (<see cref="NextStep.NothingThere"/>) or not answered.</exception>
    public Task<GlobalContract> QueryContractAsync(GlobalContractQuery query, CancellationToken ct = default) => query switch
    {
        GlobalContractQueryById byId => CallAsync(V3GlobalEndpoints.QueryContractById, byId, GlobalContract.Read, ct),
        GlobalContractQueryByNumber byNumber => CallAsync(V3GlobalEndpoints.QueryContractByNumber, byNumber, GlobalContract.Read, ct),
        _ => throw new ArgumentNullException(nameof(query)),
    };

    /// <summary>Terminates a contract. After any failure ask <see cref="QueryContractAsync"/>.</summary>
    /// <exception cref="PapayException">Not terminated, or it is unknown.</exception>
    public Task TerminateAsync(GlobalTerminateRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.CallAsync(V3GlobalEndpoints.Terminate.For(request.SubMerchant), request, ct);
    }

    /// <summary>
    /// Debits at once. Only <see cref="V3Transaction.IsPaid"/> of the answer is success; <see cref="TradeState.NotPay"/> and
    /// <see cref="TradeState.UserPaying"/> are no outcome yet: ask <see cref="QueryDebitAsync"/>.
    /// </summary>
    /// <param name="request">The debit; write its number down before the call.</param>
    /// <param name="ct">
    /// Cancelling after the request left proves nothing, like no answer: query the same number. Never pass a caller's
    /// <c>RequestAborted</c>; <see cref="PapayClientOptions.Deadline"/> bounds the wait.
    /// </param>
    /// <exception cref="PapayException">Not debited; or (<see cref="ErrorKind.Ask"/>) it is unknown: then query the number.</exception>
    public Task<V3Transaction> DebitAsync(GlobalDebitRequest request, CancellationToken ct = default) =>
        CallAsync(V3GlobalEndpoints.Debit, request, V3Transaction.Read, ct);

    /// <summary>Asks for an order. The same number may be used again while it is not paid or unknown, not when closed or paid.</summary>
    /// <exception cref="PapayException">Not known (<see cref="NextStep.NothingThere"/>) or not answered.</exception>
    public Task<V3Transaction> QueryDebitAsync(GlobalDebitQuery query, CancellationToken ct = default) => query switch
    {
        GlobalDebitQueryById byId => CallAsync(V3GlobalEndpoints.QueryById, byId, V3Transaction.Read, ct),
        GlobalDebitQueryByNumber byNumber => CallAsync(V3GlobalEndpoints.QueryByNumber, byNumber, V3Transaction.Read, ct),
        _ => throw new ArgumentNullException(nameof(query)),
    };

    /// <summary>Reverses an order: an unpaid one is closed, a paid one is refunded. After any failure ask <see cref="QueryDebitAsync"/>.</summary>
    /// <exception cref="PapayException">Not reversed, or it is unknown.</exception>
    public Task ReverseAsync(GlobalReverseRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.CallAsync(V3GlobalEndpoints.Reverse.For(request.SubMerchant), request, ct);
    }

    private Task<TReply> CallAsync<TRequest, TReply>(V3Endpoint<TRequest> endpoint, TRequest request, Func<JsonElement, TReply?> read, CancellationToken ct)
        where TRequest : class, IPartyRequest
        where TReply : class
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.CallAsync(endpoint.For(request.SubMerchant), request, read, ct);
    }
}
