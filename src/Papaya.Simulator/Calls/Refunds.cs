using System.Globalization;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary><c>refund</c> and <c>refundquery</c>. A refund is accepted at once and reaches the wallet some minutes later.</summary>
internal static class Refunds
{
    private const int MostPerOrder = 50;
    private const int RowsPerAnswer = 10;

    public static readonly CallRule Apply = new(Endpoints.Refund, Accept);

    public static readonly CallRule Query = new(Endpoints.RefundQuery, Ask);

    /// <summary>The money reaches the user's wallet.</summary>
    public static void Complete(SimulatorState state, Refund refund, DateTimeOffset now)
    {
        refund.State = RefundState.Success;
        refund.SucceededAt = now;
        state.Schedule(refund, null);
        state.Put(refund);
        if (state.FindUser(state.FindOrder(refund.MchId, refund.OutTradeNo)!.Openid) is { } user)
        {
            user.Balance += refund.Amount;
            state.Put(user);
        }

        if (refund.NotifyUrl is { } url)
        {
            Messages.Refunded(state, refund, url, now);
        }
    }

    private static void Accept(Call call)
    {
        var state = call.State;
        var mchId = call.Merchant.MchId;
        if (call.Certificate != mchId)
        {
            call.Fail("CERT_ERROR", "证书校验错误");
            return;
        }

        Order? order;
        if (call.Text("transaction_id"u8) is { } transaction)
        {
            order = state.FindOrderByTransaction(mchId, transaction);
            if (order is null)
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

        if (order is null or { IsPaid: false })
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

        if (WhyNot(call, order, total, amount) is { } refusal)
        {
            call.Fail(refusal.Code, refusal.Text);
            return;
        }

        var refund = new Refund
        {
            MchId = mchId,
            AppId = call.AppId,
            OutRefundNo = outRefundNo,
            RefundId = state.Numbers.RefundId(call.Now),
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId!,
            TotalFee = total,
            Amount = amount,
            NotifyUrl = call.Text("notify_url"u8) ?? call.Merchant.RefundNotifyUrl,
            Account = call.Text("refund_account"u8) ?? "REFUND_SOURCE_UNSETTLED_FUNDS",
            AcceptedAt = call.Now,
        };
        order.State = TradeState.Refund;
        order.Refunded += amount;
        // To a wallet it takes at most 20 minutes; here 3 to 12, spread by the number.
        state.Schedule(refund, call.Now + TimeSpan.FromMinutes(3 + (state.Numbers.Given % 10)));
        state.Put(order);
        state.Put(refund);
        state.Put(new Movement
        {
            MchId = mchId,
            Kind = MovementKind.Refund,
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId!,
            ContractId = order.ContractId,
            Openid = order.Openid!,
            Amount = amount,
            At = call.Now,
            OutRefundNo = outRefundNo,
        });
        Answer(call, order, refund);
    }

    private static (string Code, string Text)? WhyNot(Call call, Order order, long total, long amount) =>
        total != order.Amount ? ("PARAM_ERROR", "订单金额不正确")
        : call.Now > order.PaidAt!.Value.AddYears(1) ? ("TRADE_OVERDUE", "订单已超过退款期限")
        : call.State.FindUser(order.Openid) is null or { Account: AccountState.Closed } ? ("USER_ACCOUNT_ABNORMAL", "用户账户异常，退款请求失败")
        : order.Refunded + amount > order.Amount ? ("ERROR", "累计退款金额大于支付金额")
        : order.Refunds?.Count >= MostPerOrder ? ("ERROR", "该订单退款次数已达上限")
        : null;

    private static void Answer(Call call, Order order, Refund refund) =>
        call.Success().Add("transaction_id"u8, refund.TransactionId).Add("out_trade_no"u8, refund.OutTradeNo)
            .Add("out_refund_no"u8, refund.OutRefundNo).Add("refund_id"u8, refund.RefundId)
            .Add("refund_fee"u8, refund.Amount).Add("settlement_refund_fee"u8, refund.Amount)
            .Add("total_fee"u8, order.Amount).Add("settlement_total_fee"u8, order.Amount).Add("fee_type"u8, "CNY")
            .Add("cash_fee"u8, order.Amount).Add("cash_refund_fee"u8, refund.Amount)
            .Add("coupon_refund_fee"u8, 0).Add("coupon_refund_count"u8, 0);

    private static void Ask(Call call)
    {
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
            .Add("total_fee"u8, order.Amount).Add("settlement_total_fee"u8, order.Amount).Add("fee_type"u8, "CNY").Add("cash_fee"u8, order.Amount)
            .Add("refund_count"u8, rows.Length);
        if (call.Long("offset"u8) is not null || all.Count > RowsPerAnswer)
        {
            answer.Add("total_refund_count"u8, all.Count);
        }

        for (var n = 0; n < rows.Length; n++)
        {
            var row = rows[n];
            answer.Add(Row("out_refund_no", n), row.OutRefundNo).Add(Row("refund_id", n), row.RefundId).Add(Row("refund_channel", n), "ORIGINAL")
                .Add(Row("refund_fee", n), row.Amount).Add(Row("settlement_refund_fee", n), row.Amount)
                .Add(Row("refund_status", n), row.State == RefundState.Success ? "SUCCESS" : "PROCESSING")
                .Add(Row("refund_account", n), row.Account).Add(Row("refund_recv_accout", n), "支付用户零钱");
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
            if (found is null)
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

        if (found?.Refunds is not { Count: > 0 } list)
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
            if (refund is null)
            {
                call.Fail("REFUNDNOTEXIST", "退款订单查询失败");
                return false;
            }

            order = state.FindOrder(mchId, refund.OutTradeNo)!;
            refunds = [refund];
            return true;
        }
    }

    private static string Row(string name, int n) => name + "_" + n.ToString(CultureInfo.InvariantCulture);
}
