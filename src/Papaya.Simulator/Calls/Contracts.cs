using Papaya.Simulator.Notifications;
using Papaya.Simulator.V3;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary><c>querycontract</c>, <c>deletecontract</c>, and how a contract ends.</summary>
internal static class Contracts
{
    public static readonly CallRule Query = new(Endpoints.QueryContract, Ask) { MissingCode = "PARAMETER FAIL", MalformedCode = "PARAMETER FAIL" };

    public static readonly CallRule PartnerQuery = new(Endpoints.QueryContract.Partner!, Ask) { MissingCode = "PARAMETER FAIL", MalformedCode = "PARAMETER FAIL" };

    public static readonly CallRule PartnerDelete = new(Endpoints.DeleteContract.Partner!, DeleteIt) { MissingCode = "PARAMETER FAIL", MalformedCode = "PARAMETER FAIL" };

    public static readonly CallRule Delete = new(Endpoints.DeleteContract, DeleteIt) { MissingCode = "PARAMETER FAIL", MalformedCode = "PARAMETER FAIL" };

    /// <summary>contract_termination_mode of a contract whose time was over.</summary>
    public const int Expired = 1;

    /// <summary>Of one whose user has closed the account.</summary>
    public const int AccountClosed = 5;

    /// <summary>Ends a contract by any route and tells the template's address.</summary>
    public static void Terminate(SimulatorState state, Contract contract, int mode, string? remark, DateTimeOffset now)
    {
        state.Switches.ActFor(contract.MchId);
        state.Schedule(contract, null);
        contract.TerminatedAt = now;
        contract.TerminationMode = mode;
        contract.TerminationRemark = remark;
        state.Put(contract);
        if (contract.WaitingOrder is { } number && state.FindOrder(contract.MchId, number) is { } waiting && state.Switches.Is("pending_debit_on_terminate", "fails_at_once"))
        {
            state.Schedule(waiting, now);
            state.Put(waiting);
        }

        state.Put(new UserMessage { Openid = contract.Openid, Kind = UserMessageKind.Ended, At = now, MchId = contract.MchId, PlanId = contract.PlanId });
        if (contract.IsV3)
        {
            Callbacks.ContractEnded(state, contract, now);
        }
        else if (state.FindTemplate(contract.MchId, contract.PlanId)?.TerminateNotifyUrl is { } url)
        {
            Messages.ContractEnded(state, contract, url, now);
        }
    }

    private static void Ask(Call call)
    {
        if (!IsGranted(call))
        {
            return;
        }

        if (call.State.Options.FrequencyLimit && !call.State.Throttle.Allows(call.Merchant.MchId, "querycontract", call.Merchant.Limits.QueryQps, call.Now))
        {
            call.Fail("FREQUENCY_LIMITED", Texts.TooFrequent);
            return;
        }

        if (!Find(call, out var contract))
        {
            return;
        }

        if (contract is null)
        {
            NotFound(call);
            return;
        }

        var isSigned = contract.IsActive || (contract.TerminationMode == Expired && call.State.Switches.Is("querycontract_expired", "state_0"));
        var answer = call.Success().Add("contract_id"u8, contract.ContractId).Add("plan_id"u8, contract.PlanId).Add("openid"u8, contract.Openid)
            .Add("request_serial"u8, contract.RequestSerial).Add("contract_code"u8, contract.ContractCode)
            .Add("contract_display_account"u8, contract.DisplayAccount).Add("contract_state"u8, isSigned ? 0 : 1)
            .Add("contract_signed_time"u8, Time(call, contract.SignedAt)).Add("contract_expired_time"u8, Time(call, contract.ExpiresAt));
        if (!isSigned)
        {
            answer.Add("contract_terminated_time"u8, Time(call, contract.TerminatedAt!.Value))
                .Add("contract_termination_mode"u8, contract.TerminationMode)
                .Add("contract_termination_remark"u8, contract.TerminationRemark);
        }

        else if (call.State.Switches.Is("querycontract_active_mode", "0"))
        {
            answer.Add("contract_termination_mode"u8, 0);
        }

        call.HasBlanks = call.State.Switches.Is("querycontract_blanks", "around_cdata");
        if (call.State.Switches.Is("querycontract_success_codes", "0_SUCCESS"))
        {
            answer.Add("err_code"u8, 0).Add("err_code_des"u8, "SUCCESS");
        }
    }

