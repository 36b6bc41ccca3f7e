using BenchmarkDotNet.Attributes;

namespace Papaya.Benchmarks;

/// <summary>A V3 request signed and a V3 callback read, each beside the bare cryptography over the same bytes.</summary>
[MemoryDiagnoser]
public class V3Benchmarks
{
    private readonly IReadOnlyList<Measured> _items = [.. V3Measures.All()];

    public IEnumerable<string> Tasks => _items.Select(i => i.Task).Distinct();

    [ParamsSource(nameof(Tasks))]
    public string Task { get; set; } = "";

    [Benchmark(Baseline = true)]
    public int Bare() => Of(Measured.Bare).Run();

    [Benchmark]
    public int Papaya() => Of("Papaya").Run();

    private Measured Of(string way) => _items.First(i => i.Task == Task && i.Way == way);
}
