using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>Calls about contracts.</summary>
public sealed class ContractCalls
{
    private readonly V2Transport _transport;
    private readonly Uri _host;
    private readonly TimeProvider _clock;

    internal ContractCalls(V2Transport transport, Uri host, TimeProvider clock, V3ContractCalls v3)
    {
        _transport = transport;
        _host = host;
        _clock = clock;
        V3 = v3;
    }

    /// <summary>Orders with a contract by V3, where WeChat has opened it to the merchant.</summary>
    public V3ContractCalls V3 { get; }

    /// <summary>
    /// The address on which WeChat offers the contract to a user of an official account. It is encoded already and is opened as it
    /// is, by <c>location.href</c>; nothing is sent by this call.
    /// </summary>
    /// <returns>At most 1024 bytes of ASCII.</returns>
    /// <exception cref="PapayException">A field breaks a rule, or the whole address is too long.</exception>
    public string OfficialAccountUrl(OfficialAccountSigning request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var endpoint = SigningTables.OfficialAccount.For(request);
        return V2Query.Address(_host, endpoint, _transport.Sign(endpoint, Dated(request)));
    }

    /// <summary>Reserves a session that a mobile app opens in WeChat within 2 minutes. An account that has signed already gets one too.</summary>
    /// <exception cref="PapayException">Refused or not answered.</exception>
    public async Task<AppSigningReply> PreSignAppAsync(AppSigning request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = await _transport.CallAsync(SigningTables.App, Dated(request), request.SignType, ct).ConfigureAwait(false);
        return message.Text("pre_entrustweb_id"u8) is null
            ? throw PapayException.Unreadable(Endpoints.PreEntrustWeb, "SUCCESS without a pre_entrustweb_id.")
            : new AppSigningReply(message);
    }

    /// <summary>Asks for the address on which WeChat offers the contract in a mobile browser. The codes decide, not the texts: WeChat's own sample of a success says SIGN_ERROR in one.</summary>
    /// <exception cref="PapayException">Refused or not answered.</exception>
    public async Task<H5SigningReply> OpenH5Async(H5Signing request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = await _transport.CallAsync(SigningTables.H5, Dated(request), null, ct).ConfigureAwait(false);
        return message.Text("redirect_url"u8) is null
            ? throw PapayException.Unreadable(Endpoints.H5EntrustWeb, "SUCCESS without a redirect_url.")
            : new H5SigningReply(message);
    }

    /// <summary>What a mini program hands to <c>wx.navigateToMiniProgram</c>.</summary>
    /// <exception cref="PapayException">A field breaks a rule.</exception>
    public MiniProgramInvocation MiniProgram(MiniProgramSigning request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new MiniProgramInvocation { ExtraData = MiniProgramExtraData.From(_transport.Sign(SigningTables.MiniProgram, Dated(request))) };
    }

    /// <summary>Places an order whose cashier offers the contract.</summary>
    /// <param name="request">The order; write its numbers down before the call.</param>
    /// <param name="ct">
    /// Cancelling after the request left proves nothing, like no answer: query the same number. Never pass a caller's
    /// <c>RequestAborted</c>; <see cref="PapayClientOptions.Deadline"/> bounds the wait.
    /// </param>
    /// <exception cref="PapayException">The order was not placed, or it is unknown whether it was. A refused contract part is no exception.</exception>
    public async Task<PayAndSignReply> PayAndSignAsync(PayAndSignRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = await _transport.CallAsync(ContractTables.PayAndSign, request, request.SignType, ct).ConfigureAwait(false);
        return message.Text("prepay_id"u8) is null
            ? throw PapayException.Unreadable(Endpoints.ContractOrder, "SUCCESS without a prepay_id.")
            : new PayAndSignReply(message);
    }

    /// <summary>Asks for the state of a contract.</summary>
    /// <exception cref="PapayException">Not known (<see cref="NextStep.NothingThere"/>) or not answered.</exception>
    public async Task<ContractReply> QueryAsync(ContractQuery query, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new ContractReply(await _transport.CallAsync(ContractTables.Query, query, query.SignType, ct).ConfigureAwait(false));
    }

    /// <summary>Terminates a contract. After any failure ask <see cref="QueryAsync"/>: state 1 means that it is done.</summary>
    public async Task<TerminateReply> TerminateAsync(TerminateRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new TerminateReply(await _transport.CallAsync(ContractTables.Terminate, request, null, ct).ConfigureAwait(false));
    }

    private T Dated<T>(T request)
        where T : SigningRequest => request.At is null ? (T)(request with { At = _clock.GetUtcNow() }) : request;
}
