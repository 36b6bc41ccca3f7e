using System.Globalization;
using System.Text.Json;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>Contracts of overseas merchants: other names than on the mainland, and no debit schedule.</summary>
internal static class GlobalContracts
{
    private const int ByMerchant = 3;
    private static readonly Permission[] Needs = [Permission.Global];

    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("global-presign-miniprogram", call => Open(call, "session_id"), Needs),
        .. V3Rule.Both("global-presign-app", call => Open(call, "session_id"), Needs),
        .. V3Rule.Both("global-presign-jsapi", call => Open(call, "sign_url"), Needs),
        .. V3Rule.Both("global-presign-h5", call => Open(call, "sign_url"), Needs),
        .. V3Rule.Both("global-presign-web", call => Open(call, "show_code_url"), Needs),
        .. V3Rule.Both("global-query-contract-by-id", call => Query(call, ById(call)), Needs),
        .. V3Rule.Both("global-query-contract-by-code", call => Query(call, ByNumber(call)), Needs),
        .. V3Rule.Both("global-terminate", Terminate, Needs),
    ];

    /// <summary>The short resource of a global contract callback.</summary>
    public static void WriteChange(Utf8JsonWriter json, Contract contract)
    {
        WriteParty(json, contract);
        json.WriteString("out_contract_code", contract.ContractCode);
        json.WriteNumber("plan_id", contract.PlanId);
        json.WriteString("contract_id", contract.ContractId);
        if (!contract.IsActive)
        {
            json.WriteString("contract_termination_mode", ModeOf(contract));
        }

        json.WriteTime("operate_time", contract.TerminatedAt ?? contract.SignedAt);
    }

    /// <summary>The caller's contract; null when it is somebody else's or of the mainland.</summary>
    public static Contract? ById(V3Call call) =>
        call.State.FindContract(call.Text("contract_id")) is { IsGlobal: true } contract && contract.MchId == call.Merchant.MchId && contract.SubMchId == call.SubMchId
            ? contract
            : null;

    private static Contract? ByNumber(V3Call call) =>
        call.State.FindContractByCode(call.Merchant.MchId, call.Text("out_contract_code")) is { IsGlobal: true } contract
            && contract.PlanId == call.Long("plan_id") && contract.SubMchId == call.SubMchId
            ? contract
            : null;

    private static void WriteParty(Utf8JsonWriter json, Contract contract)
    {
        var isProvider = contract.SubMchId is not null;
        json.WriteString(isProvider ? "sp_mchid" : "mchid", contract.MchId);
        json.WriteString(isProvider ? "sp_appid" : "appid", contract.AppId);
        json.WriteText("sub_mchid", contract.SubMchId);
        json.WriteText("sub_appid", contract.SubAppId);
        json.WriteString(isProvider ? "sp_openid" : "openid", contract.Openid);
    }

    private static string ModeOf(Contract contract) => contract.TerminationMode switch
    {
        2 => "USER",
        ByMerchant => "MERCHANT",
        // The member holds 16 characters.
        4 => "PLATFORM",
        5 => "LOGOUT",
        7 => "CUSTOMER_SERVICE",
        _ => "EXPIRED",
    };

    private static void Open(V3Call call, string answer)
    {
        var expires = call.Text("expired_time") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : (DateTimeOffset?)null;
        var reason = SigningSessions.WhyNot(call, call.Text("openid")) ?? (expires <= call.Now ? "expired_time已过期" : null);
        if (reason is not null)
        {
            call.Refuse(400, "INVALID_REQUEST", reason);
            return;
        }

        var session = SigningSessions.Make(call, SigningChannel.V3Global, call.Text("user_display_name")!, call.Text("success_notify_url")!);
        session.IsGlobal = true;
        session.ExpiresAt = expires?.ToUniversalTime() ?? session.ExpiresAt;
        SigningSessions.Put(call, session);
        call.Succeed(json => json.WriteString(answer, answer == "session_id" ? session.Id : SigningSessions.PageOf(call, session)));
    }

    private static void Query(V3Call call, Contract? contract)
    {
        if (contract is null)
        {
            V3Refusals.NotFound(call, "The contract does not exist");
            return;
        }

        call.Succeed(json =>
        {
            WriteParty(json, contract);
            json.WriteString("contract_id", contract.ContractId);
            json.WriteNumber("plan_id", contract.PlanId);
            json.WriteString("out_contract_code", contract.ContractCode);
            json.WriteString("user_display_name", contract.DisplayAccount);
            json.WriteString("state", contract.IsActive ? "SIGNED" : "TERMINATED");
            json.WriteTime("signed_time", contract.SignedAt);
            if (!contract.IsActive)
            {
                json.WriteTime("terminated_time", contract.TerminatedAt);
                json.WriteString("termination_mode", ModeOf(contract));
                json.WriteText("termination_note", contract.TerminationRemark);
            }
        });
    }

    private static void Terminate(V3Call call)
    {
        if (ById(call) is not { } contract)
        {
            V3Refusals.NotFound(call, "The contract does not exist");
            return;
        }

        if (!contract.IsActive)
        {
            call.Refuse(400, "INVALID_REQUEST", "The contract was terminated before");
            return;
        }

        Contracts.Terminate(call.State, contract, ByMerchant, call.Text("termination_note"), call.Now);
        call.Succeed();
    }
}
