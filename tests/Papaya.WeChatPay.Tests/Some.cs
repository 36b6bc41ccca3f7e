using System.Text;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Refunds;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>Valid requests, the public demo key, and signed messages to start from.</summary>
internal static class Some
{
    public const string K = "192006250b4c09247ec02edce69f6a2d";
    public const string Merchant = "10000100";
    public const string AppId = "wx2421b1c4370ec43b";

    public static readonly ApiV2Key Key = new(K);

    public static MerchantCredentials Credentials(
        SignType type = SignType.Md5, ClientCertificateMode certificate = ClientCertificateMode.LoopbackHeader, ApiV2Key? key = null, ApiV2Key? previous = null,
        string merchant = Merchant) => new()
        {
            MerchantNumber = merchant,
            ApiV2Keys = previous is null ? [key ?? Key] : [key ?? Key, previous],
            SignType = type,
            ClientCertificate = certificate,
        };

    public static PayAndSignRequest PayAndSign() => new()
    {
        AppId = AppId,
        OrderNumber = "SIGN2026010301",
        Body = "连续包月首月",
        AmountFen = 1500,
        ClientIp = "203.0.113.9",
        TradeType = TradeType.JsApi,
        OpenId = "oSimUser0001",
        PaymentNotifyUrl = "https://pay.example/wechat/10000100/payment",
        ContractNotifyUrl = "https://pay.example/wechat/10000100/contract",
        TemplateId = "12535",
        ContractNumber = "C2026010301",
        SigningSequence = 1000,
        DisplayAccount = "微信代扣",
    };

    public static DebitRequest Debit() => new()
    {
        AppId = AppId,
        OrderNumber = "P2026010301",
        WeChatContractId = "202601039409471222",
        AmountFen = 2500,
        Body = "连续包月, 标准版",
        ServerIp = "198.51.100.7",
        NotifyUrl = "https://pay.example/wechat/10000100/debit",
    };

    public static RefundRequest Refund() => new()
    {
        AppId = AppId,
        OrderNumber = "P2026010301",
        RefundNumber = "R2026010301",
        OrderFen = 2500,
        RefundFen = 1000,
    };

    public static TerminateRequest Terminate() => new() { AppId = AppId, WeChatContractId = "202601039409471222", Remark = "用户要求" };

    public static ContractQuery ContractById() => new ContractQueryById { AppId = AppId, WeChatContractId = "202601039409471222" };

    public static ContractQuery ContractByNumber() => new ContractQueryByNumber { AppId = AppId, TemplateId = "12535", ContractNumber = "C2026010301" };

    public static DebitQuery DebitQuery() => new() { AppId = AppId, OrderNumber = "P2026010301" };

    public static OrderQuery OrderQuery() => new() { AppId = AppId, OrderNumber = "SIGN2026010301" };

    public static CloseRequest Close() => new() { AppId = AppId, OrderNumber = "SIGN2026010301" };

    public static RefundQuery RefundQuery() => new() { AppId = AppId, RefundNumber = "R2026010301" };

    public static BillRequest Bill() => new() { AppId = AppId, Day = new DateOnly(2026, 1, 3) };

    /// <summary>Bytes of a message of <c>name=value</c> fields parted by bars, signed.</summary>
    public static byte[] Signed(string fields, SignType type = SignType.Md5, ApiV2Key? key = null)
    {
        using var writer = Writer(fields);
        return writer.Sign(key ?? Key, type).ToArray();
    }

    public static byte[] Unsigned(string fields, string root = "xml")
    {
        using var writer = Writer(fields, root);
        return writer.Unsigned().ToArray();
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static V2Writer Writer(string fields, string root = "xml")
    {
        var writer = new V2Writer(XmlText.CData, root);
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = field.Split('=', 2);
            writer.Add(parts[0], parts[1]);
        }

        return writer;
    }
}
