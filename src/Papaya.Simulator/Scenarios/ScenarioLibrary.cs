using System.Reflection;

namespace Papaya.Simulator.Scenarios;

/// <summary>The scenarios that come with the product.</summary>
internal static class ScenarioLibrary
{
    private const string Folder = "scenarios/";

    private static readonly Lazy<IReadOnlyList<Scenario>> Loaded = new(Load);

    /// <summary>In the order of the pains, then by name.</summary>
    public static IReadOnlyList<Scenario> All => Loaded.Value;

    public static Scenario? Find(string name) => All.FirstOrDefault(s => s.Name == name);

    private static IReadOnlyList<Scenario> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var all = new List<Scenario>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            all.AddRange(Scenario.Read(bytes.ToArray()));
        }

        return all.Select(s => s.Name).Distinct(StringComparer.Ordinal).Count() == all.Count
            ? [.. all.OrderBy(s => s.Pains.FirstOrDefault(int.MaxValue)).ThenBy(s => s.Name, StringComparer.Ordinal)]
            : throw new ScenarioFormatException("Two scenarios have the same name.");
    }
}
