using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary><c>orderquery</c>, <c>paporderquery</c>, <c>closeorder</c>, and what closes by itself.</summary>
internal static class Orders
{
    /// <summary>An order may be closed from five minutes after its creation on.</summary>
    private static readonly TimeSpan CloseAfter = TimeSpan.FromMinutes(5);

    public static readonly CallRule Query = new(Endpoints.OrderQuery, Ask);

    public static readonly CallRule DebitQuery = new(Endpoints.PapOrderQuery, AskDebit);

    public static readonly CallRule PartnerDebitQuery = new(Endpoints.PapOrderQuery.Partner!, AskDebit);

    public static readonly CallRule Close = new(Endpoints.CloseOrder, CloseIt);

    /// <summary>An unpaid order's time is over, or a failed debit is closed by WeChat.</summary>
    public static void Expire(SimulatorState state, Order order)
    {
        if (order.State is TradeState.NotPay or TradeState.PayFail)
        {
            order.State = TradeState.Closed;
            state.Schedule(order, null);
            state.Put(order);
        }
    }

    private static void Ask(Call call)
    {
        if (Find(call, out var order) && order is null)
        {
            call.Fail("ORDERNOTEXIST", Texts.NoOrder);
        }
        else if (order is { State: TradeState.Accept } && call.State.Switches.Is("orderquery_waiting", "ORDERNOTEXIST"))
        {
            call.Fail("ORDERNOTEXIST", Texts.NoOrder);
        }
        else if (order is not null && call.State.Switches.Is("order_old_month", "FREQUENCY_LIMITED") && !RefundLimits.AllowsOld(call.State, call.Merchant, order, call.Now))
        {
            call.Fail("FREQUENCY_LIMITED", Texts.OldOrder);
        }
        else if (order is not null)
        {
            Answer(call, order, Name(call, order, "PAYERROR"));
        }
    }

    private static void AskDebit(Call call)
    {
        if (!call.Merchant.May(Permission.PapOrderQuery))
        {
            call.Fail("NOAUTH", "商户无此接口权限");
            return;
        }

        // It forgets orders after a month.
        if (Find(call, out var order) && (order is null || call.Now > order.CreatedAt.AddMonths(1)))
        {
            call.Fail("ORDERNOTEXIST", Texts.NoOrder);
        }
        else if (order is { Kind: OrderKind.Payment }
            || (order is { State: TradeState.Closed } && call.State.Switches.Is("paporderquery_closed", "not_a_debit")))
        {
            call.Fail(call.State.Switches["paporderquery_foreign"], Texts.NotADebit);
        }
        else if (order is not null)
        {
            Answer(call, order, Name(call, order, "PAY_FAIL")).Add("contract_id"u8, order.ContractId);
        }
    }

    /// <summary>False when the call has been answered: neither number was given, or the transaction is unknown.</summary>
    private static bool Find(Call call, out Order? order)
    {
        order = null;
        if (call.Text("transaction_id"u8) is { } transaction)
        {
            order = call.State.FindOrderByTransaction(call.Merchant.MchId, transaction);
            if (order is null or { IsGlobal: true })
            {
                call.Fail("INVALID_TRANSACTIONID", "无效的微信订单号");
                return false;
            }

            order = order.SubMchId == call.SubMchId ? order : null;
            return true;
        }

        if (call.Text("out_trade_no"u8) is not { } number)
        {
            call.Fail("LACK_PARAMS", "缺少参数transaction_id或out_trade_no");
            return false;
        }

        // What a service provider ordered for one sub-merchant is nobody else's.
        order = call.State.FindOrder(call.Merchant.MchId, number) is { IsGlobal: false } found && found.SubMchId == call.SubMchId ? found : null;
        return true;
    }

