using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Scheduled;

/// <summary><c>contract_state</c>.</summary>
public enum ScheduledContractState
{
    /// <summary>A state that this client does not know; <see cref="ScheduledContract.StateText"/> has its name.</summary>
    Unknown,

    /// <summary><c>SIGNED</c>.</summary>
    Signed,

    /// <summary><c>TERMINATED</c>: also after the one debit.</summary>
    Terminated,

    /// <summary><c>SIGN_FAILED</c>.</summary>
    SignFailed,

    /// <summary><c>TO_BE_RENEWED</c>.</summary>
    ToBeRenewed,
}

/// <summary>How a contract ended.</summary>
/// <param name="Mode"><c>contract_termination_mode</c>, such as <c>USER_TERMINATE</c>; an open set.</param>
/// <param name="At"><c>contract_terminated_time</c>.</param>
/// <param name="Remark"><c>contract_termination_remark</c>.</param>
public sealed record ScheduledTermination(string? Mode, DateTimeOffset? At, string? Remark);

/// <summary>A contract as WeChat tells it in replies and callbacks.</summary>
public sealed record ScheduledContract
{
    private ScheduledContract(JsonElement json, string id, string number, string template)
    {
        WeChatContractId = id;
        ContractNumber = number;
        TemplateId = template;
        MerchantNumber = json.Text("mchid") ?? json.Text("sp_mchid");
        AppId = json.Text("appid") ?? json.Text("sp_appid");
        SubMerchant = json.Text("sub_mchid") is { } sub ? new(sub, json.Text("sub_appid")) : null;
        DisplayAccount = json.Text("contract_display_account");
        StateText = json.Text("contract_state");
        State = StateText switch
        {
            "SIGNED" => ScheduledContractState.Signed,
            "TERMINATED" => ScheduledContractState.Terminated,
            "SIGN_FAILED" => ScheduledContractState.SignFailed,
            "TO_BE_RENEWED" => ScheduledContractState.ToBeRenewed,
            _ => ScheduledContractState.Unknown,
        };
        SignedAt = json.Time("contract_signed_time");
        ExpiresAt = json.Time("contract_expired_time");
        OpenId = json.Text("openid") ?? json.Text("sp_openid");
        SubOpenId = json.Text("sub_openid");
        UserCode = json.Text("out_user_code");
        Booking = json.Object("deduct_schedule") is { } schedule ? Booking.Read(schedule) : null;
        Termination = json.Object("contract_terminate_info") is { } end
            ? new(end.Text("contract_termination_mode"), end.Time("contract_terminated_time"), end.Text("contract_termination_remark"))
            : null;
    }

    /// <summary><c>contract_id</c>.</summary>
    public string WeChatContractId { get; }

    /// <summary><c>out_contract_code</c>.</summary>
    public string ContractNumber { get; }

    /// <summary><c>plan_id</c>.</summary>
    public string TemplateId { get; }

    /// <summary><c>mchid</c> (a provider's own: <c>sp_mchid</c>).</summary>
    public string? MerchantNumber { get; }

    /// <summary><c>appid</c> (<c>sp_appid</c>).</summary>
    public string? AppId { get; }

    /// <summary><c>sub_mchid</c> and <c>sub_appid</c>; null for a direct merchant.</summary>
    public SubMerchant? SubMerchant { get; }

    /// <summary><c>contract_display_account</c>.</summary>
    public string? DisplayAccount { get; }

    /// <summary><c>contract_state</c>.</summary>
    public ScheduledContractState State { get; }

    /// <summary><c>contract_state</c> as received.</summary>
    public string? StateText { get; }

    /// <summary><c>contract_signed_time</c>.</summary>
    public DateTimeOffset? SignedAt { get; }

    /// <summary><c>contract_expired_time</c>.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary><c>openid</c> (<c>sp_openid</c>).</summary>
    public string? OpenId { get; }

    /// <summary><c>sub_openid</c>.</summary>
    public string? SubOpenId { get; }

    /// <summary><c>out_user_code</c>.</summary>
    public string? UserCode { get; }

    /// <summary><c>deduct_schedule</c>.</summary>
    public Booking? Booking { get; }

    /// <summary><c>contract_terminate_info</c>; null while the contract lives.</summary>
    public ScheduledTermination? Termination { get; }

    /// <summary>Number and state only.</summary>
    public override string ToString() => $"contract {ContractNumber} ({WeChatContractId}): {StateText}";

    /// <summary>Null when a member is missing without which the contract cannot be told.</summary>
    internal static ScheduledContract? Read(JsonElement json) =>
        json.Text("contract_id") is { } id && json.Text("out_contract_code") is { } number && json.Digits("plan_id") is { } template
            ? new(json, id, number, template)
            : null;
}
