using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>Calls about contracts.</summary>
public sealed class ContractCalls
{
    private readonly V2Transport _transport;

    internal ContractCalls(V2Transport transport) => _transport = transport;

    /// <summary>Places an order whose cashier offers the contract.</summary>
    /// <exception cref="PapayException">The order was not placed, or it is unknown whether it was. A refused contract part is no exception.</exception>
    public async Task<PayAndSignReply> PayAndSignAsync(PayAndSignRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = await _transport.CallAsync(Endpoints.ContractOrderTable, request, request.SignType, ct).ConfigureAwait(false);
        return message.Text("prepay_id"u8) is null
            ? throw PapayException.Unreadable(Endpoints.ContractOrder, "SUCCESS without a prepay_id.")
            : new PayAndSignReply(message);
    }

    /// <summary>Asks for the state of a contract.</summary>
    /// <exception cref="PapayException">Not known (<see cref="NextStep.NothingThere"/>) or not answered.</exception>
    public async Task<ContractReply> QueryAsync(ContractQuery query, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new ContractReply(await _transport.CallAsync(Endpoints.QueryContractTable, query, query.SignType, ct).ConfigureAwait(false));
    }

    /// <summary>Terminates a contract. After any failure ask <see cref="QueryAsync"/>: state 1 means that it is done.</summary>
    public async Task<TerminateReply> TerminateAsync(TerminateRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new TerminateReply(await _transport.CallAsync(Endpoints.DeleteContractTable, request, null, ct).ConfigureAwait(false));
    }
}
