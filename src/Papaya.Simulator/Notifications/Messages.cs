using Papaya.Simulator.Calls;
using Papaya.Simulator.V3;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Notifications;

/// <summary>What WeChat sends, and to whom. Each message is written once; its repeats are the same bytes.</summary>
internal static class Messages
{
    /// <summary>C: the payment of a cashier order succeeded.</summary>
    public static void Paid(SimulatorState state, Order order, DateTimeOffset now)
    {
        if (order.IsV3)
        {
            Callbacks.Paid(state, order, now);
            return;
        }

        using var message = Begin(state, order);
        message.Add("result_code"u8, "SUCCESS").Add("device_info"u8, order.DeviceInfo).Add("openid"u8, order.Openid).Add("is_subscribe"u8, "N")
            .Add("trade_type"u8, order.TradeType).Add("bank_type"u8, order.BankType).Add("total_fee"u8, order.Amount)
            .Add("settlement_total_fee"u8, order.Coupons is null ? null : Fen(order.SettlementFee))
            .Add("fee_type"u8, "CNY").Add("cash_fee"u8, order.CashFee).Add("transaction_id"u8, order.TransactionId)
            .Add("out_trade_no"u8, order.OutTradeNo).Add("attach"u8, order.Attach).Add("time_end"u8, BeijingTime.Compact(order.PaidAt!.Value))
            // Only when the user signed in the cashier.
            .Add("contract_id"u8, order.ContractId);
        if (order.Coupons is { Count: 1 } one && state.Switches.Is("coupon_notice_form", "one_without_number"))
        {
            message.AddOneCoupon(one);
        }
        else
        {
            message.AddCoupons(order.Coupons);
        }

        Send(state, DeliveryKind.Payment, order, message, now);
    }

    /// <summary>B: a debit succeeded.</summary>
    public static void Debited(SimulatorState state, Order order, DateTimeOffset now)
    {
        if (order.IsV3)
        {
            Callbacks.Debited(state, order, now);
            return;
        }

        using var message = Begin(state, order);
        message.Add("result_code"u8, "SUCCESS").Add("openid"u8, order.Openid).Add("is_subscribe"u8, "N").Add("bank_type"u8, order.BankType)
            .Add("total_fee"u8, order.Amount).Add("fee_type"u8, "CNY")
            .Add("cash_fee"u8, state.Switches.Is("debit_notice_cash_fee", "present") ? Fen(order.CashFee) : null).AddCoupons(order.Coupons)
            .Add("trade_state"u8, state.Switches.Is("debit_notice_trade_state", "present") ? "SUCCESS" : null)
            .Add("transaction_id"u8, order.TransactionId).Add("out_trade_no"u8, order.OutTradeNo).Add("attach"u8, order.Attach)
            .Add("time_end"u8, BeijingTime.Compact(order.PaidAt!.Value)).Add("contract_id"u8, order.ContractId);
        Send(state, DeliveryKind.Debit, order, message, now);
    }

    /// <summary>B: a debit failed; three shapes exist.</summary>
    public static void DebitFailed(SimulatorState state, Order order, DateTimeOffset now)
    {
        if (order.IsV3)
        {
            Callbacks.DebitFailed(state, order, now);
            return;
        }

        using var message = Begin(state, order);
        foreach (var (name, value) in FailureIn(state.Switches["debit_failure_notification"], order))
        {
            message.Add(name, value);
        }

        message.Add("out_trade_no"u8, order.OutTradeNo).Add("contract_id"u8, order.ContractId);
        Send(state, DeliveryKind.Debit, order, message, now);
    }

    /// <summary>What a shape says of a failed debit, beside the numbers that all of them have; null is left out.</summary>
    public static (string Name, string? Value)[] FailureIn(string shape, Order order) => shape switch
    {
        "F2" =>
        [
            ("result_code", "SUCCESS"), ("trade_state", "PAY_FAIL"), ("trade_state_desc", order.ErrText), ("openid", order.Openid), ("total_fee", Fen(order.Amount)),
            ("fee_type", "CNY"),
        ],
        "F1p" => [("result_code", "FAIL"), ("err_code", "0"), ("err_code_des", "业务成功")],
        "F3" => [("result_code", "SUCCESS"), ("bank_type", "CFT"), ("fee_type", "CNY"), ("is_subscribe", "N")],
        _ => [("result_code", "FAIL"), ("err_code", order.ErrCode), ("err_code_des", order.ErrText)],
    };

    /// <summary>A: signed. Carries neither appid nor nonce.</summary>
    public static void Signed(SimulatorState state, Contract contract, string url, DateTimeOffset now)
    {
        if (contract.IsV3)
        {
            Callbacks.Signed(state, contract, now);
            return;
        }

        using var message = Begin(state, contract, "ADD", contract.SignedAt);
        message.Add("contract_expired_time"u8, state.Switches.Is("contract_notice_expiry", "present") ? BeijingTime.Spaced(contract.ExpiresAt) : null);
        Send(state, contract, url, message, now);
    }

    /// <summary>A: ended by any route; goes to the template's address.</summary>
    public static void ContractEnded(SimulatorState state, Contract contract, string url, DateTimeOffset now)
    {
        using var message = Begin(state, contract, "DELETE", contract.TerminatedAt!.Value);
        message.Add("contract_termination_mode"u8, contract.TerminationMode);
        Send(state, contract, url, message, now);
    }

