using System.Globalization;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>What one message may cost in memory. Bytes are counted exactly; no clock is looked at.</summary>
[Collection("alone")]
public sealed class AllocationTests
{
    private const long RequestLimit = 512;
    private const long NotificationLimit = 2048;

    private readonly NonceSource _nonces = new();
    private readonly MerchantCredentials _merchant = Some.Credentials();

    [Fact]
    public void A_debit_is_written_and_signed_within_512_bytes()
    {
        var request = new DebitRequest
        {
            AppId = "wxd930ea5d5a258f4f",
            OrderNumber = "P2611224KXR7QW2M5N8D3C01A",
            WeChatContractId = "202611229409471222",
            AmountFen = 2_500,
            Body = "连续包月会员",
            ServerIp = "198.51.100.7",
            NotifyUrl = "https://pay.example.com/wechat/10000100/debit",
        };

        Assert.InRange(BytesOf(() => WriteAndSign(DebitTables.Apply, request)), 1, RequestLimit);
    }

    [Fact]
    public void A_pay_and_sign_order_of_22_fields_is_written_and_signed_within_512_bytes()
    {
        var request = new PayAndSignRequest
        {
            AppId = "wxd930ea5d5a258f4f",
            OrderNumber = "S2611224KXR7QW2M5N8D3C01A",
            DeviceInfo = "WEB",
            Body = "连续包月会员",
            Detail = "连续包月会员 首月",
            Attach = "channel=official",
            PaymentNotifyUrl = "https://pay.example.com/wechat/10000100/payment",
            AmountFen = 2_500,
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

        Assert.InRange(BytesOf(() => WriteAndSign(ContractTables.PayAndSign, request)), 1, RequestLimit);
    }

    [Theory]
    [InlineData("PAP", 0)]
    [InlineData("PAP", 3)]
    [InlineData("JSAPI", 0)]
    [InlineData("JSAPI", 3)]
    public void A_notification_is_verified_and_typed_within_2_kilobytes(string tradeType, int coupons)
    {
        var body = Body(tradeType, coupons);
        Assert.Equal(tradeType == "PAP", NotificationReader.Read(body, _merchant) is DebitNotification);
        Assert.InRange(BytesOf(() => NotificationReader.Read(body, _merchant)), 1, NotificationLimit);
    }

    private static byte[] Body(string tradeType, int coupons)
    {
        using var writer = new V2Writer(XmlText.CData);
        writer.Add("return_code", "SUCCESS").Add("result_code", "SUCCESS").Add("appid", "wxd930ea5d5a258f4f").Add("mch_id", "10000100")
            .Add("nonce_str", "5d2b6c2a8db53831f7eda20af46e531c").Add("openid", "oUpF8uMEb4qRXf22hE3X68TekukE").Add("is_subscribe", "N")
            .Add("trade_type", tradeType).Add("bank_type", "CMB_DEBIT").Add("device_info", "013467007045764").Add("total_fee", 2_500).Add("fee_type", "CNY").Add("cash_fee", 2_200)
            .Add("out_trade_no", "P2611224KXR7QW2M5N8D3C01A").Add("transaction_id", "4200001234202611229409471222").Add("time_end", "20261122103000")
            .Add("contract_id", "202611229409471222").Add("attach", "会员续费").Add("trade_state", "SUCCESS");
        for (var i = 0; i < coupons; i++)
        {
            var n = i.ToString(CultureInfo.InvariantCulture);
            writer.Add("coupon_id_" + n, "1000000" + n).Add("coupon_type_" + n, "CASH").Add("coupon_fee_" + n, 100);
        }

        return writer.Sign(Some.Key, SignType.Md5).ToArray();
    }

    // The first calls fill pools and caches; what stays is what every call costs.
    private static long BytesOf(Action act)
    {
        for (var i = 0; i < 100; i++)
        {
            act();
        }

        const int Calls = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            act();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private void WriteAndSign<TRequest>(V2Endpoint<TRequest> endpoint, TRequest request)
        where TRequest : class
    {
        using var writer = new V2Writer();
        endpoint.Write(writer, request, new Call("10000100", _nonces, SignType.Md5));
        writer.Sign(Some.Key, SignType.Md5);
    }
}
