using BenchmarkDotNet.Attributes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>The two requests checked, written as XML and signed, beside the bare MD5 of the same string to sign.</summary>
[MemoryDiagnoser]
public class SigningBenchmarks
{
    private readonly NonceSource _nonces = NonceSource.Seeded(1);
    private readonly byte[] _apply = Messages.Canonical(Messages.ApplyFields);
    private readonly byte[] _contractOrder = Messages.Canonical(Messages.ContractOrderFields);

    [Benchmark]
    public byte BareMd5OfApply() => Messages.BareMd5(_apply);

    [Benchmark]
    public int BuildAndSignApply()
    {
        using var writer = new V2Writer();
        DebitTables.Apply.Write(writer, Messages.Apply, new Call(Messages.MerchantNumber, _nonces, SignType.Md5));
        return writer.Sign(Messages.Key, SignType.Md5).Length;
    }

    [Benchmark]
    public byte BareMd5OfContractOrder() => Messages.BareMd5(_contractOrder);

    [Benchmark]
    public int BuildAndSignContractOrder()
    {
        using var writer = new V2Writer();
        ContractTables.PayAndSign.Write(writer, Messages.ContractOrder, new Call(Messages.MerchantNumber, _nonces, SignType.Md5));
        return writer.Sign(Messages.Key, SignType.Md5).Length;
    }
}
