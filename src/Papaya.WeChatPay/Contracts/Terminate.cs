using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Contracts;

/// <summary>申请解约 (<c>/papay/deletecontract</c>, <c>https://pay.weixin.qq.com/doc/v2/merchant/4011987432</c>): by <see cref="WeChatContractId"/> (preferred), or by template and contract number.</summary>
public sealed record TerminateRequest
{
    /// <summary><c>appid</c>: any app of the merchant.</summary>
    public required string AppId { get; init; }

    /// <summary>For whom a service provider acts; null for the merchant itself.</summary>
    public SubMerchant? SubMerchant { get; init; }

    /// <summary><c>contract_termination_remark</c>: the reason, 1–256 characters.</summary>
    public required string Remark { get; init; }

    /// <summary><c>contract_id</c>: at most 32 letters and digits; never together with the two others.</summary>
    public string? WeChatContractId { get; init; }

    /// <summary><c>plan_id</c>: at most 28 digits, together with <see cref="ContractNumber"/>.</summary>
    public string? TemplateId { get; init; }

    /// <summary><c>contract_code</c>: at most 128 letters and digits, together with <see cref="TemplateId"/>.</summary>
    public string? ContractNumber { get; init; }
}

/// <summary>The contract is terminated; WeChat also notifies the URL in the template.</summary>
public sealed record TerminateReply
{
    internal TerminateReply(V2Message message)
    {
        Raw = message;
        WeChatContractId = message.Text("contract_id"u8);
        TemplateId = message.Text("plan_id"u8);
        ContractNumber = message.Text("contract_code"u8);
    }

    /// <summary><c>contract_id</c>, repeated.</summary>
    public string? WeChatContractId { get; }

    /// <summary><c>plan_id</c>, repeated.</summary>
    public string? TemplateId { get; }

    /// <summary><c>contract_code</c>, repeated.</summary>
    public string? ContractNumber { get; }

    /// <summary><c>sub_mch_id</c> and <c>sub_appid</c>; null for direct merchants.</summary>
    public SubMerchant? SubMerchant => Raw.SubMerchant();

    /// <summary>The whole reply.</summary>
    public V2Message Raw { get; }
}
