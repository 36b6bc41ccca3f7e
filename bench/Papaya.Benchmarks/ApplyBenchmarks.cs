using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>A pappayapply checked, written as XML and signed, beside the bare MD5 of the same string to sign.</summary>
[MemoryDiagnoser]
public class ApplyBenchmarks
{
    private static readonly ApiV2Key Key = new(CanonicalBytes.ApiV2Key);
    private readonly NonceSource _nonces = NonceSource.Seeded(1);
    private readonly DebitRequest _request = new()
    {
        AppId = CanonicalBytes.AppId,
        OrderNumber = "P2611224KXR7QW2M5N8D3C01A",
        WeChatContractId = "202611229409471222",
        AmountFen = 2_500,
        Body = "连续包月会员",
        ServerIp = "198.51.100.7",
        NotifyUrl = "https://pay.example.com/wechat/10000100/debit",
    };

    private byte[] _canonical = [];

    [GlobalSetup]
    public void Prepare() => _canonical = CanonicalBytes.Of(BuildAndSign());

    [Benchmark(Baseline = true)]
    public int BareMd5()
    {
        Span<byte> hash = stackalloc byte[16];
#pragma warning disable CA5351 // MD5 is WeChat's own V2 scheme.
        return MD5.HashData(_canonical, hash);
#pragma warning restore CA5351
    }

    [Benchmark]
    public byte[] BuildAndSign()
    {
        using var writer = new V2Writer();
        Endpoints.PapPayApplyTable.Write(writer, _request, new Call(CanonicalBytes.Merchant, _nonces.Next(), SignType.Md5));
        return writer.Sign(Key, SignType.Md5).ToArray();
    }
}
