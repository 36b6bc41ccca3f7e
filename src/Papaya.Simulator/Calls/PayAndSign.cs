using Papaya.Simulator.Notifications;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary>What the user's act in the cashier led to.</summary>
internal sealed record CashierResult(bool Paid, bool Signed, string? ContractId = null, string? Reason = null);

/// <summary><c>contractorder</c> (支付中签约) and the user's act in its cashier: two legs, an ordinary payment and a contract.</summary>
internal static class PayAndSign
{
    /// <summary>Life of a prepay_id, and of an order that names no end.</summary>
    private static readonly TimeSpan PrepayLife = TimeSpan.FromHours(2);

    /// <summary>Life of an mweb_url.</summary>
    private static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(5);

    public static readonly CallRule Order = new(Endpoints.ContractOrder, Place) { MissingCode = "PARAMETER FAIL", MalformedCode = "PARAMETER FAIL" };

    /// <summary>Whether it is too late to pay with this prepay_id or its mweb_url; the order may still be open.</summary>
    public static bool IsOver(Order order, string prepayId, DateTimeOffset now) =>
        BeijingTime.Parse(prepayId[2..16]) is { } given && now - given > (order.TradeType == "MWEB" ? LinkLife : PrepayLife);

    /// <summary>The user pays, or goes away. The order is open.</summary>
    public static CashierResult Act(SimulatorState state, Order order, string prepayId, User user, bool pays, bool ticks, DateTimeOffset now)
    {
        state.Switches.ActFor(order.MchId);
        if (!pays)
        {
            return new(false, false, Reason: "cancelled");
        }

        if (IsOver(order, prepayId, now))
        {
            return new(false, false, Reason: "link_expired");
        }

        if (order.Openid is { } named && named != user.Openid)
        {
            return new(false, false, Reason: "another_user");
        }

        if (user.Account == AccountState.Closed)
        {
            return new(false, false, Reason: "account_closed");
        }

        if (user.Account == AccountState.Frozen || user.Unverified)
        {
            return new(false, false, Reason: user.Unverified ? "account_unverified" : "account_frozen");
        }

        var terms = TermsOf(order);
        if (order.OffersContract && ticks && state.Switches.Is("paid_not_signed", "never") && Signing.WhyNot(state, terms, user) is { } obstacle)
        {
            return new(false, false, Reason: obstacle);
        }

        // A contract is not even looked at when nothing can be paid: signed but unpaid does not happen.
        var coupons = Coupons.Choose(state, user, order);
        if (Funds.Take(state, user, order.Amount - coupons.Total(), order.NoCredit) is not { BankType: { } bank })
        {
            return new(false, false, Reason: "not_enough");
        }

        var reason = !order.OffersContract ? "not_offered" : !ticks ? "not_ticked" : Signing.WhyNot(state, terms, user);
        var contract = reason is null ? Signing.Sign(state, terms, user, now) : null;
        order.Openid = user.Openid;
        order.ContractId = contract?.ContractId;
        order.NotSigned = reason;
        order.State = TradeState.Success;
        order.TransactionId = state.Numbers.TransactionId(now);
        order.PaidAt = now;
        order.BankType = bank;
        Coupons.Spend(state, user, order, coupons);
        state.Schedule(order, null);
        state.Put(order);
        state.Put(new Movement
        {
            MchId = order.MchId,
            Kind = MovementKind.Payment,
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId,
            ContractId = order.ContractId,
            Openid = user.Openid,
            Amount = order.Amount,
            CouponAmount = order.Coupons.Total(),
            FreeAmount = order.Coupons.Free(),
            At = now,
        });
        var isContractFirst = state.Switches.Is("cashier_order_of_messages", "contract_first");
        if (!isContractFirst)
        {
            Messages.Paid(state, order, now);
        }

        if (contract is not null)
        {
            Messages.Signed(state, contract, order.ContractNotifyUrl!, now);
        }

        if (isContractFirst)
        {
            Messages.Paid(state, order, now);
        }

        return new(true, contract is not null, contract?.ContractId, reason);
    }

    private static SigningTerms TermsOf(Order order) =>
        new(order.MchId, order.AppId, order.PlanId!.Value, order.ContractCode!, order.RequestSerial!, order.DisplayAccount!, order.SignType, order.OuterId)
        {
            IsV3 = order.IsV3,
            NotifyUrl = order.ContractNotifyUrl,
        };