    /// <summary>D: a refund arrived, cannot arrive, or was closed. Unsigned; trust is the encryption.</summary>
    public static void Refunded(SimulatorState state, Refund refund, string url, DateTimeOffset now)
    {
        if (refund.IsV3)
        {
            RefundNotices.Send(state, refund, url, now);
            return;
        }

        var merchant = state.FindMerchant(refund.MchId)!;
        using var inner = new V2Writer(XmlText.CData, "root");
        inner.Add("transaction_id"u8, refund.TransactionId).Add("out_trade_no"u8, refund.OutTradeNo).Add("refund_id"u8, refund.RefundId)
            .Add("out_refund_no"u8, refund.OutRefundNo).Add("total_fee"u8, refund.TotalFee).Add("settlement_total_fee"u8, state.FindOrder(refund.MchId, refund.OutTradeNo)!.SettlementFee)
            .Add("refund_fee"u8, refund.Amount).Add("settlement_refund_fee"u8, refund.SettlementFee).Add("refund_status"u8, Calls.Refunds.Name(refund.State));
        if (refund.SucceededAt is { } at)
        {
            inner.Add("success_time"u8, BeijingTime.Spaced(at));
        }

        if (refund.Coupons is not null && state.Switches.Is("refund_notice_coupons", "present"))
        {
            inner.Add("cash_refund_fee"u8, refund.CashFee).AddRefundedCoupons(refund.Coupons);
        }

        inner.Add("refund_recv_accout"u8, refund.Receiver).Add("refund_account"u8, refund.Account)
            .Add("refund_request_source"u8, refund.IsByHand ? "VENDOR_PLATFORM" : "API");
        using var message = new V2Writer(XmlText.CData);
        message.Add("return_code"u8, "SUCCESS").Add("appid"u8, refund.AppId).Add("mch_id"u8, refund.MchId).Add("nonce_str"u8, state.Nonces.Next())
            .Add("req_info"u8, RefundCipher.Encrypt(inner.Unsigned().Span, merchant.Secret));
        Send(state, DeliveryKind.Refund, refund.MchId, url, message.Unsigned(), refund.OutTradeNo, null, now, refund.OutRefundNo);
    }

    private static V2Writer Begin(SimulatorState state, Order order) =>
        new V2Writer(XmlText.CData).Add("return_code"u8, "SUCCESS").Add("return_msg"u8, "OK").Add("appid"u8, order.AppId)
            .Add("mch_id"u8, order.MchId).Add("sub_appid"u8, order.SubAppId).Add("sub_mch_id"u8, order.SubMchId)
            .Add("nonce_str"u8, state.Nonces.Next());

    /// <summary>The published sample has neither appid nor request_serial; the field table has the second.</summary>
    private static V2Writer Begin(SimulatorState state, Contract contract, string change, DateTimeOffset at) =>
        new V2Writer(XmlText.CData).Add("return_code"u8, "SUCCESS").Add("return_msg"u8, "OK").Add("result_code"u8, "SUCCESS")
            .Add("appid"u8, state.Switches.Is("contract_notice_appid", "present") ? contract.AppId : null)
            .Add("mch_id"u8, contract.MchId).Add("sub_mch_id"u8, contract.SubMchId).Add("sub_appid"u8, contract.SubAppId)
            .Add("sub_openid"u8, contract.SubAppId is { } subAppId ? User.OpenidUnder(subAppId, contract.Openid) : null)
            .Add("contract_code"u8, contract.ContractCode).Add("plan_id"u8, contract.PlanId)
            .Add("openid"u8, contract.Openid).Add("change_type"u8, change).Add("operate_time"u8, BeijingTime.Spaced(at))
            .Add("contract_id"u8, contract.ContractId)
            .Add("request_serial"u8, state.Switches.Is("contract_notice_serial", "present") ? contract.RequestSerial : null);

    private static string Fen(long amount) => amount.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Send(SimulatorState state, DeliveryKind kind, Order order, V2Writer message, DateTimeOffset now) =>
        Send(state, kind, order.MchId, order.NotifyUrl, message.Sign(state.FindMerchant(order.MchId)!.Secret, order.SignType), order.OutTradeNo,
            order.ContractId, now);

    private static void Send(SimulatorState state, Contract contract, string url, V2Writer message, DateTimeOffset now) =>
        Send(state, DeliveryKind.Contract, contract.MchId, url, message.Sign(state.FindMerchant(contract.MchId)!.Secret, contract.IsActive || state.Switches.Is("terminate_notice_sign_type", "as_signed") ? contract.SignType : SignType.Md5), null,
            contract.ContractId, now);

    private static void Send(
        SimulatorState state, DeliveryKind kind, string mchId, string url, ReadOnlyMemory<byte> body, string? outTradeNo, string? contractId, DateTimeOffset now,
        string? outRefundNo = null)
    {
        var delivery = new Delivery
        {
            Id = state.Numbers.Plain(),
            Kind = kind,
            MchId = mchId,
            Url = url,
            Body = body.ToArray(),
            OutTradeNo = outTradeNo,
            OutRefundNo = outRefundNo,
            ContractId = contractId,
        };
        state.Schedule(delivery, now);
        state.Put(delivery);
    }
}
