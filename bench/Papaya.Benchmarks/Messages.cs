using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>
/// The messages that everything here is measured with, so that all ways of making and reading them do the same work. The
/// merchant is the one of WeChat's documentation.
/// </summary>
internal static class Messages
{
    public const string MerchantNumber = "10000100";
    public const string ApiV2KeyText = "192006250b4c09247ec02edce69f6a2d";
    public const string AppId = "wxd930ea5d5a258f4f";
    public const string Nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";
    public const long AmountFen = 2_500;

    public static readonly ApiV2Key Key = new(ApiV2KeyText);

    /// <summary>A debit as the server sends it: ten fields and the sign.</summary>
    public static readonly DebitRequest Apply = new()
    {
        AppId = AppId,
        OrderNumber = "P2611224KXR7QW2M5N8D3C01A",
        WeChatContractId = "202611229409471222",
        AmountFen = AmountFen,
        Body = "连续包月会员",
        ServerIp = "198.51.100.7",
        NotifyUrl = "https://pay.example.com/wechat/10000100/debit",
    };

    /// <summary>The same debit as loose fields, in the order of the documentation, without the sign.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> ApplyFields =
    [
        new("appid", AppId), new("mch_id", MerchantNumber), new("nonce_str", Nonce), new("body", Apply.Body),
        new("out_trade_no", Apply.OrderNumber), new("total_fee", "2500"), new("spbill_create_ip", Apply.ServerIp),
        new("notify_url", Apply.NotifyUrl), new("trade_type", "PAP"), new("contract_id", Apply.WeChatContractId),
    ];

