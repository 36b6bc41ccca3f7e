using System.Text.Json;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>预约扣费: booked on the day before, applied for on the day; success ends the contract at once.</summary>
internal static class Bookings
{
    /// <summary>contract_termination_mode: nobody ended it, it was over.</summary>
    private const int ByItself = 1;

    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("v3-schedule", Book, [Permission.Papay, Permission.Scheduled]),
        .. V3Rule.Both("v3-query-schedule", Query, [Permission.Papay, Permission.Scheduled]),
        .. V3Rule.Both("v3-apply", Apply, [Permission.Papay, Permission.Scheduled]),
        // HarmonyOS: the same with the device's account.
        new(
            new V3Table("v3-apply-harmony", "POST", "/v3/papay/pay/harmony/transactions/apply",
            [
                new("appid", V3Kind.Text, true, 1, 32) { Pattern = V3Forms.Alphanumeric() }, new("out_trade_no", V3Kind.Text, true, 1, 32) { Pattern = V3Forms.OrderNumber() },
                new("description", V3Kind.Text, true, 1, 127), new("transaction_notify_url", V3Kind.Text, true, 1, 256) { Pattern = V3Forms.Url() },
                new("contract_id", V3Kind.Text, true, 1, 32) { Pattern = V3Forms.Alphanumeric() }, new("amount.total", V3Kind.Whole, true, 1),
                new("amount.currency", V3Kind.Text, false) { Choices = ["CNY"] }, new("goods_tag", V3Kind.Text, false, 0, 32), new("attach", V3Kind.Text, false, 0, 128),
                new("harmony_account_id", V3Kind.Text, true, 1, 128), new("mcc", V3Kind.Text, false, 0, 16),
            ]),
            Apply)
        {
            Needs = [Permission.Papay, Permission.Scheduled],
        },
    ];

    /// <summary>The members that tell what became of the booking.</summary>
    public static void WriteState(Utf8JsonWriter json, DebitSchedule schedule, DateTimeOffset now)
    {
        json.WriteString("schedule_state", schedule.StateAt(now));
        json.WriteAmount("scheduled_amount", schedule.BookedAt is null ? null : schedule.Amount);
        json.WriteAmount("deduct_amount", schedule.DebitedAt is null ? null : schedule.Amount);
        json.WriteDay("deduct_date", schedule.DebitedAt is { } at ? BeijingTime.Day(at) : null);
    }

    /// <summary>A debit was executed: where it succeeded, its contract is over.</summary>
    public static void Settle(SimulatorState state, Order order, DateTimeOffset now)
    {
        if (state.FindContract(order.ContractId) is not { Schedule: { } schedule } contract)
        {
            return;
        }

        if (order.IsPaid)
        {
            schedule.DebitedAt = now;
            Contracts.Terminate(state, contract, ByItself, "预约扣费成功，协议自动解约", now);
        }
    }

    private static void Book(V3Call call)
    {
        if (Find(call) is not { Schedule: { } schedule } contract)
        {
            V3Refusals.NotFound(call, "签约协议不存在");
            return;
        }

        if (schedule.BookedAt is not null)
        {
            V3Refusals.Already(call, "ALREADY_EXISTS", "已预约扣费，请勿重复预约");
            return;
        }

        if (WhyNotBooked(call, contract, schedule) is { } text)
        {
            call.Refuse(400, "INVALID_REQUEST", text);
            return;
        }

        schedule.BookedAt = call.Now;
        call.State.Put(contract);
        call.State.Put(new UserMessage
        {
            Openid = contract.Openid,
            Kind = UserMessageKind.Notice,
            At = call.Now,
            MchId = contract.MchId,
            PlanId = contract.PlanId,
            Amount = schedule.Amount,
            From = new DateTimeOffset(schedule.Day.ToDateTime(TimeOnly.MinValue), BeijingTime.Offset).ToUniversalTime(),
        });
        Answer(call, schedule);
    }

    private static string? WhyNotBooked(V3Call call, Contract contract, DebitSchedule schedule) =>
        !contract.IsActive ? "签约协议已解约"
        : IsOtherApp(call, contract) ? "appid与签约时不一致"
        : !schedule.MayBook(call.Now) ? "不在可预约时间内，请在预计扣费日期的前一天8:00-19:30预约"
        : call.Long("schedule_amount.total") != schedule.Amount ? "预约扣费金额与签约时的预计扣费金额不一致"
        : null;

    private static bool IsOtherApp(V3Call call, Contract contract) => contract.AppId != call.AppId && call.State.Switches.Is("v3_other_appid", "refused");

    private static void Query(V3Call call)
    {
        if (Find(call) is not { Schedule: { } schedule })
        {
            V3Refusals.NotFound(call, "签约协议不存在");
            return;
        }

        Answer(call, schedule);
    }

    private static void Answer(V3Call call, DebitSchedule schedule) => call.Succeed(json =>
    {
        WriteState(json, schedule, call.Now);
        var days = schedule.StateAt(call.Now) is "SCHEDULED" or "PAID" ? schedule.Day : (DateOnly?)null;
        json.WriteDay("deduct_start_date", days);
        json.WriteDay("deduct_end_date", days);
    });

    private static Contract? Find(V3Call call) =>
        call.State.FindContract(call.Text("contract_id")) is { } contract && contract.MchId == call.Merchant.MchId && contract.SubMchId == call.SubMchId
            ? contract
            : null;

    private static void Apply(V3Call call)
    {
        var state = call.State;
        if (state.FindOrder(call.Merchant.MchId, call.Text("out_trade_no")) is { } known)
        {
            if (IsRepeat(call, known) && state.Switches.Is("v3_apply_repeated", "same_answer"))
            {
                Accepted(call, known.Amount);
            }
            else
            {
                V3Refusals.Already(call, "ALREADY_EXISTS", "商户订单号已使用");
            }

            return;
        }

        if (Find(call) is not { IsActive: true } contract)
        {
            V3Refusals.ContractNotExist(call);
            return;
        }

        if (contract.Schedule is not { BookedAt: not null } schedule)
        {
            V3Refusals.NotFound(call, "未预约扣费");
            return;
        }

        var amount = call.Long("amount.total")!.Value;
        if (WhyNotApplied(state, call, contract, schedule, amount) is { } text)
        {
            call.Refuse(400, "INVALID_REQUEST", text);
            return;
        }

        if (state.FindUser(contract.Openid) is { Risk: RiskState.Refuse } || amount > state.FindTemplate(contract.MchId, contract.PlanId)!.SingleLimit)
        {
            V3Refusals.RuleLimit(call);
            return;
        }

        Accept(call, contract);
        Accepted(call, amount);
    }

    private static void Accepted(V3Call call, long amount) => call.Succeed(json =>
    {
        json.WriteString("out_trade_no", call.Text("out_trade_no"));
        json.WriteAmount("amount", amount);
    });

    private static bool IsRepeat(V3Call call, Order known) =>
        known is { IsV3: true, Kind: OrderKind.Debit }
        && (known.SubMchId, known.AppId, known.Body, known.Attach, known.GoodsTag) == (call.SubMchId, call.AppId, call.Text("description"), call.Text("attach"), call.Text("goods_tag"))
        && (known.ContractId, known.Amount, known.NotifyUrl) == (call.Text("contract_id"), call.Long("amount.total"), call.Text("transaction_notify_url"));

    private static string? WhyNotApplied(SimulatorState state, V3Call call, Contract contract, DebitSchedule schedule, long amount) =>
        IsOtherApp(call, contract) ? "appid与签约时不一致"
        : BeijingTime.Day(call.Now) != schedule.Day ? "不在可扣费期内"
        : amount != schedule.Amount ? "扣费金额与预约扣费金额不一致"
        : contract.WaitingOrder is { } waiting && state.FindOrder(contract.MchId, waiting) is { State: TradeState.NotPay } ? "扣费请求已受理，请勿重复发起"
        : null;

    private static void Accept(V3Call call, Contract contract)
    {
        var order = Transactions.Debit(call, contract, "PAP", "transaction_notify_url");
        contract.WaitingOrder = order.OutTradeNo;
        call.State.Put(contract);
        call.State.Schedule(order, call.Now + Debits.TimeAsNotPay(call.State));
        call.State.Put(order);
    }
}
