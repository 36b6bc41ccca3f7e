using System.Globalization;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary><c>refund</c> and <c>refundquery</c>. A refund is accepted at once and reaches the wallet some minutes later.</summary>
internal static class Refunds
{
    private const int RowsPerAnswer = 10;

    /// <summary>An order with more refunds is asked about by their numbers.</summary>
    private const int MostByOrder = 20;

    public static readonly CallRule Apply = new(Endpoints.Refund, Accept);

    public static readonly CallRule Query = new(Endpoints.RefundQuery, Ask);

    private static void Accept(Call call)
    {
        var (state, merchant) = (call.State, call.Merchant);
        if (RefundLimits.IsKeptOut(state, merchant, call.Now))
        {
            call.Fail("INVALID_REQ_TOO_MUCH", "无效请求过多，请检查业务是否正确，确认业务正确后请在1分钟后再来重试");
            return;
        }

        if (!RefundLimits.AllowsRefund(state, merchant, call.Now))
        {
            call.Fail("FREQUENCY_LIMITED", Texts.TooFrequent);
            return;
        }

        Take(call);
        if (call.ErrCode is not null)
        {
            RefundLimits.Count(state, merchant, call.Now);
        }
    }

    private static void Take(Call call)
    {
        var state = call.State;
        var mchId = call.Merchant.MchId;
        if (call.Certificate != mchId)
        {
            call.Fail("CERT_ERROR", Texts.BadCertificate);
            return;
        }

        Order? order;
        if (call.Text("transaction_id"u8) is { } transaction)
        {
            order = state.FindOrderByTransaction(mchId, transaction);
            if (order is null or { IsGlobal: true })
            {
                call.Fail("INVALID_TRANSACTIONID", "无效的微信订单号");
                return;
            }
        }
        else if (call.Text("out_trade_no"u8) is { } number)
        {
            order = state.FindOrder(mchId, number);
        }
        else
        {
            call.Fail("LACK_PARAMS", "缺少参数transaction_id或out_trade_no");
            return;
        }

        if (order is null or { IsPaid: false } or { IsGlobal: true } || order.SubMchId != call.SubMchId)
        {
            call.Fail("ORDERNOTEXIST", Texts.NoOrder);
            return;
        }

        var outRefundNo = call.Text("out_refund_no"u8)!;
        var total = call.Long("total_fee"u8)!.Value;
        var amount = call.Long("refund_fee"u8)!.Value;
        if (state.FindRefund(mchId, outRefundNo) is { } known)
        {
            if (known.OutTradeNo != order.OutTradeNo || known.TotalFee != total || known.Amount != amount)
            {
                call.Fail("REFUND_FEE_MISMATCH", "订单金额或退款金额与之前请求不一致，请核实后再试");
            }
            else
            {
                Answer(call, order, known);
            }

            return;
        }

        if (amount > total && state.Switches.Is("refund_fee_above_total", "invalid_refund_fee"))
        {
            call.Refuse("invalid refund_fee");
            return;
        }

        if (!RefundLimits.AllowsOld(state, call.Merchant, order, call.Now))
        {
            call.Fail("FREQUENCY_LIMITED", Texts.OldOrder);
            return;
        }

        var wish = new RefundWish(order, outRefundNo, total, amount)
        {
            AppId = call.AppId,
            Reason = call.Text("refund_desc"u8),
            NotifyUrl = call.Text("notify_url"u8),
            Account = call.Text("refund_account"u8),
        };
        if (RefundDesk.WhyNot(state, call.Merchant, wish, call.Now) is { } obstacle)
        {
            var (code, text) = Words(state, obstacle);
            call.Fail(code, text);
            return;
        }

        Answer(call, order, RefundDesk.Accept(state, call.Merchant, wish, call.Now));
    }

    private static (string Code, string Text) Words(SimulatorState state, RefundObstacle obstacle) => obstacle switch
    {
        RefundObstacle.WrongTotal => ("PARAM_ERROR", "订单金额不正确"),
        RefundObstacle.Overdue => ("TRADE_OVERDUE", "订单已经超过可退款的最大期限(支付后一年内可退款)"),
        RefundObstacle.UserGone => ("USER_ACCOUNT_ABNORMAL", "用户账户异常，退款请求失败"),
        RefundObstacle.FullyRefunded => ("ERROR", "订单已全额退款"),
        RefundObstacle.MoreThanLeft => ("ERROR", "累计退款金额大于支付金额"),
        RefundObstacle.TooManyParts => ("ERROR", "该订单退款次数已达上限"),
        RefundObstacle.TooSoon => (state.Switches["refund_interval"], "同一笔订单多次退款的请求需相隔1分钟"),
        RefundObstacle.NotEnough => ("NOTENOUGH", "基本账户余额不足，请充值后重新发起"),
        _ => throw new ArgumentOutOfRangeException(nameof(obstacle)),
    };

