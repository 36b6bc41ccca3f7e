using Papaya.Simulator.Notifications;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary><c>pappayapply</c> and what happens when a debit's moment comes.</summary>
internal static class Debits
{
    /// <summary>Executions within this time after signing are immediate, in every mode.</summary>
    private static readonly TimeSpan ImmediateAfterSigning = TimeSpan.FromHours(12);

    /// <summary>How long the user is told before a debit in 24-hour mode.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromHours(24);

    /// <summary>WeChat closes a failed debit by itself; until then paporderquery says PAY_FAIL.</summary>
    private static readonly TimeSpan CloseFailedAfter = TimeSpan.FromMinutes(1);

    private const int AppliesADay = 300;
    private const int ExecutionsADay = 150;
    private const int PayLaterSuccessesADay = 5;
    private const int FirstHour = 7;
    private const int LastHour = 22;

    public static readonly CallRule Apply = new(Endpoints.PapPayApply, Accept)
    {
        // The published sample has none.
        MayLack = "trade_type",
    };

    /// <summary>The moment of a debit: immediately after the apply, or 24 hours later.</summary>
    public static void Execute(SimulatorState state, Order order, DateTimeOffset now)
    {
        var contract = state.FindContract(order.ContractId)!;
        if (contract.WaitingOrder == order.OutTradeNo)
        {
            contract.WaitingOrder = null;
        }

        CountFor(contract, now);
        contract.Executions++;
        state.Put(contract);
        if (WhyNotPaid(state, order, contract, now) is { } failure)
        {
            (order.ErrCode, order.ErrText) = failure;
            order.State = TradeState.PayFail;
            state.Schedule(order, now + CloseFailedAfter);
            state.Put(order);
            Messages.DebitFailed(state, order, now);
            return;
        }

        var user = state.FindUser(contract.Openid)!;
        user.Balance -= order.Amount;
        state.Put(user);
        contract.Successes++;
        contract.Debited += order.Amount;
        order.State = TradeState.Success;
        order.TransactionId = state.Numbers.TransactionId(now);
        order.PaidAt = now;
        order.BankType = "OTHERS";
        state.Schedule(order, null);
        state.Put(order);
        state.Put(new Movement
        {
            MchId = order.MchId,
            Kind = MovementKind.Debit,
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId,
            ContractId = contract.ContractId,
            Openid = user.Openid,
            Amount = order.Amount,
            At = now,
        });
        Messages.Debited(state, order, now);
    }

    private static (string Code, string Text)? WhyNotPaid(SimulatorState state, Order order, Contract contract, DateTimeOffset now)
    {
        var user = state.FindUser(contract.Openid);
        var template = state.FindTemplate(contract.MchId, contract.PlanId)!;
        return !contract.IsActive ? ("CONTRACT_NOT_EXIST", Texts.ContractGone)
            : now >= contract.ExpiresAt ? ("CONTRACTERROR", "签约协议已到期")
            : user is null or { Account: AccountState.Closed } ? ("USER_NOT_EXIST", "用户帐号注销")
            : IsOverDay(template, contract, order.Amount) || contract.Executions > ExecutionsADay ? ("RULELIMIT", Texts.OverLimit)
            : user.Account == AccountState.Abnormal ? ("USER_ACCOUNT_ABNORMAL", "当前用户账户已被限制交易")
            : user.Bank == BankState.Maintenance ? ("BANKERROR", "用户银行卡暂不可用")
            : user.Balance < order.Amount ? ("NOTENOUGH", "银行卡可用余额不足（如信用卡则为可透支额度不足），请核实后再试")
            : null;
    }

