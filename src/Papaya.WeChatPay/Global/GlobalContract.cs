using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Global;

/// <summary>Asks for an overseas contract (<c>https://pay.weixin.qq.com/wiki/doc/api_external/ch/apis/chapter5_1_2.shtml</c>, <c>…_3</c>).</summary>
public abstract record GlobalContractQuery : IPartyRequest
{
    private protected GlobalContractQuery()
    {
    }

    /// <summary><c>appid</c> (an institution's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary>The sub-merchant when an institution calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>By WeChat's number.</summary>
public sealed record GlobalContractQueryById : GlobalContractQuery
{
    /// <summary><c>contract_id</c>, at most 64 letters and digits.</summary>
    public required string WeChatContractId { get; init; }
}

/// <summary>By the merchant's number.</summary>
public sealed record GlobalContractQueryByNumber : GlobalContractQuery
{
    /// <summary><c>plan_id</c>: the template, digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>out_contract_code</c>, at most 32 letters and digits.</summary>
    public required string ContractNumber { get; init; }
}

/// <summary>申请解约 overseas (<c>https://pay.weixin.qq.com/wiki/doc/api_external/ch/apis/chapter5_1_4.shtml</c>).</summary>
public sealed record GlobalTerminateRequest : IPartyRequest
{
    /// <summary><c>contract_id</c>, at most 64 letters and digits.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary><c>appid</c> (an institution's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary><c>termination_note</c>: why, at most 256 characters.</summary>
    public required string Note { get; init; }

    /// <summary>The sub-merchant when an institution calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary><c>state</c> of an overseas contract.</summary>
public enum GlobalContractState
{
    /// <summary>A state that this client does not know; <see cref="GlobalContract.StateText"/> has its name.</summary>
    Unknown,

    /// <summary><c>SIGNED</c>.</summary>
    Signed,

    /// <summary><c>TERMINATED</c>.</summary>
    Terminated,
}

/// <summary>An overseas contract; its members are named unlike those of the mainland.</summary>
public sealed record GlobalContract
{
    private GlobalContract(JsonElement json, string id, string number)
    {
        WeChatContractId = id;
        ContractNumber = number;
        TemplateId = json.Digits("plan_id");
        MerchantNumber = json.Text("mchid") ?? json.Text("sp_mchid");
        AppId = json.Text("appid") ?? json.Text("sp_appid");
        SubMerchant = json.Text("sub_mchid") is { } sub ? new(sub, json.Text("sub_appid")) : null;
        DisplayName = json.Text("user_display_name");
        StateText = json.Text("state");
        State = StateText switch
        {
            "SIGNED" => GlobalContractState.Signed,
            "TERMINATED" => GlobalContractState.Terminated,
            _ => GlobalContractState.Unknown,
        };
        SignedAt = json.Time("signed_time");
        TerminatedAt = json.Time("terminated_time");
        TerminationMode = json.Text("termination_mode");
        TerminationNote = json.Text("termination_note");
        OpenId = json.Text("openid") ?? json.Text("sp_openid");
    }

    /// <summary><c>contract_id</c>.</summary>
    public string WeChatContractId { get; }

    /// <summary><c>out_contract_code</c>.</summary>
    public string ContractNumber { get; }

    /// <summary><c>plan_id</c>.</summary>
    public string? TemplateId { get; }

    /// <summary><c>mchid</c> (<c>sp_mchid</c>).</summary>
    public string? MerchantNumber { get; }

    /// <summary><c>appid</c> (<c>sp_appid</c>).</summary>
    public string? AppId { get; }

    /// <summary><c>sub_mchid</c> and <c>sub_appid</c>; null for a direct merchant.</summary>
    public SubMerchant? SubMerchant { get; }

    /// <summary><c>user_display_name</c>.</summary>
    public string? DisplayName { get; }

    /// <summary><c>state</c>.</summary>
    public GlobalContractState State { get; }

    /// <summary><c>state</c> as received.</summary>
    public string? StateText { get; }

    /// <summary><c>signed_time</c>.</summary>
    public DateTimeOffset? SignedAt { get; }

    /// <summary><c>terminated_time</c>.</summary>
    public DateTimeOffset? TerminatedAt { get; }

    /// <summary><c>termination_mode</c>, such as <c>USER</c>; an open set.</summary>
    public string? TerminationMode { get; }

    /// <summary><c>termination_note</c>.</summary>
    public string? TerminationNote { get; }

    /// <summary><c>openid</c>.</summary>
    public string? OpenId { get; }

    /// <summary>Number and state only.</summary>
    public override string ToString() => $"contract {ContractNumber} ({WeChatContractId}): {StateText}";

    internal static GlobalContract? Read(JsonElement json) =>
        json.Text("contract_id") is { } id && json.Text("out_contract_code") is { } number && json.Text("state") is not null ? new(json, id, number) : null;
}
