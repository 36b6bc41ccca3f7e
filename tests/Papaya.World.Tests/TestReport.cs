using Xunit.Abstractions;

namespace Papaya.World.Tests;

/// <summary>Figures that a person should see even when all is well: <c>./test</c> prints what is written here.</summary>
internal sealed class TestReport(string name, ITestOutputHelper output)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("PAPAYA_TEST_REPORT");

    public void Line(string text)
    {
        output.WriteLine(text);
        if (Folder is not null)
        {
            File.AppendAllText(Path.Combine(Folder, name + ".txt"), text + Environment.NewLine);
        }
    }
}