    private static V2Writer Answer(Call call, Order order, string state)
    {
        var answer = call.Success();
        if (order.State != TradeState.Success && !(order.State == TradeState.Refund && call.State.Switches.Is("refund_state_answer", "full")))
        {
            answer.Add("out_trade_no"u8, order.OutTradeNo).Add("attach"u8, order.Attach);
            return call.State.Switches.Is("orderquery_short_state", "number_only") && call.Path == Query.Path ? answer : answer
                .Add("trade_state"u8, state).Add("trade_state_desc"u8, Describe(order));
        }

        answer.Add("device_info"u8, order.DeviceInfo).Add("openid"u8, order.Openid).Add("is_subscribe"u8, "N")
            .Add("trade_type"u8, order.TradeType).Add("trade_state"u8, state).Add("bank_type"u8, order.BankType)
            .Add("total_fee"u8, order.Amount).Add("fee_type"u8, "CNY").Add("cash_fee"u8, order.CashFee).Add("cash_fee_type"u8, "CNY")
            .Add("transaction_id"u8, order.TransactionId).Add("out_trade_no"u8, order.OutTradeNo).Add("attach"u8, order.Attach)
            .Add("time_end"u8, BeijingTime.Compact(order.PaidAt!.Value)).Add("trade_state_desc"u8, Describe(order));
        var isDetailed = order.Coupons is not null && call.Text("version"u8) is not null;
        if (!isDetailed || call.State.Switches.Is("orderquery_version_coupons", "both"))
        {
            answer.Add("settlement_total_fee"u8, order.SettlementFee).AddCoupons(order.Coupons);
        }

        return isDetailed ? answer.Add("promotion_detail"u8, CouponFields.PromotionDetail(order.Coupons)) : answer;
    }

    private static void CloseIt(Call call)
    {
        var order = call.State.FindOrder(call.Merchant.MchId, call.Text("out_trade_no"u8));
        switch (order)
        {
            case null or { State: TradeState.Accept } or { IsGlobal: true }:
            case not null when order.SubMchId != call.SubMchId:
                call.Fail("ORDERNOTEXIST", Texts.NoOrder);
                return;
            case { IsPaid: true }:
                call.Fail("ORDERPAID", Texts.Paid);
                return;
            case { State: TradeState.Closed }:
                call.Fail("ORDERCLOSED", Texts.OrderClosed);
                return;
        }

        if (call.Now - order.CreatedAt < CloseAfter)
        {
            const string TooEarly = "订单生成后不能马上调用关单接口，最短调用时间间隔为5分钟";
            if (call.State.Switches.Is("close_too_early", "return_fail"))
            {
                call.Refuse(TooEarly);
            }
            else
            {
                call.Fail("TRADE_STATE_ERROR", TooEarly);
            }

            return;
        }

        // One that has failed was told of then.
        var isUnderWay = order is { Kind: OrderKind.Debit, State: TradeState.NotPay, ErrCode: null };
        order.ClosedByMerchant = true;
        Expire(call.State, order);
        if (isUnderWay)
        {
            Debits.Closed(call.State, order, call.Now);
        }

        var answer = call.Success();
        if (call.State.Switches.Is("close_result_msg", "present"))
        {
            answer.Add("result_msg"u8, "OK");
        }
    }

    /// <summary>The state by the word of the call: documents have three for a debit that has failed.</summary>
    private static string Name(Call call, Order order, string failed) =>
        order.State != TradeState.PayFail ? Name(order.State) : call.State.Switches["failed_debit_state"] is var word && word == "by_call" ? failed : word;

    private static string Name(TradeState state) => state switch
    {
        TradeState.NotPay => "NOTPAY",
        TradeState.Accept => "ACCEPT",
        TradeState.Success => "SUCCESS",
        TradeState.Refund => "REFUND",
        TradeState.PayFail => "PAY_FAIL",
        TradeState.Closed => "CLOSED",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private static string Describe(Order order) => order.State switch
    {
        TradeState.Success => "支付成功",
        TradeState.Refund => "订单发生过退款，退款详情请查询退款单",
        TradeState.NotPay => "订单未支付",
        TradeState.Accept => "已接收，等待扣款",
        TradeState.PayFail => order.ErrText ?? "支付失败",
        TradeState.Closed => "订单已关闭",
        _ => throw new ArgumentOutOfRangeException(nameof(order)),
    };
}
