using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>扣费前通知 and 重试扣费通知: what the user is told before a debit, and after one that failed.</summary>
internal static class NoticeCalls
{
    private const string Count = "deduct_duration.count";

    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("v3-deduct-notify", Send, [Permission.Papay, Permission.PreNotice], TakesDays),
        .. V3Rule.Both("v3-fail-notify", Remind, [Permission.Papay, Permission.PreNotice]),
    ];

    private static bool TakesDays(V3Call call, FieldProblem problem) =>
        problem.Field == Count && call.Long(Count) is >= 1 and var days && days <= Notices.MostDays(call.State);

    private static void Send(V3Call call)
    {
        var state = call.State;
        if (Find(call) is not { } contract)
        {
            return;
        }

        var template = state.FindTemplate(contract.MchId, contract.PlanId)!;
        if (template is not { Kind: TemplateKind.Periodic, Mode: NoticeMode.PreNotice } || contract.Schedule is not null)
        {
            call.Refuse(400, "INVALID_REQUEST", "当前签约的模板不是周期扣费类型，不能下发扣费前通知");
            return;
        }

        var count = (int?)call.Long(Count);
        var amount = call.Long("estimated_amount.amount")!.Value;
        if (state.FindNotice(contract.ContractId) is { } known && known.IsActive(call.Now))
        {
            // The same again is told apart from another one at any hour.
            Repeated(call, known.Amount == amount && known.Count == count);
            return;
        }

        if (!IsHour(call) || IsRisky(call, contract))
        {
            return;
        }

        Notices.Send(state, contract, call.AppId!, amount, count, call.Now);
        call.Succeed();
    }

    private static void Remind(V3Call call)
    {
        var state = call.State;
        if (Find(call) is not { } contract)
        {
            return;
        }

        if (state.FindNotice(contract.ContractId) is not { FailedAt: { } failedAt } notice || !notice.IsOpen(call.Now))
        {
            call.Refuse(400, "INVALID_REQUEST", "当前不在可扣费期内或没有扣款失败的订单，不能下发重试扣费通知");
            return;
        }

        if (notice.RemindedAt >= failedAt && state.Switches.Is("reminder_repeat", "once_per_failure"))
        {
            Repeated(call, isSame: true);
            return;
        }

        if (!IsHour(call) || IsRisky(call, contract))
        {
            return;
        }

        Notices.Remind(state, contract, notice, call.Now);
        call.Succeed();
    }

    private static Contract? Find(V3Call call)
    {
        var contract = call.State.FindContract(call.Text("contract_id"));
        if (contract is { IsActive: true } && contract.MchId == call.Merchant.MchId && contract.SubMchId == call.SubMchId)
        {
            return contract;
        }

        V3Refusals.ContractNotExist(call);
        return null;
    }

    private static void Repeated(V3Call call, bool isSame)
    {
        if (isSame)
        {
            V3Refusals.Already(call, "RESOURCE_ALREADY_EXISTS", "已发送过相同的通知");
        }
        else
        {
            call.Refuse(400, "INVALID_REQUEST", "已发送过扣费前通知，需要等本次扣费完成后再发起新的");
        }
    }

    private static bool IsHour(V3Call call)
    {
        if (Notices.IsHour(call.State, call.Now))
        {
            return true;
        }

        call.Refuse(400, "INVALID_REQUEST", "当前时间不能下发通知，请在7:00-22:00之间下发");
        return false;
    }

    private static bool IsRisky(V3Call call, Contract contract)
    {
        if (call.State.FindUser(contract.Openid) is not { Risk: RiskState.Refuse })
        {
            return false;
        }

        V3Refusals.RuleLimit(call);
        return true;
    }
}
