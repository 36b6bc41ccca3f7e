using System.Text.Json;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>Contracts as V3 shows and ends them.</summary>
internal static class ScheduledContracts
{
    /// <summary>contract_termination_mode of V2: the merchant, by API.</summary>
    private const int ByMerchant = 3;

    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("v3-query-contract", Query, [Permission.Papay]),
        .. V3Rule.Both("v3-terminate-contract", Terminate, [Permission.Papay]),
        // The same question about a contract that was signed on HarmonyOS.
        new(
            new V3Table("v3-query-contract-harmony", "GET", "/v3/papay/sign/contracts/harmony-plan-id/{plan_id}/out-contract-code/{out_contract_code}",
            [
                new("plan_id", V3Kind.Whole, true, 1) { Place = FieldPlace.Path }, new("out_contract_code", V3Kind.Text, true, 1, 32) { Place = FieldPlace.Path, Pattern = V3Forms.Alphanumeric() },
            ]),
            Query)
        {
            Needs = [Permission.Papay],
        },
    ];

    /// <summary>The members of a contract, in answers and in callbacks.</summary>
    public static void Write(Utf8JsonWriter json, SimulatorState state, Contract contract, DateTimeOffset now)
    {
        var isProvider = contract.SubMchId is not null;
        json.WriteString(isProvider ? "sp_mchid" : "mchid", contract.MchId);
        json.WriteString(isProvider ? "sp_appid" : "appid", contract.AppId);
        json.WriteText("sub_mchid", contract.SubMchId);
        json.WriteText("sub_appid", contract.SubAppId);
        json.WriteString("contract_id", contract.ContractId);
        json.WriteNumber("plan_id", contract.PlanId);
        json.WriteString("out_contract_code", contract.ContractCode);
        json.WriteString("contract_display_account", contract.DisplayAccount);
        json.WriteString("contract_state", contract.IsActive ? "SIGNED" : "TERMINATED");
        json.WriteTime("contract_signed_time", contract.SignedAt);
        json.WriteTime("contract_expired_time", contract.ExpiresAt);
        json.WriteString(isProvider ? "sp_openid" : "openid", contract.Openid);
        if (!contract.IsActive)
        {
            json.WriteStartObject("contract_terminate_info");
            json.WriteString("contract_termination_mode", ModeOf(state, contract.TerminationMode));
            json.WriteTime("contract_terminated_time", contract.TerminatedAt);
            json.WriteText("contract_termination_remark", contract.TerminationRemark);
            json.WriteEndObject();
        }

        json.WriteText("out_user_code", contract.OutUserCode);
        if (contract.Schedule is { } schedule)
        {
            json.WriteStartObject("deduct_schedule");
            json.WriteDay("estimated_deduct_date", schedule.Day);
            json.WriteAmount("estimated_deduct_amount", schedule.Amount);
            Bookings.WriteState(json, schedule, now);
            json.WriteEndObject();
        }
    }

    /// <summary>The contract of the caller under this template and number; the latest, when a number was signed twice.</summary>
    public static Contract? Find(V3Call call) =>
        call.State.FindContractByCode(call.Merchant.MchId, call.Text("out_contract_code")) is { IsGlobal: false } contract
            && contract.PlanId == call.Long("plan_id") && contract.SubMchId == call.SubMchId
            ? contract
            : null;

    /// <summary>Only the user's own word for it is published.</summary>
    private static string ModeOf(SimulatorState state, int mode) => state.Switches.Is("termination_mode_words", "USER_TERMINATE")
        ? "USER_TERMINATE"
        : mode switch
        {
            2 => "USER_TERMINATE",
            ByMerchant => "MERCHANT_TERMINATE",
            4 => "MERCHANT_PLATFORM_TERMINATE",
            5 => "LOGOUT_TERMINATE",
            7 => "CUSTOMER_SERVICE_TERMINATE",
            _ => "SYSTEM_TERMINATE",
        };

    private static void Query(V3Call call)
    {
        if (Find(call) is not { } contract)
        {
            V3Refusals.NotFound(call, "签约协议不存在");
            return;
        }

        call.Succeed(json => Write(json, call.State, contract, call.Now));
    }

    private static void Terminate(V3Call call)
    {
        if (Find(call) is not { } contract)
        {
            V3Refusals.NotFound(call, "签约协议不存在");
            return;
        }

        if (!contract.IsActive)
        {
            call.Refuse(400, "INVALID_REQUEST", "签约协议已解约");
            return;
        }

        Contracts.Terminate(call.State, contract, ByMerchant, call.Text("contract_termination_remark"), call.Now);
        call.Succeed(json => Write(json, call.State, contract, call.Now));
    }
}
