using System.Text;
using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>One coupon or discount of <c>promotion_detail</c>.</summary>
/// <param name="Id"><c>coupon_id</c>, overseas <c>promotion_id</c>.</param>
/// <param name="Name"><c>name</c>.</param>
/// <param name="Scope"><c>scope</c>: <c>GLOBAL</c> or <c>SINGLE</c>.</param>
/// <param name="Kind"><c>type</c>: <c>CASH</c> or <c>NOCASH</c>, overseas <c>COUPON</c> or <c>DISCOUNT</c>.</param>
/// <param name="AmountFen"><c>amount</c> in fen (the smallest unit of <paramref name="Currency"/>).</param>
/// <param name="Currency"><c>currency</c>.</param>
/// <param name="WeChatFen"><c>wechatpay_contribute</c>, overseas <c>wxpay_contribute_amount</c>: what WeChat bears.</param>
/// <param name="MerchantFen"><c>merchant_contribute</c>, overseas <c>merchant_contribute_amount</c>: what the merchant bears.</param>
/// <param name="OtherFen"><c>other_contribute</c>, overseas <c>other_contribute_amount</c>: what others bear.</param>
public sealed record Promotion(
    string? Id, string? Name, string? Scope, string? Kind, long AmountFen, string? Currency, long? WeChatFen, long? MerchantFen, long? OtherFen);

/// <summary>An order as V3 tells it, in answers to queries and in callbacks.</summary>
public sealed record V3Transaction
{
    private V3Transaction(JsonElement json, string number, string state)
    {
        OrderNumber = number;
        StateText = state;
        State = WireNames.ParseTradeState(Encoding.UTF8.GetBytes(state));
        StateDescription = json.Text("trade_state_desc") ?? json.Text("trade_state_description");
        WeChatTransactionId = json.Text("transaction_id");
        MerchantNumber = json.Text("mchid") ?? json.Text("sp_mchid");
        AppId = json.Text("appid") ?? json.Text("sp_appid");
        SubMerchant = json.Text("sub_mchid") is { } sub ? new(sub, json.Text("sub_appid")) : null;
        TradeType = json.Text("trade_type");
        BankType = json.Text("bank_type");
        Attach = json.Text("attach");
        PaidAt = json.Time("success_time");
        var payer = json.Object("payer");
        OpenId = payer?.Text("openid") ?? payer?.Text("sp_openid");
        SubOpenId = payer?.Text("sub_openid");
        var amount = json.Object("amount");
        AmountFen = amount?.Number("total");
        PayerFen = amount?.Number("payer_total");
        Currency = amount?.Text("currency");
        PayerCurrency = amount?.Text("payer_currency");
        ExchangeRate = amount?.Object("exchange_rate")?.Number("rate");
        Promotions = [.. json.Objects("promotion_detail").Select(Promotion)];
    }

    /// <summary><c>out_trade_no</c>.</summary>
    public string OrderNumber { get; }

    /// <summary><c>trade_state</c>; <see cref="TradeState.Unknown"/> for a state that this client does not know.</summary>
    public TradeState State { get; }

    /// <summary><c>trade_state</c> as received.</summary>
    public string StateText { get; }

    /// <summary><c>trade_state_desc</c>.</summary>
    public string? StateDescription { get; }

    /// <summary><c>transaction_id</c>.</summary>
    public string? WeChatTransactionId { get; }

    /// <summary><c>mchid</c> (a provider's own: <c>sp_mchid</c>).</summary>
    public string? MerchantNumber { get; }

    /// <summary><c>appid</c> (<c>sp_appid</c>).</summary>
    public string? AppId { get; }

    /// <summary><c>sub_mchid</c> and <c>sub_appid</c>; null for a direct merchant.</summary>
    public SubMerchant? SubMerchant { get; }

    /// <summary><c>trade_type</c>; overseas debits say <c>AUTH</c>.</summary>
    public string? TradeType { get; }

    /// <summary><c>bank_type</c>.</summary>
    public string? BankType { get; }

    /// <summary><c>attach</c>.</summary>
    public string? Attach { get; }

    /// <summary><c>success_time</c>.</summary>
    public DateTimeOffset? PaidAt { get; }

    /// <summary><c>payer.openid</c> (<c>payer.sp_openid</c>).</summary>
    public string? OpenId { get; }

    /// <summary><c>payer.sub_openid</c>.</summary>
    public string? SubOpenId { get; }

    /// <summary><c>amount.total</c> in fen (the smallest unit of <see cref="Currency"/>).</summary>
    public long? AmountFen { get; }

    /// <summary><c>amount.payer_total</c>: what the user paid, coupons deducted, in the smallest unit of <see cref="PayerCurrency"/>.</summary>
    public long? PayerFen { get; }

    /// <summary><c>amount.currency</c>; absent means CNY in the mainland.</summary>
    public string? Currency { get; }

    /// <summary><c>amount.payer_currency</c>.</summary>
    public string? PayerCurrency { get; }

    /// <summary><c>amount.exchange_rate.rate</c>, times 10^8; overseas only.</summary>
    public long? ExchangeRate { get; }

    /// <summary><c>promotion_detail</c>.</summary>
    public IReadOnlyList<Promotion> Promotions { get; }

    /// <summary>
    /// True when exactly this amount was paid: state SUCCESS, WeChat's number, the time of payment, amount and currency. Anything
    /// else must be asked about before acting.
    /// </summary>
    /// <param name="expectedFen">The amount in the smallest unit of the currency.</param>
    /// <param name="currency">The currency; an absent one counts as CNY.</param>
    public bool IsPaid(long expectedFen, string currency = "CNY") =>
        State == TradeState.Success && WeChatTransactionId is not null && PaidAt is not null && AmountFen == expectedFen && (Currency ?? "CNY") == currency;

    /// <summary>Number and state only.</summary>
    public override string ToString() => $"order {OrderNumber}: {StateText}";

    internal static V3Transaction? Read(JsonElement json) =>
        json.Text("out_trade_no") is { } number && json.Text("trade_state") is { } state ? new(json, number, state) : null;

    private static Promotion Promotion(JsonElement json) => new(
        json.Text("coupon_id") ?? json.Text("promotion_id"), json.Text("name"), json.Text("scope"), json.Text("type"), json.Number("amount") ?? 0, json.Text("currency"),
        json.Number("wechatpay_contribute") ?? json.Number("wxpay_contribute_amount"),
        json.Number("merchant_contribute") ?? json.Number("merchant_contribute_amount"),
        json.Number("other_contribute") ?? json.Number("other_contribute_amount"));
}
