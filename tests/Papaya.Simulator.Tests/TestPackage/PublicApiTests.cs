using Papaya.Simulator.Testing;
using Papaya.Testing;

namespace Papaya.Simulator.Tests.TestPackage;

/// <summary>
/// The public surface of the package for tests, as text. After an intended change copy PublicApi.received.txt (beside the test's binaries) over
/// TestPackage/PublicApi.txt.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_what_was_approved()
    {
        var received = PublicSurface.Of(typeof(TestSimulator).Assembly);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt"), received);
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TestPackage", "PublicApi.txt")).ReplaceLineEndings("\n"), received);
    }
}