    private static void Answer(Call call, Order order, Refund refund) =>
        call.Success().Add("transaction_id"u8, refund.TransactionId).Add("out_trade_no"u8, refund.OutTradeNo)
            .Add("out_refund_no"u8, refund.OutRefundNo).Add("refund_id"u8, refund.RefundId)
            .Add("refund_fee"u8, refund.Amount).Add("settlement_refund_fee"u8, refund.SettlementFee)
            .Add("total_fee"u8, order.Amount).Add("settlement_total_fee"u8, order.SettlementFee).Add("fee_type"u8, "CNY")
            .Add("cash_fee"u8, order.CashFee).Add("cash_refund_fee"u8, refund.CashFee)
            .AddRefundedCoupons(refund.Coupons);

    private static void Ask(Call call)
    {
        if (!RefundLimits.AllowsQuery(call.State, call.Merchant, call.Now))
        {
            call.Fail("FREQUENCY_LIMITED", "查询频率过高，可间隔1分钟再重试");
            return;
        }

        if (!Find(call, out var order, out var all))
        {
            return;
        }

        var offset = call.Long("offset"u8) is { } given ? (int)Math.Min(given, int.MaxValue) : 0;
        if (offset > all.Count)
        {
            call.Fail("PARAM_ERROR", "offset大于退款总笔数");
            return;
        }

        var rows = all.Skip(offset).Take(RowsPerAnswer).ToArray();
        var answer = call.Success().Add("transaction_id"u8, order.TransactionId).Add("out_trade_no"u8, order.OutTradeNo)
            .Add("total_fee"u8, order.Amount).Add("settlement_total_fee"u8, order.SettlementFee).Add("fee_type"u8, "CNY").Add("cash_fee"u8, order.CashFee)
            .Add("refund_count"u8, rows.Length);
        if (call.Long("offset"u8) is not null || all.Count > RowsPerAnswer)
        {
            answer.Add("total_refund_count"u8, all.Count);
        }

        for (var n = 0; n < rows.Length; n++)
        {
            var row = rows[n];
            answer.Add(Row("out_refund_no", n), row.OutRefundNo).Add(Row("refund_id", n), row.RefundId).Add(Row("refund_channel", n), row.Channel)
                .Add(Row("refund_fee", n), row.Amount).Add(Row("settlement_refund_fee", n), row.SettlementFee)
                .Add(Row("refund_status", n), Name(row.State))
                .Add(Row("refund_account", n), row.Account).Add(Row("refund_recv_accout", n), row.Receiver);
            if (row.Coupons is not null)
            {
                answer.AddRefundedCoupons(row.Coupons, Row("", n));
            }

            if (row.SucceededAt is { } at)
            {
                answer.Add(Row("refund_success_time", n), BeijingTime.Spaced(at));
            }
        }
    }

    /// <summary>By refund_id, else out_refund_no, else transaction_id, else out_trade_no. False when the call has been answered.</summary>
    private static bool Find(Call call, out Order order, out IReadOnlyList<Refund> refunds)
    {
        var state = call.State;
        var mchId = call.Merchant.MchId;
        order = null!; // Given on success only.
        refunds = [];
        Order? found;
        if (call.Text("refund_id"u8) is { } refundId)
        {
            return One(state.FindRefundById(mchId, refundId), out order, out refunds);
        }

        if (call.Text("out_refund_no"u8) is { } outRefundNo)
        {
            return One(state.FindRefund(mchId, outRefundNo), out order, out refunds);
        }

        if (call.Text("transaction_id"u8) is { } transaction)
        {
            found = state.FindOrderByTransaction(mchId, transaction);
            if (found is null or { IsGlobal: true })
            {
                call.Fail("INVALID_TRANSACTIONID", "无效的微信订单号");
                return false;
            }
        }
        else if (call.Text("out_trade_no"u8) is { } number)
        {
            found = state.FindOrder(mchId, number);
        }
        else
        {
            call.Fail("PARAM_ERROR", "缺少参数refund_id、out_refund_no、transaction_id或out_trade_no");
            return false;
        }

        if (found is { Refunds.Count: > MostByOrder } && state.Switches.Is("refundquery_many", "refused_over_20"))
        {
            call.Fail("PARAM_ERROR", "部分退款次数超过20次，请用退款单号查询");
            return false;
        }

        if (found is null or { IsGlobal: true } || found.Refunds is not { Count: > 0 } list || found.SubMchId != call.SubMchId)
        {
            call.Fail("REFUNDNOTEXIST", "退款订单查询失败");
            return false;
        }

        order = found;
        refunds = list;
        return true;

        bool One(Refund? refund, out Order order, out IReadOnlyList<Refund> refunds)
        {
            order = null!; // Given on success only.
            refunds = [];
            if (refund is null || state.FindOrder(mchId, refund.OutTradeNo) is not { IsGlobal: false } one || one.SubMchId != call.SubMchId)
            {
                call.Fail("REFUNDNOTEXIST", "退款订单查询失败");
                return false;
            }

            order = one;
            refunds = [refund];
            return true;
        }
    }

    /// <summary>A state as V2 writes it.</summary>
    public static string Name(RefundState state) => state switch
    {
        RefundState.Processing => "PROCESSING",
        RefundState.Success => "SUCCESS",
        RefundState.Abnormal => "CHANGE",
        RefundState.Closed => "REFUNDCLOSE",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private static string Row(string name, int n) => name + "_" + n.ToString(CultureInfo.InvariantCulture);
}
