using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>
/// Whole calls over loopback HTTP, 16 at once: a pappayapply through the client (checked, signed, sent, its reply verified) beside a
/// bare HttpClient that posts bytes signed before and reads the reply. Client and server share the machine; the two take turns.
/// </summary>
internal static class Calls
{
    private const int Concurrent = 16;

    public static async Task<int> RunAsync(string[] args)
    {
        var runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
        var calls = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20_000;
        using var server = new FixedServer(Messages.ApplyReply());
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.Address };
        var ours = Ours(http, server.Address);
        var bare = Bare(http);
        await MeasureAsync(bare, 2 * calls);
        await MeasureAsync(ours, 2 * calls);

        var (bareRuns, ourRuns) = (new List<Run>(), new List<Run>());
        for (var run = 0; run < runs; run++)
        {
            bareRuns.Add(await MeasureAsync(bare, calls));
            ourRuns.Add(await MeasureAsync(ours, calls));
        }

        Print(bareRuns, ourRuns, calls);
        return 0;
    }

    private static Func<Task> Ours(HttpClient http, Uri address)
    {
        var merchant = new MerchantCredentials { MerchantNumber = Messages.MerchantNumber, ApiV2Keys = [Messages.Key] };
        // The limiter would hold the call back to WeChat's published rate, which is what it is for.
        var client = new PapayClient(http, merchant, address, TimeProvider.System, new PapayClientOptions { Limiter = null });
        return () => client.Debits.ApplyAsync(Messages.Apply);
    }

    private static Func<Task> Bare(HttpClient http)
    {
        byte[] bytes;
        using (var writer = new V2Writer())
        {
            DebitTables.Apply.Write(writer, Messages.Apply, new Call(Messages.MerchantNumber, new NonceSource(), SignType.Md5));
            bytes = writer.Sign(Messages.Key, SignType.Md5).ToArray();
        }

        var type = new MediaTypeHeaderValue("text/xml") { CharSet = "utf-8" };
        return async () =>
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = type;
            using var response = await http.PostAsync("/pay/pappayapply", content);
            await response.Content.ReadAsByteArrayAsync();
        };
    }

    private static async Task<Run> MeasureAsync(Func<Task> call, int calls)
    {
        var left = calls;
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Concurrent).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await call();
            }
        })));
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var busy = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / calls;
        return new Run(calls / seconds, busy, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)calls);
    }

    private static void Print(List<Run> bare, List<Run> ours, int calls)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls:N0} calls a run, {Concurrent} at once, {bare.Count} runs of each, in turns; memory with the server's."));
        Console.WriteLine();
        Console.WriteLine("| way | calls/s, median | lowest | highest | × bare | processor a call | allocated a call |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        var floor = Median(bare, r => r.Rate);
        foreach (var (name, runs) in new[] { ("bare HttpClient", bare), ("Papaya", ours) })
        {
            var median = Median(runs, r => r.Rate);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {median:N0} | {runs.Min(r => r.Rate):N0} | {runs.Max(r => r.Rate):N0} | {median / floor:N2} | {Median(runs, r => r.Microseconds):N1} µs | {Median(runs, r => r.Bytes):N0} B |"));
        }

        var pairs = bare.Zip(ours, (b, o) => o.Rate / b.Rate).Order().ToList();
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Ratio of neighbouring runs: median {pairs[pairs.Count / 2]:N2}, {pairs[0]:N2} to {pairs[^1]:N2}. Peak working set {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0:N0} MB."));
    }

    private static double Median(List<Run> runs, Func<Run, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);

    private sealed record Run(double Rate, double Microseconds, double Bytes);
}
