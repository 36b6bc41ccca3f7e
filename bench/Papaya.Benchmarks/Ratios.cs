using System.Globalization;
using Papaya.Benchmarks.Baselines;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>
/// All single-message measurements in one process, taken in turns, so that a disturbed moment of the machine hits every item
/// alike. The minimum is what the code costs, the median what a busy machine makes of it.
/// </summary>
internal static class Ratios
{
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(2);
    private static int _sink;

    public static int Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 300;
        var only = args.Length > 1 ? args[1] : "";
        var items = Items().Where(i => i.Task.Contains(only, StringComparison.OrdinalIgnoreCase)).ToList();
        var results = items.Select(i => new Result(i)).ToList();
        // Twice: the compiler is done with all of them before the first batch is measured out.
        foreach (var result in results.Concat(results))
        {
            result.Prepare(BatchTime);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var result in results)
            {
                result.Measure();
            }
        }

        Print(results);
        return 0;
    }

    private static IEnumerable<Measured> Items() => OurSigning().Concat(OurReading()).Concat(Peers.Beside()).Concat(V3Measures.All());

    private static IEnumerable<Measured> OurSigning()
    {
        var nonces = new NonceSource();
        var apply = Messages.Canonical(Messages.ApplyFields);
        var order = Messages.Canonical(Messages.ContractOrderFields);
        yield return new("sign pappayapply", Measured.Bare, () => Messages.BareMd5(apply));
        yield return new("sign pappayapply", "Papaya", () =>
        {
            using var writer = new V2Writer();
            DebitTables.Apply.Write(writer, Messages.Apply, new Call(Messages.MerchantNumber, nonces, SignType.Md5));
            return writer.Sign(Messages.Key, SignType.Md5).Length;
        });
        yield return new("sign contractorder", Measured.Bare, () => Messages.BareMd5(order));
        yield return new("sign contractorder", "Papaya", () =>
        {
            using var writer = new V2Writer();
            ContractTables.PayAndSign.Write(writer, Messages.ContractOrder, new Call(Messages.MerchantNumber, nonces, SignType.Md5));
            return writer.Sign(Messages.Key, SignType.Md5).Length;
        });
    }

    private static IEnumerable<Measured> OurReading()
    {
        var merchant = new MerchantCredentials { MerchantNumber = Messages.MerchantNumber, ApiV2Keys = [Messages.Key] };
        foreach (var coupons in (int[])[0, 3])
        {
            var debit = Messages.DebitNotification(coupons);
            var debitText = Messages.Canonical(debit);
            var payment = Messages.PaymentNotification(coupons);
            var paymentText = Messages.Canonical(payment);
            yield return new($"read debit notification, {coupons} coupons", Measured.Bare, () => Messages.BareMd5(debitText));
            yield return new($"read debit notification, {coupons} coupons", "Papaya", () =>
                ((DebitNotification)NotificationReader.Read(debit, merchant)).IsPaid(Messages.AmountFen) ? 1 : 0);
            yield return new($"read payment notification, {coupons} coupons", Measured.Bare, () => Messages.BareMd5(paymentText));
            yield return new($"read payment notification, {coupons} coupons", "Papaya", () =>
                ((PaymentNotification)NotificationReader.Read(payment, merchant)).IsPaid(Messages.AmountFen) ? 1 : 0);
        }
    }

    private static void Print(List<Result> results)
    {
        Console.WriteLine("| task | way | median | minimum | × bare (median) | × bare (minimum) | allocated | Papaya faster by | Papaya allocates less by |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var result in results)
        {
            var bare = Of(Measured.Bare);
            var versusOurs = Of("Papaya") is { } ours && ours != result && bare != result
                ? string.Create(CultureInfo.InvariantCulture, $"{result.Median / ours.Median:N1} × | {result.Allocated / ours.Allocated:N1} ×")
                : "| ";
            var versusBare = bare is null ? "| " : string.Create(CultureInfo.InvariantCulture, $"{result.Median / bare.Median:N2} | {result.Minimum / bare.Minimum:N2}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {result.Item.Task} | {result.Item.Way} | {result.Median:N0} ns | {result.Minimum:N0} ns | {versusBare} | {result.Allocated:N0} B | {versusOurs} |"));

            Result? Of(string way) => results.Find(r => r.Item.Task == result.Item.Task && r.Item.Way == way);
        }
    }

    private sealed class Result(Measured item)
    {
        private readonly List<double> _times = [];
        private int _batch = 1;

        public Measured Item { get; } = item;

        public double Allocated { get; private set; }

        public double Minimum => _times.Min();

        public double Median => _times.Order().ElementAt(_times.Count / 2);

        /// <summary>Warms up through all tiers of the compiler, finds how many calls fill a batch, and counts bytes.</summary>
        public void Prepare(TimeSpan batchTime)
        {
            var end = TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency * 15 / 10);
            var calls = 0;
            var start = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetTimestamp() < end)
            {
                _sink += Item.Run();
                calls++;
            }

            _batch = Math.Max(1, (int)(calls * batchTime.TotalSeconds / TimeProvider.System.GetElapsedTime(start).TotalSeconds));
            const int Counted = 200;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Counted; i++)
            {
                _sink += Item.Run();
            }

            Allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Counted;
        }

        public void Measure()
        {
            var start = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < _batch; i++)
            {
                _sink += Item.Run();
            }

            _times.Add(TimeProvider.System.GetElapsedTime(start).TotalNanoseconds / _batch);
        }
    }
}
