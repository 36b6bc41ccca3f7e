using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Papaya.Benchmarks.Baselines;

/// <summary>
/// Checks that the baselines are what they are labelled as: each signs the published vector right, and their times and bytes
/// stand to one another as those of the peers do that they imitate. One that does not is void, and so is its ratio to ours.
/// </summary>
internal static class Peers
{
    private const double Tolerance = 0.25;

    // Measured on one machine with the peers' own packages: µs and KB of one call.
    private static readonly Figure[] Expected =
    [
        new("JSON hop", "sign", 60, 37), new("JSON hop", "verify and parse", 23_500, 372),
        new("sorted dictionary", "sign", 13, 17), new("sorted dictionary", "verify and parse", 79, 45),
        new("hashtable", "sign", 25, 24), new("hashtable", "verify and parse", 42, 47),
    ];

    /// <summary>The baselines for the messages that ours are measured with.</summary>
    public static IEnumerable<Measured> Items(int coupons)
    {
        var apply = ApplyModel.From(name => Messages.ApplyFields.FirstOrDefault(f => f.Key == name).Value);
        var body = Encoding.UTF8.GetString(Messages.DebitNotification(coupons));
        const string Key = Messages.ApiV2KeyText;
        yield return new("sign", "JSON hop", () => JsonHop.Sign(apply, Key).Length);
        yield return new("verify and parse", "JSON hop", () => JsonHop.VerifyAndRead(body, Key)!.Total);
        yield return new("sign", "sorted dictionary", () => SortedFields.Sign(apply, Key).Length);
        yield return new("verify and parse", "sorted dictionary", () => SortedFields.VerifyAndRead(body, Key)!.Total);
        yield return new("sign", "hashtable", () => HashtableText.Sign(apply, Key).Length);
        yield return new("verify and parse", "hashtable", () => HashtableText.VerifyAndRead(body, Key)!.Total);
    }

    /// <summary>The same beside ours, under the names of our tasks.</summary>
    public static IEnumerable<Measured> Beside() => ((int[])[0, 3])
        .SelectMany(coupons => Items(coupons).Select(item => item.Task == "sign"
            ? item with { Task = "sign pappayapply" }
            : item with { Task = $"read debit notification, {coupons} coupons" }))
        .DistinctBy(item => (item.Task, item.Way)).OrderBy(KeepsTheCompilerBusy);

    public static int Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
        SignTheVector();
        var results = Items(coupons: 0).Select(item => new Timed(item)).ToList();

