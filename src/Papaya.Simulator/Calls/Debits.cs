using Papaya.Simulator.Notifications;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary><c>pappayapply</c> and what happens when a debit's moment comes (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987377</c>).</summary>
internal static class Debits
{
    /// <summary>Executions within this time after signing are immediate, in every mode.</summary>
    private static readonly TimeSpan ImmediateAfterSigning = TimeSpan.FromHours(12);

    /// <summary>How long the user is told before a debit in 24-hour mode.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromHours(24);

    public static readonly CallRule Apply = new(Endpoints.PapPayApply, Accept)
    {
        // The published sample has none.
        MayLack = "trade_type",
    };

    public static readonly CallRule PartnerApply = new(Endpoints.PapPayApply.Partner!, Accept) { MayLack = "trade_type" };

    /// <summary>How long a debit is NOTPAY while it is carried out.</summary>
    public static TimeSpan TimeAsNotPay(SimulatorState state) => Seconds(state, "notpay_seconds");

    /// <summary>True when WeChat has only begun to carry out a debit that waited: for some seconds it is NOTPAY.</summary>
    public static bool OnlyBegins(SimulatorState state, Order order, DateTimeOffset now)
    {
        if (order.State != TradeState.Accept || TimeAsNotPay(state) is not { Ticks: > 0 } wait)
        {
            return false;
        }

        order.State = TradeState.NotPay;
        state.Schedule(order, now + wait);
        state.Put(order);
        return true;
    }

    /// <summary>The moment of a debit: immediately after the apply, or 24 hours later. The merchant is told what came of it.</summary>
    public static void Execute(SimulatorState state, Order order, DateTimeOffset now)
    {
        Run(state, order, now);
        if (order.State == TradeState.Success)
        {
            Messages.Debited(state, order, now);
        }
        else
        {
            Messages.DebitFailed(state, order, now);
        }
    }

    /// <summary>The merchant has closed a debit that was being carried out.</summary>
    public static void Closed(SimulatorState state, Order order, DateTimeOffset now)
    {
        (order.ErrCode, order.ErrText) = ("TRADE_ERROR", Texts.OrderClosed);
        state.Put(order);
        if (state.FindContract(order.ContractId) is { } contract && contract.WaitingOrder == order.OutTradeNo)
        {
            contract.WaitingOrder = null;
            state.Put(contract);
        }

        if (state.Switches.Is("closed_debit_notification", "TRADE_ERROR"))
        {
            Messages.DebitFailed(state, order, now);
        }
    }

    /// <summary>The money moves or does not.</summary>
    private static void Run(SimulatorState state, Order order, DateTimeOffset now)
    {
        var contract = state.FindContract(order.ContractId)!;
        if (contract.WaitingOrder == order.OutTradeNo)
        {
            contract.WaitingOrder = null;
        }

        var template = state.FindTemplate(contract.MchId, contract.PlanId)!;
        var usage = DebitLimits.UsageOf(state, template, contract, now);
        usage.Executions++;
        var user = state.FindUser(contract.Openid);
        var refused = WhyNotPaid(state, order, contract, template, user, usage);
        var coupons = refused is null ? Coupons.Choose(state, user!, order) : null;
        var taken = refused ?? Funds.Take(state, user!, order.Amount - coupons.Total());
        Notices.Ran(state, contract, now, taken.IsTaken);
        if (taken.IsTaken)
        {
            usage.Add(order.Amount);
            contract.WasDebited = true;
            Coupons.Spend(state, user!, order, coupons);
            Succeed(state, order, contract, taken.BankType!, now);
        }
        else
        {
            (order.ErrCode, order.ErrText) = (taken.Code, taken.Text);
            var close = Seconds(state, "auto_close_after");
            order.State = close == TimeSpan.Zero ? TradeState.Closed : TradeState.PayFail;
            state.Schedule(order, close == TimeSpan.Zero ? null : now + close);
        }

        state.Put(usage);
        state.Put(contract);
        state.Put(order);
    }

