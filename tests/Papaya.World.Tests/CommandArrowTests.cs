using Papaya.Cli;

namespace Papaya.World.Tests;

/// <summary>The half of the arrows between projects that only these tests can see: the compiled command.</summary>
public sealed class CommandArrowTests
{
    [Fact]
    public void The_command_meets_both_hosts_and_nothing_else_of_ours() =>
        Assert.Equal(
            ["Papaya.Billing", "Papaya.Server", "Papaya.Simulator", "Papaya.WeChatPay"],
            typeof(PapayaCommand).Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => name.StartsWith("Papaya.", StringComparison.Ordinal)).Order());

    [Fact]
    public void Nothing_of_ours_refers_to_the_command_but_these_tests() =>
        Assert.All(
            typeof(PapayaCommand).Assembly.GetReferencedAssemblies().Where(a => a.Name!.StartsWith("Papaya.", StringComparison.Ordinal)),
            name => Assert.DoesNotContain(System.Reflection.Assembly.Load(name).GetReferencedAssemblies(), a => a.Name == "papaya"));
}
