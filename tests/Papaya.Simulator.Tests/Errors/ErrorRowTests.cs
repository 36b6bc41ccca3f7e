using System.Text.RegularExpressions;
using Papaya.Simulator.V3;
using Papaya.Simulator.Wire;
using Papaya.WeChatPay.Wire;
using PapayEndpoints = Papaya.WeChatPay.Wire.Endpoints;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>Every row of V2's error tables comes from its documented cause, with its words, in its channel, and changes nothing.</summary>
public sealed class ErrorRowTests
{
    public static TheoryData<string> Rows => [.. ErrorRows.All.Where(r => !ErrorRows.IsV3(r.Endpoint)).Select(r => r.Key)];

    public static TheoryData<string> Endpoints => [.. ErrorRows.Documented.Select(d => d.Endpoint).Distinct()];

    [Theory]
    [MemberData(nameof(Rows))]
    public Task A_documented_cause_gives_its_code_and_its_words(string key) => ErrorRows.CheckAsync(key);

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void Every_documented_row_of_an_endpoint_has_a_test(string endpoint)
    {
        var documented = ErrorRows.Documented.Where(d => d.Endpoint == endpoint).Select(d => d.Key).ToHashSet();
        var tested = ErrorRows.All.Where(r => r.Endpoint == endpoint).Select(r => r.Key).ToHashSet();
        Assert.Empty(documented.Except(tested));
        Assert.Empty(tested.Except(documented));
    }

    [Fact]
    public void Every_call_that_the_simulator_answers_has_rows()
    {
        var paths = Gateway.Paths.Concat(V3Rules.All.Select(r => r.Name)).Select(p => p.Split('/')[^1]).Distinct();
        Assert.Empty(paths.Except(ErrorRows.Documented.Select(d => d.Endpoint)));
    }

    /// <summary>Pages and the mini program's parameters are no calls of a server; SigningDoor opens them.</summary>
    [Fact]
    public void Every_call_of_the_client_is_answered()
    {
        var asked = PapayEndpoints.All.SelectMany(e => (V2Endpoint?[])[e, e.Partner]).OfType<V2Endpoint>().Select(e => e.Path).Distinct();
        string[] opened = [PapayEndpoints.EntrustWeb.Path, PapayEndpoints.H5EntrustWeb.Path, PapayEndpoints.MiniProgram.Path, PapayEndpoints.EntrustWeb.Partner!.Path, PapayEndpoints.H5EntrustWeb.Partner!.Path];
        Assert.Equal([], asked.Except(Gateway.Paths).Except(opened));
        var known = V3Endpoints.All.SelectMany(e => (V3Endpoint?[])[e, e.Partner]).OfType<V3Endpoint>().Select(e => e.Name);
        Assert.Equal([], known.Except(V3Rules.All.Select(r => r.Name)));
    }

    /// <summary>Nobody shall take our words for WeChat's.</summary>
    [Fact]
    public void Words_are_published_and_in_the_rules_or_ours_and_in_fidelity()
    {
        var used = ErrorRows.Documented.Select(d => d.Text).ToHashSet();
        var (published, ours) = (Words("wechat-rules.md", "## 19. "), Words("fidelity.md", "## Words of refusals"));
        Assert.DoesNotContain(used, text => published.Any(p => p.IsMatch(text)) == ours.Any(p => p.IsMatch(text)));
        Assert.Empty(published.Concat(ours).Where(p => !used.Any(p.IsMatch)).Select(p => p.ToString()));
    }

    /// <summary>The first column of the section's table; {…} stands for what changes.</summary>
    private static List<Regex> Words(string page, string heading)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Errors", page)).SkipWhile(l => !l.StartsWith(heading, StringComparison.Ordinal)).Skip(1);
        var cells = lines.TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal)).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(l => l.Split(" | ")[0][2..]);
        return [.. cells.Select(cell => new Regex($"^{Regex.Escape(cell).Replace("\\{…}", ".+", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking))];
    }
}

/// <summary>The same for V3.</summary>
public sealed class V3ErrorRowTests
{
    public static TheoryData<string> Rows => [.. ErrorRows.All.Where(r => ErrorRows.IsV3(r.Endpoint)).Select(r => r.Key)];

    [Theory]
    [MemberData(nameof(Rows))]
    public Task A_documented_cause_gives_its_code_and_its_words(string key) => ErrorRows.CheckAsync(key);
}
