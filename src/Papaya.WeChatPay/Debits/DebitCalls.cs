using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Debits;

/// <summary>Calls about debits.</summary>
public sealed class DebitCalls
{
    private readonly V2Transport _transport;

    internal DebitCalls(V2Transport transport) => _transport = transport;

    /// <summary>Asks WeChat to debit. Returning normally means accepted, not paid.</summary>
    /// <param name="request">The debit; write its number down before the call.</param>
    /// <param name="ct">
    /// Cancelling after the request left proves nothing, like no answer: query the same number. Never pass a caller's
    /// <c>RequestAborted</c>; <see cref="PapayClientOptions.Deadline"/> bounds the wait.
    /// </param>
    /// <exception cref="PapayException">Refused, throttled, or unknown; <see cref="PapayException.NotSent"/> when it certainly never left.</exception>
    public async Task<DebitAcceptance> ApplyAsync(DebitRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new DebitAcceptance(await _transport.CallAsync(DebitTables.Apply, request, request.SignType, ct).ConfigureAwait(false));
    }

    /// <summary>Asks for the state of a debit.</summary>
    public async Task<OrderReply> QueryAsync(DebitQuery query, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new OrderReply(await _transport.CallAsync(DebitTables.Query, query, null, ct).ConfigureAwait(false));
    }
}
