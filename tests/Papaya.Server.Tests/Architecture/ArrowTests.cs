using System.Reflection;
using System.Xml.Linq;

namespace Papaya.Server.Tests.Architecture;

/// <summary>Which project may know which other one. An arrow that is not here is a design decision, not an oversight.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Papaya.WeChatPay"] = [],
        ["Papaya.Billing"] = [],
        ["Papaya.Server"] = ["Papaya.Billing", "Papaya.WeChatPay"],
        ["Papaya.Simulator"] = ["Papaya.WeChatPay"],
        ["Papaya.Simulator.Testing"] = ["Papaya.Simulator", "Papaya.WeChatPay"],
        ["Papaya.Cli"] = ["Papaya.Billing", "Papaya.Server", "Papaya.Simulator", "Papaya.WeChatPay"],
    };

    /// <summary>Tests, benchmarks and samples. What both hosts' tests share (virtual time, databases) comes through Papaya.Testing.</summary>
    private static readonly Dictionary<string, string[]> AllowedOutside = new(StringComparer.Ordinal)
    {
        ["bench/Papaya.Benchmarks"] = ["Papaya.WeChatPay"],
        ["samples/backend"] = ["Papaya.WeChatPay"],
        ["samples/console"] = ["Papaya.WeChatPay"],
        ["samples/first-call"] = ["Papaya.WeChatPay"],
        ["samples/native"] = ["Papaya.WeChatPay"],
        ["samples/testing"] = ["Papaya.Simulator.Testing"],
        ["tests/Papaya.Billing.Tests"] = ["Papaya.Billing"],
        ["tests/Papaya.Server.Tests"] = ["Papaya.Server", "Papaya.Testing"],
        ["tests/Papaya.Simulator.Tests"] = ["Papaya.Simulator", "Papaya.Simulator.Testing", "Papaya.Testing"],
        ["tests/Papaya.Testing"] = ["Papaya.Server", "Papaya.Simulator"],
        ["tests/Papaya.WeChatPay.Tests"] = ["Papaya.WeChatPay"],
        ["tests/Papaya.World.Tests"] = ["Papaya.Cli", "Papaya.Testing"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    public static TheoryData<string> ProjectsOutside => [.. AllowedOutside.Keys];

    [Fact]
    public void Every_project_has_its_arrows_written_down() =>
        Assert.Equal(
            Allowed.Keys.Select(name => "src/" + name).Concat(AllowedOutside.Keys).Order(),
            XDocument.Load(Path.Combine(Root, "Papaya.slnx")).Descendants("Project").Select(p => Path.GetDirectoryName((string)p.Attribute("Path")!)!).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_file_points_only_where_it_may(string project) => Assert.Empty(References("src/" + project).Except(Allowed[project]));

    [Theory]
    [MemberData(nameof(ProjectsOutside))]
    public void A_test_project_file_points_only_where_it_may(string project) => Assert.Empty(References(project).Except(AllowedOutside[project]));

    [Theory] // Cli is not in this test's output; the tests of the whole world, which have it, look at it.
    [InlineData("Papaya.WeChatPay")]
    [InlineData("Papaya.Billing")]
    [InlineData("Papaya.Server")]
    [InlineData("Papaya.Simulator")]
    public void Compiled_code_points_only_where_it_may(string project)
    {
        var referenced = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!).Where(name => name.StartsWith("Papaya.", StringComparison.Ordinal));
        Assert.Empty(referenced.Except(Allowed[project]));
    }

    [Theory] // The client fits into a host (container, options, log, connections) and takes nothing beyond that.
    [InlineData("Papaya.Billing", new string[0])]
    [InlineData("Papaya.WeChatPay", new[] { "Microsoft.Extensions.Http", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options.ConfigurationExtensions" })]
    public void The_domain_stands_on_the_runtime_alone_and_the_client_on_the_hosts_abstractions(string project, string[] packages)
    {
        var file = XDocument.Load(Path.Combine(Sources, project, project + ".csproj"));
        Assert.Equal(packages, file.Descendants("PackageReference").Select(p => (string)p.Attribute("Include")!).Order(StringComparer.Ordinal));
        Assert.Empty(file.Descendants("FrameworkReference"));
    }

    [Fact]
    public void The_domain_knows_no_clock_no_network_and_no_database() =>
        Assert.DoesNotContain(
            Assembly.Load("Papaya.Billing").GetReferencedAssemblies(),
            a => a.Name is "System.Net.Http" or "System.Data.Common" or "System.Threading.Thread" or "Microsoft.Extensions.Logging.Abstractions");

    private static string Sources => Path.Combine(Root, "src");

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Directory.EnumerateFiles(Path.Combine(Root, project), "*.csproj").Single()).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Papaya.slnx")))
            {
                folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
            }

            return folder.FullName;
        }
    }
}