    private static void Succeed(SimulatorState state, Order order, Contract contract, string bank, DateTimeOffset now)
    {
        order.State = TradeState.Success;
        order.TransactionId = state.Numbers.TransactionId(now);
        order.PaidAt = now;
        order.BankType = bank;
        state.Schedule(order, null);
        state.Put(MovementOf(order, now));
        Tell(state, contract, order, UserMessageKind.Receipt, now, null);
    }

    /// <summary>The money of a debit that succeeded: it has a user and a number of WeChat's.</summary>
    public static Movement MovementOf(Order order, DateTimeOffset now) => new()
    {
        MchId = order.MchId,
        Kind = MovementKind.Debit,
        OutTradeNo = order.OutTradeNo,
        TransactionId = order.TransactionId!,
        ContractId = order.ContractId,
        Openid = order.Openid!,
        Amount = order.Amount,
        CouponAmount = order.Coupons.Total(),
        FreeAmount = order.Coupons.Free(),
        At = now,
    };

    private static Taken? WhyNotPaid(SimulatorState state, Order order, Contract contract, Template template, User? user, Usage usage) =>
        order.ForcedFailure is { } forced ? new(null, forced.Code, forced.Text)
        : user is null or { Account: AccountState.Closed } ? new(null, "USER_NOT_EXIST", "用户帐号注销")
        : !contract.IsActive ? new(null, "CONTRACT_NOT_EXIST", Texts.ContractGone)
        : order.NoticeSentAt is { } sent && Notices.IsUsedUp(state, contract, sent) ? new(null, "RULELIMIT", Texts.OverLimit)
        : user.Risk == RiskState.Refuse || DebitLimits.IsOverExecutions(usage) || DebitLimits.IsOver(state, template, usage, order.Amount)
            ? new(null, "RULELIMIT", Texts.OverLimit)
        : Funds.WhyNot(user);

    private static void Accept(Call call)
    {
        var state = call.State;
        if (!call.Merchant.May(Permission.Papay))
        {
            call.Fail("NOAUTH", "商户无此接口权限");
            return;
        }

        if (state.Options.FrequencyLimit && !state.Throttle.Allows(call.Merchant.MchId, "pappayapply", call.Merchant.Limits.ApplyQps, call.Now))
        {
            call.Fail("FREQUENCY_LIMITED", Texts.TooFrequent);
            return;
        }

        if (call.Text("trade_type"u8) is null && state.Switches.Is("missing_trade_type", "refused"))
        {
            call.Fail(Refusals.Of(Apply, Misuse.Missing, state.Switches, "trade_type"));
            return;
        }

        var order = Read(call);
        var contract = Named(call, order);
        var usage = contract is null ? null : Count(state, contract, call.Now);
        if (usage is not null && DebitLimits.IsOverApplies(usage) && state.Switches.Is("apply_limit_and_number", "limit_first"))
        {
            call.Fail("RULELIMIT", Texts.OverLimit);
            return;
        }

        if (state.FindOrder(order.MchId, order.OutTradeNo) is { } known)
        {
            AnswerKnown(call, known, order);
            return;
        }

        if (WhyNotDebited(contract) is { } ended)
        {
            call.Fail(ended);
            return;
        }

        var template = state.FindTemplate(contract!.MchId, contract.PlanId)!;
        var isImmediate = IsImmediate(state, template, contract, call.Now);
        var (limits, notice) = (WhyLimited(state, template, contract, usage!, order, isImmediate), WhyNotNow(state, template, contract, order, isImmediate, call.Now));
        if ((state.Switches.Is("apply_check_order", "limits_then_notice") ? limits ?? notice : notice ?? limits) is { } refused)
        {
            call.Fail(refused);
            return;
        }

        order.Openid = contract.Openid;
        order.NoticeSentAt = isImmediate || template.Mode != NoticeMode.PreNotice ? null : state.FindNotice(contract.ContractId)!.SentAt;
        if (isImmediate || template.Mode == NoticeMode.PreNotice)
        {
            RunNow(call, order, contract);
        }
        else
        {
            RunLater(call, order, contract);
        }
    }