    /// <summary>Pay-and-sign with 22 fields and the sign.</summary>
    public static readonly PayAndSignRequest ContractOrder = new()
    {
        AppId = AppId,
        OrderNumber = "S2611224KXR7QW2M5N8D3C01A",
        DeviceInfo = "WEB",
        Body = "连续包月会员",
        Detail = "连续包月会员 首月",
        Attach = "channel=official",
        PaymentNotifyUrl = "https://pay.example.com/wechat/10000100/payment",
        AmountFen = AmountFen,
        ClientIp = "203.0.113.9",
        StartsAt = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.FromHours(8)),
        ExpiresAt = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(8)),
        TradeType = TradeType.JsApi,
        OpenId = "oUpF8uMEb4qRXf22hE3X68TekukE",
        TemplateId = "12535",
        ContractNumber = "C2611224KXR7QW2M5N8D3C01A",
        SigningSequence = 1_695,
        DisplayAccount = "会员 138****0000",
        ContractNotifyUrl = "https://pay.example.com/wechat/10000100/contract",
    };

    /// <summary>The same order as loose fields, in the order of the documentation, without the sign.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> ContractOrderFields =
    [
        new("appid", AppId), new("mch_id", MerchantNumber), new("contract_mchid", MerchantNumber), new("contract_appid", AppId),
        new("out_trade_no", ContractOrder.OrderNumber), new("device_info", "WEB"), new("nonce_str", Nonce), new("body", ContractOrder.Body),
        new("detail", "连续包月会员 首月"), new("attach", "channel=official"), new("notify_url", ContractOrder.PaymentNotifyUrl),
        new("total_fee", "2500"), new("spbill_create_ip", ContractOrder.ClientIp), new("time_start", "20261122100000"),
        new("time_expire", "20261122120000"), new("trade_type", "JSAPI"), new("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
        new("plan_id", ContractOrder.TemplateId), new("contract_code", ContractOrder.ContractNumber), new("request_serial", "1695"),
        new("contract_display_account", ContractOrder.DisplayAccount), new("contract_notify_url", ContractOrder.ContractNotifyUrl),
    ];

    /// <summary>A signed 扣款结果通知 of a success, in an order that is not the sorted one.</summary>
    public static byte[] DebitNotification(int coupons)
    {
        using var writer = new V2Writer(XmlText.CData);
        writer.Add("return_code", "SUCCESS").Add("result_code", "SUCCESS").Add("appid", AppId).Add("mch_id", MerchantNumber)
            .Add("nonce_str", "5d2b6c2a8db53831f7eda20af46e531c").Add("openid", "oUpF8uMEb4qRXf22hE3X68TekukE").Add("is_subscribe", "N")
            .Add("bank_type", "CFT").Add("total_fee", AmountFen).Add("fee_type", "CNY").Add("cash_fee", AmountFen - (100 * coupons))
            .Add("out_trade_no", Apply.OrderNumber).Add("transaction_id", "4200001234202611229409471222").Add("time_end", "20261122103000")
            .Add("contract_id", Apply.WeChatContractId).Add("attach", "会员续费").Add("trade_state", "SUCCESS");
        return Signed(writer, coupons);
    }

    /// <summary>A signed 支付结果通知 of a pay-and-sign order, in the order of the published sample.</summary>
    public static byte[] PaymentNotification(int coupons)
    {
        using var writer = new V2Writer(XmlText.CData);
        writer.Add("appid", AppId).Add("attach", "channel=official").Add("bank_type", "CFT").Add("cash_fee", AmountFen - (100 * coupons))
            .Add("contract_id", Apply.WeChatContractId).Add("device_info", "WEB").Add("fee_type", "CNY").Add("is_subscribe", "Y")
            .Add("mch_id", MerchantNumber).Add("nonce_str", "5d2b6c2a8db53831f7eda20af46e531c").Add("openid", "oUpF8uMEb4qRXf22hE3X68TekukE")
            .Add("out_trade_no", ContractOrder.OrderNumber).Add("result_code", "SUCCESS").Add("return_code", "SUCCESS")
            .Add("time_end", "20261122100130").Add("total_fee", AmountFen).Add("trade_type", "JSAPI")
            .Add("transaction_id", "4200001234202611220005092168");
        return Signed(writer, coupons);
    }

    /// <summary>The signed reply of pappayapply.</summary>
    public static byte[] ApplyReply()
    {
        using var writer = new V2Writer(XmlText.CData);
        return writer.Add("return_code", "SUCCESS").Add("return_msg", "OK").Add("appid", AppId).Add("mch_id", MerchantNumber)
            .Add("nonce_str", "IITRi8Iabbblz1Jc").Add("result_code", "SUCCESS").Sign(Key, SignType.Md5).ToArray();
    }

    /// <summary>The string to sign of these fields, with the key: the digest of it is the floor of any signing.</summary>
    public static byte[] Canonical(IEnumerable<KeyValuePair<string, string>> fields) =>
        Encoding.UTF8.GetBytes(string.Concat(fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}&")) + "key=" + ApiV2KeyText);

    /// <summary>The string to sign of a message, with the key.</summary>
    public static byte[] Canonical(ReadOnlyMemory<byte> message) =>
        Canonical(V2Message.Parse(message).Fields.Where(f => f.Value.Length > 0 && f.Key != "sign"));

    /// <summary>What everything is compared with: one MD5 over bytes that already lie ready.</summary>
    public static byte BareMd5(byte[] canonical)
    {
        Span<byte> hash = stackalloc byte[16];
#pragma warning disable CA5351 // MD5 is WeChat's own V2 scheme.
        MD5.HashData(canonical, hash);
#pragma warning restore CA5351
        return hash[0];
    }

    private static byte[] Signed(V2Writer writer, int coupons)
    {
        if (coupons > 0)
        {
            writer.Add("coupon_fee", 100 * coupons).Add("coupon_count", coupons);
            for (var i = 0; i < coupons; i++)
            {
                var n = i.ToString(CultureInfo.InvariantCulture);
                writer.Add("coupon_id_" + n, "1000000" + n).Add("coupon_type_" + n, "CASH").Add("coupon_fee_" + n, 100);
            }
        }

        return writer.Sign(Key, SignType.Md5).ToArray();
    }
}
