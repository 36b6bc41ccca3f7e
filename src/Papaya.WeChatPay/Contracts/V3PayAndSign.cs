using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>The contract that a V3 order offers (<c>contract_info</c> of <see cref="V3PayAndSignRequest"/>).</summary>
public sealed record V3ContractOffer
{
    /// <summary><c>contract_info.plan_id</c>: the template, at most 32 digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>contract_info.contract_code</c>: at most 32 letters and digits.</summary>
    public required string ContractNumber { get; init; }

    /// <summary><c>contract_info.request_serial</c>: 1 to 999,999,999,999, written as text here.</summary>
    public required long SigningSequence { get; init; }

    /// <summary><c>contract_info.contract_display_account</c>: at most 64 characters, no emoji.</summary>
    public required string DisplayAccount { get; init; }

    /// <summary><c>contract_info.contract_notify_url</c>: https, at most 256 characters, no query.</summary>
    public string? NotifyUrl { get; init; }
}

/// <summary><c>detail</c> of a V3 order; its list of goods is not sent by this client.</summary>
/// <param name="CostFen"><c>detail.cost_price</c>: the original price in fen, from 0.</param>
/// <param name="InvoiceId"><c>detail.invoice_id</c>: the receipt's number, at most 32 characters.</param>
public sealed record V3OrderDetail(long? CostFen, string? InvoiceId = null);

/// <summary><c>scene_info</c> of a V3 order.</summary>
/// <param name="ClientIp"><c>scene_info.payer_client_ip</c>: the user's address, IPv4 or IPv6.</param>
/// <param name="DeviceId"><c>scene_info.device_id</c>: the merchant's device, at most 32 characters.</param>
/// <param name="Store">Where it was sold.</param>
public sealed record V3Scene(string ClientIp, string? DeviceId = null, V3Store? Store = null)
{
    /// <summary>The device only.</summary>
    public override string ToString() => $"scene {DeviceId}";
}

/// <summary><c>scene_info.store_info</c> of a V3 order.</summary>
/// <param name="Id"><c>id</c>, at most 32 characters.</param>
/// <param name="Name"><c>name</c>, at most 256 characters.</param>
/// <param name="AreaCode"><c>area_code</c>, at most 32 characters.</param>
/// <param name="Address"><c>address</c>, at most 512 characters.</param>
public sealed record V3Store(string Id, string? Name = null, string? AreaCode = null, string? Address = null);

/// <summary>
/// JSAPI or APP 下单并签约 by V3 (<c>/v3/pay/transactions/jsapi-with-contract</c>, <c>…/app-with-contract</c>;
/// <c>https://pay.weixin.qq.com/docs/merchant/apis/hide-jsapi-payment/direct-jsons/jsapi-contract-prepay.html</c>): an ordinary V3 order whose
/// cashier offers a contract. WeChat opens it to few merchants; the documents of 委托代扣 still place such orders by V2
/// (<see cref="ContractCalls.PayAndSignAsync"/>). The prepay_id is invoked with an RSA signature
/// (<see cref="Invocations.V3JsApi"/>, <see cref="Invocations.V3App"/>), never with a V2 one.
/// </summary>
public sealed record V3PayAndSignRequest
{
    /// <summary><c>appid</c>.</summary>
    public required string AppId { get; init; }

    /// <summary><c>out_trade_no</c>: 6–32 letters, digits and <c>_ -</c>.</summary>
    public required string OrderNumber { get; init; }

    /// <summary><c>description</c>, at most 127 characters.</summary>
    public required string Description { get; init; }

    /// <summary><c>amount.total</c> in fen, at least 1.</summary>
    public required long AmountFen { get; init; }

    /// <summary><c>notify_url</c> for the payment: https, at most 256 characters, no query.</summary>
    public required string NotifyUrl { get; init; }

    /// <summary>The contract to sign; null when one of the two other ways is used (JSAPI only).</summary>
    public V3ContractOffer? Contract { get; init; }

    /// <summary><c>contract_info.token</c>: of a pre-authorisation; JSAPI only, at most 64 characters.</summary>
    public string? Token { get; init; }

    /// <summary><c>contract_info.password_free_contract_id</c>; JSAPI only, at most 64 characters.</summary>
    public string? PasswordFreeContractId { get; init; }

    /// <summary><c>payer.openid</c>: the user under <see cref="AppId"/>, at most 128 ASCII characters; required in JSAPI, refused in APP.</summary>
    public string? OpenId { get; init; }

    /// <summary><c>time_expire</c>.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary><c>attach</c>: comes back with the result; we send at most 127 bytes.</summary>
    public string? Attach { get; init; }

    /// <summary><c>goods_tag</c>, at most 32 characters.</summary>
    public string? GoodsTag { get; init; }

    /// <summary><c>support_fapiao</c>: show the entry to the electronic invoice.</summary>
    public bool? OffersInvoice { get; init; }

    /// <summary><c>settle_info.profit_sharing</c>.</summary>
    public bool? SharesProfit { get; init; }

    /// <summary><c>detail</c>: for discounts.</summary>
    public V3OrderDetail? Detail { get; init; }

    /// <summary><c>scene_info</c>: where the user stands.</summary>
    public V3Scene? Scene { get; init; }

    /// <summary>Number and amount only.</summary>
    public override string ToString() => $"pay-and-sign {OrderNumber}, {AmountFen} fen";
}

/// <summary>The order to open the cashier with; valid 2 hours.</summary>
public sealed record V3Prepay
{
    private V3Prepay(string id) => PrepayId = id;

    /// <summary><c>prepay_id</c>.</summary>
    public string PrepayId { get; }

    internal static V3Prepay? Read(JsonElement json) => json.Text("prepay_id") is { } id ? new(id) : null;
}

/// <summary>Orders with a contract by V3.</summary>
public sealed class V3ContractCalls
{
    private readonly V3Transport _transport;

    internal V3ContractCalls(V3Transport transport) => _transport = transport;

    /// <summary>Places an order for official accounts and mini programs.</summary>
    /// <param name="request">The order; write its numbers down before the call.</param>
    /// <param name="ct">
    /// Cancelling after the request left proves nothing, like no answer: query the same number. Never pass a caller's
    /// <c>RequestAborted</c>; <see cref="PapayClientOptions.Deadline"/> bounds the wait.
    /// </param>
    /// <exception cref="PapayException">The order was not placed, or it is unknown whether it was.</exception>
    public Task<V3Prepay> PayAndSignJsApiAsync(V3PayAndSignRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.CallAsync(V3OrderEndpoints.JsApi, request, V3Prepay.Read, ct);
    }

    /// <summary>Places an order for mobile apps.</summary>
    /// <param name="request">The order; write its numbers down before the call.</param>
    /// <param name="ct">
    /// Cancelling after the request left proves nothing, like no answer: query the same number. Never pass a caller's
    /// <c>RequestAborted</c>; <see cref="PapayClientOptions.Deadline"/> bounds the wait.
    /// </param>
    /// <exception cref="PapayException">The order was not placed, or it is unknown whether it was.</exception>
    public Task<V3Prepay> PayAndSignAppAsync(V3PayAndSignRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.CallAsync(V3OrderEndpoints.App, request, V3Prepay.Read, ct);
    }
}