    /// <summary>A number means one debit for ever.</summary>
    private static void AnswerKnown(Call call, Order known, Order asked)
    {
        var switches = call.State.Switches;
        switch (known)
        {
            case { Kind: OrderKind.Debit, IsPaid: true }:
                call.Fail("ORDERPAID", Texts.Paid);
                break;
            case { Kind: OrderKind.Debit, State: TradeState.PayFail or TradeState.Closed }
                when switches.Is("apply_closed_number", "ORDERCLOSED") || (known.ClosedByMerchant && switches.Is("apply_closed_number", "by_cause")):
                call.Fail("ORDERCLOSED", Texts.OrderClosed);
                break;
            case { Kind: OrderKind.Debit, State: TradeState.Accept or TradeState.NotPay } when known.SaysTheSameAs(asked):
                if (switches.Is("repeated_apply", "SUCCESS"))
                {
                    call.Success();
                }
                else
                {
                    call.Fail("ORDER_ACCEPTED", Texts.AlreadyAccepted);
                }

                break;
            default:
                call.Fail("OUT_TRADE_NO_USED", Texts.NumberUsed);
                break;
        }
    }

    /// <summary>The contract that is to be debited, whatever has become of it; null when this merchant has none of this number.</summary>
    private static Contract? Named(Call call, Order order) =>
        call.State.FindContract(order.ContractId) is { Schedule: null, IsGlobal: false } contract && contract.MchId == order.MchId && contract.SubMchId == call.SubMchId
            ? contract
            : null;

    /// <summary>Every apply counts, whatever it is answered.</summary>
    private static Usage Count(SimulatorState state, Contract contract, DateTimeOffset now)
    {
        var usage = DebitLimits.UsageOf(state, state.FindTemplate(contract.MchId, contract.PlanId)!, contract, now);
        usage.Applies++;
        state.Put(usage);
        return usage;
    }

    /// <summary>There is no such contract, it is over, or one debit of it waits.</summary>
    private static Refused? WhyNotDebited(Contract? contract) => contract switch
    {
        null => new Refused("CONTRACT_NOT_EXIST", Texts.ContractGone),
        { IsActive: false, TerminationMode: Contracts.Expired } => new Refused("CONTRACTERROR", "签约协议已到期"),
        { IsActive: false } => new Refused("CONTRACT_NOT_EXIST", Texts.ContractGone),
        { WaitingOrder: not null } => new Refused("ORDER_ACCEPTED", Texts.AlreadyAccepted),
        _ => null,
    };

    /// <summary>Pay-later templates always; others within 12 hours of signing, unless a notice was already sent.</summary>
    private static bool IsImmediate(SimulatorState state, Template template, Contract contract, DateTimeOffset now) =>
        template.IsImmediate
        || (now - contract.SignedAt <= ImmediateAfterSigning
            && (state.FindNotice(contract.ContractId) is null || state.Switches.Is("notice_first_12h", "immediate_wins")));

    private static Refused? WhyLimited(SimulatorState state, Template template, Contract contract, Usage usage, Order order, bool isImmediate)
    {
        // A debit that waits 24 hours belongs to the day on which it succeeds.
        var isToday = isImmediate || template.Mode == NoticeMode.PreNotice || state.Switches.Is("daily_limit_at_apply", "always");
        if (!DebitLimits.IsPrice(state, template, contract, order.Amount) && state.Switches.Is("fixed_fee_mismatch", "PARAM_ERROR"))
        {
            return new Refused("PARAM_ERROR", "total_fee与模版价格不一致");
        }

        return DebitLimits.IsOverApplies(usage) || state.FindUser(contract.Openid)?.Risk == RiskState.Refuse
            || !DebitLimits.AllowsAmount(state, template, contract, order.Amount) || (isToday && DebitLimits.IsOver(state, template, usage, order.Amount))
            ? new Refused("RULELIMIT", Texts.OverLimit)
            : null;
    }

