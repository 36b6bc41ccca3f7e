using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>
/// 查询签约关系 (<c>/papay/querycontract</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987640</c>). Two request types, because sending both keys, one of them empty, makes WeChat
/// answer "result null".
/// </summary>
public abstract record ContractQuery
{
    private protected ContractQuery()
    {
    }

    /// <summary><c>appid</c>: any app of the merchant.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary>Algorithm; null takes the merchant's.</summary>
    public SignType? SignType { get; init; }
}

/// <summary>By WeChat's number.</summary>
public sealed record ContractQueryById : ContractQuery
{
    /// <summary><c>contract_id</c>, at most 32 letters and digits.</summary>
    public required string WeChatContractId { get; init; }
}

/// <summary>By the merchant's number. When it was signed, terminated and signed again, the latest contract answers.</summary>
public sealed record ContractQueryByNumber : ContractQuery
{
    /// <summary><c>plan_id</c>: the template, at most 128 digits.</summary>
    public required string TemplateId { get; init; }

    /// <summary><c>contract_code</c>, at most 128 letters and digits.</summary>
    public required string ContractNumber { get; init; }
}

/// <summary><c>contract_state</c>.</summary>
public enum ContractState
{
    /// <summary>A value that this client does not know.</summary>
    Unknown,

    /// <summary>0: signed.</summary>
    Signed,

    /// <summary>1: never signed, or terminated.</summary>
    NotSigned,

    /// <summary>9: the user is about to sign.</summary>
    Signing,
}

/// <summary>A contract as WeChat knows it.</summary>
public sealed record ContractReply
{
    internal ContractReply(V2Message message)
    {
        Raw = message;
        State = message.GetInt64("contract_state"u8) switch
        {
            0 => ContractState.Signed,
            1 => ContractState.NotSigned,
            9 => ContractState.Signing,
            _ => ContractState.Unknown,
        };
        WeChatContractId = message.Text("contract_id"u8);
        TemplateId = message.Text("plan_id"u8);
        ContractNumber = message.Text("contract_code"u8);
        SigningSequence = message.GetInt64("request_serial"u8);
        DisplayAccount = message.Text("contract_display_account"u8);
        OpenId = message.Text("openid"u8);
        SignedAt = message.Time("contract_signed_time"u8);
        ExpiresAt = message.Time("contract_expired_time"u8);
        TerminatedAt = message.Time("contract_terminated_time"u8);
        TerminationMode = (int?)message.GetInt64("contract_termination_mode"u8);
        TerminationRemark = message.Text("contract_termination_remark"u8);
    }

    /// <summary><c>contract_state</c>.</summary>
    public ContractState State { get; }

    /// <summary><c>contract_id</c>.</summary>
    public string? WeChatContractId { get; }

    /// <summary><c>plan_id</c>.</summary>
    public string? TemplateId { get; }

    /// <summary><c>contract_code</c>.</summary>
    public string? ContractNumber { get; }

    /// <summary><c>request_serial</c>.</summary>
    public long? SigningSequence { get; }

    /// <summary><c>contract_display_account</c>.</summary>
    public string? DisplayAccount { get; }

    /// <summary><c>openid</c> under the app of signing; the authoritative one.</summary>
    public string? OpenId { get; }

    /// <summary><c>contract_signed_time</c>.</summary>
    public DateTimeOffset? SignedAt { get; }

    /// <summary><c>contract_expired_time</c>, set by the template, often far away.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary><c>contract_terminated_time</c>; absent while signed and when never signed.</summary>
    public DateTimeOffset? TerminatedAt { get; }

    /// <summary><c>contract_termination_mode</c>: 0 not terminated, 1 expired, 2 user, 3 merchant's call, 4 merchant platform, 5 account closed, 7 customer service.</summary>
    public int? TerminationMode { get; }

    /// <summary><c>contract_termination_remark</c>.</summary>
    public string? TerminationRemark { get; }

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary><c>sub_openid</c>: the user under the sub-merchant's app; only for service providers.</summary>
    public string? SubOpenId => Raw.Text("sub_openid"u8);

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }

    /// <summary>Number and state only.</summary>
    public override string ToString() => $"contract {ContractNumber} ({WeChatContractId}): {State}";
}
