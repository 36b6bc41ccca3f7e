using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Papaya.Billing.Reconciliation;
using Papaya.Cli;
using Papaya.Cli.Demo;
using Papaya.Cli.Http;

namespace Papaya.World.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task The_story_holds_every_promise_and_another_seed_changes_every_number_name_and_amount()
    {
        var one = await TellAsync(1);
        var two = await TellAsync(2);
        foreach (var (story, exitCode, said) in (Telling[])[one, two])
        {
            Assert.True(exitCode == PapayaCommand.Ok, said);
            Assert.Empty(story.Differences);
            Assert.Equal(12, story.Table.Count(row => row.Who == story.Table[0].Who && row.Result == "succeeded" && !row.Period.StartsWith("refund", StringComparison.Ordinal)));
            Assert.Contains(story.Table, row => row is { Result: "succeeded", Numbers.Count: 2 });
            Assert.Contains(story.Table, row => row.Result == "paid_not_signed");
            Assert.Contains("0 differences", said, StringComparison.Ordinal);
        }

        Assert.Empty(Numbers(one).Intersect(Numbers(two)));
        Assert.Empty(Names(one).Intersect(Names(two)));
        Assert.Empty(Amounts(one).Intersect(Amounts(two)));

        static IEnumerable<string> Numbers(Telling telling) => telling.Story.Table.SelectMany(row => row.Numbers);
        static IEnumerable<string> Names(Telling telling) => telling.Story.Table.Select(row => row.Who).Distinct();
        static IEnumerable<string> Amounts(Telling telling) =>
            telling.Story.Table.Select(row => row.Ledger.Split(',')[0]).Where(amount => amount.Length > 0).Distinct();
    }

    [Fact]
    public async Task One_fen_altered_in_a_bill_makes_it_fail()
    {
        var (story, exitCode, _) = await TellAsync(3, weChat =>
            weChat.FaultAsync(new JsonObject { ["on"] = "/pay/downloadbill", ["kind"] = "amount_off_by_one_fen", ["times"] = 1 }, default));
        Assert.Equal(PapayaCommand.Failed, exitCode);
        var difference = Assert.Single(story.Differences, difference => difference.Kind == DifferenceKind.Amount);
        Assert.Equal(1, Math.Abs(difference.Billed - difference.Ours));
    }

    private static async Task<Telling> TellAsync(int seed, Func<SimulatorControl, Task>? prepare = null)
    {
        var said = new StringWriter();
        DemoStory? told = null;
        var root = new RootCommand { DemoCommand.Create(said, prepare, story => told = story) };
        var exitCode = await PapayaCommand.RunAsync(root, ["demo", "--seed", seed.ToString(CultureInfo.InvariantCulture)], said, said);
        Assert.True(told is not null, said.ToString());
        return new Telling(told, exitCode, said.ToString());
    }

    private sealed record Telling(DemoStory Story, int ExitCode, string Said);
}