    private static Refused? WhyNotNow(SimulatorState state, Template template, Contract contract, Order order, bool isImmediate, DateTimeOffset now)
    {
        if (!isImmediate && template.Mode == NoticeMode.PreNotice)
        {
            return Notices.WhyNotDebited(state, contract, order.Amount, now) is { } reason
                ? new Refused(reason == Texts.NoticeFirst ? "INVALID_REQUEST" : state.Switches["notice_violation"], reason)
                : null;
        }

        var isBound = state.Switches.Is("debit_hours", "all")
            || (template is { Mode: NoticeMode.PreNotice, IsImmediate: false } && state.Switches.Is("first_debit_and_window", "counts"));
        return isBound && !Notices.IsHour(state, now) ? new Refused("INVALID_REQUEST", Texts.OutsideHours) : null;
    }

    private static void RunNow(Call call, Order order, Contract contract)
    {
        var state = call.State;
        order.State = TradeState.NotPay;
        if (state.Switches.Is("not_enough_answer", "ORDERNOTEXIST") && state.FindUser(contract.Openid) is { } user && !Funds.Suffice(user, order.Amount - Coupons.Choose(state, user, order).Total()))
        {
            // As one merchant saw it: no order comes into being.
            call.Fail("ORDERNOTEXIST", Texts.NoOrder);
            return;
        }

        if (state.Switches.Is("immediate_failure", "notification"))
        {
            state.Schedule(order, call.Now + TimeAsNotPay(state));
            state.Put(order);
            call.Success();
            return;
        }

        state.Put(order);
        Run(state, order, call.Now);
        if (order.State == TradeState.Success)
        {
            Messages.Debited(state, order, call.Now);
            call.Success();
            return;
        }

        if (state.Switches.Is("debit_notice_sync_fail", "sent"))
        {
            Messages.DebitFailed(state, order, call.Now);
        }

        call.Fail(order.ErrCode!, order.ErrText!);
    }

    private static void RunLater(Call call, Order order, Contract contract)
    {
        var state = call.State;
        var at = WholeSecond(call.Now + Delay) + Seconds(state, "execution_delay");
        order.State = TradeState.Accept;
        contract.WaitingOrder = order.OutTradeNo;
        state.Schedule(order, at);
        state.Put(contract);
        state.Put(order);
        Tell(state, contract, order, UserMessageKind.Notice, call.Now, at);
        call.Success();
    }

    private static void Tell(SimulatorState state, Contract contract, Order order, UserMessageKind kind, DateTimeOffset now, DateTimeOffset? from) =>
        state.Put(new UserMessage
        {
            Openid = contract.Openid,
            Kind = kind,
            At = now,
            MchId = order.MchId,
            PlanId = contract.PlanId,
            OutTradeNo = order.OutTradeNo,
            Amount = order.Amount,
            From = from,
        });

    private static TimeSpan Seconds(SimulatorState state, string name) =>
        TimeSpan.FromSeconds(int.Parse(state.Switches[name], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>WeChat counts in seconds: what is accepted within the same second is executed together.</summary>
    private static DateTimeOffset WholeSecond(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static Order Read(Call call) => new()
    {
        MchId = call.Merchant.MchId,
        OutTradeNo = call.Text("out_trade_no"u8)!,
        Kind = OrderKind.Debit,
        AppId = call.AppId,
        Body = call.Text("body"u8)!,
        Detail = call.Text("detail"u8),
        Attach = call.Text("attach"u8),
        GoodsTag = call.Text("goods_tag"u8),
        Amount = call.Long("total_fee"u8)!.Value,
        TradeType = "PAP",
        NotifyUrl = call.Text("notify_url"u8)!,
        SignType = call.SignType,
        CreatedAt = call.Now,
        ContractId = call.Text("contract_id"u8),
        SubMchId = call.SubMchId,
        SubAppId = call.Text("sub_appid"u8),
    };
}