    /// <summary>Text today; an older published sample has seconds since 1970.</summary>
    private static string Time(Call call, DateTimeOffset at) =>
        call.State.Switches.Is("querycontract_times", "text") ? BeijingTime.Spaced(at)
            : at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsGranted(Call call)
    {
        if (call.Merchant.May(Permission.Papay))
        {
            return true;
        }

        call.Fail(Refusals.Of(Query, Misuse.NotGranted, call.State.Switches));
        return false;
    }

    private static void DeleteIt(Call call)
    {
        if (!IsGranted(call))
        {
            return;
        }

        if (call.Text("contract_code"u8) is not null && call.State.Switches.Is("deletecontract_by_code", "unrecognised"))
        {
            call.Refuse(Refusals.Of(Delete, Misuse.Surplus, call.State.Switches, "contract_code"));
            return;
        }

        if (!Find(call, out var contract))
        {
            return;
        }

        if (contract is null || (!contract.IsActive && call.State.Switches.Is("delete_terminated", "fails")))
        {
            call.Fail("CONTRACT_NOT_EXIST", Texts.ContractUnknown);
            return;
        }

        if (contract.IsActive)
        {
            Terminate(call.State, contract, mode: 3, call.Text("contract_termination_remark"u8), call.Now);
        }

        call.Success().Add("contract_id"u8, contract.ContractId).Add("plan_id"u8, contract.PlanId).Add("contract_code"u8, contract.ContractCode);
    }

    /// <summary>False when the call has been answered: it names no contract, or names it in both ways.</summary>
    private static bool Find(Call call, out Contract? contract)
    {
        contract = null;
        if (call.Text("contract_id"u8) is { } id)
        {
            if (call.Message.Contains("contract_code"u8) || call.Message.Contains("plan_id"u8))
            {
                call.Fail("PARAMETER FAIL", "contract_id与plan_id、contract_code不能同时传入");
                return false;
            }

            contract = Own(call, call.State.FindContract(id));
            return true;
        }

        if (call.Message.Contains("contract_id"u8))
        {
            // An empty contract_id beside plan_id and contract_code is answered so by WeChat (community 0008627e2f8cf82c35e81bff051000).
            call.Fail("RESULT NULL", "返回结果为空");
            return false;
        }

        if (call.Long("plan_id"u8) is not { } planId || call.Text("contract_code"u8) is not { } code)
        {
            call.Fail("PARAMETER FAIL", "缺少参数contract_id");
            return false;
        }

        contract = Own(call, ByCode(call, planId, code)) is { } byCode && byCode.PlanId == planId ? byCode : null;
        return true;
    }

    private static Contract? ByCode(Call call, long planId, string code) => call.State.Switches.Is("querycontract_by_code", "latest")
        ? call.State.FindContractByCode(call.Merchant.MchId, code)
        : call.State.Contracts.Where(c => c.MchId == call.Merchant.MchId && c.PlanId == planId && c.ContractCode == code)
            .OrderBy(c => c.SignedAt).ThenBy(c => c.ContractId, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>Contracts of one scheduled debit and those signed overseas have calls of their own.</summary>
    private static Contract? Own(Call call, Contract? found) =>
        found is { Schedule: null, IsGlobal: false } && found.MchId == call.Merchant.MchId && found.SubMchId == call.SubMchId ? found : null;

    private static void NotFound(Call call)
    {
        if (call.State.Switches.Is("signing_in_progress", "state_9") && call.Text("contract_code"u8) is { } code
            && InProgress(call, code) is { } open && open.PlanId == call.Long("plan_id"u8))
        {
            call.Success().Add("plan_id"u8, open.PlanId).Add("contract_code"u8, code).Add("request_serial"u8, open.Serial)
                .Add("contract_display_account"u8, open.Account).Add("contract_state"u8, 9);
            return;
        }

        if (call.State.Switches.Is("contract_not_found", "RESULT NULL"))
        {
            call.Fail("RESULT NULL", "返回结果为空");
        }
        else
        {
            call.Fail("CONTRACT_NOT_EXIST", Texts.ContractUnknown);
        }
    }

    /// <summary>What is offered under a code right now: by a cashier or by a signing page.</summary>
    private static (long PlanId, string? Serial, string? Account)? InProgress(Call call, string code) =>
        call.State.FindOpenSigning(call.Merchant.MchId, code) is { } order ? (order.PlanId!.Value, order.RequestSerial, order.DisplayAccount)
        : call.State.FindOpenSession(call.Merchant.MchId, code) is { Schedule: null, IsGlobal: false } session ? (session.PlanId, session.RequestSerial, session.DisplayAccount)
        : null;
}
