using Papaya.Testing;

namespace Papaya.WeChatPay.Tests;

/// <summary>
/// The client's public surface as text. After an intended change copy PublicApi.received.txt (beside the test's binaries) over PublicApi.txt.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_what_was_approved()
    {
        var received = PublicSurface.Of(typeof(PapayClient).Assembly);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt"), received);
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt")).ReplaceLineEndings("\n"), received);
    }
}
