using System.Text.Json;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>The V3 picture of an order, in answers and in callbacks.</summary>
internal static class Transactions
{
    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("v3-order-by-out-trade-no", Query, []),
        new(ById("/v3/pay/transactions/id/{transaction_id}", "mchid"), Query),
        new(ById("/v3/pay/partner/transactions/id/{transaction_id}", "sp_mchid", "sub_mchid") with { IsPartner = true }, Query),
    ];

    /// <summary>The order that a debit asks for; nothing is taken yet.</summary>
    /// <param name="call">A debit of either product: their members have the same names but for the address.</param>
    /// <param name="contract">The caller's contract.</param>
    /// <param name="tradeType">PAP, or AUTH overseas.</param>
    /// <param name="addressName">The member that names the address of the result.</param>
    public static Order Debit(V3Call call, Contract contract, string tradeType, string addressName) => new()
    {
        MchId = contract.MchId,
        SubMchId = contract.SubMchId,
        SubAppId = contract.SubAppId,
        OutTradeNo = call.Text("out_trade_no")!,
        Kind = OrderKind.Debit,
        State = TradeState.NotPay,
        AppId = call.AppId!,
        Body = call.Text("description")!,
        Attach = call.Text("attach"),
        GoodsTag = call.Text("goods_tag"),
        Amount = call.Long("amount.total")!.Value,
        TradeType = tradeType,
        NotifyUrl = call.Text(addressName)!,
        CreatedAt = call.Now,
        ContractId = contract.ContractId,
        Openid = contract.Openid,
        IsV3 = true,
    };

    /// <summary>trade_state.</summary>
    public static string StateOf(Order order) => order.State switch
    {
        TradeState.Success => "SUCCESS",
        TradeState.Refund => "REFUND",
        TradeState.Closed => "CLOSED",
        TradeState.PayFail => "PAYERROR",
        TradeState.Accept => "ACCEPT",
        _ => "NOTPAY",
    };

    public static void Write(Utf8JsonWriter json, SimulatorState state, Order order, string tradeState)
    {
        var isProvider = order.SubMchId is not null;
        json.WriteString(isProvider ? "sp_mchid" : "mchid", order.MchId);
        json.WriteString(isProvider ? "sp_appid" : "appid", order.AppId);
        json.WriteText("sub_mchid", order.SubMchId);
        json.WriteText("sub_appid", order.SubAppId);
        json.WriteString("out_trade_no", order.OutTradeNo);
        json.WriteText("transaction_id", order.TransactionId);
        json.WriteString("trade_type", order.TradeType);
        json.WriteString("trade_state", tradeState);
        json.WriteString(
            tradeState == "PAY_FAIL" ? state.Switches["v3_fail_event_state_name"] : "trade_state_desc",
            tradeState switch
            {
                "SUCCESS" => "支付成功",
                "REFUND" => "转入退款",
                "CLOSED" => "订单已关闭",
                "PAYERROR" or "PAY_FAIL" => order.ErrText ?? "支付失败",
                _ => "订单未支付",
            });
        json.WriteText("bank_type", order.BankType);
        json.WriteText("attach", order.Attach);
        json.WriteTime("success_time", order.PaidAt);
        if (order.Openid is { } openid)
        {
            json.WriteStartObject("payer");
            json.WriteString(isProvider ? "sp_openid" : "openid", openid);
            json.WriteEndObject();
        }

        json.WriteStartObject("amount");
        json.WriteNumber("total", order.Amount);
        if (order.IsPaid)
        {
            json.WriteNumber("payer_total", order.PayerAmount ?? order.CashFee);
            json.WriteString("payer_currency", "CNY");
        }

        json.WriteString("currency", order.Currency ?? "CNY");
        if (order is { Currency: { } currency, IsPaid: true } && currency != "CNY")
        {
            json.WriteStartObject("exchange_rate");
            json.WriteString("type", "SETTLEMENT_RATE");
            json.WriteNumber("rate", ExchangeRates.Of(currency)!.Value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        Promotions.WriteSpent(json, order.Coupons);
    }

    /// <summary>The same question by WeChat's number; an official SDK's own test asks it.</summary>
    private static V3Table ById(string path, params string[] merchants) => new("v3-order-by-id", "GET", path,
    [
        new("transaction_id", V3Kind.Text, true, 1, 32) { Place = FieldPlace.Path },
        .. merchants.Select(name => new V3Member(name, V3Kind.Text, true, 1, 32) { Place = FieldPlace.Query }),
    ]);

    private static void Query(V3Call call)
    {
        var order = call.Text("transaction_id") is { } id
            ? call.State.FindOrderByTransaction(call.Merchant.MchId, id)
            : call.State.FindOrder(call.Merchant.MchId, call.Text("out_trade_no"));
        // A debit that waits for its 24 hours has no payment order yet.
        if (order is null or { State: TradeState.Accept } or { IsGlobal: true } || order.SubMchId != call.SubMchId)
        {
            call.Refuse(404, call.State.Switches["v3_order_not_found"], "订单不存在");
            return;
        }

        call.Succeed(json => Write(json, call.State, order, StateOf(order)));
    }
}

/// <summary>What a user's wallet is charged for an amount in another currency: fixed, so that rehearsals repeat.</summary>
internal static class ExchangeRates
{
    private const decimal Scale = 100_000_000;

    /// <summary>Fen for a hundred million of the currency's smallest units; null for a currency that is not traded.</summary>
    public static long? Of(string currency) => currency switch
    {
        "CNY" => 100_000_000,
        "HKD" => 92_000_000,
        "USD" => 718_000_000,
        "EUR" => 780_000_000,
        "GBP" => 910_000_000,
        "SGD" => 535_000_000,
        "MYR" => 162_000_000,
        "JPY" => 476_000_000,
        _ => null,
    };

    /// <summary>Whole fen, rounded up: nobody pays nothing. What no wallet can hold is the greatest number.</summary>
    public static long Convert(long amount, string currency) => (long)decimal.Min(long.MaxValue, decimal.Ceiling(amount * (decimal)Of(currency)!.Value / Scale));
}
