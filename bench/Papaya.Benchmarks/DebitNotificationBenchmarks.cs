using System.Globalization;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>A debit notification parsed, verified and typed, beside the bare MD5 of its string to sign.</summary>
[MemoryDiagnoser]
public class DebitNotificationBenchmarks
{
    private static readonly MerchantCredentials Merchant = new()
    {
        MerchantNumber = CanonicalBytes.Merchant,
        ApiV2Key = new ApiV2Key(CanonicalBytes.ApiV2Key),
    };

    private byte[] _body = [];
    private byte[] _canonical = [];

    [Params(0, 3)]
    public int Coupons { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        using var writer = new V2Writer(XmlText.CData);
        writer.Add("return_code", "SUCCESS").Add("result_code", "SUCCESS").Add("appid", CanonicalBytes.AppId).Add("mch_id", CanonicalBytes.Merchant)
            .Add("nonce_str", "5d2b6c2a8db53831f7eda20af46e531c").Add("openid", "oUpF8uMEb4qRXf22hE3X68TekukE").Add("is_subscribe", "N")
            .Add("bank_type", "CFT").Add("total_fee", 2_500).Add("fee_type", "CNY").Add("cash_fee", 2_500 - 100 * Coupons)
            .Add("out_trade_no", "P2611224KXR7QW2M5N8D3C01A").Add("transaction_id", "4200001234202611229409471222").Add("time_end", "20261122103000")
            .Add("contract_id", "202611229409471222").Add("attach", "会员续费").Add("trade_state", "SUCCESS");
        if (Coupons > 0)
        {
            writer.Add("coupon_fee", 100 * Coupons).Add("coupon_count", Coupons);
            for (var i = 0; i < Coupons; i++)
            {
                var n = i.ToString(CultureInfo.InvariantCulture);
                writer.Add("coupon_id_" + n, "1000000" + n).Add("coupon_type_" + n, "CASH").Add("coupon_fee_" + n, 100);
            }
        }

        _body = writer.Sign(Merchant.ApiV2Key, SignType.Md5).ToArray();
        _canonical = CanonicalBytes.Of(_body);
    }

    [Benchmark(Baseline = true)]
    public int BareMd5()
    {
        Span<byte> hash = stackalloc byte[16];
#pragma warning disable CA5351 // MD5 is WeChat's own V2 scheme.
        return MD5.HashData(_canonical, hash);
#pragma warning restore CA5351
    }

    [Benchmark]
    public Notification VerifyAndRead() => NotificationReader.Read(_body, Merchant);
}
