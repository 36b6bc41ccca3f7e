using System.Xml.Serialization;
using Newtonsoft.Json;

namespace Papaya.Benchmarks.Baselines;

/// <summary>A pappayapply as the peers' callers fill it in.</summary>
public sealed class ApplyModel
{
    [JsonProperty("appid")] public string? AppId { get; set; }
    [JsonProperty("mch_id")] public string? MerchantNumber { get; set; }
    [JsonProperty("nonce_str")] public string? Nonce { get; set; }
    [JsonProperty("body")] public string? Body { get; set; }
    [JsonProperty("out_trade_no")] public string? OrderNumber { get; set; }
    [JsonProperty("total_fee")] public string? Total { get; set; }
    [JsonProperty("fee_type", NullValueHandling = NullValueHandling.Ignore)] public string? FeeType { get; set; }
    [JsonProperty("spbill_create_ip")] public string? ServerIp { get; set; }
    [JsonProperty("notify_url")] public string? NotifyUrl { get; set; }
    [JsonProperty("trade_type")] public string? TradeType { get; set; }
    [JsonProperty("contract_id")] public string? ContractId { get; set; }

    public static ApplyModel From(Func<string, string?> field) => new()
    {
        AppId = field("appid"),
        MerchantNumber = field("mch_id"),
        Nonce = field("nonce_str"),
        Body = field("body"),
        OrderNumber = field("out_trade_no"),
        Total = field("total_fee"),
        FeeType = field("fee_type"),
        ServerIp = field("spbill_create_ip"),
        NotifyUrl = field("notify_url"),
        TradeType = field("trade_type"),
        ContractId = field("contract_id"),
    };

    public IEnumerable<(string Name, string? Value)> Fields()
    {
        yield return ("appid", AppId);
        yield return ("mch_id", MerchantNumber);
        yield return ("nonce_str", Nonce);
        yield return ("body", Body);
        yield return ("out_trade_no", OrderNumber);
        yield return ("total_fee", Total);
        yield return ("fee_type", FeeType);
        yield return ("spbill_create_ip", ServerIp);
        yield return ("notify_url", NotifyUrl);
        yield return ("trade_type", TradeType);
        yield return ("contract_id", ContractId);
    }
}

/// <summary>A debit notification as the peers hand it out.</summary>
public sealed class NotificationModel
{
    [XmlElement("return_code")] public string? ReturnCode { get; set; }
    [XmlElement("appid")] public string? AppId { get; set; }
    [XmlElement("mch_id")] public string? MerchantNumber { get; set; }
    [XmlElement("nonce_str")] public string? Nonce { get; set; }
    [XmlElement("sign")] public string? Sign { get; set; }
    [XmlElement("result_code")] public string? ResultCode { get; set; }
    [XmlElement("err_code")] public string? ErrorCode { get; set; }
    [XmlElement("err_code_des")] public string? ErrorDescription { get; set; }
    [XmlElement("openid")] public string? OpenId { get; set; }
    [XmlElement("is_subscribe")] public string? IsSubscribed { get; set; }
    [XmlElement("bank_type")] public string? BankType { get; set; }
    [XmlElement("total_fee")] public int Total { get; set; }
    [XmlElement("fee_type")] public string? FeeType { get; set; }
    [XmlElement("cash_fee")] public int Cash { get; set; }
    [XmlElement("trade_state")] public string? State { get; set; }
    [XmlElement("coupon_fee")] public int Coupons { get; set; }
    [XmlElement("coupon_count")] public int CouponCount { get; set; }
    [XmlElement("transaction_id")] public string? TransactionId { get; set; }
    [XmlElement("out_trade_no")] public string? OrderNumber { get; set; }
    [XmlElement("attach")] public string? Attach { get; set; }
    [XmlElement("time_end")] public string? EndedAt { get; set; }
    [XmlElement("contract_id")] public string? ContractId { get; set; }

    /// <summary><c>coupon_id_$n</c>, where a peer gathers them.</summary>
    [XmlIgnore] public List<string>? CouponIds { get; set; }

    public static NotificationModel From(Func<string, string?> field) => new()
    {
        ReturnCode = field("return_code"),
        AppId = field("appid"),
        MerchantNumber = field("mch_id"),
        Nonce = field("nonce_str"),
        Sign = field("sign"),
        ResultCode = field("result_code"),
        ErrorCode = field("err_code"),
        ErrorDescription = field("err_code_des"),
        OpenId = field("openid"),
        IsSubscribed = field("is_subscribe"),
        BankType = field("bank_type"),
        Total = Number(field("total_fee")),
        FeeType = field("fee_type"),
        Cash = Number(field("cash_fee")),
        State = field("trade_state"),
        Coupons = Number(field("coupon_fee")),
        CouponCount = Number(field("coupon_count")),
        TransactionId = field("transaction_id"),
        OrderNumber = field("out_trade_no"),
        Attach = field("attach"),
        EndedAt = field("time_end"),
        ContractId = field("contract_id"),
    };

    private static int Number(string? text) => text is null ? 0 : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
