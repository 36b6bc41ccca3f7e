using BenchmarkDotNet.Attributes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Benchmarks;

/// <summary>Notifications verified, parsed and typed, beside the bare MD5 of the same string to sign.</summary>
[MemoryDiagnoser]
public class NotificationBenchmarks
{
    private static readonly MerchantCredentials Merchant = new() { MerchantNumber = Messages.MerchantNumber, ApiV2Keys = [Messages.Key] };

    private byte[] _debit = [], _debitText = [], _payment = [], _paymentText = [];

    [Params(0, 3)]
    public int Coupons { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _debit = Messages.DebitNotification(Coupons);
        _debitText = Messages.Canonical(_debit);
        _payment = Messages.PaymentNotification(Coupons);
        _paymentText = Messages.Canonical(_payment);
    }

    [Benchmark]
    public byte BareMd5OfDebit() => Messages.BareMd5(_debitText);

    [Benchmark]
    public bool VerifyAndReadDebit() => ((DebitNotification)NotificationReader.Read(_debit, Merchant)).IsPaid(Messages.AmountFen);

    [Benchmark]
    public byte BareMd5OfPayment() => Messages.BareMd5(_paymentText);

    [Benchmark]
    public bool VerifyAndReadPayment() => ((PaymentNotification)NotificationReader.Read(_payment, Merchant)).IsPaid(Messages.AmountFen);
}
