namespace Papaya.Simulator.Tests.Errors;

/// <summary>Every row of every documented error table comes from its documented cause.</summary>
public sealed class ErrorRowTests
{
    public static TheoryData<string> Rows => [.. ErrorRows.All.Select(r => r.Key)];

    public static TheoryData<string> Endpoints => [.. ErrorRows.Documented.Select(d => d.Endpoint).Distinct()];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_documented_cause_gives_its_code(string key)
    {
        var row = ErrorRows.Find(key);
        await using var world = await World.StartAsync(switches: row.Switches);
        Assert.Equal(row.Code, await row.Act(world));
        if (ErrorRows.Documented.Single(d => (d.Endpoint, d.Code) == (row.Endpoint, row.Code)).Text is { } text)
        {
            var calls = (await world.SeeAsync("/requests"))["data"]!.AsArray();
            Assert.Contains(text, (string?)calls.Last(c => ((string?)c!["path"])?.EndsWith("/" + row.Endpoint, StringComparison.Ordinal) == true)!["response"], StringComparison.Ordinal);
        }

        // A fault is injected only where the code means an error inside WeChat.
        var rules = (await world.SeeAsync("/faults"))["data"]!.AsArray();
        Assert.Equal(row.IsInternal, rules.Count > 0);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void Every_documented_row_of_an_endpoint_has_a_test(string endpoint)
    {
        var documented = ErrorRows.Documented.Where(d => d.Endpoint == endpoint).Select(d => d.Code).ToHashSet();
        var tested = ErrorRows.All.Where(r => r.Endpoint == endpoint).Select(r => r.Code).ToHashSet();
        Assert.Empty(documented.Except(tested));
        Assert.Empty(tested.Except(documented));
    }
}