        // Twice, because on a busy machine the compiler works through its queue long after.
        foreach (var result in results.Where(r => !KeepsTheCompilerBusy(r.Item)).Concat(results.OrderBy(r => KeepsTheCompilerBusy(r.Item))))
        {
            result.Prepare();
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var result in results)
            {
                result.Measure();
            }
        }

        return Print(results);
    }

    /// <summary>S-15: the published sign of a pappayapply.</summary>
    private static void SignTheVector()
    {
        var request = new ApplyModel
        {
            AppId = "wx2421b1c4370ec43b", MerchantNumber = "10000100", OrderNumber = "217752501201407033233368018", Body = "水电代扣", Total = "888", FeeType = "CNY",
            ServerIp = "8.8.8.8", NotifyUrl = "http://yoursite.com/wxpay.html", TradeType = "PAP", ContractId = "Wx15463511252015071056489715", Nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        };
        var body = Encoding.UTF8.GetString(Messages.DebitNotification(3));
        foreach (var (name, sign, read) in ((string, Func<ApplyModel, string, string>, Func<string, string, NotificationModel?>)[])
            [("JSON hop", JsonHop.Sign, JsonHop.VerifyAndRead), ("sorted dictionary", SortedFields.Sign, SortedFields.VerifyAndRead), ("hashtable", HashtableText.Sign, HashtableText.VerifyAndRead)])
        {
            var signed = XDocument.Parse(sign(request, Messages.ApiV2KeyText)).Root!.Element("sign")!.Value;
            var isRight = signed == "94AD0747C8E32D815623D89A051F7DE8"
                && read(body, Messages.ApiV2KeyText) is { Total: 2500, CouponCount: 3, Attach: "会员续费" }
                && read(body.Replace("<total_fee>2500<", "<total_fee>2501<", StringComparison.Ordinal), Messages.ApiV2KeyText) is null;
            Console.WriteLine($"{name}: {(isRight ? "signs the vector right, reads a notification, refuses a changed one" : "WRONG")}");
            if (!isRight)
            {
                throw new InvalidOperationException($"{name} does not sign, read or refuse what it should: {signed}");
            }
        }
    }

    // A serializer made for each call does; the others have to reach their last tier before it starts.
    private static bool KeepsTheCompilerBusy(Measured item) => item.Way == "JSON hop" && !item.Task.StartsWith("sign", StringComparison.Ordinal);

    private static int Print(List<Timed> results)
    {
        var pairs = Expected.Select(figure => (Figure: figure, Got: results.First(r => r.Item.Way == figure.Way && r.Item.Task == figure.Task))).ToList();
        // The machine's factor is the one that all six agree on best: the geometric mean.
        var machine = Math.Exp(pairs.Average(p => Math.Log(p.Got.Microseconds / p.Figure.Microseconds)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"this machine's factor: {machine:N3}"));
        Console.WriteLine("| baseline | task | time | peer's time × factor | deviation | allocated | peer's | deviation | |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var isVoid = false;
        foreach (var (figure, got) in pairs)
        {
            var time = (got.Microseconds / (figure.Microseconds * machine)) - 1;
            var bytes = (got.Kilobytes / figure.Kilobytes) - 1;
            var isOk = Math.Abs(time) <= Tolerance && Math.Abs(bytes) <= Tolerance;
            isVoid |= !isOk;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {figure.Way} | {figure.Task} | {got.Microseconds:N1} µs | {figure.Microseconds * machine:N1} µs | {time:+0.0%;-0.0%} | {got.Kilobytes:N1} KB | {figure.Kilobytes:N0} KB | {bytes:+0.0%;-0.0%} | {(isOk ? "OK" : "void")} |"));
        }

        return isVoid ? 1 : 0;
    }

    private sealed record Figure(string Way, string Task, double Microseconds, double Kilobytes);

    /// <summary>The minimum of many short batches, taken in turns with the others': what the code costs on an undisturbed machine.</summary>
    private sealed class Timed(Measured item)
    {
        private static int _sink;
        private int _batch = 1;

        public Measured Item { get; } = item;

        public double Microseconds { get; private set; } = double.MaxValue;

        public double Kilobytes { get; private set; }

        /// <summary>Runs until the compiler has reached its last tier: until two seconds brought nothing better by 3 %.</summary>
        public void Prepare()
        {
            var clock = TimeProvider.System;
            var (best, calls) = (double.MaxValue, 0);
            for (int window = 0, since = 0; window < 80 && since < 8; window++, since++)
            {
                var (start, inside) = (clock.GetTimestamp(), 0);
                while (clock.GetElapsedTime(start).TotalSeconds < 0.25)
                {
                    _sink += Item.Run();
                    inside++;
                }

                var each = clock.GetElapsedTime(start).TotalSeconds / inside;
                (since, best) = each < 0.97 * best ? (0, each) : (since, Math.Min(best, each));
                calls += inside;
            }

            _batch = Math.Max(1, (int)(0.005 / best));
            var counted = Math.Clamp(calls / 20, 5, 500);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < counted; i++)
            {
                _sink += Item.Run();
            }

            Kilobytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / 1024.0 / counted;
        }

        public void Measure()
        {
            var start = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < _batch; i++)
            {
                _sink += Item.Run();
            }

            Microseconds = Math.Min(Microseconds, TimeProvider.System.GetElapsedTime(start).TotalMicroseconds / _batch);
        }
    }
}
