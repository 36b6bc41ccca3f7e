using System.Text.Json.Nodes;
using Papaya.Simulator.Lint;

namespace Papaya.Simulator.Tests.Lint;

public sealed class LintTests
{
    public static TheoryData<string> Rules => [.. LintScripts.All.Select(s => s.Rule)];

    [Fact]
    public void Every_rule_has_a_script_that_breaks_it_and_one_that_keeps_it() =>
        Assert.Equal(LintRules.All.Select(r => r.Id).Order(), LintScripts.All.Select(s => s.Rule).Order());

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task What_is_wrong_is_found_with_its_evidence(string rule)
    {
        await using var world = await World.StartAsync(machine: new Clock.RunningMachine(World.Start));
        await LintScripts.All.Single(s => s.Rule == rule).Wrong(world);
        var line = await LineAsync(world, rule);
        Assert.Equal("fault", (string?)line["verdict"]);
        var finding = line["findings"]![0]!;
        Assert.Contains((string?)finding["mch_id"], new[] { World.MchId, "1900000109" });
        Assert.NotEqual("", (string?)finding["detail"]);
        foreach (var evidence in finding["evidence"]!.AsArray())
        {
            var kind = ((string)evidence!)[0] == 's' ? "notifications" : "requests";
            await world.SeeAsync($"/{kind}/{evidence}");
        }

        // A second report counts nothing twice.
        Assert.Equal((int)line["count"]!, (int)(await LineAsync(world, rule))["count"]!);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task What_is_right_passes(string rule)
    {
        await using var world = await World.StartAsync(machine: new Clock.RunningMachine(World.Start));
        Assert.Equal("not_exercised", (string?)(await LineAsync(world, rule))["verdict"]);
        await LintScripts.All.Single(s => s.Rule == rule).Right(world);
        var line = await LineAsync(world, rule);
        Assert.True("pass" == (string?)line["verdict"], line.ToJsonString());
    }

    [Fact]
    public void Every_rule_speaks_both_languages() => Assert.All(LintRules.All, rule =>
    {
        Assert.All([rule.Title.En, rule.Cure.En], text => Assert.DoesNotContain(text, c => c > 127 && c is not ('–' or '’')));
        Assert.All([rule.Title.Zh, rule.Cure.Zh], text => Assert.Contains(text, c => c > 0x3000));
        Assert.NotEmpty(rule.Source);
    });

    [Fact]
    public async Task The_report_narrows_to_a_merchant_a_severity_and_a_time()
    {
        await using var world = await World.StartAsync();
        await LintScripts.All.Single(s => s.Rule == "number-alphabet").Wrong(world);
        Assert.Equal("not_exercised", (string?)(await world.SeeAsync("/lint?rule=number-alphabet&mch_id=1900000109"))["data"]![0]!["verdict"]);
        Assert.All((await world.SeeAsync("/lint?severity=info"))["data"]!.AsArray(), l => Assert.Equal("info", (string?)l!["severity"]));
        Assert.Equal(0, (int)(await world.SeeAsync("/lint?rule=number-alphabet&since=2027-01-01T00:00:00Z"))["data"]![0]!["count"]!);
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Get, "/lint?severity=grave")).Status);
    }

    [Theory]
    [InlineData(true, "fault")]
    [InlineData(false, "pass")]
    public async Task A_probe_puts_a_caller_to_the_test(bool believesAll, string verdict)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        Assert.Equal(409, (await world.ControlAsync(HttpMethod.Post, "/lint/probe", new JsonObject { ["mch_id"] = World.MchId })).Status);
        await world.ApplyAsync(await world.SignedAsync(), "NUMBER1", ("notify_url", listener.Url));
        await world.SettleAsync();
        listener.Acknowledges = believesAll;
        await world.DoAsync("/lint/probe", new JsonObject { ["mch_id"] = World.MchId, ["kinds"] = new JsonArray("bad_signature", "wrong_merchant") });
        await world.SettleAsync();
        Assert.Equal(3, listener.Got.Count);
        Assert.Equal(verdict, (string?)(await LineAsync(world, "forged-accepted"))["verdict"]);
    }

    [Fact]
    public async Task What_was_found_outlives_the_process()
    {
        var folder = Directory.CreateTempSubdirectory("papaya-lint-");
        try
        {
            var journal = Path.Combine(folder.FullName, "simulator.journal");
            await using (var world = await World.StartAsync(journal))
            {
                await LintScripts.All.Single(s => s.Rule == "number-alphabet").Wrong(world);
            }

            await using var again = await World.StartAsync(journal);
            Assert.Equal("fault", (string?)(await LineAsync(again, "number-alphabet"))["verdict"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JsonNode> LineAsync(World world, string rule) => (await world.SeeAsync("/lint?rule=" + rule))["data"]![0]!;
}
