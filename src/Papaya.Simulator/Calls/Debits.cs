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

        var usage = CountFor(state, contract, now);
        usage.Executions++;
        state.Put(usage);
        state.Put(contract);
        var user = state.FindUser(contract.Openid);
        var failed = WhyNotPaid(state, order, contract, user, usage);
        var taken = failed is null ? Funds.Take(state, user!, order.Amount) : default;
        if ((failed ?? (taken.IsTaken ? null : (taken.Code!, taken.Text!))) is { } failure)
        {
            (order.ErrCode, order.ErrText) = failure;
            order.State = TradeState.PayFail;
            state.Schedule(order, now + CloseFailedAfter);
            state.Put(order);
            Messages.DebitFailed(state, order, now);
            return;
        }

        usage.Add(order.Amount);
        order.State = TradeState.Success;
        order.TransactionId = state.Numbers.TransactionId(now);
        order.PaidAt = now;
        order.BankType = taken.BankType;
        state.Schedule(order, null);
        state.Put(order);
        state.Put(new Movement
        {
            MchId = order.MchId,
            Kind = MovementKind.Debit,
            OutTradeNo = order.OutTradeNo,
            TransactionId = order.TransactionId,
            ContractId = contract.ContractId,
            Openid = contract.Openid,
            Amount = order.Amount,
            At = now,
        });
        Messages.Debited(state, order, now);
    }

    private static (string Code, string Text)? WhyNotPaid(SimulatorState state, Order order, Contract contract, User? user, Usage usage)
    {
        var template = state.FindTemplate(contract.MchId, contract.PlanId)!;
        return order.ForcedFailure is { } forced ? forced
            : user is null or { Account: AccountState.Closed } ? ("USER_NOT_EXIST", "用户帐号注销")
            : !contract.IsActive ? ("CONTRACT_NOT_EXIST", Texts.ContractGone)
            : IsOverDay(template, usage, order.Amount) || usage.Executions > ExecutionsADay ? ("RULELIMIT", Texts.OverLimit)
            : Funds.WhyNot(user) is { } account ? (account.Code!, account.Text!)
            : null;
    }

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
        if (contract is null || contract.MchId != order.MchId || (!contract.IsActive && contract.TerminationMode != Contracts.Expired))
        {
            call.Fail("CONTRACT_NOT_EXIST", Texts.ContractGone);
            return;
        }

        if (!contract.IsActive)
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
        var usage = CountFor(state, contract, call.Now);
        usage.Applies++;
        state.Put(usage);
        var isImmediate = template.Kind == TemplateKind.PayLater || call.Now - contract.SignedAt <= ImmediateAfterSigning;
        var countsToday = isImmediate || state.Switches.Is("daily_limit_at_apply", "always");
        if (usage.Applies > AppliesADay || !Allows(template, order.Amount) || (countsToday && IsOverDay(template, usage, order.Amount)))
        {
            call.Fail("RULELIMIT", Texts.OverLimit);
            return;
        }

        if (!isImmediate && template.Mode == NoticeMode.PreNotice)
        {
            call.Fail("INVALID_REQUEST", Texts.NoticeFirst);
            return;
        }

        if (state.Switches.Is("debit_hours", "all") && call.Now.ToOffset(BeijingTime.Offset).Hour is < FirstHour or >= LastHour)
        {
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

    private static bool IsOverDay(Template template, Usage usage, long amount) =>
        usage.Successes >= (template.Kind == TemplateKind.PayLater ? PayLaterSuccessesADay : 1)
        || usage.Debited + amount > template.DailyLimit;

    private static Usage CountFor(SimulatorState state, Contract contract, DateTimeOffset now)
    {
        var usage = state.UsageOf(contract);
        usage.Turn(now, BeijingTime.Day(contract.SignedAt));
        return usage;
    }
}
