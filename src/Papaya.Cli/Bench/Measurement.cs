using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Papaya.Cli.Bench;

/// <summary>What every load test says about the machine and about itself; the last line is one JSON object.</summary>
internal static class Measurement
{
    /// <summary>The middle value: one disturbed run does not move it.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    public static JsonObject Machine() => new()
    {
        ["cpu"] = Cpu(),
        ["cores"] = Environment.ProcessorCount,
        ["memory_mb"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        ["os"] = RuntimeInformation.OSDescription,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
    };

    public static JsonObject Memory()
    {
        using var process = Process.GetCurrentProcess();
        process.Refresh();
        return new JsonObject
        {
            ["working_set_mb"] = process.WorkingSet64 >> 20,
            ["peak_working_set_mb"] = process.PeakWorkingSet64 >> 20,
            ["allocated_mb"] = GC.GetTotalAllocatedBytes() >> 20,
            ["gen2_collections"] = GC.CollectionCount(2),
        };
    }

    public static JsonArray Rates(IEnumerable<double> rates) => [.. rates.Select(rate => (JsonNode)Math.Round(rate))];

    public static string Text(double rate) => rate.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Cpu()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