    private static void Place(Call call)
    {
        var state = call.State;
        if (!call.Merchant.May(Permission.Papay) || !call.Merchant.May(Permission.ContractOrder))
        {
            call.Fail(Refusals.Of(Order, Misuse.NotGranted, state.Switches));
            return;
        }

        if (WrongTogether(call) is { } wrong)
        {
            call.Fail("PARAMETER FAIL", wrong);
            return;
        }

        if (WhyNotOffered(call) is { } notOffered)
        {
            call.Fail(notOffered);
            return;
        }

        var order = Read(call);
        if (state.FindOrder(order.MchId, order.OutTradeNo) is { } known)
        {
            AnswerKnown(call, known, order);
            return;
        }

        if (Signing.IsSerialUsed(state, order.MchId, order.RequestSerial))
        {
            call.Fail(Refusals.Of(Order, Misuse.Malformed, state.Switches).Code, Texts.SerialUsed);
            return;
        }

        if (order.Openid is { } openid && state.FindUser(openid) is null)
        {
            call.Fail(state.Switches.Is("contractorder_unknown_openid", "PARAM_ERROR") ? new("PARAM_ERROR", "无效的openid") : new Refused("RESULT NULL", "返回结果为空"));
            return;
        }

        var refusal = call.ContractPart is { } forced ? new Refused(forced.Code, forced.Text) : ContractRefusal(call, order);
        if (refusal is { Code: "CONTRACT_CODE DUPLICATION" } duplicate && state.Switches.Is("contract_code_duplication", "order_fails"))
        {
            call.Fail(duplicate);
            return;
        }

        (order.ContractErrCode, order.ContractErrText) = (refusal?.Code, refusal?.Text);
        order.OffersContract = refusal is null;
        order.PrepayId = state.Numbers.PrepayId(call.Now);
        state.Schedule(order, order.TimeExpire is { } expires ? BeijingTime.Parse(expires)!.Value.ToUniversalTime() : call.Now + PrepayLife);
        state.Put(order);
        Answer(call, order);
    }

    /// <summary>The template is not there or takes nobody, or the merchant may not be paid in this way.</summary>
    private static Refused? WhyNotOffered(Call call)
    {
        var template = call.Long("plan_id"u8) is { } planId ? call.State.FindTemplate(call.Merchant.MchId, planId) : null;
        if (template is null or { Disabled: true })
        {
            return new("INVALID PLAN_ID", Texts.NoTemplate);
        }

        var product = call.Text("trade_type"u8) switch
        {
            "JSAPI" => Permission.JsApiPay,
            "NATIVE" => Permission.NativePay,
            "APP" => Permission.AppPay,
            _ => Permission.H5Pay,
        };
        if (template.SigningBlocked || !call.Merchant.May(product))
        {
            return new("MERCHANT AUTHORITY ERROR", Texts.SigningBlocked);
        }

        var price = template.FirstAmount ?? template.Amount;
        var isPrice = call.Long("total_fee"u8) is var fee && (template.Fee == FeeRule.Fixed || template.FirstAmount is not null ? fee == price : fee <= price);
        return isPrice || call.State.Switches.Is("contractorder_fee", "free") ? null : new Refused("PARAMETER FAIL", "total_fee与模版价格不一致");
    }

    /// <summary>An order number means one order for ever.</summary>
    private static void AnswerKnown(Call call, Order known, Order asked)
    {
        var state = call.State;
        switch (known)
        {
            case { Kind: OrderKind.Payment, IsPaid: true }:
                call.Fail("ORDERPAID", Texts.Paid);
                break;
            case { Kind: OrderKind.Payment, State: TradeState.Closed }:
                call.Fail("ORDERCLOSED", Texts.OrderClosed);
                break;
            case { Kind: OrderKind.Payment } when known.SaysTheSameAs(asked):
                if (state.Switches.Is("contractorder_same_again", "fresh_prepay_id") || IsOver(known, known.PrepayId!, call.Now))
                {
                    known.PrepayId = state.Numbers.PrepayId(call.Now);
                    state.Put(known);
                }

                Answer(call, known);
                break;
            case { Kind: OrderKind.Payment } when state.Switches.Is("contractorder_changed", "201"):
                call.Fail("201", Texts.NumberUsed);
                break;
            default:
                call.Fail("OUT_TRADE_NO_USED", Texts.NumberUsed);
                break;
        }
    }