    private static void Accept(Call call)
    {
        var state = call.State;
        if (!call.Merchant.MayDebit)
        {
            call.Fail("NOAUTH", "商户无此接口权限");
            return;
        }

        if (state.Options.FrequencyLimit && !state.Throttle.Allows(call.Merchant.MchId, call.Now))
        {
            call.Fail("FREQUENCY_LIMITED", Texts.TooFrequent);
            return;
        }

        var order = Read(call);
        var known = state.FindOrder(order.MchId, order.OutTradeNo);
        switch (known)
        {
            case { Kind: OrderKind.Payment }:
                call.Fail("OUT_TRADE_NO_USED", Texts.NumberUsed);
                return;
            case { IsPaid: true }:
                call.Fail("ORDERPAID", Texts.Paid);
                return;
            case { State: TradeState.PayFail or TradeState.Closed }:
                call.Fail("OUT_TRADE_NO_USED", Texts.NumberUsed);
                return;
            case not null when !known.SaysTheSameAs(order):
                call.Fail("OUT_TRADE_NO_USED", Texts.NumberUsed);
                return;
            case not null when state.Switches.Is("repeated_apply", "SUCCESS"):
                call.Success();
                return;
            case not null:
                call.Fail("ORDER_ACCEPTED", Texts.AlreadyAccepted);
                return;
        }

        var contract = state.FindContract(order.ContractId);
        if (contract is null || !contract.IsActive || contract.MchId != order.MchId)
        {
            call.Fail("CONTRACT_NOT_EXIST", Texts.ContractGone);
            return;
        }

        if (call.Now >= contract.ExpiresAt)
        {
            call.Fail("CONTRACTERROR", "签约协议已到期");
            return;
        }

        if (contract.WaitingOrder is not null)
        {
            call.Fail("ORDER_ACCEPTED", Texts.AlreadyAccepted);
            return;
        }

        var template = state.FindTemplate(contract.MchId, contract.PlanId)!;
        CountFor(contract, call.Now);
        contract.Applies++;
        var isImmediate = template.Kind == TemplateKind.PayLater || call.Now - contract.SignedAt <= ImmediateAfterSigning;
        var countsToday = isImmediate || state.Switches.Is("daily_limit_at_apply", "always");
        if (contract.Applies > AppliesADay || !Allows(template, order.Amount) || (countsToday && IsOverDay(template, contract, order.Amount)))
        {
            state.Put(contract);
            call.Fail("RULELIMIT", Texts.OverLimit);
            return;
        }

        if (!isImmediate && template.Mode == NoticeMode.PreNotice)
        {
            state.Put(contract);
            call.Fail("INVALID_REQUEST", Texts.NoticeFirst);
            return;
        }

        if (state.Switches.Is("debit_hours", "all") && call.Now.ToOffset(BeijingTime.Offset).Hour is < FirstHour or >= LastHour)
        {
            state.Put(contract);
            call.Fail("INVALID_REQUEST", "扣款时间需在7:00-22:00之间");
            return;
        }

        order.Openid = contract.Openid;
        order.State = isImmediate ? TradeState.NotPay : TradeState.Accept;
        contract.WaitingOrder = isImmediate ? null : order.OutTradeNo;
        state.Schedule(order, isImmediate ? call.Now : call.Now + Delay);
        state.Put(contract);
        state.Put(order);
        call.Success();
    }

    private static Order Read(Call call) => new()
    {
        MchId = call.Merchant.MchId,
        OutTradeNo = call.Text("out_trade_no"u8)!,
        Kind = OrderKind.Debit,
        AppId = call.AppId,
        Body = call.Text("body"u8)!,
        Detail = call.Text("detail"u8),
        Attach = call.Text("attach"u8),
        Amount = call.Long("total_fee"u8)!.Value,
        TradeType = "PAP",
        NotifyUrl = call.Text("notify_url"u8)!,
        SignType = call.SignType,
        CreatedAt = call.Now,
        ContractId = call.Text("contract_id"u8),
    };

    private static bool Allows(Template template, long amount) =>
        amount <= template.SingleLimit
        && (template.Fee == FeeRule.Capped ? amount <= template.Amount : amount == template.Amount || amount == template.FirstAmount);

    private static bool IsOverDay(Template template, Contract contract, long amount) =>
        contract.Successes >= (template.Kind == TemplateKind.PayLater ? PayLaterSuccessesADay : 1)
        || contract.Debited + amount > template.DailyLimit;

    /// <summary>The counters start anew with each Beijing day.</summary>
    private static void CountFor(Contract contract, DateTimeOffset now)
    {
        var day = BeijingTime.Day(now);
        var number = (day.Year * 10_000) + (day.Month * 100) + day.Day;
        if (contract.CountedDay != number)
        {
            (contract.CountedDay, contract.Applies, contract.Executions, contract.Successes, contract.Debited) = (number, 0, 0, 0, 0);
        }
    }
}