    private static string? WrongTogether(Call call)
    {
        if (call.Text("contract_mchid"u8) != call.Merchant.MchId)
        {
            return "contract_mchid与mch_id不一致";
        }

        if (call.Text("contract_appid"u8) != call.AppId)
        {
            return Texts.AppMismatch;
        }

        if (call.Text("contract_outerid"u8) is { } outerId && !SignOnly.MayName(call.Merchant, outerId))
        {
            return "PARAMERROR:outerid";
        }

        if (BeijingTime.Parse(call.Text("time_expire"u8)) is { } expires)
        {
            var starts = BeijingTime.Parse(call.Text("time_start"u8)) is { } start && start > call.Now ? start : call.Now;
            return expires - starts <= ShortestLife ? "time_expire时间过短，刷卡至少1分钟，其他5分钟" : null;
        }

        return null;
    }

    private static Order Read(Call call) => new()
    {
        MchId = call.Merchant.MchId,
        OutTradeNo = call.Text("out_trade_no"u8)!,
        Kind = OrderKind.Payment,
        State = TradeState.NotPay,
        AppId = call.AppId,
        Body = call.Text("body"u8)!,
        Detail = call.Text("detail"u8),
        Attach = call.Text("attach"u8),
        DeviceInfo = call.Text("device_info"u8),
        Amount = call.Long("total_fee"u8)!.Value,
        TradeType = call.Text("trade_type"u8)!,
        NotifyUrl = call.Text("notify_url"u8)!,
        SignType = call.SignType,
        CreatedAt = call.Now,
        // Only JSAPI orders are bound to their user; whoever scans or opens another may pay it.
        Openid = call.Text("trade_type"u8) == "JSAPI" ? call.Text("openid"u8) : null,
        ProductId = call.Text("product_id"u8),
        PayerIp = call.Text("spbill_create_ip"u8),
        GoodsTag = call.Text("goods_tag"u8),
        TimeStart = call.Text("time_start"u8),
        TimeExpire = call.Text("time_expire"u8),
        PlanId = call.Long("plan_id"u8),
        ContractCode = call.Text("contract_code"u8),
        RequestSerial = call.Text("request_serial"u8),
        DisplayAccount = call.Text("contract_display_account"u8),
        ContractNotifyUrl = call.Text("contract_notify_url"u8),
        OuterId = call.Text("contract_outerid"u8),
        NoCredit = call.Text("limit_pay"u8) is not null,
    };

    private static Refused? ContractRefusal(Call call, Order order)
    {
        var state = call.State;
        if (Signing.IsCodeUsed(state, order.MchId, order.ContractCode))
        {
            return new Refused("CONTRACT_CODE DUPLICATION", "contract_code重复");
        }

        return order.Openid is { } openid && state.FindActiveContract(order.MchId, order.PlanId!.Value, openid, order.OuterId) is not null
            && state.Switches.Is("already_signed", "contract_part_fails")
            ? new Refused("Fail", "已签约")
            : null;
    }

    private static void Answer(Call call, Order order)
    {
        var answer = call.Success();
        answer.Add("contract_result_code"u8, order.OffersContract ? "SUCCESS" : "FAIL")
            .Add("contract_err_code"u8, order.ContractErrCode).Add("contract_err_code_des"u8, order.ContractErrText);
        answer.Add("prepay_id"u8, order.PrepayId).Add("trade_type"u8, order.TradeType).Add("out_trade_no"u8, order.OutTradeNo)
            .Add("plan_id"u8, order.PlanId!.Value).Add("request_serial"u8, order.RequestSerial).Add("contract_code"u8, order.ContractCode)
            .Add("contract_display_account"u8, order.DisplayAccount);
        if (order.TradeType == "NATIVE")
        {
            answer.Add("code_url"u8, $"weixin://wxpay/bizpayurl?pr={order.PrepayId![16..]}");
        }
        else if (order.TradeType == "MWEB")
        {
            answer.Add("mweb_url"u8, $"{call.State.PublicUrl}/cashier/{order.PrepayId}?prepay_id={order.PrepayId}&package={order.PrepayId![^10..]}");
        }
    }
}
